import type { Report } from '../../model/catalogue.ts'
import type { KadDht } from './kad-dht.ts'

interface Done {
  readonly ms: number
  readonly hops: number
  readonly asked: number
}

interface Memory {
  readonly n: number
  readonly sinceNs: Map<string, number>
  readonly done: Record<'put' | 'get' | 'findPeer', Done[]>
  readonly known: number[] // of each join: how many it knew then
  nothing: number
  failed: number
}

const KINDS = { put: 'put', got: 'get', found: 'findPeer' } as const

/** What the queries cost, and how long the chains were that led to their results. */
export const queryReport: Report<KadDht, Memory> = {
  initial: (places) => ({
    n: places.length,
    sinceNs: new Map(),
    done: { put: [], get: [], findPeer: [] },
    known: [],
    nothing: 0,
    failed: 0,
  }),
  upon(memory, event) {
    if (event.kind === 'request') memory.sinceNs.set(event.request.id, event.timeNs)
    if (event.kind !== 'indicate') return
    const { indication } = event
    if (indication.type === 'joined') memory.known.push(indication.knows)
    else if (indication.type === 'fail') memory.failed++
    else {
      if (indication.type === 'got' && indication.value === null) memory.nothing++
      if (indication.type === 'found' && !indication.isFound) memory.nothing++
      const { id, hops, asked } = indication
      const ms = (event.timeNs - (memory.sinceNs.get(id) ?? event.timeNs)) / 1e6
      memory.done[KINDS[indication.type]].push({ ms, hops, asked })
    }
  },
  tables({ n, done, known, nothing, failed }) {
    const rows = Object.entries(done).map(([kind, all]) => {
      const of = (value: (one: Done) => number) => all.map(value).sort((a, b) => a - b)
      const [hops, asked, ms] = [of((one) => one.hops), of((one) => one.asked), of((one) => one.ms)]
      return [kind, all.length, mean(hops), hops.at(-1) ?? '–', mean(asked), mean(ms), mean(ms.slice(-1))]
    })
    const joined = `on joining each knew ${mean(known)} of ${n - 1} others`
    return [
      {
        title: 'Queries',
        columns: ['for', 'number', 'mean hops', 'most', 'mean asked', 'mean ms', 'longest ms'],
        rows,
        summary: `${nothing} found nothing, ${failed} failed; ${joined}`,
      },
    ]
  },
}

const mean = (all: readonly number[]) =>
  all.length === 0 ? '–' : (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(1)
