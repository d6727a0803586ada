/**
 * Where the lines of the space-time diagram lie in its pane: px of a time and of
 * a process, and back.
 */
import { KIND } from '../../src/trace-format/events.ts'
import { remembered } from '../model/remembered.ts'
import type { Axis, RunData } from '../model/run-data.ts'

export interface Placing {
  readonly width: number
  readonly height: number
  readonly axis: Axis
  readonly from: number
  readonly to: number
  readonly order: readonly number[]
  readonly scrollTop: number
  readonly names?: readonly string[] // by process, if not as the run calls them
  readonly nameLength?: number // letters that names have room for at least: two drawings then align
}

/** Least and greatest distance of two lines, in px; on a high pane few lines stand further apart. */
export const PITCH = { least: 24, most: 110, mostOfRoom: 1 / 4 }
export const AXIS_HEIGHT = 24
/** Above the lines: the axis, and beneath it a band for the names of cuts and for notes. */
export const HEAD_HEIGHT = AXIS_HEIGHT + 21
export const BAND_MIDDLE = AXIS_HEIGHT + 13 // beneath the grip of the cut
export const LABEL_SIZE = 12

export interface Frame {
  readonly left: number // px where the lines begin
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly pitch: number
  readonly contentHeight: number // of the whole pane, if nothing were scrolled away
  readonly xOf: (value: number) => number // of a value of the axis
  readonly x: (event: number) => number
  readonly valueAt: (x: number) => number
  readonly yOf: (process: number) => number // NaN for a process that is not shown
  readonly processAt: (y: number) => number // the nearest shown; -1 if there is none
}

/** Width of a letter by the size of the text: near enough to keep texts apart. */
export const LETTER = 0.62
const GAP = 10

export function frameOf(data: RunData, view: Placing): Frame {
  const { width, height, axis, from, to, order, scrollTop } = view
  const lengthOf = (process: number) => (view.names ?? data.processes)[process]?.length ?? 0
  const longest = Math.max(3, view.nameLength ?? 0, ...order.map(lengthOf))
  const left = Math.min(Math.round(longest * LABEL_SIZE * LETTER) + 2 * GAP, Math.round(width / 4))
  const right = Math.max(left + 1, width - GAP)
  const room = height - HEAD_HEIGHT
  const most = Math.max(PITCH.most, room * PITCH.mostOfRoom)
  const pitch = Math.min(most, Math.max(PITCH.least, room / Math.max(1, order.length)))
  const rows = rowsOf(data.processes.length, order)
  const scale = (right - left) / Math.max(Number.MIN_VALUE, to - from)
  const xOf = (value: number) => left + (value - from) * scale
  return {
    left,
    right,
    top: HEAD_HEIGHT,
    bottom: height,
    pitch,
    contentHeight: HEAD_HEIGHT + pitch * order.length,
    xOf,
    x: (event) => xOf(data.valueOn(axis, event)),
    valueAt: (x) => from + (x - left) / scale,
    yOf: (process) => HEAD_HEIGHT + ((rows[process] ?? Number.NaN) + 0.5) * pitch - scrollTop,
    processAt: (y) => {
      const index = Math.floor((y - HEAD_HEIGHT + scrollTop) / pitch)
      return order[Math.min(order.length - 1, Math.max(0, index))] ?? -1
    },
  }
}

/** By process: its row from the top; NaN for one that is not shown. */
export function rowsOf(processes: number, order: readonly number[]): Float64Array {
  const rows = new Float64Array(processes).fill(Number.NaN)
  for (const [row, process] of order.entries()) rows[process] = row
  return rows
}

/** The whole run on an axis, from its `start` on: setting it up is left out. */
export const fit = (data: RunData, axis: Axis): { readonly from: number; readonly to: number } =>
  fits[axis](data, data.axisKey(axis))

const fits = {
  real: remembered((data, _: unknown) => fitOf(data, 'real')),
  logical: remembered((data, _: unknown) => fitOf(data, 'logical')),
  aligned: remembered((data, _: unknown) => fitOf(data, 'aligned')),
}

function fitOf(data: RunData, axis: Axis) {
  if (data.length === 0) return { from: 0, to: 1 }
  const values = data.valuesOn(axis)
  const { kind } = data.columns
  const { first, last } = extentOf(data, axis)
  let started = Number.POSITIVE_INFINITY
  for (let i = 0; i < kind.length; i++) {
    if (kind[i] === KIND.start && values[i]! < started) started = values[i]!
  }
  const from = Number.isFinite(started) ? started : first
  const margin = Math.max((last - from) * 0.01, axis === 'real' ? 1_000 : 0.5)
  return { from: from - margin, to: Math.max(last, from) + margin }
}

/** The least and the greatest value of an axis, set-up included; of a run without events no numbers. */
export function extentOf(data: RunData, axis: Axis): { readonly first: number; readonly last: number } {
  const values = data.valuesOn(axis)
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value < first) first = value
    if (value > last) last = value
  }
  return { first, last }
}
