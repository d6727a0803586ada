/**
 * The space-time diagram: a line per process, time to the right, an arrow per
 * message (L. Lamport, CACM 21(7), 1978, figure 1, turned on its side so that
 * many processes and their names fit a screen). Pure: one view, one list.
 */
import { coneOf, inTransit } from '../model/causality.ts'
import type { Cut } from '../model/cut.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import {
  type Emphasis,
  isLit,
  litMessages,
  lookOf,
  messageNames,
  messageShapes,
  messagesInView,
  weightOf,
} from './arrows.ts'
import { judgeCut, readersCut, recordedCuts } from './cut-lines.ts'
import { ARROWS_MOST, density } from './density.ts'
import { eventDots, eventShape, handlers, timers } from './dots.ts'
import { BAND_MIDDLE, type Frame, frameOf } from './frame.ts'
import { axisShapes, crashes, isShown, processLines } from './ground.ts'
import type { DrawList, Shape } from './shapes.ts'
import type { SpaceTimeView } from './view.ts'

export { fit, frameOf } from './frame.ts'
export { hit } from './hit.ts'
export { type Fate, type Filter, NO_FILTER, type SpaceTimeView } from './view.ts'

const crossing = remembered((data, cut: Cut) => new Set(inTransit(data, cut)))
const NOBODY: ReadonlySet<number> = new Set()

export function spaceTime(data: RunData, view: SpaceTimeView): DrawList {
  const frame = frameOf(data, view)
  const lit = view.lit ?? null
  const cone = view.selected === null || lit !== null ? null : coneOf(data, view.selected)
  const emphasis: Emphasis = {
    ...{ cone, lit },
    selected: view.selected,
    crossing: view.cut === null ? NOBODY : crossing(data, view.cut),
    offending: view.cut === null ? NOBODY : new Set(judgeCut(data, view.cut).offending),
  }
  return [
    ...axisShapes(view, frame),
    ...crashes(data, view, frame),
    ...processLines(data, view, frame, cone),
    ...handlers(data, view, frame),
    ...timers(data, view, frame),
    ...messageList(data, view, frame, emphasis),
    ...eventDots(data, view, frame, cone),
    ...recordedCuts(data, view, frame),
    ...readersCut(data, view, frame),
    ...marks(data, view, frame),
  ]
}

function messageList(data: RunData, view: SpaceTimeView, frame: Frame, emphasis: Emphasis): Shape[] {
  const { count, messages: found } = messagesInView(data, view, frame)
  const dense = found === null || count > ARROWS_MOST
  const { alpha, head } = weightOf(count)
  const looks = (dense ? singled(data, emphasis) : found)
    .map((m) => ({ m, look: lookOf(data, m, emphasis, alpha) }))
    .sort((a, b) => a.look.alpha - b.look.alpha) // what stands out is painted last
  const arrows = looks.flatMap(({ m, look }) => [...messageShapes(data, frame, m, look, head)])
  const named = emphasis.lit === null ? found : (found?.filter((m) => isLit(data, m, emphasis.lit)) ?? null)
  if (!dense) return [...arrows, ...messageNames(data, named!, arrows)]
  return [...density(data, view, frame, count), ...arrows, densityNote(frame, count)]
}

/** What is drawn exactly even where the rest is a shade. */
function singled(data: RunData, { selected, offending, lit }: Emphasis): number[] {
  const its = selected === null ? -1 : data.messageOf(selected)
  const few = [...new Set([...offending, ...litMessages(data, lit)])].slice(0, ARROWS_MOST)
  return its === -1 || few.includes(its) ? few : [...few, its]
}

/** With narrow spaces, as elsewhere on the page. */
const thousands = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f')

function densityNote(frame: Frame, count: number): Shape {
  const text = `${thousands(count)} messages in view, as shades: the darker, the more. Zoom in for arrows.`
  const at = { x: frame.right, y: BAND_MIDDLE, align: 'right', size: 11, boxed: true } as const
  return { shape: 'text', role: 'note', tone: 'muted', text, ...at }
}

const RING = 7

/** The selected event, on top of all. */
function* marks(data: RunData, { selected }: SpaceTimeView, frame: Frame): Generator<Shape> {
  if (selected === null) return
  const at = { x: frame.x(selected), y: frame.yOf(data.process(selected)), ref: { event: selected } }
  if (!(isShown(frame, at.y) && at.x >= frame.left && at.x <= frame.right)) return
  yield eventShape(data, frame, selected, 'selected', RING * 2)
  yield { shape: 'dot', role: 'event', tone: 'selected', ...at, r: RING, form: 'ring' }
}
