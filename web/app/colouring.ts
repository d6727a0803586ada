/**
 * What the processes of the network are coloured by: a field of their states at the cut. The scale is of
 * the whole run, as far as a look at some moments of it tells, so that a colour means the same while the
 * cursor moves; what is beyond that stretches it.
 */
import { computed } from '@preact/signals'
import type { Coloured } from '../draw/network.ts'
import { type Scale, scaleOf, toneOf } from '../draw/value-scale.ts'
import { cutAt } from '../model/cut.ts'
import type { RunData } from '../model/run-data.ts'
import { arrived } from './arrivals.ts'
import { cut, loaded, seen } from './state.ts'
import { cellsOf } from './state-cells.ts'

/** States looked at for the scale: some milliseconds of one core. */
const LOOKS_MOST = 800
const MOMENTS_MOST = 24

const fieldsOf = (run: RunData, at: Int32Array) =>
  run.processes.map((_, process) => cellsOf(run.stateAt(process, at[process]!).state))

interface Sampled {
  readonly length: number // of the run
  readonly cells: readonly ReadonlyMap<string, string>[]
}
const samples = new WeakMap<RunData, Sampled>()

/** Of a run of which the states would have to be fetched one by one only what is at the cut. */
function sampled(run: RunData): Sampled['cells'] {
  if (!run.isWhole) return []
  const known = samples.get(run)
  if (known?.length === run.length) return known.cells
  const moments = Math.min(MOMENTS_MOST, Math.max(1, Math.floor(LOOKS_MOST / run.processes.length)))
  const cells = Array.from({ length: moments }, (_, i) =>
    fieldsOf(run, cutAt(run, Math.floor(((i + 1) * run.length) / moments) - 1)),
  ).flat()
  samples.set(run, { length: run.length, cells })
  return cells
}

const now = computed(() => {
  arrived.value // states may have to be fetched
  const run = loaded.value
  return run === null ? [] : fieldsOf(run, cut.value)
})

/** The fields that there are to choose from. */
export const colourFields = computed((): readonly string[] => {
  const run = loaded.value
  if (run === null) return []
  const all = [...sampled(run), ...now.value].flatMap((cells) => [...cells.keys()])
  return [...new Set(all)]
})

export const scale = computed((): Scale | null => {
  const run = loaded.value
  const field = seen.colour.value
  if (run === null || field === '') return null
  return scaleOf([...sampled(run), ...now.value].map((cells) => cells.get(field) ?? null))
})

/** Characters of a value beside the name of its process. */
const VALUE_MOST = 9

export const coloured = computed((): readonly Coloured[] | null => {
  const its = scale.value
  if (its === null) return null
  return now.value.map((cells) => {
    const text = cells.get(seen.colour.value) ?? null
    const short = text !== null && text.length > VALUE_MOST ? `${text.slice(0, VALUE_MOST - 1)}…` : text
    return { tone: toneOf(its, text), text: short }
  })
})
