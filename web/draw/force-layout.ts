/**
 * A drawing of a topology by forces: linked processes pull each other together, all push each other
 * apart, ever less far.
 *
 *   T. M. J. Fruchterman and E. M. Reingold, "Graph Drawing by Force-directed Placement", Software:
 *   Practice and Experience 21(11), 1991.
 *
 * It begins with all on a spiral, by number, and throws no dice: a topology has one drawing.
 */
export interface Place {
  readonly x: number // 0 … 1
  readonly y: number
}

type Link = readonly [number, number]

/** Rounds of all pairs: some tens of milliseconds, whatever the number of processes. */
const PAIRS_MOST = 6_000_000
const ROUNDS = { least: 30, most: 300 }

/** The angle of a sunflower: no two stand in one direction from the middle. */
const GOLDEN = Math.PI * (3 - Math.sqrt(5))

/** The first step goes so far, of the side of the square. */
const HEAT = 0.12

export function forceLayout(count: number, links: readonly Link[]): Place[] {
  if (count === 0) return []
  const x = Float64Array.from({ length: count }, (_, i) => spiral(i, count) * Math.cos(i * GOLDEN))
  const y = Float64Array.from({ length: count }, (_, i) => spiral(i, count) * Math.sin(i * GOLDEN))
  const pairs = (count * (count - 1)) / 2
  const rounds = Math.min(ROUNDS.most, Math.max(ROUNDS.least, Math.floor(PAIRS_MOST / Math.max(1, pairs))))
  const ideal = 1 / Math.sqrt(count)
  const dx = new Float64Array(count)
  const dy = new Float64Array(count)
  for (let round = 0; round < rounds; round++) {
    dx.fill(0)
    dy.fill(0)
    push(x, y, dx, dy, ideal)
    pull(links, x, y, dx, dy, ideal)
    const heat = HEAT * (1 - round / rounds) ** 2
    for (let i = 0; i < count; i++) {
      const force = Math.hypot(dx[i]!, dy[i]!)
      if (force === 0) continue
      const step = Math.min(force, heat) / force
      x[i]! += dx[i]! * step
      y[i]! += dy[i]! * step
    }
  }
  return inSquare(x, y)
}

const spiral = (i: number, count: number) => 0.5 * Math.sqrt((i + 0.5) / count)

function push(x: Float64Array, y: Float64Array, dx: Float64Array, dy: Float64Array, ideal: number): void {
  for (let i = 0; i < x.length; i++) {
    // Something holds all in the middle, or the parts of a network would drift apart for ever.
    dx[i]! -= x[i]! * ideal
    dy[i]! -= y[i]! * ideal
    for (let j = i + 1; j < x.length; j++) {
      const [ax, ay] = [x[i]! - x[j]!, y[i]! - y[j]!]
      const force = (ideal * ideal) / Math.max(1e-9, ax * ax + ay * ay)
      dx[i]! += ax * force
      dy[i]! += ay * force
      dx[j]! -= ax * force
      dy[j]! -= ay * force
    }
  }
}

function pull(
  links: readonly Link[],
  x: Float64Array,
  y: Float64Array,
  dx: Float64Array,
  dy: Float64Array,
  ideal: number,
): void {
  for (const [i, j] of links) {
    const [ax, ay] = [x[i]! - x[j]!, y[i]! - y[j]!]
    const force = Math.hypot(ax, ay) / ideal
    dx[i]! -= ax * force
    dy[i]! -= ay * force
    dx[j]! += ax * force
    dy[j]! += ay * force
  }
}

/** Each direction drawn out to the whole square. */
function inSquare(x: Float64Array, y: Float64Array): Place[] {
  const [across, down] = [unit(x), unit(y)]
  return Array.from(x, (_, i) => ({ x: across(x[i]!), y: down(y[i]!) }))
}

function unit(values: Float64Array): (value: number) => number {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return (value) => (most - least < 1e-9 ? 0.5 : (value - least) / (most - least))
}
