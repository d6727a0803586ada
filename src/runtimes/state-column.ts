import { canonical } from '../lib/canonical.ts'
import { STEP_TEXT_MAX } from '../trace-format/events.ts'
import type { Journal } from './journal.ts'

/** Every so many steps of a process its whole state is written, so that a reader never looks back further. */
const WHOLE_EVERY_STEPS = 64

/** Writes what changed in the state of one incarnation of a process, step by step. */
export class StateColumn {
  readonly #recorder: Pick<Journal, 'state'>
  readonly #last = new Map<string, string>() // field → its text after the last step
  #steps = 0
  #heavy = false

  constructor(recorder: Pick<Journal, 'state'>) {
    this.#recorder = recorder
  }

  after(position: number, state: object): void {
    const due = this.#steps++ % WHOLE_EVERY_STEPS === 0
    if (this.#heavy && !due) return
    const fields = new Map<string, string>()
    for (const [field, value] of Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (value !== undefined) fields.set(field, canonical(value))
    }
    // A change of fields cannot say that one is gone.
    const whole = due || [...this.#last.keys()].some((field) => !fields.has(field))
    const changed = [...fields].filter(([field, text]) => whole || this.#last.get(field) !== text)
    if (!whole && changed.length === 0) return
    if (whole) this.#last.clear()
    for (const [field, text] of changed) this.#last.set(field, text)
    const text = `{${changed.map(([field, text]) => `${JSON.stringify(field)}:${text}`).join(',')}}`
    this.#heavy = text.length > STEP_TEXT_MAX
    this.#recorder.state(position, whole, text)
  }
}
