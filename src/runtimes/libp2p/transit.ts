import type { Sent } from '../cell.ts'

/** What is sent and neither delivered nor lost. Sent = delivered + lost + in transit, always. */
export class Transit {
  readonly #bySender: Map<number, { readonly sent: Sent; copies: number }>[]
  #count = 0

  constructor(processes: number) {
    this.#bySender = Array.from({ length: processes }, () => new Map())
  }

  /** Copies of messages in transit. */
  get count(): number {
    return this.#count
  }

  add(sent: Sent, copies: number): void {
    this.#bySender[sent.from]!.set(sent.number, { sent, copies })
    this.#count += copies
  }

  has({ from, number }: Sent): boolean {
    return this.#bySender[from]!.has(number)
  }

  /** One copy has arrived or is lost; false when there was none. */
  take(from: number, number: number): boolean {
    const messages = this.#bySender[from]!
    const entry = messages.get(number)
    if (entry === undefined) return false
    if (--entry.copies === 0) messages.delete(number)
    this.#count--
    return true
  }

  /** Takes all copies on a channel, in the order of sending. */
  takeAll(from: number, to: number): Sent[] {
    const taken: Sent[] = []
    for (const [number, { sent, copies }] of this.#bySender[from]!) {
      if (sent.to !== to) continue
      this.#bySender[from]!.delete(number)
      this.#count -= copies
      for (let copy = 0; copy < copies; copy++) taken.push(sent)
    }
    return taken
  }
}
