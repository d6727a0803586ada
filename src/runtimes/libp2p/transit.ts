import type { Sent } from '../sent.ts'

interface Entry {
  readonly sent: Sent
  copies: number
}

/** What is sent and neither delivered nor lost. Sent = delivered + lost + in transit, always. */
export class Transit {
  readonly #bySender: Map<number, Entry>[]
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

  has({ from, number }: Pick<Sent, 'from' | 'number'>): boolean {
    return this.#bySender[from]!.has(number)
  }

  /** One copy has arrived or is lost; false when there was none on that channel. */
  take(from: number, to: number, number: number): boolean {
    const messages = this.#bySender[from]!
    const entry = messages.get(number)
    if (entry === undefined || entry.sent.to !== to) return false
    if (--entry.copies === 0) messages.delete(number)
    this.#count--
    return true
  }

  /** Takes all copies on a channel, in the order of sending. */
  takeAll(from: number, to: number): Sent[] {
    const taken: Sent[] = []
    for (const { sent, copies } of this.#on(from, to)) {
      this.#bySender[from]!.delete(sent.number)
      this.#count -= copies
      for (let copy = 0; copy < copies; copy++) taken.push(sent)
    }
    return taken
  }

  /** A message in transit on a channel of which something is so. */
  find(from: number, to: number, isSo: (sent: Sent) => boolean): Sent | undefined {
    return this.#on(from, to).find(({ sent }) => isSo(sent))?.sent
  }

  #on(from: number, to: number): Entry[] {
    return [...this.#bySender[from]!.values()].filter(({ sent }) => sent.to === to)
  }
}
