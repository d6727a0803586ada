/**
 * The clocks of the processes. All show global time, but those that are set: by an offset, and by a
 * drift in millionths. Integer arithmetic: what a clock shows is the same on every machine.
 */
interface Clock {
  readonly sinceUs: number // global time of the last change
  readonly localUs: number // what it showed then
  readonly ppm: number // how many µs it gains in a second
}

const MILLION = 1_000_000

export class Clocks {
  readonly #clocks = new Map<number, Clock>()

  /** What the clock of a process shows, in µs; a drifting one in whole µs. */
  localUs(process: number, timeUs: number): number {
    if (this.#clocks.size === 0) return timeUs
    const clock = this.#clocks.get(process)
    if (clock === undefined) return timeUs
    const passedUs = timeUs - clock.sinceUs
    return clock.localUs + passedUs + Math.floor((passedUs * clock.ppm) / MILLION)
  }

  /**
   * Puts a clock on by so much, or back, and lets it gain so many µs a second more than before.
   * Timers, which measure how long, do not notice the one; those that are armed, neither.
   */
  change(process: number, timeUs: number, byUs: number, ppm: number): void {
    const before = this.#clocks.get(process)?.ppm ?? 0
    const localUs = this.localUs(process, timeUs) + byUs
    this.#clocks.set(process, { sinceUs: timeUs, localUs, ppm: before + ppm })
  }

  /** How long it takes until the clock of a process has gone on by so much: never less. */
  globalUs(process: number, delayUs: number): number {
    const ppm = this.#clocks.get(process)?.ppm ?? 0
    return ppm === 0 ? delayUs : Math.ceil((delayUs * MILLION) / (MILLION + ppm))
  }
}
