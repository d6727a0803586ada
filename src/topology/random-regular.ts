/**
 * A random graph in which everyone has the same number of neighbours.
 *
 *   A. Steger and N. C. Wormald, "Generating Random Regular Graphs Quickly",
 *   Combinatorics, Probability and Computing 8(4), 1999.
 *
 * Pairing model: every process brings `degree` loose ends; two ends drawn at
 * random are tied, unless they belong to one process or to two that are tied
 * already, in which case only that draw is repeated (throwing the whole graph
 * away, as the plain model does, takes e^((d²-1)/4) tries: 10⁷ for degree 8).
 * When no two loose ends may be tied any more, all begins again.
 */
import type { Random } from '../lib/prng.ts'
import { type Pair, tooMany } from './arc.ts'

export function regularMisfit(n: number, degree: number): string | null {
  const evenOnly = degree % 2 === 1 ? ', and an even number of them' : ''
  if (degree < 1) return 'the degree must be at least 1'
  if (degree === 1 && n !== 2) return 'with degree 1 only 2 processes can be connected; take degree 2 or more'
  if (n <= degree) {
    const upTo = n % 2 === 0 ? ` to ${n - 1}` : ''
    const instead = n >= 3 ? `, or with ${n} take degree 2${upTo}` : ''
    return `degree ${degree} needs at least ${degree + 1} processes${evenOnly}${instead}`
  }
  if ((n * degree) % 2 === 1) {
    return `an odd degree needs an even number of processes; take ${n + 1}, or degree ${degree + 1}`
  }
  return tooMany(n * degree)
}

/** May come out in several parts; the caller draws again. */
export function randomRegular(n: number, degree: number, random: Random): Pair[] {
  if (degree === 2) return oneCycle(n, random)
  // Nearly everyone tied to everyone: then it is the ties that are missing which are easy to draw.
  if (degree > (n - 1) / 2) return complement(n, pairUp(n, n - 1 - degree, random))
  return pairUp(n, degree, random)
}

/** A connected graph of degree 2 is one cycle, and every cycle is as likely as any other. */
function oneCycle(n: number, random: Random): Pair[] {
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order.map((at, i) => [at, order[(i + 1) % n]!])
}

/** Draws that tie nothing, in a row, before looking whether anything can be tied at all. */
const PATIENCE = 100

function pairUp(n: number, degree: number, random: Random): Pair[] {
  for (;;) {
    const loose = Array.from({ length: n * degree }, (_, end) => Math.floor(end / degree))
    const tied = Array.from({ length: n }, () => new Set<number>())
    const pairs: Pair[] = []
    const mayTie = (i: number, j: number) => i !== j && !tied[i]!.has(j)
    let failures = 0
    while (loose.length > 0 && (failures < PATIENCE || anyPair([...new Set(loose)], mayTie))) {
      if (failures >= PATIENCE) failures = 0
      const a = random.below(loose.length)
      const b = random.below(loose.length)
      const i = loose[a]!
      const j = loose[b]!
      if (!mayTie(i, j)) {
        failures++
        continue
      }
      failures = 0
      tied[i]!.add(j)
      tied[j]!.add(i)
      pairs.push([i, j])
      drop(loose, Math.max(a, b))
      drop(loose, Math.min(a, b))
    }
    if (loose.length === 0) return pairs
  }
}

function anyPair(processes: readonly number[], suits: (i: number, j: number) => boolean): boolean {
  return processes.some((i) => processes.some((j) => suits(i, j)))
}

/** Takes an element out of a list whose order does not matter. */
function drop(list: number[], index: number): void {
  const last = list.pop()!
  if (index < list.length) list[index] = last
}

function complement(n: number, pairs: readonly Pair[]): Pair[] {
  const tied = new Set(pairs.map(([i, j]) => Math.min(i, j) * n + Math.max(i, j)))
  const others: Pair[] = []
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) if (!tied.has(i * n + j)) others.push([i, j])
  }
  return others
}
