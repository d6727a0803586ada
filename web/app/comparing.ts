/** The run that stands beside the one that is read, and which events of the two are the same. */
import { computed, effect, signal } from '@preact/signals'
import type { PartingMark } from '../draw/partings.ts'
import { aligned } from '../model/aligned.ts'
import { type Comparison, compare, counterpart, counterparts } from '../model/compare.ts'
import { type Difference, differenceOf, type Kept, keptOf } from '../model/kept.ts'
import type { RunData } from '../model/run-data.ts'
import { note } from './arrivals.ts'
import { readRun } from './load.ts'
import type { RunLine } from './run-line.ts'
import { alignedSince, change, loaded, openRun, runs, seen, selectedEvent, view } from './state.ts'

export const other = signal<RunData | null>(null)
export const otherProblem = signal<string | null>(null)

/** A counterexample and the run that it was shortened from, whichever of them is read. */
export interface Pair {
  readonly short: RunData
  readonly original: RunData
  readonly kept: Kept
  readonly difference: Difference
  readonly lit: Uint8Array // by event of the original: 1 for what is left of it
  readonly isShortRead: boolean // and the original stands beside it
}

export const pair = computed((): Pair | null => {
  const [one, two] = [loaded.value, other.value]
  if (one === null || two === null) return null
  return pairOf(one, two, true) ?? pairOf(two, one, false)
})

function pairOf(short: RunData, original: RunData, isShortRead: boolean): Pair | null {
  const kept = keptOf(short, original)
  if (kept === null) return null
  const lit = Uint8Array.from(kept.inShort, (at) => (at === -1 ? 0 : 1))
  return { short, original, kept, difference: differenceOf(short, original, kept), lit, isShortRead }
}

/** Of two runs of which neither is the short form of the other. */
export const comparison = computed((): Comparison | null =>
  loaded.value === null || other.value === null || pair.value !== null
    ? null
    : compare(loaded.value, other.value),
)

/** Where the two part, in the run that is read and in the other. */
export const partings = computed(() => {
  const { first, later } = comparison.value ?? { first: [], later: [] }
  const both = [
    ...first.map((parting) => ({ ...parting, isFirst: true })),
    ...later.map((parting) => ({ ...parting, isFirst: false })),
  ]
  const of = (side: 'one' | 'other'): readonly PartingMark[] =>
    both.flatMap(({ isFirst, [side]: event }) => (event === -1 ? [] : [{ event, isFirst }]))
  return { one: of('one'), other: of('other') }
})

/** By event of the run that is read: the same in the other, or -1. */
const same = computed((): Int32Array | null => {
  if (pair.value !== null) {
    const { kept, isShortRead } = pair.value
    return isShortRead ? kept.inOriginal : kept.inShort
  }
  const found = comparison.value
  return found === null ? null : counterparts(found, loaded.value!, other.value!)
})

/** What the other run has of the selected event. */
export const otherSelected = computed((): number | null => {
  const at = selectedEvent.value
  if (at === null || same.value === null) return null
  const its =
    comparison.value === null
      ? same.value[at]!
      : counterpart(comparison.value, loaded.value!, other.value!, at)
  return its === -1 ? null : its
})

/** What the run that is read has of an event of the other; -1 for nothing. */
export const fromThere = (at: number): number => same.peek()?.indexOf(at) ?? -1

/** Processes of the run that is read -> those of the other; -1 for one that it has not. */
export const processThere = computed((): readonly number[] => {
  const [one, two] = [loaded.value, other.value]
  if (one === null || two === null) return []
  const between = pair.value
  if (between?.isShortRead) return between.kept.processes
  if (between) return one.processes.map((_, process) => between.kept.processes.indexOf(process))
  return one.processes.map((name) => two.processes.indexOf(name))
})

/** What the other run calls the processes of a short form, beside their own names, where these differ. */
export const shortNames = computed((): readonly string[] | null => {
  if (pair.value === null) return null
  const { short, original, kept } = pair.value
  return short.processes.map((name, process) => {
    const there = original.processes[kept.processes[process]!]
    return there === undefined || there === name ? name : `${name} (${there})`
  })
})

/** Longer runs stand each on its own Lamport time. */
const ALIGNED_MOST = 300_000

export const readOther = (): (() => void) => {
  const stopReading = effect(() => {
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
  const stopAligning = effect(() => {
    const [one, two] = [loaded.value, other.value]
    const matched = same.value
    if (one === null) return
    const isShort = two !== null && one.length + two.length <= ALIGNED_MOST
    if (seen.axis.value !== 'aligned' || !isShort || matched === null) {
      one.align(null)
      two?.align(null)
    } else {
      const found = aligned(one, two, matched)
      one.align(found.one)
      two.align(found.other)
    }
    alignedSince.value = alignedSince.peek() + 1
  })
  return () => {
    stopReading()
    stopAligning()
  }
}

/** The runs that this one can be laid beside as what it was shortened from, or to. */
export const originalLine = computed((): RunLine | null => {
  const from = loaded.value?.run.shortenedFrom
  return from === undefined ? null : (runs.value?.find(({ id }) => id === from.run) ?? null)
})
export const shortLines = computed((): readonly RunLine[] => {
  const id = loaded.value?.run.id
  return (runs.value ?? []).filter(({ shortenedFrom }) => shortenedFrom === id && id !== undefined)
})

/** Lays a run beside this one, counterparts at the same place. */
export const layBeside = (id: string): void =>
  change({ with: id, about: 'compare', axis: 'aligned', window: null })

/** Reads the other run instead, with this one beside it; `at` is an event of it. */
export function exchange(at: number | null = null): void {
  const [one, two] = [loaded.peek(), other.peek()]
  if (one === null || two === null) return
  const placed = {
    at,
    message: null,
    cut: null,
    moved: new Map(),
    hidden: [],
    window: null,
    follow: null,
    link: null,
  }
  view.value = { ...view.peek(), ...placed, run: two.run.id, with: one.run.id }
  void openRun(two.run.id)
}
