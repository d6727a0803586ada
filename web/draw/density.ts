/**
 * Where arrows would be thinner than a pixel: how many messages cross the gap
 * between two lines, column by column, as shades in the colour of the type that
 * most of them have.
 */
import type { Axis, RunData } from '../model/run-data.ts'
import { type Counted, countCrossings, type Grid, gridFor } from './crossings.ts'
import { type Frame, fit } from './frame.ts'
import type { RectShape, Shape } from './shapes.ts'
import type { SpaceTimeView } from './view.ts'

/** Exact arrows up to so many in view: each costs about 4 µs where there is no GPU. */
export const ARROWS_MOST = 3_000

/** So many in view are counted anew for each frame; of more a count of the whole run is used. */
const COUNTED_MOST = 30_000
const COLUMN = 4 // px
const SHADES = 16

export function* density(data: RunData, view: SpaceTimeView, frame: Frame, count: number): Generator<Shape> {
  const columns = Math.max(1, Math.ceil((frame.right - frame.left) / COLUMN))
  const { axis, order, filter } = view
  const counted: Counted = { axis, order, filter }
  const end = frame.valueAt(frame.left + columns * COLUMN)
  let grid: Grid
  if (count <= COUNTED_MOST) grid = countCrossings(data, counted, view.from, end, columns)
  else {
    const { from, to } = fitted(data, axis)
    grid = gridFor(data, counted, [view.from, end], [from, to], columns)
  }
  const shades = shadesOf(grid, view.from, end, columns)
  const [top, behind] = gapsInView(view, frame, grid.gaps)
  let most = 0
  for (let gap = top; gap < behind; gap++) most = Math.max(most, ...shades.of(gap).counts)
  for (let gap = top; gap < behind; gap++) {
    const y = frame.top + (gap + 0.5) * frame.pitch - view.scrollTop
    const from = Math.max(frame.top, y)
    const h = Math.min(frame.bottom, y + frame.pitch) - from
    if (h > 0) yield* bandShapes(shades.of(gap), most, { left: frame.left, right: frame.right, y: from, h })
  }
}

const fits = new WeakMap<
  RunData,
  { length: number; key: object | string; at: { from: number; to: number } }
>()

function fitted(data: RunData, axis: Axis) {
  const known = fits.get(data)
  const key = data.axisKey(axis)
  if (known?.length === data.length && known.key === key) return known.at
  const at = fit(data, axis)
  fits.set(data, { length: data.length, key, at })
  return at
}

function gapsInView({ scrollTop }: SpaceTimeView, frame: Frame, gaps: number): [number, number] {
  const first = Math.floor(scrollTop / frame.pitch - 0.5)
  const behind = Math.ceil((scrollTop + frame.bottom - frame.top) / frame.pitch - 0.5)
  return [Math.max(0, first), Math.min(gaps, behind)]
}

interface Shades {
  readonly counts: Float64Array // by column: messages in a stretch of it, on average
  readonly types: Uint16Array // by column: the most frequent
}

/** The columns of a gap, added up from the stretches of a grid. */
function shadesOf(
  { from, to, bins, types, counts: all }: Grid,
  left: number,
  right: number,
  columns: number,
) {
  const known = new Map<number, Shades>()
  const perColumn = (((right - left) / (to - from)) * bins) / columns
  const begin = ((left - from) / (to - from)) * bins
  const sums = new Float64Array(types)
  const of = (gap: number): Shades => {
    const before = known.get(gap)
    if (before !== undefined) return before
    const shades = { counts: new Float64Array(columns), types: new Uint16Array(columns) }
    for (let column = 0; column < columns; column++) {
      // Of stretches wider than a column each column takes the one in its middle.
      const first = Math.floor(begin + (column + (perColumn < 1 ? 0.5 : 0)) * perColumn + 1e-9)
      const behind = Math.max(first + 1, Math.floor(begin + (column + 1) * perColumn + 1e-9))
      sums.fill(0)
      for (let bin = Math.max(0, first); bin < Math.min(bins, behind); bin++) {
        const cell = (gap * bins + bin) * types
        for (let type = 0; type < types; type++) sums[type]! += all[cell + type]!
      }
      for (let type = 0; type < types; type++) {
        shades.counts[column]! += sums[type]! / (behind - first)
        if (sums[type]! > sums[shades.types[column]!]!) shades.types[column] = type
      }
    }
    known.set(gap, shades)
    return shades
  }
  return { of }
}

interface Band {
  readonly left: number
  readonly right: number
  readonly y: number
  readonly h: number
}

/** Neighbouring columns of one shade are one shape. */
function* bandShapes(
  { counts, types }: Shades,
  most: number,
  { left, right, y, h }: Band,
): Generator<RectShape> {
  const shade = (column: number) => Math.ceil(Math.sqrt(counts[column]! / most) * SHADES)
  for (let column = 0; column < counts.length; ) {
    const begin = column
    const depth = shade(begin)
    const type = types[begin]!
    while (column < counts.length && shade(column) === depth && types[column] === type) column++
    if (depth === 0) continue
    const x = left + begin * COLUMN
    const w = Math.min(right, left + column * COLUMN) - x
    yield { shape: 'rect', role: 'density', tone: type, x, y, w, h, alpha: 0.08 + (0.8 * depth) / SHADES }
  }
}
