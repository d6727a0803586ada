/**
 * The messages of a run as columns, a row for each copy: a duplicate is a
 * message of its own with the send of the first. Which copy of several was
 * delivered nobody can tell; they are taken in order.
 */
import { KIND } from '../../src/trace-format/events.ts'
import { messageKey } from '../../src/trace-format/in-transit.ts'
import type { Outline } from '../../src/trace-format/outline.ts'
import { Table } from './table.ts'

/** Columns by message; good until the run grows. */
export interface Messages {
  readonly length: number
  readonly sendAt: Int32Array // position of its send
  readonly deliverAt: Int32Array // or -1
  readonly lostAt: Int32Array // or -1
  readonly from: Uint16Array
  readonly to: Uint16Array
  readonly typeIndex: Uint16Array // in `types`
  readonly madeAt: Int32Array // position where it came to be: its send, or that of a copy's duplication
  readonly copyOf: Int32Array // the message it is a duplicate of, or -1
}

const COLUMNS = {
  sendAt: Int32Array,
  deliverAt: Int32Array,
  lostAt: Int32Array,
  from: Uint16Array,
  to: Uint16Array,
  typeIndex: Uint16Array,
  madeAt: Int32Array,
  copyOf: Int32Array,
  next: Int32Array, // the copy after this one of the same message, or -1
}

export class MessageColumns {
  readonly #table = new Table(COLUMNS)
  #columns: Messages | null = null
  // Of each sender by number: its first copy under way, or -1. A sender numbers its messages one by one.
  readonly #first: Int32Array[] = []
  readonly #numbers: number[] = [] // of each sender: how many of its list are used
  readonly #unordered = new Map<number, number>() // the same for numbers that left out some before them

  get columns(): Messages {
    this.#columns ??= { length: this.#table.length, ...this.#table.views }
    return this.#columns
  }

  /** Room for so many messages in all. */
  reserve(length: number): void {
    this.#table.reserve(length)
  }

  /**
   * The next stretch of the history. Of each event of a message its `link` becomes that message; what
   * befalls one whose send was not read keeps the -1 it has. `typeOf` is asked in the order of sending.
   */
  take(stretch: Outline, typeOf: (word: number) => number, link: Int32Array): void {
    const { first, length, kind, process, peer, number, word } = stretch
    this.#table.reserve(this.#table.length + made(kind))
    const { deliverAt, lostAt } = this.#table.rows
    for (let k = 0; k < length; k++) {
      switch (kind[k]) {
        case KIND.send: {
          const message = this.#add(first + k, first + k, process[k]!, peer[k]!, typeOf(word[k]!), -1)
          this.#setFirst(process[k]!, number[k]!, message)
          link[k] = message
          break
        }
        case KIND.deliver: {
          const message = this.#gone(peer[k]!, number[k]!)
          if (message !== -1) deliverAt[message] = first + k
          link[k] = message
          break
        }
        case KIND.lost: {
          const message = this.#gone(process[k]!, number[k]!)
          if (message !== -1) lostAt[message] = first + k
          link[k] = message
          break
        }
        case KIND.duplicate:
          link[k] = this.#duplicated(process[k]!, number[k]!, first + k)
      }
    }
    this.#columns = null
  }

  #duplicated(sender: number, number: number, madeAt: number): number {
    const first = this.#firstOf(sender, number)
    if (first === -1) return -1
    const { sendAt, from, to, typeIndex, copyOf, next } = this.#table.rows
    const original = copyOf[first] === -1 ? first : copyOf[first]!
    const copy = this.#add(sendAt[first]!, madeAt, from[first]!, to[first]!, typeIndex[first]!, original)
    let last = first
    while (next[last] !== -1) last = next[last]!
    next[last] = copy
    return copy
  }

  /** There is room for it. */
  #add(sendAt: number, madeAt: number, from: number, to: number, type: number, copyOf: number): number {
    const { rows, length } = this.#table
    rows.sendAt[length] = sendAt
    rows.madeAt[length] = madeAt
    rows.from[length] = from
    rows.to[length] = to
    rows.typeIndex[length] = type
    rows.copyOf[length] = copyOf
    rows.deliverAt[length] = -1
    rows.lostAt[length] = -1
    rows.next[length] = -1
    this.#table.grow(1)
    return length
  }

  #gone(from: number, number: number): number {
    const message = this.#firstOf(from, number)
    if (message !== -1) this.#setFirst(from, number, this.#table.rows.next[message]!)
    return message
  }

  #firstOf(from: number, number: number): number {
    if (number < (this.#numbers[from] ?? 0)) return this.#first[from]![number]!
    return this.#unordered.size === 0 ? -1 : (this.#unordered.get(messageKey(from, number)) ?? -1)
  }

  /** A list by number holds them, but for a damaged history. */
  #setFirst(from: number, number: number, message: number): void {
    const known = this.#numbers[from] ?? 0
    if (number < known) {
      this.#first[from]![number] = message
      return
    }
    const isNext =
      number === known && (this.#unordered.size === 0 || !this.#unordered.has(messageKey(from, number)))
    if (!isNext) {
      this.#unordered.set(messageKey(from, number), message)
      return
    }
    let own = this.#first[from]
    if (own === undefined || known === own.length) {
      const wider = new Int32Array(Math.max(64, 2 * known))
      if (own !== undefined) wider.set(own)
      own = wider
      this.#first[from] = wider
    }
    own[known] = message
    this.#numbers[from] = known + 1
  }
}

/** How many messages a stretch may add. */
function made(kinds: Uint8Array): number {
  let count = 0
  for (let k = 0; k < kinds.length; k++) if (kinds[k] === KIND.send || kinds[k] === KIND.duplicate) count++
  return count
}
