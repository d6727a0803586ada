import { beaconReport } from '../../checkers/beacon.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { optional, positive, processId, text, truth } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { names, reliableProperties } from './checker.ts'
import { type Choices, type ReliableBroadcast, reliableBroadcast } from './reliable-broadcast.ts'

interface Options extends Choices {
  broadcasts: number
  initiator: ProcessId | null
}

/** Between one broadcast and the next, so that they overlap. */
const PAUSE_MS = 10

export const entry: CatalogueEntry<ReliableBroadcast, Options> = {
  name: 'reliable-broadcast',
  summary: 'broadcast that all correct processes deliver, or none, though whoever broadcasts may crash',
  options: {
    broadcasts: { shape: positive, default: 3, help: 'how many messages are broadcast' },
    initiator: {
      shape: optional(processId),
      default: null,
      help: 'who broadcasts them; without it drawn by the seed, each anew',
    },
    uniform: {
      shape: truth,
      default: false,
      help: 'deliver only what a majority has passed on: then what a crashed process delivered counts too',
    },
  },
  make: reliableBroadcast,
  assumes: {
    fifo: false,
    reliable: true,
    noDuplicates: false,
    crashes: 'stop',
    synchrony: 'asynchronous',
    faulty: (n) => Math.ceil(n / 2) - 1, // for `uniform`; without it any number may
  },
  topology: {
    default: 'complete',
    fits: (places) =>
      isComplete(places) ? null : 'everyone passes everything on to everyone; use --topology complete',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { broadcast: { id: text(40) } },
    message: { data: { id: text(50) } },
    timer: {},
  },
  faults: 'latency 2-12ms',
  workload(random, places, { broadcasts, initiator }) {
    const ids = places.map(({ self }) => self)
    if (initiator !== null && !ids.includes(initiator)) {
      throw new UsageError(`--initiator ${initiator}: the processes are ${ids[0]} … ${ids.at(-1)}`)
    }
    return Array.from({ length: broadcasts }, (_, i) => ({
      to: initiator ?? random.pick(ids),
      request: { type: 'broadcast' as const, id: `b${i + 1}` },
      atMs: i * PAUSE_MS,
    }))
  },
  properties: reliableProperties,
  report: () =>
    beaconReport<ReliableBroadcast>({
      ...names,
      carries: ({ id }) => [id],
      remark: ({ length: n }) => `n(n − 1) = ${n * (n - 1)}`,
    }),
  ends: 'quiescent',
  smallScope: {
    peers: 3,
    inputs: ([first]) => [
      { at: first!.self, times: 1, requests: () => [{ type: 'broadcast' as const, id: 'b1' }] },
    ],
  },
}
