/**
 * Of each block: the sends before it to which its events refer. A delivery says
 * only which message it is of; with this a stretch of a history is read by
 * itself, from its own blocks and those in which its messages were sent. It
 * takes eight bytes for each message that crosses from one block to a later
 * one; a picture of what is in transit at the beginning of each block would
 * grow with the square of a history in which messages are never delivered.
 */
import { type Block, hasPayload, KIND } from '../trace-format/events.ts'
import { InTransit } from '../trace-format/in-transit.ts'

export class SendIndex {
  readonly #inTransit = new InTransit<number>() // position of the send
  readonly #earlier: Float64Array[] = []

  /** Blocks it knows, from the first on. */
  get blocks(): number {
    return this.#earlier.length
  }

  /** Takes the block that follows. */
  add(block: Block): void {
    const earlier = new Set<number>()
    const note = (send: number | undefined) => {
      if (send !== undefined && send < block.first) earlier.add(send)
    }
    for (let i = 0; i < block.length; i++) {
      const number = block.number[i]!
      const process = block.process[i]!
      if (block.kind[i] === KIND.send) this.#inTransit.sent(process, number, block.first + i)
      else if (block.kind[i] === KIND.deliver) note(this.#inTransit.gone(block.peer[i]!, number))
      else if (block.kind[i] === KIND.lost) note(this.#inTransit.gone(process, number))
      else if (block.kind[i] === KIND.duplicate) note(this.#inTransit.duplicated(process, number))
    }
    this.#earlier.push(Float64Array.from(earlier).sort())
  }

  /** Positions, in order. */
  earlier(block: number): Float64Array {
    return this.#earlier[block]!
  }
}

export interface Sending {
  readonly sender: number
  readonly number: number
  readonly text: string
}

/** What was sent at some positions of a block, which are in order. */
export function sendings(block: Block, positions: readonly number[]): Sending[] {
  const found: Sending[] = []
  let payloads = 0
  for (let i = 0; i < block.length && found.length < positions.length; i++) {
    if (block.first + i === positions[found.length]) {
      const text = block.payloads[payloads]!
      found.push({ sender: block.process[i]!, number: block.number[i]!, text })
    }
    if (hasPayload(block.kind[i]!)) payloads++
  }
  return found
}
