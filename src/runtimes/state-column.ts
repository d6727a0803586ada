import { canonical } from '../lib/canonical.ts'
import type { Recorder } from '../trace-format/recorder.ts'

/** Every so many steps of a process its whole state is written, so that a reader never looks back further. */
const WHOLE_EVERY_STEPS = 64

/**
 * More text than this a step costs more than the step itself (1 kB of JSON: about
 * 2.5 µs): then only the whole states are written, and a reader finds those between
 * by taking the process up again.
 */
const STEP_TEXT_MAX = 1024

/** Writes what changed in the state of one process, step by step. */
export class StateColumn {
  readonly #recorder: Recorder
  readonly #last = new Map<string, string>() // field → its text after the last step
  #steps = 0
  #heavy = false

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  after(position: number, state: object): void {
    const whole = this.#steps++ % WHOLE_EVERY_STEPS === 0
    if (whole) this.#heavy = false
    if (this.#heavy) return
    const fields: string[] = []
    let changed = false
    for (const [field, value] of Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const text = canonical(value)
      const differs = this.#last.get(field) !== text
      if (differs) this.#last.set(field, text)
      if (differs || whole) fields.push(`${JSON.stringify(field)}:${text}`)
      changed ||= differs
    }
    if (!whole && !changed) return
    const text = `{${fields.join(',')}}`
    this.#heavy = text.length > STEP_TEXT_MAX
    if (whole || !this.#heavy) this.#recorder.state(position, whole, text)
  }
}
