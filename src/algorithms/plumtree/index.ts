import { beaconReport } from '../../checkers/beacon.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { list, natural, optional, positive, processId, text } from '../../model/shape.ts'
import { isBidirectional, isConnected } from '../../topology/predicates.ts'
import { names, plumtreeProperties } from './checker.ts'
import { type Choices, type Plumtree, plumtree } from './plumtree.ts'

interface Options extends Choices {
  broadcasts: number
  initiator: ProcessId | null
}

/** Between one broadcast and the next: about the time of one under the latency below: the tree is used. */
const PAUSE_MS = 40
/** After the last request and the last fault: many times the longest pause between two announcements. */
const ENDS_AFTER_MS = 3000
/** With that many processes of four neighbours each, all can still reach all when one is down. */
const SPARE_FROM = 6

const id = text(50)
const ids = list(id, 100_000)

/** Nothing is explored: names that nobody has confirmed are announced for ever. */
export const entry: CatalogueEntry<Plumtree, Options> = {
  name: 'plumtree',
  summary: 'broadcast over a tree that makes itself: pruned by what comes twice, grafted where it is missed',
  options: {
    broadcasts: { shape: positive, default: 5, help: 'how many messages are broadcast' },
    initiator: {
      shape: optional(processId),
      default: null,
      help: 'who broadcasts them; without it drawn by the seed, each anew',
    },
    dispatchMs: {
      shape: positive,
      default: 20,
      help: 'how long names and confirmations are gathered before they are sent',
    },
    graftMs: {
      shape: positive,
      default: 40,
      help: 'how long a message may be late behind its name before a link is grafted',
    },
  },
  make: plumtree,
  assumes: {
    fifo: false,
    reliable: false,
    noDuplicates: false,
    crashes: 'stop',
    synchrony: 'asynchronous',
    faulty: (n) => (n >= SPARE_FROM ? 1 : 0),
  },
  topology: {
    default: 'random-regular:4',
    fits: (places) =>
      isBidirectional(places) && isConnected(places)
        ? null
        : 'a link carries messages one way and prunes the other; use random-regular, star, tree or complete',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { broadcast: { id: text(40) } },
    message: {
      gossip: { id, round: natural },
      prune: { id },
      graft: { id },
      ihave: { announced: ids, confirmed: ids },
    },
    timer: { dispatch: {}, missing: { id } },
  },
  faults: 'latency 2-12ms',
  workload(random, places, { broadcasts, initiator }) {
    const all = places.map(({ self }) => self)
    if (initiator !== null && !all.includes(initiator)) {
      throw new UsageError(`--initiator ${initiator}: the processes are ${all[0]} … ${all.at(-1)}`)
    }
    return Array.from({ length: broadcasts }, (_, i) => ({
      to: initiator ?? random.pick(all),
      request: { type: 'broadcast' as const, id: `b${i + 1}` },
      atMs: i * PAUSE_MS,
    }))
  },
  properties: plumtreeProperties,
  report: () =>
    beaconReport<Plumtree>({
      ...names,
      carries: (message) => (message.type === 'gossip' ? [message.id] : []),
      remark: ({ length: n }) => `a tree takes n − 1 = ${n - 1}`,
    }),
  ends: { afterMs: ENDS_AFTER_MS },
}
