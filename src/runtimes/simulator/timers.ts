import { equal } from '../../lib/equal.ts'
import type { EventQueue } from '../../lib/event-queue.ts'
import type { Timer } from '../sent.ts'

/** A timer that will go off. */
export class Armed {
  readonly process: number
  readonly timer: Timer
  ticket = -1 // in the queue; -1 once it was taken from there
  isCancelled = false

  constructor(process: number, timer: Timer) {
    this.process = process
    this.timer = timer
  }
}

/** The armed timers of all processes. A timer that is cancelled is no event. */
export class Timers<Item> {
  readonly #queue: EventQueue<Item | Armed>
  readonly #armed = new Map<number, Armed[]>() // of a process: few

  constructor(queue: EventQueue<Item | Armed>) {
    this.#queue = queue
  }

  /** An equal timer that is armed is armed anew. */
  arm(process: number, timer: Timer, dueUs: number): void {
    this.disarm(process, timer)
    const armed = new Armed(process, timer)
    armed.ticket = this.#queue.push(dueUs, armed)
    const others = this.#armed.get(process)
    if (others === undefined) this.#armed.set(process, [armed])
    else others.push(armed)
  }

  disarm(process: number, timer: Timer): void {
    const all = this.#armed.get(process)
    if (all === undefined || all.length === 0) return
    const at = all.findIndex((armed) => equal(armed.timer.value, timer.value))
    if (at >= 0) this.#cancel(all.splice(at, 1)[0]!)
  }

  /** It has left the queue, to go off now or when its process can. */
  taken(armed: Armed): void {
    armed.ticket = -1
  }

  /** It goes off now. */
  wentOff(armed: Armed): void {
    const all = this.#armed.get(armed.process)!
    all.splice(all.indexOf(armed), 1)
  }

  /** A process that crashes loses its timers. */
  clear(process: number): void {
    for (const armed of this.#armed.get(process) ?? []) this.#cancel(armed)
    this.#armed.delete(process)
  }

  #cancel(armed: Armed): void {
    armed.isCancelled = true
    if (armed.ticket >= 0) this.#queue.cancel(armed.ticket)
    armed.ticket = -1
  }
}
