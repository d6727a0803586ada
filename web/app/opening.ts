/**
 * A run that broke a promise opens on what proves it: the cut at the last
 * witness, and the stretch of time that has them all. Whoever follows a link to
 * another place of the run is left there.
 */
import { effect } from '@preact/signals'
import { change, data, view, witnesses } from './state.ts'
import { setWindow, whole } from './window.ts'

/** Beyond this share of the run the witnesses are seen as well in all of it. */
const CLOSER_BELOW = 0.5
/** A run of so few events is best seen whole. */
const SHORT = 60
const MARGIN = 0.35 // of the stretch, on each side

export const openOnViolations = (): (() => void) =>
  effect(() => {
    const run = data.value
    if (run === null || run.outcome?.verdict !== 'violated') return
    const { at, message, cut, window, axis, with: beside } = view.peek()
    if (beside !== null) return // two runs are looked at as wholes
    if (at !== null || message !== null || cut !== null || window !== null) return
    const positions = [...witnesses.peek()].filter((position) => position < run.length)
    if (positions.length === 0) return
    change({ cut: { position: Math.max(...positions) } })
    if (run.length <= SHORT) return
    const values = positions.map((position) => run.valueOn(axis, position))
    const [from, to] = [Math.min(...values), Math.max(...values)]
    const [first, last] = whole.peek()
    const stretch = Math.max(to - from, (last - first) / 20)
    if (stretch > (last - first) * CLOSER_BELOW) return
    setWindow([Math.max(first, from - stretch * MARGIN), Math.min(last, to + stretch * MARGIN)])
  })
