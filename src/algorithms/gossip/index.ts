import { beaconReport } from '../../checkers/beacon.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { list, natural, oneOf, optional, positive, processId, text, truth } from '../../model/shape.ts'
import { isBidirectional, isConnected } from '../../topology/predicates.ts'
import { gossipProperties, names } from './checker.ts'
import { type Choices, type Gossip, gossip } from './gossip.ts'

interface Options extends Choices {
  broadcasts: number
  initiator: ProcessId | null
}

/** Between one broadcast and the next, so that they overlap. */
const PAUSE_MS = 20
/** After the last request and the last fault: fifteen rounds of anti-entropy, and a rumour's own life. */
const ENDS_AFTER_MS = 3000

const rumours = list(text(50), 100_000)

/** Nothing is explored: rounds have no end, and a draw among all is too many ways. */
export const entry: CatalogueEntry<Gossip, Options> = {
  name: 'gossip',
  summary: 'broadcast: who has heard tells one other a round, drawn by the dice, until too many knew',
  options: {
    broadcasts: { shape: positive, default: 1, help: 'how many rumours are started' },
    initiator: {
      shape: optional(processId),
      default: null,
      help: 'who starts them; without it drawn by the seed, each anew',
    },
    mode: { shape: oneOf('push', 'pull', 'push-pull'), default: 'push', help: 'who tells whom' },
    stop: {
      shape: oneOf('coin', 'counter'),
      default: 'counter',
      help: 'after a useless contact: one in k stops, or each at its k-th',
    },
    feedback: { shape: truth, default: true, help: 'false: blind, every contact counts as useless' },
    k: { shape: positive, default: 2, help: 'how much in vain before somebody stops' },
    roundMs: { shape: positive, default: 50, help: 'between two contacts; longer than there and back' },
    antiEntropyMs: {
      shape: natural,
      default: 200,
      help: 'how often each compares all it knows with another; 0: never, and some are left out',
    },
  },
  make: gossip,
  assumes: {
    fifo: false,
    reliable: false,
    noDuplicates: false,
    crashes: 'recover',
    synchrony: 'asynchronous',
  },
  topology: {
    default: 'complete',
    fits: (places) =>
      isBidirectional(places) && isConnected(places)
        ? null
        : 'a rumour must reach everyone and answers come back; use complete, random-regular or grid',
  },
  streams: 'channel',
  channels: 'on demand',
  shapes: {
    request: { broadcast: { id: text(40) } },
    message: {
      contact: { rumours: rumours, pull: truth },
      answer: { known: rumours, rumours: rumours },
      digest: { known: rumours },
      reconcile: { rumours: rumours, wanted: rumours },
    },
    timer: { round: {}, antiEntropy: {} },
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
  properties: gossipProperties,
  report: () =>
    beaconReport<Gossip>({
      ...names,
      carries: (message) => (message.type === 'digest' || !('rumours' in message) ? [] : message.rumours),
    }),
  ends: { afterMs: ENDS_AFTER_MS },
}
