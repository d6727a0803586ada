/**
 * Mining: trying nonces until one will do. How long that takes is drawn by integers alone, as a count
 * of trials of a small chance each, and when within the last of them; or, by option, it is really
 * searched for, some nonces a timer.
 */
import type { Context, ProcessId } from '../../model/process.ts'
import { type Block, LIMITS, search } from './block.ts'
import type { Blockchain, BlockchainOptions } from './vocabulary.ts'

/** A block takes so many trials on average: enough to be close to exponential. */
const TRIALS = 64
/** Nonces tried in one step where they are really searched for. */
const CHUNK = 64
const CHUNK_MS = 5
/** At most so many are tried for a block whose time is up. */
const ENOUGH = 1_000_000

export function mining(
  { self, now, random, setTimer, cancelTimer }: Context<Blockchain>,
  state: Blockchain['state'],
  { difficulty, mineMs, realHashing }: BlockchainOptions,
  adopt: (height: number, blocks: Block[], from: ProcessId | null) => void,
) {
  function work() {
    if (!state.synced) return
    if (state.pool.length === 0) return cancelTimer({ type: 'mine' })
    if (realHashing) return setTimer({ type: 'mine' }, CHUNK_MS)
    let trials = 1
    while (!random.chance(1, TRIALS)) trials++
    // All begin anew with each block: by whole trials many would find one at the same moment.
    const us = 1000 * mineMs
    setTimer({ type: 'mine' }, Math.floor((us * (trials - 1) + random.below(us)) / TRIALS) / 1000)
  }

  return {
    /** The chain or the pool is another; these blocks are no longer part of the chain. */
    changed(dropped: readonly Block[]) {
      const mined = new Set(state.chain.flatMap(({ messages }) => messages))
      const orphans = dropped.flatMap(({ minedBy, messages }) => (minedBy === self ? messages : []))
      const wanted = [...new Set([...orphans, ...state.pool])]
      state.pool = wanted.filter((message) => !mined.has(message))
      state.nonce = 0
      work()
    },
    mine() {
      const top = state.chain.at(-1)?.hash ?? null
      const messages = state.pool.slice(0, LIMITS.messages)
      const draft = { minedBy: self, messages, timestamp: Math.max(0, Math.floor(now() / 1000)) }
      const block = search(top, draft, difficulty, state.nonce, realHashing ? CHUNK : ENOUGH)
      state.nonce += CHUNK
      if (block === null) return work()
      adopt(state.chain.length, [block], null)
    },
  }
}
