import { waits } from '../../checkers/waits.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { natural, positive } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { mutexProperties, price, resource } from './checker.ts'
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
  report: () => waits(resource, price),
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
