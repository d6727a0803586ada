/**
 * A trace as a waterfall: a row for each message with the step that handled it,
 * on one axis, a line down from each cause to what it caused. Only what lies in
 * the pane is drawn; the words of the rows stand beside it and are not ours.
 */
import { KIND } from '../../src/trace-format/events.ts'
import type { Axis, RunData } from '../model/run-data.ts'
import { effectsOf, type Link, type Trace } from '../model/traces.ts'
import { endOf } from '../model/window-index.ts'
import { STUB } from './arrows.ts'
import { ticks } from './axis.ts'
import { dashOf } from './palette.ts'
import type { DrawList, Ref, Role, Shape } from './shapes.ts'

export interface WaterfallView {
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  readonly rowHeight: number
  readonly axis: Axis
  readonly selected: number | null // event
  readonly cut: number | null // on the axis
  readonly links: readonly Link[] // to other traces
}

/** Room for what sticks out of the two ends. */
const MARGIN = 8

interface Scale {
  readonly from: number
  readonly to: number
  readonly left: number
  readonly right: number
  readonly x: (value: number) => number
}

/** What a trace is drawn as at least that took no time: a µs, a tick. */
const LEAST: Record<Axis, number> = { real: 1_000, logical: 1, aligned: 1 }

/** From the first step of a trace to the last thing that happened in it. */
function scaleOf(data: RunData, trace: Trace, axis: Axis, width: number): Scale {
  const from = data.valueOn(axis, trace.root)
  const took = axis === 'real' && data.isStep(trace.lastAt) ? data.extra(trace.lastAt) : 0
  const to = Math.max(from + LEAST[axis], data.valueOn(axis, trace.lastAt) + took)
  const [left, right] = [MARGIN, Math.max(MARGIN + 1, width - MARGIN - STUB)]
  return { from, to, left, right, x: (value) => left + ((value - from) / (to - from)) * (right - left) }
}

/** The numbers above the rows: time since the trace began, or logical time itself. */
export function waterfallAxis(data: RunData, trace: Trace, axis: Axis, width: number): DrawList {
  const scale = scaleOf(data, trace, axis, width)
  return gridOf(scale, axis).flatMap(({ x, label }): Shape[] => [
    { shape: 'line', role: 'axis', tone: 'dim', x1: x, y1: AXIS_HEIGHT - 5, x2: x, y2: AXIS_HEIGHT },
    {
      ...{ shape: 'text', role: 'axis', tone: 'muted', size: AXIS_SIZE, text: label },
      ...{ x, y: AXIS_HEIGHT / 2 - 1, align: x < LABEL_ROOM ? 'left' : 'center' },
    },
  ])
}

export const AXIS_HEIGHT = 20
const AXIS_SIZE = 11
const LABEL_ROOM = 24 // px that half of the longest number takes

function gridOf({ from, to, left, right, x }: Scale, axis: Axis) {
  const begin = axis === 'real' ? from : 0
  return ticks(axis, from - begin, to - begin, right - left).map(({ value, label }) => ({
    x: x(value + begin),
    label,
  }))
}

export function waterfall(data: RunData, trace: Trace, view: WaterfallView): DrawList {
  const { width, height, scrollTop, rowHeight, axis, cut } = view
  const scale = scaleOf(data, trace, axis, width)
  const first = Math.max(0, Math.floor(scrollTop / rowHeight))
  const behind = Math.min(trace.length, Math.ceil((scrollTop + height) / rowHeight))
  const y = (row: number) => (row + 0.5) * rowHeight - scrollTop
  const bottom = Math.min(height, trace.length * rowHeight - scrollTop)
  const at: Place = { data, trace, view, scale, y }
  const list: Shape[] = gridOf(scale, axis).map(({ x }) => upright('grid', 'faint', x, bottom))
  for (let row = first; row < behind; row++) list.push(...causeOf(at, row))
  for (let row = first; row < behind; row++) list.push(...rowShapes(at, row))
  for (const link of view.links) if (link.row >= first && link.row < behind) list.push(...outward(at, link))
  if (cut !== null && cut >= scale.from && cut <= scale.to) {
    list.push({ ...upright('cut', 'cut', scale.x(cut), height), width: 2 })
  }
  return list
}

const upright = (role: Role, tone: 'faint' | 'cut', x: number, bottom: number) =>
  ({ shape: 'line', role, tone, x1: x, y1: 0, x2: x, y2: bottom }) as const

interface Place {
  readonly data: RunData
  readonly trace: Trace
  readonly view: WaterfallView
  readonly scale: Scale
  readonly y: (row: number) => number
}

/** Position where a row begins: the sending of its message, or its step. */
export const beginOf = (data: RunData, trace: Trace, row: number): number =>
  trace.message[row] === -1 ? trace.step[row]! : data.messages.sendAt[trace.message[row]!]!

