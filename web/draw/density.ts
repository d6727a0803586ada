/**
 * Where arrows would be thinner than a pixel: how many messages cross the gap
 * between two lines, column by column, as shades in the colour of the type that
 * most of them have.
 */
import type { RunData } from '../model/run-data.ts'
import { endOf } from '../model/window-index.ts'
import type { Frame } from './frame.ts'
import type { Shape } from './shapes.ts'
import type { SpaceTimeView } from './view.ts'

/** Exact arrows up to so many in view: each costs about 4 µs where there is no GPU. */
export const ARROWS_MOST = 3_000
const COLUMN = 4 // px

export function* density(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  found: readonly number[],
): Generator<Shape> {
  const columns = Math.max(1, Math.ceil((frame.right - frame.left) / COLUMN))
  const gaps = Math.max(0, view.order.length - 1)
  const types = Math.max(1, data.types.length)
  const counts = countCrossings(data, view, frame, found, { columns, gaps, types })
  let most = 0
  for (const { count } of bins(counts, types)) most = Math.max(most, count)
  for (const { bin, count, type } of bins(counts, types)) {
    const y = frame.top + (Math.floor(bin / columns) + 0.5) * frame.pitch - view.scrollTop
    if (y + frame.pitch < frame.top || y > frame.bottom) continue
    const top = Math.max(frame.top, y)
    const x = frame.left + (bin % columns) * COLUMN
    yield {
      shape: 'rect',
      role: 'density',
      tone: type,
      x,
      y: top,
      w: Math.min(COLUMN, frame.right - x),
      h: Math.min(frame.bottom, y + frame.pitch) - top,
      alpha: 0.08 + 0.8 * Math.sqrt(count / most),
    }
  }
}

interface Grid {
  readonly columns: number
  readonly gaps: number
  readonly types: number
}

/** By gap, column and type. */
function countCrossings(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  found: readonly number[],
  { columns, gaps, types }: Grid,
): Uint32Array {
  const { messages } = data
  const rows = new Map(view.order.map((process, row) => [process, row]))
  const counts = new Uint32Array(columns * gaps * types)
  for (const m of found) {
    const from = rows.get(messages.from[m]!)
    const to = rows.get(messages.to[m]!)
    if (from === undefined || to === undefined || from === to) continue
    const x1 = frame.x(messages.sendAt[m]!)
    const slope = (frame.x(endOf(data, m)) - x1) / Math.abs(to - from)
    const first = Math.min(from, to)
    for (let gap = first; gap < Math.max(from, to); gap++) {
      const passed = from < to ? gap - first + 0.5 : Math.max(from, to) - gap - 0.5
      const column = Math.floor((x1 + slope * passed - frame.left) / COLUMN)
      if (column < 0 || column >= columns) continue
      counts[(gap * columns + column) * types + messages.typeIndex[m]!]!++
    }
  }
  return counts
}

function* bins(counts: Uint32Array, types: number) {
  for (let bin = 0; bin * types < counts.length; bin++) {
    let count = 0
    let type = 0
    for (let t = 0; t < types; t++) {
      const own = counts[bin * types + t]!
      count += own
      if (own > counts[bin * types + type]!) type = t
    }
    if (count > 0) yield { bin, count, type }
  }
}
