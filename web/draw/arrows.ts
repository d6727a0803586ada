/**
 * Messages as arrows. A message that was lost ends in a cross, one that neither
 * arrived nor was lost in an open stub; copies of a duplicate leave from one send.
 */
import type { Cone } from '../model/causality.ts'
import { Column } from '../model/column.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { upTo } from '../model/search.ts'
import { endOf, messagesWithin } from '../model/window-index.ts'
import { type Clipped, clipLine } from './clip.ts'
import { type Frame, rowsOf } from './frame.ts'
import { dashOf } from './palette.ts'
import type { Role, Shape, Tone } from './shapes.ts'
import { isFiltering, passes, type SpaceTimeView } from './view.ts'

/** Least run of a stub along the axis, in px: a loss may be recorded with its send. */
export const STUB = 12
const CROSS = 4
const HEAD = { least: 4, most: 8 }

/** The messages in view, by the window, the filter and the processes shown. */
export interface InView {
  readonly count: number // at most so many: where they are too many to be looked at one by one
  readonly messages: readonly number[] | null // null: too many
}

/** So many candidates are looked at for each frame. */
const LOOKED_AT_MOST = 30_000

export function messagesInView(data: RunData, view: SpaceTimeView, frame: Frame): InView {
  const margin = frame.valueAt(STUB) - frame.valueAt(0)
  const [begin, behind] = messagesWithin(data, view.axis, view.from - margin, view.to)
  const passing = passingMessages(data, view)
  if (passing === null) return looked(data, frame, behind - begin, (k) => begin + k)
  const first = upTo(passing, (m) => m < begin)
  const count = upTo(passing, (m) => m < behind) - first
  return looked(data, frame, count, (k) => passing[first + k]!)
}

function looked(data: RunData, frame: Frame, count: number, candidate: (k: number) => number): InView {
  if (count > LOOKED_AT_MOST) return { count, messages: null }
  const { sendAt, from, to } = data.messages
  const found: number[] = []
  for (let k = 0; k < count; k++) {
    const m = candidate(k)
    const y1 = frame.yOf(from[m]!)
    const y2 = frame.yOf(to[m]!)
    if (!(Math.min(y1, y2) <= frame.bottom && Math.max(y1, y2) >= frame.top)) continue // NaN: not shown
    if (frame.x(sendAt[m]!) > frame.right || frame.x(endOf(data, m)) < frame.left - STUB) continue
    found.push(m)
  }
  return { count: found.length, messages: found }
}

const passings = new WeakMap<RunData, { length: number; key: readonly unknown[]; messages: Int32Array }>()

/** The messages that pass the filter, and whose processes are shown; null: all. Worked out once. */
function passingMessages(data: RunData, { filter, order }: SpaceTimeView): Int32Array | null {
  if (!isFiltering(filter) && order.length === data.processes.length) return null
  const known = passings.get(data)
  if (known?.length === data.length && known.key[0] === filter && known.key[1] === order)
    return known.messages
  const rows = rowsOf(data.processes.length, order)
  const isWanted = passes(data, filter)
  const { from, to, length } = data.messages
  const messages = new Column(Int32Array)
  for (let m = 0; m < length; m++) {
    if (rows[from[m]!]! >= 0 && rows[to[m]!]! >= 0 && isWanted(m)) messages.push(m)
  }
  passings.set(data, { length: data.length, key: [filter, order], messages: messages.items })
  return messages.items
}

export interface Emphasis {
  readonly cone: Cone | null
  readonly lit: Uint8Array | null // see SpaceTimeView
  readonly selected: number | null
  readonly crossing: ReadonlySet<number> // in transit at the reader's cut
  readonly offending: ReadonlySet<number>
}

/** Whether both ends of a message stand out. */
export const isLit = (data: RunData, m: number, lit: Uint8Array | null): boolean =>
  lit !== null && lit[data.messages.sendAt[m]!] === 1 && lit[endOf(data, m)] === 1

export const litMessages = remembered((data, lit: Uint8Array | null): readonly number[] => {
  const found: number[] = []
  if (lit === null) return found
  for (let m = 0; m < data.messages.length; m++) if (isLit(data, m, lit)) found.push(m)
  return found
})

