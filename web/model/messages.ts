/**
 * The messages of a run as columns, a row for each copy: a duplicate is a
 * message of its own with the send of the first. Which copy of several was
 * delivered nobody can tell; they are taken in order.
 */
import { messageKey } from '../../src/trace-format/in-transit.ts'
import { Column } from './column.ts'

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

interface Sent {
  readonly at: number
  readonly madeAt: number
  readonly from: number
  readonly to: number
  readonly typeIndex: number
  readonly copyOf: number
}

export class MessageColumns implements Messages {
  readonly #sendAt = new Column(Int32Array)
  readonly #deliverAt = new Column(Int32Array)
  readonly #lostAt = new Column(Int32Array)
  readonly #from = new Column(Uint16Array)
  readonly #to = new Column(Uint16Array)
  readonly #typeIndex = new Column(Uint16Array)
  readonly #madeAt = new Column(Int32Array)
  readonly #copyOf = new Column(Int32Array)
  readonly #first: Column<Int32Array>[] = [] // of each sender by number: its first copy under way, or -1
  readonly #unordered = new Map<number, number>() // the same for numbers that left out some before them
  readonly #next = new Column(Int32Array) // the copy after this one of the same message, or -1

  get length(): number {
    return this.#sendAt.length
  }
  get sendAt(): Int32Array {
    return this.#sendAt.items
  }
  get deliverAt(): Int32Array {
    return this.#deliverAt.items
  }
  get lostAt(): Int32Array {
    return this.#lostAt.items
  }
  get from(): Uint16Array {
    return this.#from.items
  }
  get to(): Uint16Array {
    return this.#to.items
  }
  get typeIndex(): Uint16Array {
    return this.#typeIndex.items
  }
  get madeAt(): Int32Array {
    return this.#madeAt.items
  }
  get copyOf(): Int32Array {
    return this.#copyOf.items
  }

  /** Room for so many messages in all. */
  reserve(length: number): void {
    for (const column of [
      this.#sendAt,
      this.#deliverAt,
      this.#lostAt,
      this.#madeAt,
      this.#copyOf,
      this.#next,
    ])
      column.reserve(length)
    for (const column of [this.#from, this.#to, this.#typeIndex]) column.reserve(length)
  }

  /** Each of these returns the message, or -1 if its send was not read. */
  sent(from: number, to: number, number: number, at: number, typeIndex: number): number {
    const message = this.#add({ at, madeAt: at, from, to, typeIndex, copyOf: -1 })
    this.#setFirst(from, number, message)
    return message
  }

  duplicated(from: number, number: number, madeAt: number): number {
    const first = this.#firstOf(from, number)
    if (first === -1) return -1
    const copyOf = this.#copyOf.at(first)
    const original = copyOf === -1 ? first : copyOf
    const copy = this.#add({
      at: this.#sendAt.at(first),
      madeAt,
      from,
      to: this.#to.at(first),
      typeIndex: this.#typeIndex.at(first),
      copyOf: original,
    })
    let last = first
    while (this.#next.at(last) !== -1) last = this.#next.at(last)
    this.#next.set(last, copy)
    return copy
  }

  delivered(from: number, number: number, at: number): number {
    const message = this.#gone(from, number)
    if (message !== -1) this.#deliverAt.set(message, at)
    return message
  }

  lost(from: number, number: number, at: number): number {
    const message = this.#gone(from, number)
    if (message !== -1) this.#lostAt.set(message, at)
    return message
  }

  #add({ at, madeAt, from, to, typeIndex, copyOf }: Sent): number {
    this.#sendAt.push(at)
    this.#deliverAt.push(-1)
    this.#lostAt.push(-1)
    this.#from.push(from)
    this.#to.push(to)
    this.#typeIndex.push(typeIndex)
    this.#madeAt.push(madeAt)
    this.#copyOf.push(copyOf)
    this.#next.push(-1)
    return this.#sendAt.length - 1
  }

  #gone(from: number, number: number): number {
    const message = this.#firstOf(from, number)
    if (message !== -1) this.#setFirst(from, number, this.#next.at(message))
    return message
  }

  #firstOf(from: number, number: number): number {
    const own = this.#first[from]
    if (own !== undefined && number < own.length) return own.at(number)
    return this.#unordered.get(messageKey(from, number)) ?? -1
  }

  /** A sender numbers its messages one by one: a list by number holds them, but for a damaged history. */
  #setFirst(from: number, number: number, message: number): void {
    this.#first[from] ??= new Column(Int32Array)
    const own = this.#first[from]
    if (number < own.length) own.set(number, message)
    else if (number === own.length && !this.#unordered.has(messageKey(from, number))) own.push(message)
    else this.#unordered.set(messageKey(from, number), message)
  }
}
