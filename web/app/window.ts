/** The stretch of time that is seen: zooming, panning, changing the axis without losing the place. */
import { batch, computed } from '@preact/signals'
import { extentOf, fit as wholeOf } from '../draw/frame.ts'
import type { Axis, RunData } from '../model/run-data.ts'
import { other } from './comparing.ts'
import {
  alignedSince,
  change,
  cutPosition,
  following,
  live,
  loaded,
  seen,
  selectedEvent,
  view,
} from './state.ts'
import { AXES, sayable } from './view-url.ts'
import { held, panned, zoomed } from './window-sums.ts'

export type Window = readonly [from: number, to: number]

/** All of the run on the axis in use, and of the one beside it: both stand on the same scale. */
export const whole = computed((): Window => {
  const run = loaded.value
  return run === null || run.length === 0 ? [0, 1] : rangeOf(run, seen.axis.value)
})

function rangeOf(run: RunData, axis: Axis): Window {
  alignedSince.value
  const { from, to } = wholeOf(run, axis)
  if (other.value === null || other.value.length === 0) return [from, to]
  const its = wholeOf(other.value, axis)
  return [Math.min(from, its.from), Math.max(to, its.to)]
}

export const shownWindow = computed((): Window => {
  const window = seen.window.value
  if (window === null) return whole.value
  if (!live.value || !following.value) return window
  const width = window[1] - window[0]
  return [whole.value[1] - width, whole.value[1]]
})

/** With the set-up, which the whole run is drawn without. */
const extent = computed((): Window => {
  const run = loaded.value
  const [from, to] = whole.value
  if (run === null) return [from, to]
  const { first, last } = extentOf(run, seen.axis.value)
  return [Math.min(from, first), Math.max(to, last)]
})

const LEAST = { real: 1_000, logical: 2, aligned: 2 } // a µs; two ticks of a logical clock

export function setWindow(window: Window): void {
  const [from, to] = held(window, extent.peek(), LEAST[view.peek().axis])
  change({ window: [sayable(from), sayable(to)] })
}

/** By a factor of its width, about a share of it: 0 its beginning, 1 its end. */
export function zoom(factor: number, about?: number): void {
  setWindow(zoomed(shownWindow.peek(), factor, about ?? middle()))
}

/** By a share of its width. */
export function pan(by: number): void {
  following.value = false
  setWindow(panned(shownWindow.peek(), by))
}

export function fit(): void {
  following.value = true
  change({ window: null })
}

/** The share of the window where the selection is, else its middle. */
function middle(): number {
  const run = loaded.peek()
  const at = selectedEvent.peek()
  if (run === null || at === null) return 0.5
  const [from, to] = shownWindow.peek()
  const share = (run.valueOn(view.peek().axis, at) - from) / (to - from)
  return share >= 0 && share <= 1 ? share : 0.5
}

/**
 * To the next axis, or to one of them; the event that stands for the place stays where it is in the
 * picture. From the axis of two runs and to it all is shown: they may be nowhere near each other.
 */
export function switchAxis(to?: Axis): void {
  const run = loaded.peek()
  if (run === null || run.length === 0) return
  const { axis, window } = view.peek()
  const known = AXES.filter((each) => each !== 'aligned' || other.peek() !== null)
  const next = to ?? known[(known.indexOf(axis) + 1) % known.length]!
  if (next === axis) return
  if (next === 'aligned' || axis === 'aligned') return change({ axis: next, window: null })
  if (window === null) return change({ axis: next })
  const [from, end] = window
  const at = anchor(run, axis, (from + end) / 2)
  const share = (run.valueOn(axis, at) - from) / (end - from)
  const [first, last] = rangeOf(run, next)
  const width = ((last - first) * (end - from)) / (whole.peek()[1] - whole.peek()[0])
  const start = run.valueOn(next, at) - share * width
  // At once: an address with the one and without the other would lead elsewhere.
  batch(() => {
    change({ axis: next })
    setWindow([start, start + width])
  })
}

/** The event that stands for the place: the selected one if it is seen, else the nearest to the middle. */
function anchor(run: RunData, axis: Axis, centre: number): number {
  const [from, to] = shownWindow.peek()
  const chosen = selectedEvent.peek() ?? cutPosition.peek()
  if (chosen >= 0) {
    const value = run.valueOn(axis, chosen)
    if (value >= from && value <= to) return chosen
  }
  let best = 0
  for (let i = 1; i < run.length; i++) {
    if (Math.abs(run.valueOn(axis, i) - centre) < Math.abs(run.valueOn(axis, best) - centre)) best = i
  }
  return best
}

/** Moves the window no further than needed so that an event is in it. */
export function show(position: number): void {
  const run = loaded.peek()
  if (run === null) return
  const value = run.valueOn(view.peek().axis, position)
  const [from, to] = shownWindow.peek()
  const margin = (to - from) * 0.04
  if (value < from) setWindow([value - margin * 3, value - margin * 3 + (to - from)])
  else if (value > to) setWindow([value + margin * 3 - (to - from), value + margin * 3])
}
