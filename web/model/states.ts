/**
 * The states of processes, put together from what was written of them: whole
 * states now and then, and between them the fields that changed in a step.
 */
import { canonical, fromCanonical } from '../../src/lib/canonical.ts'
import { STEP_TEXT_MAX, type StateSample } from '../../src/trace-format/events.ts'
import { upTo } from './search.ts'

export interface StateAt {
  readonly state: Readonly<Record<string, unknown>> | null // null: nothing was recorded up to there
  readonly changed: readonly string[] // by the last step
  readonly exact: boolean // false: what is shown is of an earlier step, and later ones may have changed it
  readonly position: number // of the step whose state this is; -1 for none
}

const NONE: StateAt = { state: null, changed: [], exact: false, position: -1 }

/** The states of one process. Samples come in the order of its steps. */
export class States {
  readonly #samples: StateSample[] = []

  add(sample: StateSample): void {
    this.#samples.push(sample)
  }

  /** The state after its step at `step`, the last at or before the position asked for; -1: no step yet. */
  at(step: number): StateAt {
    const samples = this.#samples
    const count = upTo(samples, ({ position }) => position <= step)
    const last = samples[count - 1]
    if (step === -1 || last === undefined) return NONE
    const state = this.#whole(count)
    const ofStep = last.position === step
    return {
      state,
      changed: ofStep ? this.#changed(count, last, state) : [],
      exact: ofStep || last.text.length <= STEP_TEXT_MAX,
      position: last.position,
    }
  }

  /** The state after the first `count` samples. */
  #whole(count: number): Record<string, unknown> {
    let first = count - 1
    while (first > 0 && !this.#samples[first]!.whole) first--
    const state: Record<string, unknown> = {}
    for (const { text } of this.#samples.slice(first, count)) Object.assign(state, fieldsOf(text))
    return state
  }

  #changed(count: number, last: StateSample, state: Record<string, unknown>): string[] {
    if (!last.whole) return Object.keys(fieldsOf(last.text))
    if (count === 1) return []
    const before = this.#whole(count - 1)
    const names = new Set([...Object.keys(before), ...Object.keys(state)])
    return [...names].filter((name) => !sameText(before[name], state[name]))
  }
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
