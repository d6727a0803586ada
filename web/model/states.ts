/**
 * The states of processes, put together from what was written of them: whole
 * states now and then, and between them the fields that changed in a step.
 */
import { canonical, fromCanonical } from '../../src/lib/canonical.ts'
import { STEP_TEXT_MAX, type StateSample } from '../../src/trace-format/events.ts'
import type { Bodies } from './bodies.ts'

export interface StateAt {
  readonly state: Readonly<Record<string, unknown>> | null // null: nothing was recorded up to there
  readonly changed: readonly string[] // by the last step
  readonly exact: boolean // false: what is shown is of an earlier step, and later ones may have changed it
  readonly position: number // of the step whose state this is; -1 for none
  readonly pending: boolean // true: it is being fetched
}

/** The events of a process. */
export interface Own {
  has(position: number): boolean
  before(position: number): number // its last before another, or -1
}

const NONE: StateAt = { state: null, changed: [], exact: false, position: -1, pending: false }

/**
 * The state after the step at `step`; -1: no step yet. Blocks that hold no event of the
 * process are passed over.
 */
export function stateAfter(bodies: Bodies, step: number, own: Own): StateAt {
  if (step === -1) return NONE
  const samples: StateSample[] = []
  // Back to the last whole state; to that before it if the last is whole, for what the step changed.
  for (let at = step; at !== -1; ) {
    const found = bodies.states(at)
    if (found === null) return { ...NONE, pending: true }
    const least = samples[0]?.position ?? step + 1
    samples.unshift(...found.samples.filter(({ position }) => position < least && own.has(position)))
    const needed = samples.at(-1)?.position === step ? samples.slice(0, -1) : samples
    if (needed.some(isWhole)) break
    at = own.before(found.first)
  }
  const last = samples.at(-1)
  if (last === undefined) return NONE
  const state = whole(samples, samples.length)
  const ofStep = last.position === step
  return {
    state,
    changed: ofStep ? changed(samples, last, state) : [],
    exact: ofStep || last.text.length <= STEP_TEXT_MAX,
    position: last.position,
    pending: false,
  }
}

const isWhole = (sample: StateSample) => sample.whole

/** The state after the first `count` samples. */
function whole(samples: readonly StateSample[], count: number): Record<string, unknown> {
  let first = count - 1
  while (first > 0 && !samples[first]!.whole) first--
  const state: Record<string, unknown> = {}
  for (const { text } of samples.slice(first, count)) Object.assign(state, fieldsOf(text))
  return state
}

function changed(
  samples: readonly StateSample[],
  last: StateSample,
  state: Record<string, unknown>,
): string[] {
  if (!last.whole) return Object.keys(fieldsOf(last.text))
  if (samples.length === 1) return []
  const before = whole(samples, samples.length - 1)
  const names = new Set([...Object.keys(before), ...Object.keys(state)])
  return [...names].filter((name) => !sameText(before[name], state[name]))
}

/** Of a damaged file the text itself is all that can be shown. */
function fieldsOf(text: string): Record<string, unknown> {
  try {
    return fromCanonical(text) as Record<string, unknown>
  } catch {
    return { unreadable: text }
  }
}

const sameText = (a: unknown, b: unknown) =>
  a === undefined || b === undefined ? a === b : canonical(a) === canonical(b)
