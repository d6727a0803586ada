/** The topologies that have a name. Each says what numbers of processes it fits, in the operator's words. */
import type { Random } from '../lib/prng.ts'
import { UsageError } from '../lib/usage-error.ts'
import { type Arc, type Pair, tooMany } from './arc.ts'
import { randomRegular, regularMisfit } from './random-regular.ts'
import { smallWorld, smallWorldMisfit } from './small-world.ts'

export interface TopologyKind {
  readonly form: string
  readonly example: string
  readonly summary: string
  readonly parameters: readonly { readonly name: string; readonly default: number }[]
  /** What is wrong with that many processes, and what would fit; null if they fit. */
  readonly misfit: (n: number, values: readonly number[]) => string | null
  readonly arcs: (n: number, values: readonly number[], random: Random) => Arc[]
}

const bothWays = (pairs: readonly Pair[]): Arc[] =>
  pairs.flatMap(([i, j]): Arc[] => [
    [i, j],
    [j, i],
  ])

const each = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))

function plain(
  name: string,
  summary: string,
  pairs: (n: number) => Pair[],
  misfit: TopologyKind['misfit'] = () => null,
): TopologyKind {
  return { form: name, example: name, summary, parameters: [], misfit, arcs: (n) => bothWays(pairs(n)) }
}

const complete = (n: number): Pair[] => each(n, (i) => each(n - 1 - i, (k): Pair => [i, i + 1 + k])).flat()
const line = (n: number): Pair[] => each(n - 1, (i) => [i, i + 1])
const star = (n: number): Pair[] => each(n - 1, (i) => [0, i + 1])
const tree = (n: number): Pair[] => each(n - 1, (i) => [i >> 1, i + 1])

/**
 * As wide as the nearest factor of `n` at or above its square root, where that
 * is at most twice as wide as high (12 is 3 × 4, 8 is 2 × 4). Numbers without
 * such a factor, primes among them, would come out as lines: they get the
 * rounded-up square root as width and a last row that is short (7 is 3 + 3 + 1).
 */
export function gridColumns(n: number): number {
  const root = Math.ceil(Math.sqrt(n))
  for (let columns = root; columns <= n && columns * columns <= 2 * n; columns++) {
    if (n % columns === 0) return columns
  }
  return root
}

function grid(n: number): Pair[] {
  const columns = gridColumns(n)
  return each(n, (i): Pair[] => {
    const right: Pair[] = (i + 1) % columns !== 0 && i + 1 < n ? [[i, i + 1]] : []
    const below: Pair[] = i + columns < n ? [[i, i + columns]] : []
    return [...right, ...below]
  }).flat()
}

/** Fisher and Yates: every order equally likely. */
function shuffled(n: number, random: Random): number[] {
  const order = each(n, (i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const moved = order[i]!
    order[i] = order[j]!
    order[j] = moved
  }
  return order
}

export const topologies: Readonly<Record<string, TopologyKind>> = {
  complete: plain('complete', 'everyone to everyone', complete, (n) => tooMany(n * (n - 1))),
  ring: {
    form: 'ring',
    example: 'ring',
    summary: 'each to the next, one way, and the last to p00',
    parameters: [],
    misfit: (n) => (n >= 2 ? null : 'a ring needs at least 2 processes'),
    arcs: (n) => each(n, (i) => [i, (i + 1) % n]),
  },
  'shuffled-ring': {
    form: 'shuffled-ring',
    example: 'shuffled-ring',
    summary: 'a one-way ring of the processes in an order drawn from the seed',
    parameters: [],
    misfit: (n) => (n >= 2 ? null : 'a ring needs at least 2 processes'),
    arcs(n, _, random) {
      const order = shuffled(n, random)
      return each(n, (i) => [order[i]!, order[(i + 1) % n]!])
    },
  },
  line: plain('line', 'each to its neighbours, two ends', line),
  star: plain('star', 'everyone to p00', star),
  tree: plain('tree', 'a binary tree with its root at p00', tree),
  grid: plain('grid', 'rows and columns, as square as the number allows', grid),
  'random-regular': {
    form: 'random-regular[:degree]',
    example: 'random-regular:4',
    summary: 'connected, drawn from the seed, the same number of neighbours for all',
    parameters: [{ name: 'degree', default: 4 }],
    misfit: (n, [degree]) => regularMisfit(n, degree!),
    arcs: (n, [degree], random) => bothWays(untilConnected(n, () => randomRegular(n, degree!, random))),
  },
  'small-world': {
    form: 'small-world[:k[:percent]]',
    example: 'small-world:4:10',
    summary: 'a ring of k nearest neighbours, percent of its links rewired (Watts and Strogatz)',
    parameters: [
      { name: 'k', default: 4 },
      { name: 'percent', default: 10 },
    ],
    misfit: (n, [k, percent]) => smallWorldMisfit(n, k!, percent!),
    arcs: (n, [k, percent], random) => bothWays(untilConnected(n, () => smallWorld(n, k!, percent!, random))),
  },
}

/**
 * Drawing again until it is connected keeps every connected outcome as likely as
 * it was. Regular graphs of degree 3 and more nearly always are at the first try
 * (degree 2 is drawn as one cycle); large small worlds of k = 2, much rewired, about once in √n.
 */
const DRAWS_MAX = 200

function untilConnected(n: number, draw: () => Pair[]): Pair[] {
  for (let draws = 0; draws < DRAWS_MAX; draws++) {
    const pairs = draw()
    if (connected(n, pairs)) return pairs
  }
  throw new UsageError(`${DRAWS_MAX} draws were all disconnected; take more neighbours or rewire less`)
}

function connected(n: number, pairs: readonly Pair[]): boolean {
  const leader = each(n, (i) => i) // union-find with path halving
  const find = (i: number): number => {
    let at = i
    while (leader[at] !== at) {
      leader[at] = leader[leader[at]!]!
      at = leader[at]!
    }
    return at
  }
  let parts = n
  for (const [i, j] of pairs) {
    const a = find(i)
    const b = find(j)
    if (a === b) continue
    leader[a] = b
    parts--
  }
  return parts === 1
}
