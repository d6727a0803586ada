/**
 * What the reader's own marks add to the space-time drawing: witnesses, the selected message, the
 * grip of the cut. Pure.
 */
import { messageShapes } from '../draw/arrows.ts'
import { type Frame, LETTER } from '../draw/frame.ts'
import type { Shape } from '../draw/shapes.ts'
import type { RunData } from '../model/run-data.ts'

interface Size {
  readonly width: number
  readonly height: number
}

export interface Marks {
  readonly witnesses: ReadonlySet<number>
  readonly proofs: readonly number[] // messages that went wrong
  readonly message: number | null
  readonly found: readonly number[] // messages of the motif that is looked at
  readonly locals: readonly number[] // positions of its other events
  readonly gripX: number | null // of the cut, at the axis
  readonly lineFrom: number | null // y of the upper end of its line
  readonly consistent: boolean
}

/** The grip of the cut sits on the line of the axis, where nothing else is. */
export const GRIP = { r: 6, y: 22, reach: 14 } as const

/** The line from the grip down to the cut: beneath the drawing, whose words lie over it. */
export function gripLine({ gripX: x, lineFrom, consistent }: Marks): Shape[] {
  if (x === null || lineFrom === null) return []
  const tone = consistent ? 'cut' : 'offending'
  const dash = consistent ? [] : [6, 4]
  return [{ shape: 'line', role: 'cut', tone, x1: x, y1: GRIP.y, x2: x, y2: lineFrom, width: 1.5, dash }]
}

export function marks(run: RunData, frame: Frame, shown: Marks): Shape[] {
  const list: Shape[] = []
  const wrong = { tone: 'offending', alpha: 1, width: 2 } as const
  for (const m of shown.proofs) list.push(...messageShapes(run, frame, m, wrong, 9))
  list.push(...witnessMarks(run, frame, shown.witnesses))
  for (const m of shown.found) if (m !== shown.message) list.push(...selectedMessage(run, frame, m))
  for (const position of shown.locals) list.push(...foundEvent(run, frame, position))
  if (shown.message !== null) list.push(...selectedMessage(run, frame, shown.message))
  if (shown.gripX !== null && shown.gripX >= frame.left - 1 && shown.gripX <= frame.right + 1) {
    const tone = shown.consistent ? 'cut' : 'offending'
    list.push({ shape: 'dot', role: 'cut', tone, x: shown.gripX, y: GRIP.y, r: GRIP.r, form: 'diamond' })
  }
  return list
}

const SQUARE = 7
const NUMBER_SIZE = 10

/**
 * Red squares around the events that prove a violation, with their numbers, for red is never alone. Where
 * two numbers would lie over each other the first is read; the square is there all the same.
 */
function witnessMarks(run: RunData, frame: Frame, positions: ReadonlySet<number>): Shape[] {
  const list: Shape[] = []
  const written = new Map<number, number>() // by y: where its last number ends
  for (const position of [...positions].sort((a, b) => a - b)) {
    if (position >= run.length) continue
    const [x, y] = [frame.x(position), frame.yOf(run.process(position))]
    if (!(x >= frame.left && x <= frame.right && y >= frame.top)) continue
    const common = { role: 'event', tone: 'offending', ref: { event: position } } as const
    list.push({ shape: 'polyline', ...common, points: squareAt(x, y), width: 1.5 })
    const text = `${position}`
    const half = (text.length * NUMBER_SIZE * LETTER) / 2 + 3
    if (x - half < (written.get(y) ?? Number.NEGATIVE_INFINITY)) continue
    written.set(y, x + half)
    const above = { x, y: y - SQUARE - 7, align: 'center', size: NUMBER_SIZE, boxed: true } as const
    list.push({ shape: 'text', ...common, text, ...above })
  }
  return list
}

function squareAt(x: number, y: number): number[] {
  const [left, right, top, bottom] = [x - SQUARE, x + SQUARE, y - SQUARE, y + SQUARE]
  return [left, top, right, top, right, bottom, left, bottom, left, top]
}

/** A ring around an event of the motif. */
function foundEvent(run: RunData, frame: Frame, position: number): Shape[] {
  const [x, y] = [frame.x(position), frame.yOf(run.process(position))]
  if (!(x >= frame.left && x <= frame.right && y >= frame.top)) return []
  const points = Array.from({ length: CORNERS + 1 }, (_, k) => (2 * Math.PI * k) / CORNERS).flatMap(
    (angle) => [x + AROUND * Math.cos(angle), y + AROUND * Math.sin(angle)],
  )
  return [{ shape: 'polyline', role: 'event', tone: 'selected', points, width: 2, ref: { event: position } }]
}

const AROUND = 8 // px
const CORNERS = 16

/** As it is drawn anyway, but in the tone of what is selected. */
function selectedMessage(run: RunData, frame: Frame, message: number): Shape[] {
  return [...messageShapes(run, frame, message, { tone: 'selected', alpha: 1, width: 2.5 }, 10)]
}

/** Which part of the processes is seen, at the right edge; nothing when all are. */
export function scrollMark(frame: Frame, { width, height }: Size, scrollTop: number): Shape[] {
  if (frame.contentHeight <= height) return []
  const room = height - frame.top
  const share = height / frame.contentHeight
  const y = frame.top + (scrollTop / frame.contentHeight) * room
  return [{ shape: 'rect', role: 'note', tone: 'muted', alpha: 0.6, x: width - 5, y, w: 4, h: room * share }]
}
