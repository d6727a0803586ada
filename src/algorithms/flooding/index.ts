import { beaconReport } from '../../checkers/beacon.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { natural, optional, positive, processId, text } from '../../model/shape.ts'
import { isBidirectional, isConnected } from '../../topology/predicates.ts'
import { floodingProperties, messagesOf } from './checker.ts'
import { type Flooding, flooding } from './flooding.ts'

interface Options {
  broadcasts: number
  initiator: ProcessId | null
}

/** Between one broadcast and the next, so that they overlap a little under the default latency. */
const PAUSE_MS = 20

const rumourId = text(40)

export const entry: CatalogueEntry<Flooding, Options> = {
  name: 'flooding',
  summary: 'broadcast: who hears a rumour for the first time tells all neighbours but one',
  options: {
    broadcasts: { shape: positive, default: 1, help: 'how many rumours are started' },
    initiator: {
      shape: optional(processId),
      default: null,
      help: 'who starts them; without it drawn by the seed',
    },
  },
  make: () => flooding,
  assumes: { fifo: false, reliable: true, noDuplicates: false, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'random-regular:4',
    fits: (places) =>
      isBidirectional(places) && isConnected(places)
        ? null
        : 'a rumour must reach everyone, over links both ways; use grid, tree, complete or random-regular',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { broadcast: { id: rumourId } },
    message: { rumour: { id: rumourId, hops: natural } },
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
  properties: floodingProperties,
  report: () =>
    beaconReport<Flooding>({
      broadcasts: (event) => (event.kind === 'request' ? event.request.id : null),
      delivers: (event) => (event.kind === 'indicate' ? event.indication.id : null),
      carries: ({ id }) => [id],
      remark: (places) => `2|E| − (n − 1) = ${messagesOf(places)}`,
    }),
  ends: 'quiescent',
  smallScope: {
    peers: 4,
    topology: 'complete',
    inputs: ([first]) => [
      { at: first!.self, times: 1, requests: () => [{ type: 'broadcast' as const, id: 'b1' }] },
    ],
  },
}
