/**
 * A round of consensus: asks all tracked for height and top hash, takes the highest chain that most
 * support, fetches what is not there yet, and takes the next if it is not valid or cannot be had.
 */
import type { Context, ProcessId } from '../../model/process.ts'
import { type Block, blockOf } from './block.ts'
import { flawIn, groupsOf, keyOf, ranked, type Stats, statsOf } from './chain.ts'
import { asks, type Download, deeper, downloadOf, missing, piece } from './download.ts'
import type { Blockchain, BlockchainOptions, Round } from './vocabulary.ts'

/** So often a block is asked for again before its group is given up. */
const TRIES_MAX = 4
/** For so many rounds a group is passed over that was not valid, and one that withheld a block. */
const BAD_ROUNDS = { invalid: 8, withheld: 2 }
/** Whose score is lower is not believed. */
const SCORE_MIN = -3
/** Where a tie was seen, the next round comes sooner. */
const SOONER = 4

interface Ways {
  readonly adopt: (height: number, blocks: Block[], from: ProcessId | null) => void
  readonly blame: (peer: ProcessId, kind: 'statsReply' | 'getBlockReply', why: string) => void
  readonly ended: (isMet: boolean) => void
}

type Reply = Extract<Blockchain['message'], { type: 'getBlockReply' }>

export function consensus(
  { outgoing, now, send, setTimer, cancelTimer }: Context<Blockchain>,
  state: Blockchain['state'],
  { difficulty, consensusMs, replyMs }: BlockchainOptions,
  { adopt, blame, ended }: Ways,
) {
  function begin() {
    if (state.round !== null) return
    for (const [key, rounds] of state.bad) {
      if (rounds <= 1) state.bad.delete(key)
      else state.bad.set(key, rounds - 1)
    }
    state.lastMs = now()
    state.round = { own: 0, asked: state.peers.size, stats: new Map(), untried: [], download: null }
    for (const peer of [...state.peers.keys()].sort()) send(peer, { type: 'stats' })
    setTimer({ type: 'reply' }, replyMs)
  }
  /** A round that does not wait its turn; but not one upon another. */
  function soon() {
    if (state.round === null) setTimer({ type: 'consensus' }, Math.max(0, state.lastMs + replyMs - now()))
  }
  function told({ height, hash }: Stats, from: ProcessId) {
    const { round } = state
    if (round === null || round.download !== null || !state.peers.has(from)) return
    if ((state.scores.get(from) ?? 0) > SCORE_MIN) round.stats.set(from, { height, hash })
    else round.asked--
    if (round.stats.size >= round.asked) choose(round)
  }
  function choose(round: Round) {
    const own = statsOf(state.chain)
    round.own = own.height
    const groups = groupsOf(new Map([...round.stats, ['', own]])).filter(
      (group) => group.height >= own.height && !state.bad.has(keyOf(group)),
    )
    const top = Math.max(...groups.map(({ height }) => height))
    const isTie = groups.filter(({ height }) => height === top).length > 1
    round.untried = ranked(groups, state.tied)
    if (isTie) state.tied = top
    next(round)
  }
  function next(round: Round) {
    const group = round.untried.shift()
    if (group === undefined || group.supporters.includes('')) return end(round)
    round.download = downloadOf(group, state.chain.length)
    ask(round.download)
  }
  function ask(download: Download) {
    for (const { to, height } of asks(download, missing(download))) send(to, { type: 'getBlock', height })
    setTimer({ type: 'reply' }, replyMs)
  }
  function got({ height, ...fetched }: Reply, from: ProcessId) {
    const { round } = state
    const download = round?.download
    if (!round || !download || height < download.low || !download.group.supporters.includes(from)) return
    if (height >= download.group.height || fetched.hash === null) return
    if (Object.values(fetched).includes(null)) return blame(from, 'getBlockReply', 'half of a block')
    download.blocks.set(height, blockOf(fetched as Block))
    if (missing(download).length === 0) judge(round, download)
  }
  function judge(round: Round, download: Download) {
    const { low, group } = download
    const isMining = state.chain.length > round.own // meanwhile it has mined one itself
    if (isMining && state.chain.length >= group.height) return end(round)
    const blocks = piece(download)
    const below = state.chain[low - 1]?.hash ?? null
    if (blocks.at(-1)!.hash === group.hash && flawIn(below, blocks, difficulty) === null) {
      for (const peer of group.supporters) raise(peer)
      const same = blocks.findIndex(({ hash }, i) => state.chain[low + i]?.hash !== hash)
      adopt(low + same, blocks.slice(same), null)
      end(round)
    } else if (deeper(download)) ask(download)
    else giveUp(round, download, 'invalid')
  }
  function raise(peer: ProcessId) {
    const score = state.scores.get(peer) ?? 0
    if (score < 0) state.scores.set(peer, score + 1)
  }
  function giveUp(round: Round, { group }: Download, why: keyof typeof BAD_ROUNDS) {
    if (group.supporters.length > 1) {
      // One of them may have spoilt what the others sent: each is asked for the whole, alone.
      round.untried.unshift(...group.supporters.map((peer) => ({ ...group, supporters: [peer] })))
      return next(round)
    }
    state.bad.set(keyOf(group), BAD_ROUNDS[why])
    const sentence = `of its chain of ${group.height} a block is ${why}`
    blame(group.supporters[0]!, why === 'invalid' ? 'getBlockReply' : 'statsReply', sentence)
    next(round)
  }
  function late() {
    const { round } = state
    if (round === null) return
    const { download } = round
    if (download === null) choose(round)
    else if (++download.tries < TRIES_MAX) ask(download)
    else giveUp(round, download, 'withheld')
  }
  function end({ stats }: Round) {
    state.round = null
    cancelTimer({ type: 'reply' })
    const isMet = stats.size > 0 || outgoing.length === 0
    const isOpen = state.tied === state.chain.length || !isMet
    const ms = isOpen ? consensusMs / SOONER : consensusMs
    setTimer({ type: 'consensus' }, ms * 0.75, ms * 1.25)
    ended(isMet)
  }

  return { begin, soon, told, got, late }
}
