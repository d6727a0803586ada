/** Which operations are listed and in which order, and the trace that is drawn. */
import { computed } from '@preact/signals'
import { operationFigures, operationNs, operationOfEvent } from '../model/operation-figures.ts'
import type { RunData } from '../model/run-data.ts'
import { linksOf, rowOf, type Trace, traceAt, traceOfEvent } from '../model/traces.ts'
import { matches } from './matching.ts'
import { change, loaded, seen, selectEvent, selectedEvent, selectedMessage } from './state.ts'
import { show } from './window.ts'

/** By the name in the address: how it is called, and what is greatest first. */
export const ORDERS = {
  began: { shown: 'in order of time', by: null },
  longest: { shown: 'longest first', by: operationNs },
  messages: {
    shown: 'most messages first',
    by: (run: RunData, operation: number) => operationFigures(run, null).messages[operation]!,
  },
} as const

export type OrderName = keyof typeof ORDERS

export const orderName = computed(
  (): OrderName => (seen.traces.value in ORDERS ? (seen.traces.value as OrderName) : 'began'),
)

/** Operations as numbers in `operations`: those with an event that the text finds. */
export const listedOperations = computed((): readonly number[] => {
  const run = loaded.value
  if (run === null) return []
  const found = matches.value
  const all = [...run.operations.keys()]
  const passing = found === null ? all : all.filter(isFoundIn(run, found))
  const { by } = ORDERS[orderName.value]
  return by === null ? passing : passing.sort((a, b) => by(run, b) - by(run, a) || a - b)
})

function isFoundIn(run: RunData, found: Uint8Array): (operation: number) => boolean {
  const has = new Uint8Array(run.operations.length)
  for (let i = 0; i < found.length; i++) {
    const operation = found[i] === 1 ? operationOfEvent(run, i) : -1
    if (operation !== -1) has[operation] = 1
  }
  return (operation) => has[operation] === 1
}

/** The trace that the address names, by any event of it. */
export const shownTrace = computed((): Trace | null => {
  const run = loaded.value
  const at = seen.trace.value
  const root = run === null || at === null || at >= run.length ? -1 : traceOfEvent(run, at)
  return run === null || root === -1 ? null : traceAt(run, root)
})

export const shownLinks = computed(() => {
  const run = loaded.value
  return run === null || shownTrace.value === null ? [] : linksOf(run, shownTrace.value.root)
})

/** The event that the cursor is on; of a selected message its sending. */
export const cursor = computed(() =>
  selectedMessage.value === null
    ? selectedEvent.value
    : loaded.value!.messages.sendAt[selectedMessage.value]!,
)

/** The row of the trace that the cursor is in; -1 for none. */
export const selectedRow = computed(() => {
  const run = loaded.value
  const [trace, at] = [shownTrace.value, cursor.value]
  return run === null || trace === null || at === null ? -1 : rowOf(run, trace, at)
})

/** Where the trace of the cursor begins, if another is drawn or none; -1 for none. */
export const traceOfCursor = computed(() => {
  const run = loaded.value
  const at = cursor.value
  if (run === null || at === null) return -1
  const root = traceOfEvent(run, at)
  return root === shownTrace.value?.root ? -1 : root
})

/** Draws the trace of an event, and selects the event. */
export function openTrace(step: number): void {
  change({ trace: step })
  selectEvent(step)
  show(step)
}

export const closeTrace = (): void => change({ trace: null })
