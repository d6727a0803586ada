import { beaconReport } from '../../checkers/beacon.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { positive, processId, type Shape, text } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { type CausalBroadcast, causalBroadcast } from './causal-broadcast.ts'
import { causalProperties, names } from './checker.ts'

interface Options {
  broadcasts: number
}

/** About the time of a message: the next to broadcast has often just delivered the last. */
const PAUSE_MS = 6

const counts = (value: unknown): value is Record<ProcessId, number> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([process, count]) => processId.fits(process) && positive.fits(count))

const vector: Shape<Record<ProcessId, number>> = {
  label: 'count of each process',
  fits: counts,
  parse: (written) => written, // no request has one
}

export const entry: CatalogueEntry<CausalBroadcast, Options> = {
  name: 'causal-broadcast',
  summary: 'broadcast in which nobody delivers an answer before what it answers, by vector clocks',
  options: {
    broadcasts: {
      shape: positive,
      default: 5,
      help: 'how many messages are broadcast, each by whom the seed draws',
    },
  },
  make: () => causalBroadcast,
  assumes: { fifo: false, reliable: true, noDuplicates: false, crashes: 'stop', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) =>
      isComplete(places) ? null : 'everyone passes everything on to everyone; use --topology complete',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { broadcast: { id: text(40) } },
    message: { data: { origin: processId, id: text(40), clock: vector } },
    timer: {},
  },
  faults: 'latency exponential 8ms',
  workload: (random, places, { broadcasts }) =>
    Array.from({ length: broadcasts }, (_, i) => ({
      to: random.pick(places).self,
      request: { type: 'broadcast' as const, id: `b${i + 1}` },
      atMs: i * PAUSE_MS,
    })),
  properties: causalProperties,
  report: () =>
    beaconReport<CausalBroadcast>({
      ...names,
      carries: ({ origin, id }) => [`${origin}:${id}`],
      remark: ({ length: n }) => `n(n − 1) = ${n * (n - 1)}`,
    }),
  ends: 'quiescent',
  // One broadcasts, and another whenever it likes: before it has delivered that, or in answer to it.
  smallScope: {
    peers: 3,
    inputs: ([first, second]) => [
      { at: first!.self, times: 1, requests: () => [{ type: 'broadcast' as const, id: 'b1' }] },
      { at: second!.self, times: 1, requests: () => [{ type: 'broadcast' as const, id: 'b2' }] },
    ],
  },
}
