import { equal } from '../../../lib/equal.ts'
import type { Timer } from '../../sent.ts'

interface Armed {
  readonly timer: Timer
  readonly minMs: number
  readonly maxMs: number
}

/**
 * When a timer may go off: at any time while it is armed; or as the intervals say, which do not say
 * how fast time goes: of two timers of a process the one set later may go off first unless its least
 * delay is at least the greatest of the other (E. Michael and others, "Teaching Rigorous Distributed
 * Systems With Efficient Model Checking", EuroSys 2019: `TimerQueue` of DSLabs).
 */
export type TimerOrder = 'any' | 'by interval'

/** The armed timers of the processes, each in the order of setting. */
export class ArmedTimers {
  readonly #order: TimerOrder
  readonly #armed: Armed[][]

  constructor(processes: number, order: TimerOrder) {
    this.#order = order
    this.#armed = Array.from({ length: processes }, () => [])
  }

  get any(): boolean {
    return this.#armed.some(({ length }) => length > 0)
  }

  /** An equal timer that is armed is armed anew. */
  arm(process: number, timer: Timer, minMs: number, maxMs: number): void {
    this.disarm(process, timer.value)
    this.#armed[process]!.push({ timer, minMs, maxMs })
  }

  disarm(process: number, value: unknown): void {
    const all = this.#armed[process]!
    if (all.length === 0) return
    const at = all.findIndex(({ timer }) => equal(timer.value, value))
    if (at >= 0) all.splice(at, 1)
  }

  clear(process: number): void {
    this.#armed[process]!.length = 0
  }

  /** The armed timer of this value, whether or not it may go off now. */
  find(process: number, value: unknown): Timer | undefined {
    return this.#armed[process]!.find(({ timer }) => equal(timer.value, value))?.timer
  }

  /** The timer that must go off before this one; null when there is none. */
  ahead(process: number, timer: Timer): Timer | null {
    if (this.#order === 'any') return null
    const all = this.#armed[process]!
    const at = all.findIndex((armed) => armed.timer === timer)
    const first = all.slice(0, at).find(({ maxMs }) => maxMs <= all[at]!.minMs)
    return first?.timer ?? null
  }

  of(process: number): readonly Timer[] {
    return this.#armed[process]!.map(({ timer }) => timer)
  }
}
