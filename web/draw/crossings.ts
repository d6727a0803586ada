/**
 * How many messages cross the gap between two neighbouring lines, stretch by
 * stretch of an axis: counted once, then a window of any width is added up from
 * it. Counting a million messages anew for every frame would take a hundred
 * times as long as a frame may.
 */
import type { Axis, RunData } from '../model/run-data.ts'
import { endColumn, messagesWithin } from '../model/window-index.ts'
import { rowsOf } from './frame.ts'
import { type Filter, isFiltering, passes } from './view.ts'

export interface Grid {
  readonly from: number // of the axis, at the beginning of the first stretch
  readonly to: number
  readonly bins: number // stretches
  readonly gaps: number
  readonly types: number
  readonly counts: Uint32Array // [(gap · bins + bin) · types + type]
}

/** What is counted: which messages, and in which order the lines stand. */
export interface Counted {
  readonly axis: Axis
  readonly order: readonly number[]
  readonly filter: Filter
}

/** Cells of a grid, at most: 16 MB. */
const CELLS_MOST = 4_000_000
const BINS = { least: 256, most: 8_192 }

/** So many more stretches than a window has columns are there, for one that is moved or made narrower. */
const AROUND = 2

export function countCrossings(
  data: RunData,
  counted: Counted,
  from: number,
  to: number,
  bins: number,
): Grid {
  const { axis, order, filter } = counted
  const gaps = Math.max(0, order.length - 1)
  const types = Math.max(1, data.types.length)
  const counts = new Uint32Array(bins * gaps * types)
  const { from: senders, to: receivers, sendAt, typeIndex } = data.messages
  const values = data.valuesOn(axis)
  const rows = rowsOf(data.processes.length, order)
  const endOf = endColumn(data)
  const isWanted = isFiltering(filter) ? passes(data, filter) : null
  const perBin = bins / (to - from)
  const [first, behind] = messagesWithin(data, axis, from, to)
  for (let m = first; m < behind; m++) {
    const sender = rows[senders[m]!]!
    const receiver = rows[receivers[m]!]!
    const distance = Math.abs(receiver - sender)
    if (!(distance > 0)) continue // NaN: one of them is not shown
    const start = (values[sendAt[m]!]! - from) * perBin
    const end = (values[endOf(m)]! - from) * perBin
    if (end < 0 || start >= bins || (isWanted !== null && !isWanted(m))) continue
    // From gap to gap by the same step; half a step to the middle of the first.
    const slope = (end - start) / distance
    const down = receiver > sender
    let gap = down ? sender : sender - 1
    let at = start + slope / 2
    for (let passed = 0; passed < distance; passed++) {
      if (at >= 0 && at < bins) counts[(gap * bins + (at | 0)) * types + typeIndex[m]!]!++
      gap += down ? 1 : -1
      at += slope
    }
  }
  return { from, to, bins, gaps, types, counts }
}

interface Kept extends Counted {
  readonly axisKey: object | string
  readonly length: number // of the run
  readonly whole: Grid
  part: Grid | null // around the last window that was too narrow for the whole
}

const kept = new WeakMap<RunData, Kept>()

/** A grid that is fine enough for a window of so many columns. */
export function gridFor(
  data: RunData,
  counted: Counted,
  window: readonly [from: number, to: number],
  run: readonly [from: number, to: number],
  columns: number,
): Grid {
  let known = kept.get(data)
  const same =
    known !== undefined &&
    known.length === data.length &&
    known.axisKey === data.axisKey(counted.axis) &&
    known.order === counted.order &&
    known.filter === counted.filter
  if (!same || known === undefined) {
    const whole = countCrossings(data, counted, run[0], run[1], binsFor(data, counted))
    known = { ...counted, axisKey: data.axisKey(counted.axis), length: data.length, whole, part: null }
    kept.set(data, known)
  }
  const [from, to] = window
  if (isFine(known.whole, from, to, columns)) return known.whole
  if (known.part === null || !covers(known.part, from, to) || !isFine(known.part, from, to, columns)) {
    const width = to - from
    const bins = Math.min(binsFor(data, counted), columns * (2 * AROUND + 1) * 2)
    known.part = countCrossings(data, counted, from - AROUND * width, to + AROUND * width, bins)
  }
  return known.part
}

function binsFor(data: RunData, { order }: Counted): number {
  const cells = Math.max(1, (order.length - 1) * data.types.length)
  return Math.min(BINS.most, Math.max(BINS.least, 2 ** Math.floor(Math.log2(CELLS_MOST / cells))))
}

/** A column may be a third of a stretch at the least: coarser would be seen. */
const COARSEST = 3

const isFine = (grid: Grid, from: number, to: number, columns: number) =>
  ((to - from) / (grid.to - grid.from)) * grid.bins * COARSEST >= columns

const covers = (grid: Grid, from: number, to: number) => grid.from <= from && grid.to >= to
