/**
 * Events as dots on the lines. Form says the kind, colour the message type or,
 * with an event selected, where an event stands to it. What lies on the same
 * pixel is drawn once: the step, not what its handler did at that moment.
 */
import { EVENT_KINDS } from '../../src/trace-format/events.ts'
import type { Cone } from '../model/causality.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { upTo } from '../model/search.ts'
import { eventsWithin } from '../model/window-index.ts'
import type { Frame } from './frame.ts'
import { isShown } from './ground.ts'
import type { DotShape, NamedTone, Shape, Tone } from './shapes.ts'
import { isFiltering, passes, type SpaceTimeView } from './view.ts'

const SAME_PIXEL = 0.75 // px apart at most
const ROOMY = 6 // px an event has on its line, from which on all kinds are shown

/** So many events in view are drawn as dots; of more, a line is a band where anything happens at all. */
const DOTS_MOST = 6_000

export function* eventDots(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  cone: Cone | null,
): Generator<Shape> {
  const windows = view.order
    .filter((process) => isShown(frame, frame.yOf(process)))
    .map((process): Line => {
      const own = data.ofProcess(process)
      const within = own.subarray(...eventsWithin(data, own, view.axis, view.from, view.to))
      return { process, own: within }
    })
  const crowd = Math.max(1, ...windows.map(({ own }) => own.length))
  const room = (frame.right - frame.left) / crowd
  const isWanted = wantedEvents(data, view)
  const isBand = windows.reduce((sum, { own }) => sum + own.length, 0) > DOTS_MOST
  for (const line of windows) {
    if (isBand) {
      yield* band(data, view, frame, line, cone, isWanted)
      yield* notables(data, view, frame, line, cone, isWanted)
      continue
    }
    let lastX = Number.NEGATIVE_INFINITY
    for (const i of line.own) {
      const isLit = view.lit?.[i] === 1
      if (room < ROOMY && !data.isStep(i) && !ALWAYS.has(data.kind(i)) && !isLit) continue
      if (TIMERS.has(data.kind(i)) && !view.showTimers) continue
      if (isWanted !== null && !isWanted(i)) continue
      const x = frame.x(i)
      if (Math.abs(x - lastX) < SAME_PIXEL && !ALWAYS.has(data.kind(i)) && !isLit) continue
      lastX = x
      yield eventShape(data, frame, i, toneOf(data, i, view, cone), isLit ? Math.max(room, ROOMY * 2) : room)
    }
  }
}

/** A process and those of its events that lie in the window. */
interface Line {
  readonly process: number
  readonly own: Uint32Array
}

type IsWanted = ((event: number) => boolean) | null

/** Which events the filter leaves: those that a text finds, and of messages those that pass. */
function wantedEvents(data: RunData, { filter }: SpaceTimeView): IsWanted {
  if (!isFiltering(filter)) return null
  const isWanted = passes(data, filter)
  const { events } = filter
  return (i) => {
    const message = data.messageOf(i)
    return message === -1 ? events === null || events[i] === 1 : isWanted(message)
  }
}

const STEP = 3 // px, from one look at a crowded line to the next
const BAND_HEIGHT = 5

/** Where events are crowded: a bar along the line, as far as there is one every few px. */
function* band(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  { process, own }: Line,
  cone: Cone | null,
  isWanted: IsWanted,
): Generator<Shape> {
  const values = data.valuesOn(view.axis)
  const step = frame.valueAt(STEP) - frame.valueAt(0)
  const y = frame.yOf(process) - BAND_HEIGHT / 2
  let begin = 0
  let end = Number.NEGATIVE_INFINITY
  let tone: Tone = 'ink'
  const bar = (): Shape => {
    const w = Math.max(1, end - begin)
    return { shape: 'rect', role: 'event', tone, x: begin, y, w, h: BAND_HEIGHT, alpha: 0.55 }
  }
  for (let k = 0; k < own.length; ) {
    const i = own[k]!
    if (isWanted === null || isWanted(i)) {
      const x = frame.xOf(values[i]!)
      const its = cone === null ? 'muted' : toneInCone(i, view.selected, cone)
      if (x - end > 2 * STEP || its !== tone) {
        if (end >= begin) yield bar()
        begin = x
      }
      tone = its
      end = x
      k = after(values, own, k, values[i]! + step)
    } else k++
  }
  if (end >= begin) yield bar()
}

