/**
 * The configurations found, each a vector of small numbers, compared in full:
 * no fingerprint that two might share. With each the one it was found from, and
 * by which move, so that there is a shortest way to it.
 */
import { mix32 } from '../../../lib/hash.ts'

const CHUNK_BITS = 14
const CHUNK = 1 << CHUNK_BITS // configurations
const LOAD_MOST = 0.6 // of the hash table

export class Configurations {
  readonly width: number
  readonly #chunks: Int32Array[] = []
  readonly #from: Int32Array[] = []
  readonly #moves: Int32Array[] = []
  #table = new Int32Array(1 << 12)
  #size = 0

  constructor(width: number) {
    this.width = width
  }

  get size(): number {
    return this.#size
  }

  /** What they take, in bytes. */
  get bytes(): number {
    return this.#chunks.length * CHUNK * (this.width + 2) * 4 + this.#table.byteLength
  }

  /** Copies a configuration to the beginning of `to`. */
  read(index: number, to: Int32Array): void {
    const { width } = this
    const chunk = this.#chunks[index >>> CHUNK_BITS]!
    const at = (index & (CHUNK - 1)) * width
    for (let i = 0; i < width; i++) to[i] = chunk[at + i]!
  }

  /** The configuration from which one was found first; -1 for the first. */
  from(index: number): number {
    return this.#from[index >>> CHUNK_BITS]![index & (CHUNK - 1)]!
  }

  /** The move by which it was found. */
  move(index: number): number {
    return this.#moves[index >>> CHUNK_BITS]![index & (CHUNK - 1)]!
  }

  /** Its index if it is new, else -1. */
  add(configuration: Int32Array, from: number, move: number): number {
    const mask = this.#table.length - 1
    let slot = this.#hash(configuration, 0) & mask
    for (let found = this.#table[slot]!; found !== 0; found = this.#table[slot]!) {
      if (this.#equals(found - 1, configuration)) return -1
      slot = (slot + 1) & mask
    }
    const index = this.#size++
    this.#table[slot] = index + 1
    this.#write(index, configuration, from, move)
    if (this.#size > this.#table.length * LOAD_MOST) this.#grow()
    return index
  }

  #write(index: number, configuration: Int32Array, from: number, move: number): void {
    const c = index >>> CHUNK_BITS
    if (c === this.#chunks.length) {
      this.#chunks.push(new Int32Array(CHUNK * this.width))
      this.#from.push(new Int32Array(CHUNK))
      this.#moves.push(new Int32Array(CHUNK))
    }
    const at = index & (CHUNK - 1)
    const chunk = this.#chunks[c]!
    for (let i = 0; i < this.width; i++) chunk[at * this.width + i] = configuration[i]!
    this.#from[c]![at] = from
    this.#moves[c]![at] = move
  }

  #equals(index: number, configuration: Int32Array): boolean {
    const { width } = this
    const chunk = this.#chunks[index >>> CHUNK_BITS]!
    const at = (index & (CHUNK - 1)) * width
    for (let i = 0; i < width; i++) if (chunk[at + i] !== configuration[i]) return false
    return true
  }

  #hash(vector: Int32Array, at: number): number {
    let h = 0
    for (let i = 0; i < this.width; i++) h = (Math.imul(h, 0x9e3779b1) ^ vector[at + i]!) | 0
    return mix32(h)
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let index = 0; index < this.#size; index++) {
      const chunk = this.#chunks[index >>> CHUNK_BITS]!
      let slot = this.#hash(chunk, (index & (CHUNK - 1)) * this.width) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = index + 1
    }
    this.#table = table
  }
}
