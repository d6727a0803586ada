/**
 * Playing a run: the cut moves on with the clock, in real time of the run times
 * a speed. A reader who wants less motion gets the same as steps, an event at a time.
 */
import { computed, effect, signal } from '@preact/signals'
import { cutNs, cutPosition, loaded, moveCut } from './state.ts'
import { firstStart } from './walk.ts'

export const playing = signal(false)
/** Seconds the whole run takes to play. */
export const takes = signal(20)
export const TAKES = [5, 20, 60, 240] as const

/** Where the clock of the play is, between two events; null while it does not run. */
const clockNs = signal<number | null>(null)

/** The time at which the network is drawn. */
export const shownNs = computed(() => clockNs.value ?? cutNs.value)

const reduced = matchMedia('(prefers-reduced-motion: reduce)')
const STEP_MS = 600 // between two events when motion is reduced: time to read one

export function togglePlay(): void {
  playing.value = !playing.value
}

effect(() => {
  if (!playing.value) return
  const stop = reduced.matches ? playInSteps() : playSmoothly()
  return () => {
    stop()
    clockNs.value = null
  }
})

function bounds() {
  const run = loaded.peek()
  if (run === null || run.length === 0) return null
  const first = firstStart(run)
  return { run, fromNs: run.timeNs(first), toNs: run.timeNs(run.length - 1), last: run.length - 1, first }
}

function playSmoothly(): () => void {
  const range = bounds()
  if (range === null) return () => {}
  const { run, fromNs, toNs } = range
  let position = cutPosition.peek() >= range.last ? range.first - 1 : cutPosition.peek()
  let now = Math.max(fromNs, position < 0 ? fromNs : run.timeNs(position))
  let before = performance.now()
  let frame = 0
  const tick = (at: number) => {
    now += ((at - before) / 1000 / takes.peek()) * (toNs - fromNs)
    before = at
    let next = position
    while (next < range.last && run.timeNs(next + 1) <= now) next++
    if (next !== position) moveCut({ position: next })
    position = next
    clockNs.value = Math.min(now, toNs)
    if (position >= range.last) playing.value = false
    else frame = requestAnimationFrame(tick)
  }
  frame = requestAnimationFrame(tick)
  return () => cancelAnimationFrame(frame)
}

function playInSteps(): () => void {
  const range = bounds()
  if (range === null) return () => {}
  if (cutPosition.peek() >= range.last) moveCut({ position: range.first - 1 })
  const timer = setInterval(() => {
    const next = cutPosition.peek() + 1
    if (next > range.last) playing.value = false
    else moveCut({ position: next })
  }, STEP_MS)
  return () => clearInterval(timer)
}
