/**
 * Neighbourhoods with a few short cuts.
 *
 *   D. J. Watts and S. H. Strogatz, "Collective dynamics of 'small-world'
 *   networks", Nature 393, 1998.
 *
 * As there: a ring in which everyone is tied to its k nearest; then, distance by
 * distance and clockwise, the far end of each tie moves with the given chance
 * to a process drawn from those not tied to the near end.
 */
import type { Random } from '../lib/prng.ts'
import { type Pair, tooMany } from './arc.ts'

export function smallWorldMisfit(n: number, k: number, percent: number): string | null {
  if (percent > 100) return `${percent} percent of the links cannot be rewired; take 0 to 100`
  if (k < 2 || k % 2 === 1) return `k counts neighbours on both sides: take an even number, such as ${k + 1}`
  if (n > k) return tooMany(n * k)
  const instead = n >= 3 ? `, or with ${n} take k = ${n - 1 - ((n - 1) % 2)}` : ''
  return `k = ${k} needs at least ${k + 1} processes${instead}`
}

/** May come out in several parts; the caller draws again. */
export function smallWorld(n: number, k: number, percent: number, random: Random): Pair[] {
  const tied = Array.from({ length: n }, () => new Set<number>())
  const tie = (i: number, j: number) => {
    tied[i]!.add(j)
    tied[j]!.add(i)
  }
  for (let distance = 1; distance <= k / 2; distance++) {
    for (let i = 0; i < n; i++) tie(i, (i + distance) % n)
  }
  for (let distance = 1; distance <= k / 2; distance++) {
    for (let i = 0; i < n; i++) {
      const far = (i + distance) % n
      if (tied[i]!.size === n - 1 || !random.chance(percent, 100)) continue
      tied[i]!.delete(far)
      tied[far]!.delete(i)
      let next = random.below(n)
      while (next === i || next === far || tied[i]!.has(next)) next = random.below(n)
      tie(i, next)
    }
  }
  return tied.flatMap((others, i) => [...others].filter((j) => i < j).map((j): Pair => [i, j]))
}
