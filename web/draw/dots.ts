/**
 * Events as dots on the lines. Form says the kind, colour the message type or,
 * with an event selected, where an event stands to it. What lies on the same
 * pixel is drawn once: the step, not what its handler did at that moment.
 */
import type { Cone } from '../model/causality.ts'
import type { RunData } from '../model/run-data.ts'
import { upTo } from '../model/search.ts'
import { eventsWithin } from '../model/window-index.ts'
import type { Frame } from './frame.ts'
import { isShown } from './ground.ts'
import type { DotShape, Shape, Tone } from './shapes.ts'
import { isFiltering, passes, type SpaceTimeView } from './view.ts'

const SAME_PIXEL = 0.75 // px apart at most
const ROOMY = 6 // px an event has on its line, from which on all kinds are shown

export function* eventDots(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  cone: Cone | null,
): Generator<Shape> {
  const windows = view.order
    .filter((process) => isShown(frame, frame.yOf(process)))
    .map((process) => {
      const own = data.ofProcess(process)
      return own.subarray(...eventsWithin(data, own, view.axis, view.from, view.to))
    })
  const crowd = Math.max(1, ...windows.map((own) => own.length))
  const room = (frame.right - frame.left) / crowd
  const isWanted = isFiltering(view.filter) ? passes(data, view.filter) : () => true
  for (const own of windows) {
    let lastX = Number.NEGATIVE_INFINITY
    for (const i of own) {
      const message = data.messageOf(i)
      if (room < ROOMY && !data.isStep(i) && !ALWAYS.has(data.kind(i))) continue
      if (TIMERS.has(data.kind(i)) && !view.showTimers) continue
      if (message !== -1 && !isWanted(message)) continue
      const x = frame.x(i)
      if (Math.abs(x - lastX) < SAME_PIXEL && !ALWAYS.has(data.kind(i))) continue
      lastX = x
      yield eventShape(data, frame, i, toneOf(data, i, view.selected, cone), room)
    }
  }
}

const ALWAYS: ReadonlySet<string> = new Set([
  'request',
  'indicate',
  'crash',
  'recover',
  'throw',
  'linkDown',
  'fault',
])
/** What befell a process or its links, not what it did. */
const CROSSES: ReadonlySet<string> = new Set(['crash', 'throw', 'linkDown', 'fault'])
const TIMERS: ReadonlySet<string> = new Set(['setTimer', 'cancelTimer'])

function toneOf(data: RunData, i: number, selected: number | null, cone: Cone | null): Tone {
  if (i === selected) return 'selected'
  if (cone !== null) return cone.past[i] === 1 ? 'past' : cone.future[i] === 1 ? 'future' : 'dim'
  if (data.kind(i) === 'throw') return 'offending'
  if (CROSSES.has(data.kind(i))) return 'down'
  if (data.kind(i) === 'timeout' || TIMERS.has(data.kind(i))) return 'muted'
  const message = data.messageOf(i)
  return message === -1 ? 'ink' : data.messages.typeIndex[message]!
}

const FORMS: Readonly<Partial<Record<string, DotShape['form']>>> = {
  request: 'square',
  store: 'square',
  indicate: 'diamond',
  start: 'ring',
  recover: 'ring',
  timeout: 'ring',
  duplicate: 'ring',
  setTimer: 'ring',
}

export function eventShape(data: RunData, frame: Frame, i: number, tone: Tone, room: number): Shape {
  const kind = data.kind(i)
  const at = { role: 'event', tone, x: frame.x(i), y: frame.yOf(data.process(i)), ref: { event: i } } as const
  if (CROSSES.has(kind)) {
    const isSmall = kind === 'linkDown' || kind === 'fault'
    return { shape: 'cross', ...at, r: isSmall ? 2.5 : 4.5, width: isSmall ? 1.25 : 2 }
  }
  const form = FORMS[kind] ?? 'disc'
  const r = Math.min(4, Math.max(1.6, room / 4)) + (ALWAYS.has(kind) ? 1 : 0)
  return { shape: 'dot', ...at, r: data.isStep(i) || ALWAYS.has(kind) ? r : 0.75 * r, form }
}

const HANDLER_HEIGHT = 8
const HANDLER_LEAST = 3 // px, below which a handler is its dot

/** How long handlers ran, where that is wide enough to see. */
export function* handlers(data: RunData, view: SpaceTimeView, frame: Frame): Generator<Shape> {
  if (view.axis !== 'real') return
  for (const process of view.order) {
    const y = frame.yOf(process)
    if (!isShown(frame, y)) continue
    const own = data.ofProcess(process)
    const [first, behind] = eventsWithin(data, own, 'real', view.from, view.to)
    const underWay = upTo(own, (i) => i < data.lastStep(process, own[first - 1] ?? -1)) // at the left end
    for (let k = underWay; k < behind; k++) {
      const i = own[k]!
      if (!data.isStep(i)) continue
      const x = Math.max(frame.left, frame.x(i))
      const end = Math.min(frame.right, frame.xOf(data.timeNs(i) + data.extra(i)))
      if (end - x < HANDLER_LEAST) continue
      const h = HANDLER_HEIGHT
      const ref = { event: i }
      yield { shape: 'rect', role: 'handler', tone: 'muted', x, y: y - h / 2, w: end - x, h, alpha: 0.3, ref }
    }
  }
}

const TIMER_RISE = 9 // px above the line

/** From where a timer was set to where it went off. */
export function* timers(data: RunData, view: SpaceTimeView, frame: Frame): Generator<Shape> {
  if (!view.showTimers) return
  const rise = Math.min(TIMER_RISE, frame.pitch / 3)
  for (const process of view.order) {
    const y = frame.yOf(process)
    if (!isShown(frame, y)) continue
    for (const i of data.ofProcess(process)) {
      if (data.kind(i) !== 'timeout') continue
      const armed = data.armedBy(i)
      if (armed === -1 || frame.x(i) < frame.left || frame.x(armed) > frame.right) continue
      const [x1, x2] = [Math.max(frame.left, frame.x(armed)), Math.min(frame.right, frame.x(i))]
      const points = [x1, y, x1 + (x2 - x1) * 0.15, y - rise, x1 + (x2 - x1) * 0.85, y - rise, x2, y]
      yield { shape: 'polyline', role: 'timer', tone: 'dim', points, dash: [2, 2], ref: { event: i } }
    }
  }
}
