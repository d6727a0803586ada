/**
 * A chain of blocks that all processes keep by gossip: what is to be written is mined into blocks,
 * which are announced to everyone, and the highest chain that most keep is everyone's.
 *
 *   S. Nakamoto, "Bitcoin: A Peer-to-Peer Electronic Cash System", 2008; its promises as in
 *   J. Garay, A. Kiayias, N. Leonardos, "The Bitcoin Backbone Protocol", EUROCRYPT 2015, §3; messages,
 *   fields and rules as in the peer-to-peer course work of the University of Manitoba, COMP 3010.
 *
 * Assumes   what is sent arrives soon, against the time between two blocks, unless it is lost; a loss
 *           is made good by asking again. Of the processes fewer than a quarter lie; they mine no
 *           faster than others, and the others are connected without them. Neither FIFO, nor the
 *           absence of loss, duplicates, crashes or recoveries.
 * Promises  VALID CHAIN    every block that is adopted is valid, and stands on the one below it;
 *           CHAIN GROWTH   no process that stays up ever changes to a lower chain;
 *           COMMON PREFIX  under `depth` blocks all have the same, and it is never changed again, in a
 *                          network that is whole;
 *           CONVERGENCE    when nobody mines any more, all who do not lie end with the same chain,
 *                          whatever was cut;
 *           CHAIN QUALITY  what is asked to be mined by a process that stays up and does not lie is in
 *                          its chain, once;
 *           REFUSAL        what nobody mines, for it keeps to no limit, is refused with a sentence;
 *           JUSTICE        whoever is found out by a proof has lied;
 *           SILENCE        who has not been heard of for `silentMs` is not asked for its chain.
 */
import type { Algorithm, ProcessId } from '../../model/process.ts'
import { type Block, blockOf, flaw, flawOn, LIMITS } from './block.ts'
import { statsOf } from './chain.ts'
import { consensus } from './consensus.ts'
import { membership } from './membership.ts'
import { mining } from './mining.ts'
import { standing } from './standing.ts'
import type { Announced, Blockchain, BlockchainOptions } from './vocabulary.ts'

export const blockchain = (options: BlockchainOptions): Algorithm<Blockchain> => ({
  initial: () => ({
    chain: [],
    pool: [],
    nonce: 0,
    synced: false,
    peers: new Map(),
    heard: [],
    gossips: 0,
    round: null,
    waiting: [],
    bad: new Map(),
    tied: null,
    lastMs: 0,
    scores: new Map(),
    due: new Map(),
    refused: { announce: 0, getBlockReply: 0, statsReply: 0, gossip: 0, gossipReply: 0, unasked: 0 },
  }),

  upon(context, state) {
    const { send, indicate } = context
    const { difficulty } = options
    const others = standing(context, state)
    const members = membership(context, state, options, others)
    const miner = mining(context, state, options, adopt)
    const rounds = consensus(context, state, options, {
      adopt,
      dropSilent: members.dropSilent,
      standing: others,
      ended,
    })

    /** Takes these blocks, which are valid there, in the place of all from that height up. */
    function adopt(height: number, blocks: Block[], from: ProcessId | null) {
      const dropped = state.chain.splice(height, Infinity, ...blocks)
      indicate({ type: 'adopted', height, blocks })
      miner.changed(dropped)
      const top = state.chain.length - 1
      for (const peer of [...state.peers.keys()].sort()) {
        if (peer !== from) send(peer, { type: 'announce', height: top, ...blockOf(state.chain[top]!) })
      }
    }
    function announced({ height, ...block }: Announced, from: ProcessId) {
      const { chain } = state
      if (chain[height]?.hash === block.hash) return // known
      const known = chain.findIndex(({ hash }) => hash === block.hash)
      const wrong = known < 0 ? flaw(block, difficulty) : `the block of that hash is block ${known}`
      if (wrong !== null) return others.blame(from, 'announce', wrong, true)
      if (!others.isBelieved(from)) return
      if (height < chain.length) return // of another branch, and no higher
      if (height === chain.length && flawOn(chain.at(-1)?.hash ?? null, block, difficulty) === null) {
        return adopt(height, [blockOf(block)], from)
      }
      rounds.soon() // a block that does not fit: of a higher branch, or a lie
    }
    /** A round is over; `isMet`: somebody has answered, or there is nobody. */
    function ended(isMet: boolean) {
      const isFirst = isMet && !state.synced
      if (isMet) state.synced = true
      for (const { from, announced: block } of state.waiting.splice(0)) announced(block, from)
      if (isFirst) miner.changed([])
    }
    function begin() {
      members.gossip()
      context.setTimer({ type: 'consensus' }, options.replyMs) // until then it has met somebody
    }

    return {
      start: begin,
      recover: begin,
      request: {
        mine({ message }) {
          if (message.length < 1 || message.length > LIMITS.message) {
            return indicate({ type: 'fail', why: 'a message has 1 to 20 characters' })
          }
          if (
            state.pool.includes(message) ||
            state.chain.some(({ messages }) => messages.includes(message))
          ) {
            return indicate({ type: 'fail', why: `'${message}' has been asked for before` })
          }
          state.pool.push(message)
          indicate({ type: 'accepted', message })
          miner.changed([])
        },
        consensus: rounds.soon,
        block({ height }) {
          const { minedBy = null, messages = null } = state.chain[height] ?? {}
          if (minedBy === null) indicate({ type: 'fail', why: `there is no block ${height} yet` })
          else indicate({ type: 'block', height, minedBy, messages })
        },
      },
      message: {
        gossip: members.heard,
        gossipReply: members.answered,
        stats(_, from) {
          members.met(from)
          send(from, { type: 'statsReply', ...statsOf(state.chain) })
        },
        statsReply(stats, from) {
          members.met(from)
          rounds.told(stats, from)
        },
        getBlock({ height }, from) {
          const nothing = { minedBy: null, messages: null, nonce: null, timestamp: null, hash: null }
          const block = state.chain[height]
          send(from, { type: 'getBlockReply', height, ...(block === undefined ? nothing : blockOf(block)) })
        },
        getBlockReply: rounds.got,
        announce(message, from) {
          members.met(from)
          if (state.round === null) announced(message, from)
          else if (state.waiting.length < WAITING_MAX) state.waiting.push({ from, announced: message })
        },
        consensus: rounds.soon,
      },
      timeout: {
        gossip: members.gossip,
        consensus: rounds.begin,
        reply: rounds.late,
        mine: miner.mine,
      },
    }
  },
})

/** Announcements that are kept during a round; whatever is left out, the next round finds. */
const WAITING_MAX = 64
