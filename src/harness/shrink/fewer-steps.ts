/** Fewer steps: what can be left out is. */
import type { Prng } from '../../lib/prng.ts'
import type { Item } from './trial.ts'

/** What is left of a list that still fails; null where it does not. */
export type Fails = (items: readonly Item[]) => readonly Item[] | null

/** In which order stretches are tried: less depends on what comes late. */
export type Order = 'from the end' | 'from the beginning' | Prng

/**
 * Leaves out ever smaller stretches, in the end single steps, until none can be left out: A. Zeller
 * and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002
 * (ddmin), of which only the complements are tried, as a stretch of a schedule by itself seldom
 * happens at all.
 */
export function ddmin(items: readonly Item[], fails: Fails, order: Order = 'from the end'): readonly Item[] {
  let left = items
  let parts = Math.min(2, left.length)
  while (left.length > 0) {
    const size = Math.ceil(left.length / parts)
    const before = left.length
    left = pass(left, size, fails, order)
    if (left.length < before) parts = Math.max(2, Math.min(parts - 1, left.length))
    else if (size === 1) break
    else parts = Math.min(2 * parts, left.length)
  }
  return left
}

/** Leaves out single steps until none can be left out. */
export function oneByOne(items: readonly Item[], fails: Fails): readonly Item[] {
  let left = items
  for (let before = left.length + 1; left.length < before; ) {
    before = left.length
    left = pass(left, 1, fails, 'from the end')
  }
  return left
}

/** Each stretch is tried once, or what is left of it then. */
function pass(items: readonly Item[], size: number, fails: Fails, order: Order): readonly Item[] {
  const stretches: Set<object>[] = []
  for (let end = items.length; end > 0; end -= size) {
    stretches.push(new Set(items.slice(Math.max(0, end - size), end).map(({ by }) => by)))
  }
  if (order === 'from the beginning') stretches.reverse()
  else if (order !== 'from the end') shuffle(stretches, order)
  let left = items
  for (const stretch of stretches) {
    const fewer = left.filter(({ by }) => !stretch.has(by))
    const failed = fewer.length < left.length ? fails(fewer) : null
    if (failed !== null) left = failed
  }
  return left
}

/** R. Durstenfeld, "Algorithm 235: Random permutation", CACM 7(7), 1964. */
function shuffle<T>(items: T[], dice: Prng): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = dice.below(i + 1)
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
}
