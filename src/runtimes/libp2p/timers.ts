/** The longest delay `setTimeout` takes (Node documentation, timers: a signed 32-bit number of ms). */
const TIMEOUT_MS_MAX = 2 ** 31 - 1

/**
 * The armed timers of one process. A timeout never comes early by the clock of the run, as Node's
 * own may by 1 ms.
 */
export class Timers {
  readonly #nowMs: () => number
  readonly #armed = new Map<string, NodeJS.Timeout>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#armed.size
  }

  arm(key: string, delayMs: number, goOff: () => void): void {
    this.disarm(key)
    const dueMs = this.#nowMs() + delayMs
    const wait = () => {
      const leftMs = Math.min(TIMEOUT_MS_MAX, Math.max(0, Math.ceil(dueMs - this.#nowMs())))
      this.#armed.set(
        key,
        setTimeout(() => {
          if (this.#nowMs() < dueMs) return wait()
          this.#armed.delete(key)
          goOff()
        }, leftMs),
      )
    }
    wait()
  }

  disarm(key: string): void {
    clearTimeout(this.#armed.get(key))
    this.#armed.delete(key)
  }

  clear(): void {
    for (const key of [...this.#armed.keys()]) this.disarm(key)
  }
}
