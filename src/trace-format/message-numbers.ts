/**
 * Numbers for messages, one for each of a sender: that of its id where the id is of the form
 * `sender#number`.
 */
import { ATTRIBUTE } from './attributes.ts'
import { isNatural, type Known } from './foreign-spans.ts'

export class MessageNumbers {
  readonly #said = new Map<Known, number>()
  readonly #taken = new Map<number, Set<number>>() // by sender
  readonly #next = new Map<number, number>()

  constructor(sendings: readonly Known[], processes: readonly string[]) {
    for (const known of sendings) {
      const { process, span } = known
      const parts = /^(.*)#(\d{1,10})$/s.exec(String(span.attributes[ATTRIBUTE.messageId]))
      const number = Number(parts?.[2])
      if (parts?.[1] !== processes[process] || !isNatural(number) || this.#of(process).has(number)) continue
      this.#of(process).add(number)
      this.#said.set(known, number)
    }
  }

  /** A span that stands for several messages has the number that it says once, then others. */
  take(known: Known): number {
    const said = this.#said.get(known)
    this.#said.delete(known)
    if (said !== undefined) return said
    const taken = this.#of(known.process)
    let free = this.#next.get(known.process) ?? 0
    while (taken.has(free)) free++
    this.#next.set(known.process, free + 1)
    return free
  }

  #of(process: number): Set<number> {
    const taken = this.#taken.get(process) ?? new Set<number>()
    this.#taken.set(process, taken)
    return taken
  }
}