/** Down from the row of the cause to where this row begins. */
function* causeOf({ data, trace, view, scale, y }: Place, row: number): Generator<Shape> {
  const parent = trace.parent[row]!
  if (parent === -1) return
  const x = scale.x(data.valueOn(view.axis, beginOf(data, trace, row)))
  const y1 = Math.max(0, y(parent))
  yield { shape: 'line', role: 'link', tone: 'dim', x1: x, y1, x2: x, y2: y(row) }
}

function* rowShapes(place: Place, row: number): Generator<Shape> {
  const message = place.trace.message[row]!
  const step = place.trace.step[row]!
  if (step !== -1) yield* handler(place, row, step)
  if (message !== -1) yield* bar(place, row, message)
  if (step !== -1) yield* marks(place, row, step, message)
}

const HANDLER_HEIGHT = 10
const HANDLER_LEAST = 1 // px

function* handler({ data, view, scale, y }: Place, row: number, step: number): Generator<Shape> {
  if (view.axis !== 'real') return
  const x = scale.x(data.timeNs(step))
  const w = scale.x(data.timeNs(step) + data.extra(step)) - x
  if (w < HANDLER_LEAST) return
  const h = HANDLER_HEIGHT
  yield {
    ...{ shape: 'rect', role: 'handler', tone: 'muted', alpha: 0.35 },
    ...{ x, y: y(row) - h / 2, w, h, ref: { event: step } },
  }
}

const CROSS = 4.5
const WIDTH = { usual: 2.5, selected: 4 }

/** From the sending of a message to its delivery or loss. */
function* bar({ data, view, scale, y: yOf }: Place, row: number, message: number): Generator<Shape> {
  const { sendAt, deliverAt, lostAt, typeIndex, copyOf } = data.messages
  const y = yOf(row)
  const tone = typeIndex[message]!
  const x1 = scale.x(data.valueOn(view.axis, sendAt[message]!))
  const end = endOf(data, message)
  const arrived = deliverAt[message] !== -1
  const x2 = arrived
    ? scale.x(data.valueOn(view.axis, end))
    : Math.max(x1 + STUB, scale.x(data.valueOn(view.axis, end)))
  const role = arrived ? (copyOf[message] === -1 ? 'message' : 'duplicate') : 'lost'
  const isSelected = view.selected !== null && (view.selected === end || view.selected === sendAt[message])
  const width = isSelected ? WIDTH.selected : WIDTH.usual
  const ref: Ref = { message }
  const dash = dashOf(tone)
  yield { shape: 'line', role, tone, x1, y1: y, x2, y2: y, width, dash, ref }
  if (arrived) return
  if (lostAt[message] !== -1) yield { shape: 'cross', role, tone, x: x2, y, r: CROSS, width: 2, ref }
  else yield { shape: 'dot', role: 'in-transit', tone, x: x2, y, r: 3, form: 'ring', ref }
}

const OUTWARD_BELOW = 6 // px beneath the middle of the row, free of its bar

/** To where this trace led to another: that begins where the ring is, or further on. */
function* outward({ data, view, scale, y: yOf }: Place, { row, at, to }: Link): Generator<Shape> {
  const y = yOf(row) + OUTWARD_BELOW
  const x1 = Math.min(scale.right, scale.x(data.valueOn(view.axis, at)))
  const x2 = Math.min(scale.right + STUB, scale.x(data.valueOn(view.axis, to)))
  const common = { role: 'timer', tone: 'muted', ref: { event: to } } as const
  yield { shape: 'line', ...common, x1, y1: y, x2, y2: y, dash: [2, 2] }
  yield { shape: 'dot', ...common, x: x2, y, r: 2.5, form: 'ring' }
}

const ABOVE = 7 // px above the middle of the row: most of what is said is said at once

/** Where a step begins, and what it said in its middle. */
function* marks(place: Place, row: number, step: number, message: number): Generator<Shape> {
  const { data, view, scale, y: yOf } = place
  const y = yOf(row)
  const tone = message === -1 ? 'ink' : data.messages.typeIndex[message]!
  const at = (i: number) => scale.x(data.valueOn(view.axis, i))
  const r = view.selected === step ? 5 : 3.5
  const form = message !== -1 ? 'disc' : data.code(step) === KIND.request ? 'square' : 'ring'
  const own = { shape: 'dot', role: 'event', y } as const
  if (view.selected === step) yield { ...own, tone: 'selected', x: at(step), r: r + 2.5, form: 'ring' }
  yield { ...own, tone, x: at(step), r, form, ref: { event: step } }
  for (const i of effectsOf(data, step)) {
    const mark = { ...own, x: at(i), y: y - ABOVE, ref: { event: i } }
    if (data.code(i) === KIND.indicate) yield { ...mark, tone: 'ink', r: 2.5, form: 'diamond' }
    if (data.code(i) === KIND.throw) yield { ...mark, shape: 'cross', tone: 'offending', r: 3, width: 2 }
  }
}
