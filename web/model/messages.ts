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
  readonly #underWay = new Map<number, number[]>() // (sender, number) → copies of which no end is known

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

  /** Each of these returns the message, or -1 if its send was not read. */
  sent(from: number, to: number, number: number, at: number, typeIndex: number): number {
    const message = this.#add({ at, madeAt: at, from, to, typeIndex, copyOf: -1 })
    this.#underWay.set(messageKey(from, number), [message])
    return message
  }

  duplicated(from: number, number: number, madeAt: number): number {
    const copies = this.#underWay.get(messageKey(from, number))
    const first = copies?.[0]
    if (copies === undefined || first === undefined) return -1
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
    copies.push(copy)
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
    return this.#sendAt.length - 1
  }

  #gone(from: number, number: number): number {
    const copies = this.#underWay.get(messageKey(from, number))
    const message = copies?.shift()
    if (copies?.length === 0) this.#underWay.delete(messageKey(from, number))
    return message ?? -1
  }
}
