/**
 * Where arrows would be thinner than a pixel: how many messages cross the gap
 * between two lines, column by column, as shades in the colour of the type that
 * most of them have.
 */
import type { RunData } from '../model/run-data.ts'
import { allGaps, BAND, type Counted, countCrossings, type Gaps, type Grid, gridFor } from './crossings.ts'
import { type Frame, fit } from './frame.ts'
import type { LatticeShape, RectShape } from './shapes.ts'
import type { SpaceTimeView } from './view.ts'

/** Exact arrows up to so many in view: each costs about 4 µs where there is no GPU. */
export const ARROWS_MOST = 3_000

/** So many in view are counted anew for each frame; of more a count of the whole run is used. */
const COUNTED_MOST = 30_000
const COLUMN = 4 // px
const SHADES = 16

export function density(data: RunData, view: SpaceTimeView, frame: Frame, count: number): LatticeShape[] {
  const columns = Math.max(1, Math.ceil((frame.right - frame.left) / COLUMN))
  const { axis, order, filter, from } = view
  const counted: Counted = { axis, order, filter }
  const to = frame.valueAt(frame.left + columns * COLUMN)
  const gaps = gapsInView(view, frame, allGaps(counted))
  const sums = sumsFor(gaps, columns)
  if (count <= COUNTED_MOST) addUp(sums, countCrossings(data, counted, from, to, columns, gaps), from, to)
  else {
    const run = fit(data, axis)
    for (let band = Math.floor(gaps[0] / BAND); band * BAND < gaps[1]; band++) {
      addUp(sums, gridFor(data, counted, [from, to], [run.from, run.to], columns, band), from, to)
    }
  }
  const alphas = shades(sums.counts)
  if (alphas === null) return []
  const place = { x: frame.left, y: frame.top + (gaps[0] + 0.5) * frame.pitch - view.scrollTop }
  const cells = { cellWidth: COLUMN, cellHeight: frame.pitch, columns, tones: sums.types, alphas }
  const { left, right, top, bottom } = frame
  const box = { left, right, top, bottom }
  return [{ shape: 'lattice', role: 'density', tone: 'muted', ...place, ...cells, box }]
}

function gapsInView({ scrollTop }: SpaceTimeView, frame: Frame, [least, most]: Gaps): Gaps {
  const first = Math.max(least, Math.floor(scrollTop / frame.pitch - 0.5))
  const behind = Math.ceil((scrollTop + frame.bottom - frame.top) / frame.pitch - 0.5)
  return [first, Math.max(first, Math.min(most, behind))]
}

interface Sums {
  readonly gaps: Gaps
  readonly columns: number
  readonly counts: Float64Array // by gap and column: messages in a stretch of it, on average
  readonly types: Uint16Array // the most frequent
}

function sumsFor(gaps: Gaps, columns: number): Sums {
  const cells = (gaps[1] - gaps[0]) * columns
  return { gaps, columns, counts: new Float64Array(cells), types: new Uint16Array(cells) }
}

/** The columns of those gaps that a grid has, added up from its stretches. */
function addUp({ gaps, columns, counts, types }: Sums, grid: Grid, left: number, right: number): void {
  const [top, behind] = [Math.max(gaps[0], grid.gaps[0]), Math.min(gaps[1], grid.gaps[1])]
  const { bins } = grid
  const perColumn = (((right - left) / (grid.to - grid.from)) * bins) / columns
  const begin = ((left - grid.from) / (grid.to - grid.from)) * bins
  for (let column = 0; column < columns; column++) {
    // Of stretches wider than a column each column takes the one in its middle.
    const first = Math.floor(begin + (column + (perColumn < 1 ? 0.5 : 0)) * perColumn + 1e-9)
    const last = Math.max(first + 1, Math.floor(begin + (column + 1) * perColumn + 1e-9))
    const [low, high] = [Math.max(0, first), Math.min(bins, last)]
    for (let gap = top; gap < behind; gap++) {
      const at = (gap - gaps[0]) * columns + column
      const row = (gap - grid.gaps[0]) * bins
      counts[at] = sumOf(grid, row + low, row + high) / (last - first)
      types[at] = grid.types === 1 ? 0 : mostFrequent(grid, row + low, row + high)
    }
  }
}

function sumOf({ counts, types }: Grid, low: number, high: number): number {
  let sum = 0
  for (let cell = low * types; cell < high * types; cell++) sum += counts[cell]!
  return sum
}

function mostFrequent({ counts, types }: Grid, low: number, high: number): number {
  let [best, most] = [0, 0]
  for (let type = 0; type < types; type++) {
    let sum = 0
    for (let cell = low * types + type; cell < high * types; cell += types) sum += counts[cell]!
    if (sum > most) [best, most] = [type, sum]
  }
  return best
}

/** How dark each cell is, in few steps: an eye tells no more. Null where nothing crosses. */
function shades(counts: Float64Array): Float32Array | null {
  let most = 0
  for (let at = 0; at < counts.length; at++) if (counts[at]! > most) most = counts[at]!
  if (most === 0) return null
  const alphas = new Float32Array(counts.length)
  for (let at = 0; at < counts.length; at++) {
    const depth = Math.ceil(Math.sqrt(counts[at]! / most) * SHADES)
    if (depth > 0) alphas[at] = 0.08 + (0.8 * depth) / SHADES
  }
  return alphas
}

/** The cells that are seen, as rectangles: neighbours of one shade are one. */
export function* cellsOf(lattice: LatticeShape): Generator<RectShape> {
  const { x, y, cellWidth, cellHeight, columns, tones, alphas, box, role } = lattice
  for (let begin = 0; begin < alphas.length; ) {
    const row = Math.floor(begin / columns)
    let end = begin + 1
    while (end < (row + 1) * columns && alphas[end] === alphas[begin] && tones[end] === tones[begin]) end++
    const top = Math.max(box.top, y + row * cellHeight)
    const left = Math.max(box.left, x + (begin - row * columns) * cellWidth)
    const w = Math.min(box.right, x + (end - row * columns) * cellWidth) - left
    const h = Math.min(box.bottom, y + (row + 1) * cellHeight) - top
    const shade = { tone: tones[begin]!, alpha: alphas[begin]! }
    if (shade.alpha > 0 && w > 0 && h > 0) yield { shape: 'rect', role, ...shade, x: left, y: top, w, h }
    begin = end
  }
}
