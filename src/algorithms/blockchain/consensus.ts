/**
 * A round of consensus: asks all tracked for height and top hash, takes the highest chain that most
 * support, fetches what is not there yet, and takes the next if it is not valid or cannot be had.
 */
import type { Context, ProcessId } from '../../model/process.ts'
import { type Block, blockOf, flaw } from './block.ts'
import { flawIn, groupsOf, isPossible, keyOf, ranked, type Stats, statsOf } from './chain.ts'
import { asks, type Download, deeper, downloadOf, links, missing, piece } from './download.ts'
import type { Standing } from './standing.ts'
import type { Blockchain, BlockchainOptions, Fetched, Round } from './vocabulary.ts'

/** So often blocks are asked for again, and none comes, before their group is given up. */
const TRIES_MAX = 4
/** For so many rounds a group is passed over that was not valid, and one that withheld a block. */
const BAD_ROUNDS = { invalid: 8, withheld: 2 }
/** Where a tie was seen, the next round comes sooner. */
const SOONER = 4

interface Ways {
  readonly adopt: (height: number, blocks: Block[], from: ProcessId | null) => void
  readonly dropSilent: () => void
  readonly standing: Standing
  readonly ended: (isMet: boolean) => void
}

type Reply = Extract<Blockchain['message'], { type: 'getBlockReply' }>

export function consensus(
  { outgoing, now, send, setTimer, cancelTimer }: Context<Blockchain>,
  state: Blockchain['state'],
  { difficulty, consensusMs, replyMs }: BlockchainOptions,
  { adopt, dropSilent, standing, ended }: Ways,
) {
  function begin() {
    if (state.round !== null) return
    dropSilent()
    standing.forgive()
    for (const [key, rounds] of state.bad) {
      if (rounds <= 1) state.bad.delete(key)
      else state.bad.set(key, rounds - 1)
    }
    state.lastMs = now()
    state.round = {
      own: 0,
      asked: state.peers.size,
      isMet: false,
      stats: new Map(),
      untried: [],
      download: null,
    }
    for (const peer of [...state.peers.keys()].sort()) {
      standing.asked(peer)
      send(peer, { type: 'stats' })
    }
    setTimer({ type: 'reply' }, replyMs)
  }
  /** A round that does not wait its turn; but not one upon another. */
  function soon() {
    if (state.round === null) setTimer({ type: 'consensus' }, Math.max(0, state.lastMs + replyMs - now()))
  }
  function told({ height, hash }: Stats, from: ProcessId) {
    const { round } = state
    if (!standing.isDue(from)) return
    if (round !== null) round.isMet = true
    if (!isPossible({ height, hash })) {
      standing.blame(from, 'statsReply', `a chain of ${height} cannot have that top`, true)
    }
    if (round === null || round.download !== null || !state.peers.has(from)) return // it comes too late
    if (isPossible({ height, hash }) && standing.isBelieved(from)) round.stats.set(from, { height, hash })
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
    for (const { to, height } of asks(download)) {
      standing.asked(to)
      send(to, { type: 'getBlock', height })
    }
    setTimer({ type: 'reply' }, replyMs)
  }
  function got({ type: _, height, ...fetched }: Reply, from: ProcessId) {
    if (!standing.isDue(from)) return
    const wrong = falsehood(fetched)
    if (wrong !== null) return standing.blame(from, 'getBlockReply', wrong, true)
    const { round } = state
    const download = round?.download
    if (!round || !download || height < download.low || !download.group.supporters.includes(from)) return
    if (height >= download.group.height || fetched.hash === null) return
    if (download.blocks.has(height)) return
    download.blocks.set(height, blockOf(fetched as Block))
    download.tries = 0
    if (!links(download, height, difficulty)) return giveUp(round, download, 'invalid')
    const [lowest] = missing(download, 1)
    if (lowest === undefined) judge(round, download)
    else if (lowest >= download.asked) ask(download)
  }
  /** What no honest process hands out; null if nothing. That there is no such block is no falsehood. */
  function falsehood(fetched: Fetched): string | null {
    const nulls = Object.values(fetched).filter((value) => value === null).length
    if (nulls === Object.values(fetched).length) return null
    return nulls > 0 ? 'half of a block' : flaw(fetched as Block, difficulty)
  }
  function judge(round: Round, download: Download) {
    const { low, group } = download
    const isMining = state.chain.length > round.own // meanwhile it has mined one itself
    if (isMining && state.chain.length >= group.height) return end(round)
    const blocks = piece(download)
    const below = state.chain[low - 1]?.hash ?? null
    if (blocks.at(-1)!.hash === group.hash && flawIn(below, blocks, difficulty) === null) {
      const same = blocks.findIndex(({ hash }, i) => state.chain[low + i]?.hash !== hash)
      state.bad.delete(keyOf(group)) // one of its supporters may have spoilt it before
      adopt(low + same, blocks.slice(same), null)
      end(round)
    } else if (deeper(download)) ask(download)
    else giveUp(round, download, 'invalid')
  }
  function giveUp(round: Round, { group }: Download, why: keyof typeof BAD_ROUNDS) {
    if (group.supporters.length > 1) {
      // One of them may have spoilt what the others sent: each is asked for the whole, alone.
      round.untried.unshift(...group.supporters.map((peer) => ({ ...group, supporters: [peer] })))
      return next(round)
    }
    state.bad.set(keyOf(group), BAD_ROUNDS[why])
    const sentence = `of its chain of ${group.height} a block is ${why}`
    const kind = why === 'invalid' ? 'getBlockReply' : 'statsReply'
    standing.blame(group.supporters[0]!, kind, sentence, false) // it may have crashed, or changed its chain
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
  function end({ isMet: hasAnswer }: Round) {
    state.round = null
    cancelTimer({ type: 'reply' })
    const isMet = hasAnswer || outgoing.length === 0
    const isOpen = state.tied === state.chain.length || !isMet
    const ms = isOpen ? consensusMs / SOONER : consensusMs
    setTimer({ type: 'consensus' }, ms * 0.75, ms * 1.25)
    ended(isMet)
  }

  return { begin, soon, told, got, late }
}
