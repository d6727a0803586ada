/**
 * Vector clocks of a run, derived (C. Fidge 1988, F. Mattern 1989): entry p
 * counts the events of process p in the past of an event, itself included.
 */
import type { RunData } from './run-data.ts'

export class VectorClocks {
  readonly #data: RunData
  readonly #now: Int32Array[] // of each process
  readonly #onTheWay = new Map<number, { readonly clock: Int32Array; copies: number }>() // by sending
  #position = 0

  constructor(data: RunData) {
    this.#data = data
    this.#now = data.processes.map(() => new Int32Array(data.processes.length))
  }

  /** The clock of the next event in the order of recording; valid up to the following call. */
  next(): Int32Array {
    const data = this.#data
    const i = this.#position++
    const process = data.process(i)
    const clock = this.#now[process]!
    clock[process]!++
    const message = data.messageOf(i)
    if (message === -1) return clock
    if (data.kind(i) === 'send') this.#onTheWay.set(i, { clock: clock.slice(), copies: 1 })
    else this.#copy(clock, i, data.messages.sendAt[message]!)
    return clock
  }

  /** A copy of a message arrives, is lost, or is made. */
  #copy(clock: Int32Array, i: number, sentAt: number): void {
    const kind = this.#data.kind(i)
    const sent = this.#onTheWay.get(sentAt)
    if (sent === undefined) return
    if (kind === 'deliver')
      for (const [p, count] of sent.clock.entries()) clock[p] = Math.max(clock[p]!, count)
    sent.copies += kind === 'duplicate' ? 1 : -1
    if (sent.copies === 0) this.#onTheWay.delete(sentAt)
  }
}
