import type { Alarm, AlarmClock } from './alarm-clock.ts'

/** The armed timers of one process. */
export class Timers {
  readonly #clock: AlarmClock
  readonly #armed = new Map<string, Alarm>()

  constructor(clock: AlarmClock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#armed.size
  }

  arm(key: string, dueMs: number, goOff: () => void): void {
    this.disarm(key)
    const ring = () => {
      this.#armed.delete(key)
      goOff()
    }
    this.#armed.set(key, this.#clock.at(dueMs, ring))
  }

  disarm(key: string): void {
    this.#armed.get(key)?.cancel()
    this.#armed.delete(key)
  }

  clear(): void {
    for (const key of [...this.#armed.keys()]) this.disarm(key)
  }
}
