import type { CatalogueEntry, Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { natural, positive } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { mutexProperties } from './checker.ts'
import { type RicartAgrawala, ricartAgrawala } from './ricart-agrawala.ts'

interface Options {
  times: number
  holdMs: number
}

/** All want it within so long a time: short enough that they are in one another's way. */
const WORKLOAD_MS = 40

/** So that a second request can meet what is left of the first. */
const TIMES_IN_SMALL = 2

export const entry: CatalogueEntry<RicartAgrawala, Options> = {
  name: 'ricart-agrawala',
  summary: 'one at a time: who has a reply from everyone, where a reply says: go ahead of me',
  options: {
    times: { shape: positive, default: 2, help: 'how often each process wants the resource' },
    holdMs: {
      shape: natural,
      default: 5,
      help: 'how long it is held, in ms; 0: until the process is asked to release it',
    },
  },
  make: ({ holdMs }) => ricartAgrawala(holdMs),
  assumes: { fifo: false, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) =>
      isComplete(places) ? null : 'everyone tells everyone of its request; use --topology complete',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { acquire: {}, release: {} },
    message: { request: { number: positive }, reply: {} },
    timer: { release: {} },
  },
  faults: 'latency 2-12ms',
  workload: (random, places, { times }) =>
    places.flatMap(({ self }) =>
      Array.from({ length: times }, () => ({
        to: self,
        request: { type: 'acquire' as const },
        atMs: random.below(WORKLOAD_MS),
      })),
    ),
  properties: mutexProperties,
  report: () => waits,
  ends: 'quiescent',
  smallScope: {
    peers: 3,
    inputs: (places) =>
      places.map(({ self }) => ({
        at: self,
        times: TIMES_IN_SMALL,
        requests: ({ own }) => (own === null ? [{ type: 'acquire' }] : []),
      })),
  },
}

interface Waits {
  readonly n: number
  readonly of: Map<ProcessId, { since: number; ms: number[] }>
  sent: number
}

/** How long each process waited for what it got, and what that cost all. */
const waits: Report<RicartAgrawala, Waits> = {
  initial: (places) => ({
    n: places.length,
    of: new Map(places.map(({ self }) => [self, { since: 0, ms: [] }])),
    sent: 0,
  }),
  upon(memory, event) {
    if (event.kind === 'send') memory.sent++
    if (event.kind !== 'indicate') return
    const own = memory.of.get(event.at)!
    if (event.indication.type === 'requested') own.since = event.timeNs
    if (event.indication.type === 'granted') own.ms.push((event.timeNs - own.since) / 1e6)
  },
  tables({ n, of, sent }) {
    const rows = [...of].map(([process, { ms }]) => {
      const sum = ms.reduce((all, one) => all + one, 0)
      const mean = ms.length === 0 ? '–' : (sum / ms.length).toFixed(1)
      return [process, ms.length, mean, Math.max(0, ...ms).toFixed(1)]
    })
    const times = [...of.values()].reduce((all, { ms }) => all + ms.length, 0)
    const each = times === 0 ? '' : `, ${(sent / times).toFixed(1)} each; 2(n − 1) = ${2 * (n - 1)}`
    return [
      {
        title: 'The resource',
        columns: ['process', 'times held', 'mean wait ms', 'longest ms'],
        rows,
        summary: `held ${times} times with ${sent} messages${each}`,
      },
    ]
  },
}
