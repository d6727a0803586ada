import type { Alarm, AlarmClock } from './alarm-clock.ts'

/** A timer that is due. Its process may have to wait before it handles it. */
export interface Due {
  readonly handle: () => void
  /** It was cancelled, or set anew, while it waited. */
  readonly isOff: () => boolean
}

interface Armed {
  readonly alarm: Alarm
  isOff: boolean
}

/** The armed timers of one process. */
export class Timers {
  readonly #clock: AlarmClock
  readonly #armed = new Map<string, Armed>()

  constructor(clock: AlarmClock) {
    this.#clock = clock
  }

  /** Those too that are due and wait. */
  get size(): number {
    return this.#armed.size
  }

  arm(key: string, dueMs: number, goOff: () => void, come: (due: Due) => void): void {
    this.disarm(key)
    const handle = () => {
      this.#armed.delete(key)
      goOff()
    }
    const alarm = this.#clock.at(dueMs, () => come({ handle, isOff: () => armed.isOff }))
    const armed: Armed = { alarm, isOff: false }
    this.#armed.set(key, armed)
  }

  disarm(key: string): void {
    const armed = this.#armed.get(key)
    if (armed === undefined) return
    armed.isOff = true
    armed.alarm.cancel()
    this.#armed.delete(key)
  }

  clear(): void {
    for (const key of [...this.#armed.keys()]) this.disarm(key)
  }
}
