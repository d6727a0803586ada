/**
 * The operations that are in order now, and every set of them that ever was,
 * with the state it led to. Sets are compared in full; their hash is the xor of
 * a random number for each member (A. Zobrist, 1970).
 */
import { mix32 } from '../../lib/hash.ts'
import type { Prng } from '../../lib/prng.ts'

const WORD = 32
const LOAD_MOST = 0.6

export class Tried {
  readonly #words: number
  readonly #random: Int32Array
  readonly #set: Int32Array
  #hash = 0
  #sets: Int32Array // of each that was tried: its words, then the state
  #size = 0
  #table = new Int32Array(1024)

  constructor(operations: number, prng: Prng) {
    this.#words = Math.max(1, Math.ceil(operations / WORD))
    this.#random = Int32Array.from({ length: operations }, () => prng.next() | 0)
    this.#set = new Int32Array(this.#words)
    this.#sets = new Int32Array((this.#words + 1) * 256)
  }

  /** Adds an operation that leads to a state, unless that was tried; says whether it did. */
  add(operation: number, state: number): boolean {
    this.#flip(operation)
    if (this.#isNew(state)) return true
    this.#flip(operation)
    return false
  }

  remove(operation: number): void {
    this.#flip(operation)
  }

  #flip(operation: number): void {
    this.#set[operation >>> 5]! ^= 1 << (operation & 31)
    this.#hash ^= this.#random[operation]!
  }

  #isNew(state: number): boolean {
    const mask = this.#table.length - 1
    let slot = mix32(this.#hash ^ Math.imul(state, 0x9e3779b1)) & mask
    for (let found = this.#table[slot]!; found !== 0; found = this.#table[slot]!) {
      if (this.#equals(found - 1, state)) return false
      slot = (slot + 1) & mask
    }
    this.#table[slot] = this.#keep(state) + 1
    if (this.#size > this.#table.length * LOAD_MOST) this.#grow()
    return true
  }

  #equals(index: number, state: number): boolean {
    const at = index * (this.#words + 1)
    if (this.#sets[at + this.#words] !== state) return false
    for (let i = 0; i < this.#words; i++) if (this.#sets[at + i] !== this.#set[i]) return false
    return true
  }

  #keep(state: number): number {
    const width = this.#words + 1
    const at = this.#size * width
    if (at + width > this.#sets.length) {
      const sets = new Int32Array(this.#sets.length * 2)
      sets.set(this.#sets)
      this.#sets = sets
    }
    this.#sets.set(this.#set, at)
    this.#sets[at + this.#words] = state
    return this.#size++
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    const width = this.#words + 1
    for (let index = 0; index < this.#size; index++) {
      const at = index * width
      let slot = mix32(this.#hashAt(at) ^ Math.imul(this.#sets[at + this.#words]!, 0x9e3779b1)) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = index + 1
    }
    this.#table = table
  }

  #hashAt(at: number): number {
    let hash = 0
    for (let operation = 0; operation < this.#random.length; operation++) {
      if ((this.#sets[at + (operation >>> 5)]! >>> (operation & 31)) & 1) hash ^= this.#random[operation]!
    }
    return hash
  }
}
