/** The run that stands beside the one that is read. */
import { computed, effect, signal } from '@preact/signals'
import { type Comparison, compare, counterpart } from '../model/compare.ts'
import type { RunData } from '../model/run-data.ts'
import { note } from './arrivals.ts'
import { readRun } from './load.ts'
import { loaded, seen, selectedEvent, view } from './state.ts'

export const other = signal<RunData | null>(null)
export const otherProblem = signal<string | null>(null)

export const comparison = computed((): Comparison | null =>
  loaded.value === null || other.value === null ? null : compare(loaded.value, other.value),
)

/** What the other run has of the selected event. */
export const otherSelected = computed((): number | null => {
  const at = selectedEvent.value
  if (at === null || comparison.value === null) return null
  const its = counterpart(comparison.value, loaded.value!, other.value!, at)
  return its === -1 ? null : its
})

export const readOther = (): (() => void) =>
  effect(() => {
    const id = seen.with.value
    if (other.peek()?.run.id === id) return
    other.value = null
    otherProblem.value = null
    if (id === null) return
    readRun(id, note).then(
      ({ data }) => {
        if (view.peek().with === id) other.value = data
      },
      (error: unknown) => {
        otherProblem.value = `Run ${id} cannot be shown: ${error instanceof Error ? error.message : error}.`
      },
    )
  })
