import { Bug } from '../../lib/assert.ts'
import { equal } from '../../lib/equal.ts'
import { type AnyShapes, misfit } from '../../model/shape.ts'
import { checkSize } from '../cell.ts'
import type { Sent } from '../sent.ts'

/** Of each type so many messages are looked at, and then one in so many. */
const FIRST = 64
const THEN_ONE_IN = 64

/**
 * In virtual time messages travel as values. Some are looked at as a host would look at what comes
 * over the wire: whether its text gives the same value back, is not too long, and fits its shape.
 */
export class Inspection {
  readonly #shapes: AnyShapes
  readonly #counts = new Map<string, number>() // messages of each type so far
  #type = '' // that counted last, so that a run of one type looks nothing up
  #count = 0

  constructor(shapes: AnyShapes) {
    this.#shapes = shapes
  }

  /** Whether this message is one to look at when it arrives; what no frame holds is refused at once. */
  picks(sender: string, sent: Sent): boolean {
    const { type } = sent
    if (type !== this.#type) {
      this.#counts.set(this.#type, this.#count)
      this.#count = this.#counts.get(type) ?? 0
      this.#type = type
    }
    const before = this.#count++
    if (before >= FIRST && before % THEN_ONE_IN !== 0) return false
    checkSize(sender, sent)
    return true
  }

  /** Throws if no host would take this. */
  inspect(sender: string, sent: Sent): void {
    const back = JSON.parse(sent.text)
    const wrong = misfit(this.#shapes, back)
    const says = (what: string) => new Bug(`${sender} sent a message that ${what} in ${sent.text}`)
    if (wrong !== null) throw says(`does not fit its shape: ${wrong}`)
    if (!equal(back, sent.message)) throw says('is another once it is written as JSON and read:')
  }
}
