/** What lies beneath the events: the axis, the lines of the processes with their names, and crashes. */
import { KIND } from '../../src/trace-format/events.ts'
import type { Cone } from '../model/causality.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { upTo } from '../model/search.ts'
import { ticks } from './axis.ts'
import { AXIS_HEIGHT, type Frame, LABEL_SIZE, LETTER } from './frame.ts'
import type { Shape, Tone } from './shapes.ts'
import type { SpaceTimeView } from './view.ts'

const TICK_SIZE = 11
const LABEL_GAP = 8
const CONE_WIDTH = 2.5

const AXIS_NAMES = { real: 'time', logical: 'Lamport', aligned: 'common' }

export function* axisShapes(view: SpaceTimeView, frame: Frame): Generator<Shape> {
  const y = AXIS_HEIGHT - 1
  const tone = 'muted'
  const name = AXIS_NAMES[view.axis]
  const nameEnd = 4 + name.length * TICK_SIZE * LETTER + 4
  yield { shape: 'text', role: 'axis', tone, x: 4, y: y / 2, text: name, align: 'left', size: TICK_SIZE }
  yield { shape: 'line', role: 'axis', tone: 'faint', x1: frame.left, y1: y, x2: frame.right, y2: y }
  for (const { value, label } of ticks(view.axis, view.from, view.to, frame.right - frame.left)) {
    const x = frame.xOf(value)
    if (x < frame.left || x > frame.right) continue
    const bottom = Math.min(frame.bottom, frame.contentHeight - view.scrollTop)
    yield { shape: 'line', role: 'grid', tone: 'faint', x1: x, y1: y - 4, x2: x, y2: bottom, alpha: 0.7 }
    const half = (label.length * TICK_SIZE * LETTER) / 2
    if (x - half < nameEnd || x + half > view.width) continue
    yield { shape: 'text', role: 'axis', tone, x, y: y / 2, text: label, align: 'center', size: TICK_SIZE }
  }
}

export const isShown = (frame: Frame, y: number) => y >= frame.top && y <= frame.bottom

export function* processLines(
  data: RunData,
  view: SpaceTimeView,
  frame: Frame,
  cone: Cone | null,
): Generator<Shape> {
  for (const process of view.order) {
    const y = frame.yOf(process)
    if (!isShown(frame, y)) continue
    const ref = { process }
    const selected = view.selected !== null && data.process(view.selected) === process
    yield {
      shape: 'text',
      role: 'label',
      tone: 'ink',
      x: frame.left - LABEL_GAP,
      y,
      text: view.names?.[process] ?? data.processes[process] ?? '',
      align: 'right',
      size: LABEL_SIZE,
      bold: selected,
      ref,
    }
    const along = (x1: number, x2: number, tone: Tone, width: number): Shape => ({
      shape: 'line',
      role: 'process-line',
      tone,
      x1: Math.max(frame.left, x1),
      y1: y,
      x2: Math.min(frame.right, x2),
      y2: y,
      width,
      ref,
    })
    yield along(frame.left, frame.right, cone === null ? 'dim' : 'faint', 1)
    if (cone === null) continue
    const { pastEnd, futureBegin } = coneOnLine(data, process, cone)
    if (pastEnd !== -1 && frame.x(pastEnd) > frame.left) {
      yield along(frame.left, frame.x(pastEnd), 'past', CONE_WIDTH)
    }
    if (futureBegin !== -1 && frame.x(futureBegin) < frame.right) {
      yield along(frame.x(futureBegin), frame.right, 'future', CONE_WIDTH)
    }
  }
}

/** Of a process, the last event of a past and the first of a future; -1 for none. */
function coneOnLine(data: RunData, process: number, { past, future }: Cone) {
  const own = data.ofProcess(process) // what is past comes first, what is future last
  const pastEnd = own[upTo(own, (i) => past[i] === 1) - 1] ?? -1
  const futureBegin = own[upTo(own, (i) => future[i] === 0)] ?? -1
  return { pastEnd, futureBegin }
}

const CRASH_HEIGHT = 12

/** A process that is down is shaded from its crash to its recovery. */
export function* crashes(data: RunData, view: SpaceTimeView, frame: Frame): Generator<Shape> {
  for (const process of view.order) {
    const y = frame.yOf(process)
    if (!isShown(frame, y)) continue
    for (const [from, to] of downTimes(data, process)) {
      const left = Math.max(frame.left, frame.x(from))
      const right = Math.min(frame.right, to === null ? frame.right : frame.x(to))
      if (right < frame.left || left > frame.right) continue
      yield {
        shape: 'rect',
        role: 'crash',
        tone: 'down',
        x: left,
        y: y - CRASH_HEIGHT / 2,
        w: right - left,
        h: CRASH_HEIGHT,
        alpha: 0.25,
        hatched: true,
        ref: { process },
      }
    }
  }
}

/** Crash and recovery of each time that a process was down; null: it never came back. */
export const downTimes = (data: RunData, process: number): readonly [number, number | null][] =>
  allDownTimes(data, null)[process]!

const allDownTimes = remembered((data, _: null) => {
  const times: [number, number | null][][] = data.processes.map(() => [])
  const { kind } = data.columns
  for (let i = 0; i < kind.length; i++) {
    const code = kind[i]
    if (code !== KIND.crash && code !== KIND.recover) continue
    const own = times[data.process(i)]!
    if (code === KIND.crash) own.push([i, null])
    const last = own.at(-1)
    if (code === KIND.recover && last !== undefined && last[1] === null) last[1] = i
  }
  return times
})
