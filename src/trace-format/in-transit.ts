/** What is known of each message between its sending and the arrival or loss of its last copy. */
export class InTransit<T> {
  readonly #messages = new Map<number, { readonly what: T; copies: number }>()

  get size(): number {
    return this.#messages.size
  }

  sent(sender: number, number: number, what: T): void {
    this.#messages.set(messageKey(sender, number), { what, copies: 1 })
  }

  /** One copy more is on its way. */
  duplicated(sender: number, number: number): T | undefined {
    const message = this.#messages.get(messageKey(sender, number))
    if (message !== undefined) message.copies++
    return message?.what
  }

  /** One copy arrived or was lost. */
  gone(sender: number, number: number): T | undefined {
    const message = this.#messages.get(messageKey(sender, number))
    if (message !== undefined && --message.copies === 0) this.#messages.delete(messageKey(sender, number))
    return message?.what
  }
}

/** Of a message. Exact: 16 bits of process above 32 bits of number stay below 2^53. */
export const messageKey = (sender: number, number: number) => sender * 0x1_0000_0000 + number
