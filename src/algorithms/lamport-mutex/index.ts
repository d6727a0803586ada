import { waits } from '../../checkers/waits.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { natural, oneOf, positive } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { mutexProperties, price, resource } from './checker.ts'
import { type Choices, type LamportMutex, lamportMutex } from './lamport-mutex.ts'

interface Options extends Choices {
  times: number
}

/** All want it within so long a time: short enough that they are in one another's way. */
const WORKLOAD_MS = 40

/** The bound of `MCLamportMutex.cfg` in tlaplus/Examples. */
const CLOCK_MAX = 6

export const entry: CatalogueEntry<LamportMutex, Options> = {
  name: 'lamport-mutex',
  summary: 'one at a time: requests are queued everywhere, by the order of logical clocks',
  options: {
    times: { shape: positive, default: 2, help: 'how often each process wants the resource' },
    holdMs: {
      shape: natural,
      default: 5,
      help: 'how long it is held, in ms; 0: until the process is asked to release it',
    },
    stamps: {
      shape: oneOf('all', 'requests'),
      default: 'all',
      help: 'the messages that carry a timestamp; with requests alone they are not granted in order',
    },
  },
  make: lamportMutex,
  assumes: { fifo: true, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) =>
      isComplete(places) ? null : 'everyone tells everyone of its request; use --topology complete',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { acquire: {}, release: {} },
    message: { request: { clock: natural }, acknowledge: { clock: natural }, release: { clock: natural } },
    timer: { enter: {}, release: {} },
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
  report: () => waits(resource, price),
  ends: 'quiescent',
  // The specification LamportMutex of tlaplus/Examples, step by step: 724,274 states.
  smallScope: {
    peers: 3,
    options: { stamps: 'requests' },
    inputs: (places) =>
      places.map(({ self }) => ({
        at: self,
        times: Number.POSITIVE_INFINITY,
        requests: ({ queue }) => (queue.has(self) ? [] : [{ type: 'acquire' }]),
      })),
    within: ({ clock }) => clock <= CLOCK_MAX,
  },
}
