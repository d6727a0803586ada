import { beaconReport } from '../../checkers/beacon.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { natural, oneOf, positive, text } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { messagesOf, names, totalOrderProperties } from './checker.ts'
import { type Choices, type TotalOrder, totalOrder } from './total-order.ts'

interface Options extends Choices {
  broadcasts: number
}

/** Less than a message takes, so that several are on their way. */
const PAUSE_MS = 3

const id = text(50)

export const entry: CatalogueEntry<TotalOrder, Options> = {
  name: 'total-order',
  summary: 'broadcast that all deliver in the same order: numbered by one of them, or by logical clocks',
  options: {
    by: { shape: oneOf('sequencer', 'lamport'), default: 'sequencer', help: 'what orders the messages' },
    broadcasts: {
      shape: positive,
      default: 5,
      help: 'how many messages are broadcast, each by whom the seed draws',
    },
  },
  make: totalOrder,
  assumes: { fifo: true, reliable: true, noDuplicates: false, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) => (isComplete(places) ? null : 'everyone tells everyone; use --topology complete'),
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { broadcast: { id: text(40) } },
    message: {
      submit: { id },
      ordered: { number: positive, id },
      data: { clock: positive, id },
      acknowledge: { clock: natural },
    },
    timer: {},
  },
  faults: 'latency 2-12ms',
  workload: (random, places, { broadcasts }) =>
    Array.from({ length: broadcasts }, (_, i) => ({
      to: random.pick(places).self,
      request: { type: 'broadcast' as const, id: `b${i + 1}` },
      atMs: i * PAUSE_MS,
    })),
  properties: totalOrderProperties,
  report: ({ by }) =>
    beaconReport<TotalOrder>({
      ...names,
      carries: (message) => ('id' in message ? [message.id] : []),
      remark: ({ length: n }) => `${messagesOf(by, n, false)} are due`,
    }),
  ends: 'quiescent',
  smallScope: {
    peers: 3,
    inputs: ([first, second]) => [
      { at: first!.self, times: 1, requests: () => [{ type: 'broadcast' as const, id: 'b1' }] },
      { at: second!.self, times: 1, requests: () => [{ type: 'broadcast' as const, id: 'b2' }] },
    ],
  },
}
