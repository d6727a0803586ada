/** How soon to look again whether a busy process can take its request. */
const LOOK_AGAIN_MS = 5

/** What the harness does to a run at given times: requests, timed faults, the end. */
export class Schedule {
  readonly #nowMs: () => number
  readonly #fail: (error: unknown) => void
  readonly #waiting = new Set<NodeJS.Timeout>()
  #bound: NodeJS.Timeout | undefined
  #size = 0
  #cleared = false
  /** Called when nothing is to come any more. */
  idle: () => void = () => {}

  constructor(nowMs: () => number, fail: (error: unknown) => void) {
    this.#nowMs = nowMs
    this.#fail = fail
  }

  /** What is still to come or under way; the bound does not count. */
  get size(): number {
    return this.#size
  }

  /** Does something at a time of the run in ms, or as soon after as `ready` says so. */
  at(atMs: number, ready: (() => boolean) | null, act: () => void | Promise<void>): void {
    this.#size++
    const wait = (ms: number) => {
      const timeout = setTimeout(
        async () => {
          this.#waiting.delete(timeout)
          if (ready !== null && !ready()) return wait(LOOK_AGAIN_MS)
          try {
            await act()
          } catch (error) {
            if (!this.#cleared) this.#fail(error)
          }
          if (--this.#size === 0) this.idle()
        },
        Math.max(0, ms),
      )
      this.#waiting.add(timeout)
    }
    wait(Math.ceil(atMs - this.#nowMs()))
  }

  /** Ends the run at a time, whatever goes on. */
  bound(atMs: number, end: () => void): void {
    this.#bound = setTimeout(end, Math.max(0, Math.ceil(atMs - this.#nowMs())))
  }

  clear(): void {
    this.#cleared = true
    clearTimeout(this.#bound)
    for (const timeout of this.#waiting) clearTimeout(timeout)
  }
}
