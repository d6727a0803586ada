import type { AlarmClock } from './alarm-clock.ts'

/** How soon to look again whether a busy process can take its request. */
const LOOK_AGAIN_MS = 5

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

  /** Does something at a time of the run in ms, or as soon after as `ready` says so. */
  at(atMs: number, ready: (() => boolean) | null, act: () => void | Promise<void>): void {
    this.#size++
    const attempt = async (dueMs: number) => {
      if (ready !== null && !ready()) {
        const againMs = dueMs + LOOK_AGAIN_MS
        this.#clock.at(againMs, () => attempt(againMs))
        return
      }
      try {
        await act()
      } catch (error) {
        this.#fail(error)
      }
      if (--this.#size === 0) this.idle()
    }
    this.#clock.at(atMs, () => attempt(atMs))
  }
}
