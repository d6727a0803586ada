/**
 * What the reader's own marks add to the space-time drawing: witnesses, the selected message, the
 * grip of the cut. Pure.
 */
import { messageShapes } from '../draw/arrows.ts'
import type { Frame } from '../draw/frame.ts'
import type { Shape } from '../draw/shapes.ts'
import type { RunData } from '../model/run-data.ts'

interface Size {
  readonly width: number
  readonly height: number
}

export interface Marks {
  readonly witnesses: Iterable<number>
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
  for (const position of shown.witnesses)
    if (position < run.length) list.push(...witness(run, frame, position))
  for (const m of shown.found) if (m !== shown.message) list.push(...selectedMessage(run, frame, m))
  for (const position of shown.locals) list.push(...foundEvent(run, frame, position))
  if (shown.message !== null) list.push(...selectedMessage(run, frame, shown.message))
  if (shown.gripX !== null && shown.gripX >= frame.left - 1 && shown.gripX <= frame.right + 1) {
    const tone = shown.consistent ? 'cut' : 'offending'
    list.push({ shape: 'dot', role: 'cut', tone, x: shown.gripX, y: GRIP.y, r: GRIP.r, form: 'diamond' })
  }
  return list
}

/** A red square around an event that proves a violation, with a word: red is never alone. */
function witness(run: RunData, frame: Frame, position: number): Shape[] {
  const [x, y] = [frame.x(position), frame.yOf(run.process(position))]
  if (!(x >= frame.left && x <= frame.right && y >= frame.top)) return []
  const role = 'event'
  const tone = 'offending'
  const r = 7
  const corners = [x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r, x - r, y - r]
  return [
    { shape: 'polyline', role, tone, points: corners, width: 1.5, ref: { event: position } },
    {
      shape: 'text',
      role,
      tone,
      x,
      y: y - r - 7,
      text: `${position}`,
      align: 'center',
      size: 10,
      boxed: true,
    },
  ]
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
