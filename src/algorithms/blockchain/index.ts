import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { list, natural, optional, positive, processId, text, truth } from '../../model/shape.ts'
import { isBidirectional, isConnected } from '../../topology/predicates.ts'
import { LIMITS } from './block.ts'
import { blockchain } from './blockchain.ts'
import { blockchainProperties } from './checker.ts'
import { chainReport } from './report.ts'
import type { Blockchain, BlockchainOptions } from './vocabulary.ts'

export interface Options extends BlockchainOptions {
  messages: number
  everyMs: number
  depth: number
}

/** Several rounds of consensus after the last request and the last fault. */
const ENDS_AFTER_MS = 5000
/** A block of a time that is drawn is found in one step: 16^4 nonces at most on average. */
const DIFFICULTY_MAX = 4

const hash = text(64)
const block = {
  minedBy: processId,
  messages: list(text(2 * LIMITS.message), LIMITS.messages + 1), // what is too long is judged, not misread
  nonce: text(2 * LIMITS.nonce),
  timestamp: natural,
  hash,
}

export const entry: CatalogueEntry<Blockchain, Options> = {
  name: 'blockchain',
  summary: 'a chain of blocks kept by gossip: mined, announced, and the highest that most keep is everyone’s',
  options: {
    messages: { shape: natural, default: 20, help: 'how many messages are asked to be mined' },
    everyMs: { shape: positive, default: 150, help: 'mean time between two of them' },
    mineMs: { shape: positive, default: 200, help: 'how long one process takes for a block, on average' },
    difficulty: { shape: natural, default: 1, help: 'zeros at the end of a hash' },
    realHashing: {
      shape: truth,
      default: false,
      help: 'nonces are really searched for, whatever time it takes',
    },
    depth: { shape: positive, default: 8, help: 'under so many blocks all are to have the same' },
    gossipMs: {
      shape: positive,
      default: 250,
      help: 'time between telling of oneself twice (a real one: 30 s)',
    },
    consensusMs: { shape: positive, default: 1000, help: 'time between two rounds of consensus (2 min)' },
    silentMs: { shape: positive, default: 500, help: 'who is not heard of for so long is dropped (60 s)' },
    replyMs: { shape: positive, default: 100, help: 'how long an answer is waited for' },
    known: { shape: positive, default: 8, help: 'how many others a process keeps track of' },
    hops: { shape: natural, default: 1, help: 'how often what one tells of oneself is passed on' },
  },
  make: blockchain,
  assumes: {
    fifo: false,
    reliable: false,
    noDuplicates: false,
    crashes: 'recover',
    synchrony: 'synchronous',
    byzantine: (n) => Math.floor((n - 1) / 4),
  },
  topology: {
    default: 'random-regular:4',
    fits: (places) =>
      isBidirectional(places) && isConnected(places)
        ? null
        : 'a block must reach everyone, over links both ways; use complete, grid or random-regular',
  },
  streams: 'channel',
  channels: 'on demand',
  shapes: {
    request: { mine: { message: text(200) }, consensus: {}, block: { height: natural } },
    message: {
      gossip: { id: text(60), origin: processId, name: text(20), hops: natural },
      gossipReply: { name: text(20) },
      stats: {},
      statsReply: { height: natural, hash: optional(hash) },
      getBlock: { height: natural },
      getBlockReply: {
        height: natural,
        minedBy: optional(processId),
        messages: optional(block.messages),
        nonce: optional(block.nonce),
        timestamp: optional(natural),
        hash: optional(hash),
      },
      announce: { height: natural, ...block },
      consensus: {},
    },
    timer: { gossip: {}, consensus: {}, reply: {}, mine: {} },
  },
  faults: 'latency 5-40ms',
  workload(random, places, { messages, everyMs, difficulty, realHashing }) {
    if (difficulty > DIFFICULTY_MAX && !realHashing) {
      throw new UsageError(`--difficulty ${difficulty}: above ${DIFFICULTY_MAX} say --real-hashing true`)
    }
    return Array.from({ length: messages }, (_, i) => ({
      to: random.pick(places).self,
      request: { type: 'mine' as const, message: `m${i + 1}` },
      atMs: 200 + i * everyMs + random.below(everyMs), // by then all have met somebody
    }))
  },
  properties: blockchainProperties,
  report: () => chainReport,
  ends: { afterMs: ENDS_AFTER_MS },
}
