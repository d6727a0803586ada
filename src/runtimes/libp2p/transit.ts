import { Window } from '../../lib/window.ts'
import type { Sent } from '../sent.ts'

/** What is sent and neither delivered nor lost. Sent = delivered + lost + in transit, always. */
export class Transit {
  readonly #bySender: Window<Sent>[] // by the number of the message
  readonly #more = new Map<Sent, number>() // copies of it but one, where there are more
  #count = 0

  constructor(processes: number) {
    this.#bySender = Array.from({ length: processes }, () => new Window())
  }

  /** Copies of messages in transit. */
  get count(): number {
    return this.#count
  }

  add(sent: Sent, copies: number): void {
    this.#bySender[sent.from]!.add(sent.number, sent)
    if (copies > 1) this.#more.set(sent, copies - 1)
    this.#count += copies
  }

  has({ from, number }: Pick<Sent, 'from' | 'number'>): boolean {
    return this.#bySender[from]!.get(number) !== undefined
  }

  /** One copy has arrived or is lost; false when there was none on that channel. */
  take(from: number, to: number, number: number): boolean {
    const messages = this.#bySender[from]!
    const sent = messages.get(number)
    if (sent === undefined || sent.to !== to) return false
    const more = this.#more.size === 0 ? 0 : (this.#more.get(sent) ?? 0)
    if (more === 0) messages.delete(number)
    else if (more === 1) this.#more.delete(sent)
    else this.#more.set(sent, more - 1)
    this.#count--
    return true
  }

  /** Takes all copies on a channel, in the order of sending. */
  takeAll(from: number, to: number): Sent[] {
    const taken: Sent[] = []
    for (const sent of this.#on(from, to)) {
      while (this.take(from, to, sent.number)) taken.push(sent)
    }
    return taken
  }

  /** A message in transit on a channel of which something is so. */
  find(from: number, to: number, isSo: (sent: Sent) => boolean): Sent | undefined {
    return this.#on(from, to).find(isSo)
  }

  #on(from: number, to: number): Sent[] {
    return [...this.#bySender[from]!.values()].filter((sent) => sent.to === to)
  }
}
