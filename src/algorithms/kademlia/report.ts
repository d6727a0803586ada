import type { Report } from '../../model/catalogue.ts'
import type { Kademlia } from './vocabulary.ts'

type Kind = 'find' | 'put' | 'get'

interface Done {
  readonly ms: number
  readonly hops: number
  readonly asked: number
}

interface Memory {
  readonly n: number
  readonly sinceNs: Map<string, number>
  readonly done: Record<Kind, Done[]>
  readonly sent: Map<string, number>
  nothing: number
  failed: number
}

const KINDS = { found: 'find', put: 'put', got: 'get' } as const

/** What lookups cost, how long the chains were that led to their results, and what was said on the way. */
export const lookupReport: Report<Kademlia, Memory> = {
  initial: (places) => ({
    n: places.length,
    sinceNs: new Map(),
    done: { find: [], put: [], get: [] },
    sent: new Map(),
    nothing: 0,
    failed: 0,
  }),
  upon(memory, event) {
    if (event.kind === 'send') {
      memory.sent.set(event.message.type, (memory.sent.get(event.message.type) ?? 0) + 1)
    }
    if (event.kind === 'request') memory.sinceNs.set(event.request.id, event.timeNs)
    if (event.kind !== 'indicate') return
    const { indication } = event
    if (indication.type === 'fail') memory.failed++
    if (indication.type !== 'found' && indication.type !== 'put' && indication.type !== 'got') return
    if (indication.type === 'got' && indication.value === null) memory.nothing++
    const { id, hops, asked } = indication
    const ms = (event.timeNs - (memory.sinceNs.get(id) ?? event.timeNs)) / 1e6
    memory.done[KINDS[indication.type]].push({ ms, hops, asked })
  },
  tables({ n, done, sent, nothing, failed }) {
    const rows = Object.entries(done).map(([kind, all]) => {
      const of = (value: (one: Done) => number) => all.map(value).sort((a, b) => a - b)
      const asked = of((one) => one.asked)
      const hops = of((one) => one.hops)
      const ms = of((one) => one.ms)
      return [kind, all.length, mean(hops), most(hops, 0), mean(asked), mean(ms), most(ms, 1)]
    })
    const every = Object.values(done).flat()
    const lengths = new Map<number, number>()
    for (const { hops } of every) lengths.set(hops, (lengths.get(hops) ?? 0) + 1)
    const bound = Math.ceil(Math.log2(Math.max(2, n)))
    return [
      {
        title: 'Lookups',
        columns: ['for', 'number', 'mean hops', 'most', 'mean asked', 'mean ms', 'longest ms'],
        rows,
        summary: `${nothing} found nothing, ${failed} were refused; ⌈log₂ ${n}⌉ = ${bound}`,
      },
      {
        title: 'Hops',
        columns: ['hops', 'lookups', ''],
        rows: [...lengths]
          .sort(([a], [b]) => a - b)
          .map(([hops, many]) => [hops, many, '█'.repeat(Math.ceil((40 * many) / every.length))]),
      },
      {
        title: 'Messages',
        columns: ['message', 'sent', 'a process'],
        rows: [...sent]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([type, many]) => [type, many, (many / n).toFixed(1)]),
      },
    ]
  },
}

const mean = (all: readonly number[]) =>
  all.length === 0 ? '–' : (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(1)
const most = (sorted: readonly number[], places: number) => sorted.at(-1)?.toFixed(places) ?? '–'
