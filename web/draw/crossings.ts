/**
 * How many messages cross the gap between two neighbouring lines, stretch by
 * stretch of an axis: counted once, then a window of any width is added up from
 * it. Counting a million messages anew for every frame would take a hundred
 * times as long as a frame may. What is counted is a band of gaps: of 200 lines
 * some 40 are in view, and a message crosses 67 gaps on average.
 */
import type { Axis, RunData } from '../model/run-data.ts'
import { endColumn, messagesWithin } from '../model/window-index.ts'
import { rowsOf } from './frame.ts'
import { type Filter, isFiltering, passes } from './view.ts'

export interface Grid {
  readonly from: number // of the axis, at the beginning of the first stretch
  readonly to: number
  readonly bins: number // stretches
  readonly gaps: Gaps
  readonly types: number
  readonly counts: Uint32Array // [((gap - first gap) · bins + bin) · types + type]
}

/** From one gap up to, and without, another; the first line is above gap 0. */
export type Gaps = readonly [first: number, behind: number]

export const allGaps = ({ order }: Pick<Counted, 'order'>): Gaps => [0, Math.max(0, order.length - 1)]

/** What is counted: which messages, and in which order the lines stand. */
export interface Counted {
  readonly axis: Axis
  readonly order: readonly number[]
  readonly filter: Filter
}

/** Cells of all bands together, at most: 16 MB. */
const CELLS_MOST = 4_000_000
const BINS = { least: 256, most: 8_192 }

/** Gaps of a band: as many as a screen shows, or some more. */
export const BAND = 40

/** So many more stretches than a window has columns are there, for one that is moved or made narrower. */
const AROUND = 2

export function countCrossings(
  data: RunData,
  counted: Counted,
  from: number,
  to: number,
  bins: number,
  gaps: Gaps = allGaps(counted),
): Grid {
  const { axis, order, filter } = counted
  const [top, behind] = gaps
  const types = Math.max(1, data.types.length)
  const counts = new Uint32Array(bins * (behind - top) * types)
  const { from: senders, to: receivers, sendAt, typeIndex } = data.messages
  const values = data.valuesOn(axis)
  const rows = rowsOf(data.processes.length, order)
  const endOf = endColumn(data)
  const isWanted = isFiltering(filter) ? passes(data, filter) : null
  const perBin = bins / (to - from)
  const perGap = bins * types
  const [first, last] = messagesWithin(data, axis, from, to)
  for (let m = first; m < last; m++) {
    const sender = rows[senders[m]!]!
    const receiver = rows[receivers[m]!]!
    const low = Math.max(top, Math.min(sender, receiver))
    const high = Math.min(behind, Math.max(sender, receiver))
    if (!(low < high)) continue // NaN: one of them is not shown
    const start = (values[sendAt[m]!]! - from) * perBin
    const end = (values[endOf(m)]! - from) * perBin
    if (end < 0 || start >= bins || (isWanted !== null && !isWanted(m))) continue
    // From gap to gap by the same step; half a step to the middle of the sender's own.
    const slope = (end - start) / (receiver - sender)
    let at = start + slope * (low + 0.5 - sender)
    let cell = (low - top) * perGap + typeIndex[m]!
    for (let gap = low; gap < high; gap++) {
      if (at >= 0 && at < bins) counts[cell + (at | 0) * types]!++
      at += slope
      cell += perGap
    }
  }
  return { from, to, bins, gaps, types, counts }
}

interface Kept extends Counted {
  readonly axisKey: object | string
  readonly length: number // of the run
  readonly whole: Map<number, Grid> // by band
  readonly part: Map<number, Grid> // around the last window that was too narrow for the whole
}

const kept = new WeakMap<RunData, Kept>()

/** A grid of a band that is fine enough for a window of so many columns. */
export function gridFor(
  data: RunData,
  counted: Counted,
  window: readonly [from: number, to: number],
  run: readonly [from: number, to: number],
  columns: number,
  band = 0,
): Grid {
  let known = kept.get(data)
  const same =
    known !== undefined &&
    known.length === data.length &&
    known.axisKey === data.axisKey(counted.axis) &&
    known.order === counted.order &&
    known.filter === counted.filter
  if (!same || known === undefined) {
    const axisKey = data.axisKey(counted.axis)
    known = { ...counted, axisKey, length: data.length, whole: new Map(), part: new Map() }
    kept.set(data, known)
  }
  const gaps: Gaps = [band * BAND, Math.min(allGaps(counted)[1], (band + 1) * BAND)]
  const [from, to] = window
  const bins = binsFor(data, counted)
  if (isFine({ from: run[0], to: run[1], bins }, from, to, columns)) {
    const grid = known.whole.get(band) ?? countCrossings(data, counted, run[0], run[1], bins, gaps)
    known.whole.set(band, grid)
    return grid
  }
  const part = known.part.get(band)
  if (part !== undefined && covers(part, from, to) && isFine(part, from, to, columns)) return part
  const width = AROUND * (to - from)
  const fewer = Math.min(bins, columns * (2 * AROUND + 1) * 2)
  const grid = countCrossings(data, counted, from - width, to + width, fewer, gaps)
  known.part.set(band, grid)
  return grid
}

function binsFor(data: RunData, { order }: Counted): number {
  const cells = Math.max(1, (order.length - 1) * data.types.length)
  return Math.min(BINS.most, Math.max(BINS.least, 2 ** Math.floor(Math.log2(CELLS_MOST / cells))))
}

/** A column may be a third of a stretch at the least: coarser would be seen. */
const COARSEST = 3

const isFine = (grid: Pick<Grid, 'from' | 'to' | 'bins'>, from: number, to: number, columns: number) =>
  ((to - from) / (grid.to - grid.from)) * grid.bins * COARSEST >= columns

const covers = (grid: Grid, from: number, to: number) => grid.from <= from && grid.to >= to
