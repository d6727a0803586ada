import type { AlarmClock } from './alarm-clock.ts'

/** What the harness does to a run at given times: requests and timed faults. */
export class Schedule {
  readonly #clock: AlarmClock
  readonly #fail: (error: unknown) => void
  #size = 0
  /** Called when nothing is to come any more. */
  idle: () => void = () => {}

  constructor(clock: AlarmClock, fail: (error: unknown) => void) {
    this.#clock = clock
    this.#fail = fail
  }

  /** What is still to come or under way. */
  get size(): number {
    return this.#size
  }

  /** Does something at a time of the run in ms. */
  at(atMs: number, act: () => void | Promise<void>): void {
    this.#size++
    this.#clock.at(atMs, async () => {
      try {
        await act()
      } catch (error) {
        this.#fail(error)
      }
      if (--this.#size === 0) this.idle()
    })
  }
}
