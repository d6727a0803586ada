/** Chains: whether a piece of one is valid, and which of those that others tell of to take. */
import type { ProcessId } from '../../model/process.ts'
import { type Block, flawOn } from './block.ts'

export interface Stats {
  height: number // how many blocks
  hash: string | null // of the top one; null where there is none
}

/** Those who tell of the same height and hash. */
export interface Group extends Stats {
  supporters: ProcessId[]
}

export const keyOf = ({ height, hash }: Stats): string => `${height} ${hash}`

export const statsOf = (chain: readonly Block[]): Stats => ({
  height: chain.length,
  hash: chain.at(-1)?.hash ?? null,
})

/** Whether somebody can have such a chain: only that without a block has no top. */
export const isPossible = ({ height, hash }: Stats): boolean => (height === 0) === (hash === null)

/** What is wrong with blocks on top of one of that hash; null if nothing. */
export function flawIn(previous: string | null, blocks: readonly Block[], difficulty: number): string | null {
  let below = previous
  for (const block of blocks) {
    const wrong = flawOn(below, block, difficulty)
    if (wrong !== null) return wrong
    below = block.hash
  }
  return null
}

/** By height and hash. */
export function groupsOf(stats: ReadonlyMap<ProcessId, Stats>): Group[] {
  const groups = new Map<string, Group>()
  for (const [peer, { height, hash }] of [...stats].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const key = keyOf({ height, hash })
    const group = groups.get(key) ?? { height, hash, supporters: [] }
    group.supporters.push(peer)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/**
 * The highest first; of the same height the one with most supporters; then the smaller hash. Where
 * a tie has been seen before, the smaller hash comes before the number of supporters: who sees other
 * processes counts others, and two halves of a network could each see a majority for ever.
 */
export function ranked(groups: readonly Group[], tied: number | null): Group[] {
  return groups.toSorted((a, b) => {
    if (a.height !== b.height) return b.height - a.height
    const most = a.height === tied ? 0 : b.supporters.length - a.supporters.length
    return most || ((a.hash ?? '') < (b.hash ?? '') ? -1 : 1)
  })
}