/** How each of so many arrows looks: fewer may be bolder. */
export function weightOf(arrows: number) {
  const crowd = Math.min(1, arrows / 1_500)
  return { alpha: 0.95 - 0.5 * crowd, head: HEAD.most - (HEAD.most - HEAD.least) * Math.min(1, arrows / 600) }
}

interface Look {
  readonly tone: Tone
  readonly alpha: number
  readonly width: number
}

export function lookOf(data: RunData, m: number, emphasis: Emphasis, alpha: number): Look {
  const { cone, lit, selected, crossing, offending } = emphasis
  const tone = data.messages.typeIndex[m]!
  if (offending.has(m)) return { tone: 'offending', alpha: 1, width: 2.5 }
  if (lit !== null) {
    return isLit(data, m, lit) ? { tone, alpha: 1, width: 1.75 } : { tone: 'dim', alpha: 0.3, width: 1 }
  }
  // Of a wrong cut only what makes it wrong stands out.
  const crosses = offending.size === 0 && crossing.has(m)
  if (cone === null) return { tone, alpha: crosses ? 1 : alpha, width: crosses ? 1.5 : 1 }
  const sendAt = data.messages.sendAt[m]!
  const end = endOf(data, m)
  if (sendAt === selected || end === selected) return { tone, alpha: 1, width: 2.5 }
  const inPast = cone.past[sendAt] === 1 && cone.past[end] === 1
  const inFuture = cone.future[sendAt] === 1 && cone.future[end] === 1
  return inPast || inFuture ? { tone, alpha: 0.85, width: 1.25 } : { tone: 'dim', alpha: 0.3, width: 1 }
}

/** The shapes of one message. */
export function* messageShapes(
  data: RunData,
  frame: Frame,
  m: number,
  look: Look,
  head: number,
): Generator<Shape> {
  const { messages } = data
  const x1 = frame.x(messages.sendAt[m]!)
  const y1 = frame.yOf(messages.from[m]!)
  const toY = frame.yOf(messages.to[m]!)
  const arrived = messages.deliverAt[m] !== -1
  const role = roleOf(data, m)
  const x2 = arrived ? frame.x(messages.deliverAt[m]!) : Math.max(x1 + STUB, frame.x(endOf(data, m)))
  const y2 = arrived ? toY : y1 + (toY - y1) / (role === 'lost' ? 2 : 3)
  const line = clipLine(frame, x1, y1, x2, y2)
  if (line === null) return
  const { endShows, ...ends } = line
  const segment = { role, ...look, ...ends, dash: dashOf(messages.typeIndex[m]!), ref: { message: m } }
  if (arrived && endShows) yield { shape: 'arrow', ...segment, head }
  else yield { shape: 'line', ...segment }
  if (!arrived && endShows) yield stubEnd(role, look, line, m)
}

function stubEnd(role: Role, look: Look, { x2: x, y2: y }: Clipped, message: number): Shape {
  const common = {
    role,
    tone: look.tone,
    alpha: look.alpha,
    x,
    y,
    ref: { message },
  }
  if (role === 'lost') return { shape: 'cross', ...common, r: CROSS, width: 1.75 }
  return { shape: 'dot', ...common, r: 2, form: 'ring' }
}

function roleOf({ messages }: RunData, m: number): Role {
  if (messages.lostAt[m] !== -1) return 'lost'
  if (messages.deliverAt[m] === -1) return 'in-transit'
  return messages.copyOf[m] === -1 ? 'message' : 'duplicate'
}

const NAMED_MOST = 40 // arrows in view whose types are written beside them
const NAME_SIZE = 10

/** The types of a few arrows, written on them. */
export function* messageNames(
  data: RunData,
  found: readonly number[],
  shapes: readonly Shape[],
): Generator<Shape> {
  if (found.length > NAMED_MOST) return
  const isNamed = new Set(found)
  for (const shape of shapes) {
    const m = shape.ref?.message
    if (m === undefined || !isNamed.has(m) || (shape.shape !== 'arrow' && shape.shape !== 'line')) continue
    yield {
      shape: 'text',
      role: 'message',
      tone: shape.tone,
      x: (shape.x1 + shape.x2) / 2,
      y: (shape.y1 + shape.y2) / 2,
      text: data.types[data.messages.typeIndex[m]!] ?? '',
      align: 'center',
      size: NAME_SIZE,
      boxed: true,
      ref: { message: m },
    }
  }
}