/** The first behind `k` that lies at a value of the axis or beyond it, which is not far: found by leaps. */
function after(values: ArrayLike<number>, own: Uint32Array, k: number, value: number): number {
  let leap = 1
  while (k + leap < own.length && values[own[k + leap]!]! < value) leap *= 2
  let [low, high] = [k + (leap >> 1), Math.min(own.length, k + leap)]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[own[middle]!]! < value) low = middle + 1
    else high = middle
  }
  return Math.max(k + 1, low)
}

/** Of each process the events that are always shown. */
const notableEvents = remembered((data, _: null) => eventsOfKinds(data, ALWAYS))
/** Of each process what befell it. */
const fallEvents = remembered((data, _: null) => eventsOfKinds(data, FALLS))

function eventsOfKinds(data: RunData, kinds: ReadonlySet<string>): Uint32Array[] {
  const isOne = EVENT_KINDS.map((name) => kinds.has(name))
  const found = data.processes.map((): number[] => [])
  const { kind, process } = data.columns
  for (let i = 0; i < kind.length; i++) if (isOne[kind[i]!]) found[process[i]!]?.push(i)
  return found.map((own) => Uint32Array.from(own))
}

const CROWDED = 12 // px each has at least, or they are crowded

function* notables(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  { process }: Line,
  cone: Cone | null,
  isWanted: IsWanted,
): Generator<Shape> {
  const inView = (own: Uint32Array) => own.subarray(...eventsWithin(data, own, view.axis, view.from, view.to))
  const all = inView(notableEvents(data, null)[process]!)
  // Where even these are crowded only what befell the process is worth a sign of its own.
  const within =
    all.length * CROWDED > frame.right - frame.left ? inView(fallEvents(data, null)[process]!) : all
  const values = data.valuesOn(view.axis)
  const step = frame.valueAt(STEP) - frame.valueAt(0)
  for (let k = 0; k < within.length; ) {
    const i = within[k]!
    const isShownHere = isWanted === null || isWanted(i)
    if (isShownHere) yield eventShape(data, frame, i, toneOf(data, i, view, cone), ROOMY)
    k = isShownHere ? after(values, within, k, values[i]! + step) : k + 1
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
export const CROSSES: ReadonlySet<string> = new Set(['crash', 'throw', 'linkDown', 'fault'])
const FALLS: ReadonlySet<string> = new Set([...CROSSES, 'recover'])
const TIMERS: ReadonlySet<string> = new Set(['setTimer', 'cancelTimer'])

function toneOf(data: RunData, i: number, { selected, lit }: SpaceTimeView, cone: Cone | null): Tone {
  if (i === selected) return 'selected'
  if (lit && lit[i] === 0) return 'dim'
  if (cone !== null) return toneInCone(i, selected, cone)
  if (data.kind(i) === 'throw') return 'offending'
  if (CROSSES.has(data.kind(i))) return 'down'
  if (data.kind(i) === 'timeout' || TIMERS.has(data.kind(i))) return 'muted'
  const message = data.messageOf(i)
  return message === -1 ? 'ink' : data.messages.typeIndex[message]!
}

const toneInCone = (i: number, selected: number | null, { past, future }: Cone): NamedTone =>
  i === selected ? 'selected' : past[i] === 1 ? 'past' : future[i] === 1 ? 'future' : 'dim'

export const FORMS: Readonly<Partial<Record<string, DotShape['form']>>> = {
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
  const px = (frame.right - frame.left) / (view.to - view.from)
  if (data.longestNs * px < HANDLER_LEAST) return
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
