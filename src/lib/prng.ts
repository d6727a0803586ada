import { hash32 } from './hash.ts'

/**
 * The dice a process or a workload may throw. Every draw is an integer draw, so
 * no result depends on the machine.
 */
export interface Random {
  /** An integer in [0, bound); `bound` at least 1. */
  readonly below: (bound: number) => number
  /** An element of a list that is not empty. */
  readonly pick: <T>(items: readonly T[]) => T
  /** True `numerator` times in `denominator`. */
  readonly chance: (numerator: number, denominator: number) => boolean
}

/**
 * xoshiro128**, D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", ACM TOMS 47(4), 2021. One stream for each concern: a stream is
 * named by its seed and any further words, so that taking one concern away
 * does not reshuffle the others.
 */
export class Prng implements Random {
  #a = 0
  #b = 0
  #c = 0
  #d = 0

  constructor(seed: number, ...stream: readonly (string | number)[]) {
    this.reseed(hash32(JSON.stringify([seed, ...stream])))
  }

  /** Begin again from a 32-bit number; splitmix32 fills the state, which is never all zero. */
  reseed(number: number): this {
    let state = number >>> 0
    const next = () => {
      state = (state + 0x9e3779b9) >>> 0
      let z = state
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      return (z ^ (z >>> 15)) >>> 0
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() || 1
    return this
  }

  /** 32 random bits. */
  next(): number {
    const b5 = Math.imul(this.#b, 5)
    const result = Math.imul((b5 << 7) | (b5 >>> 25), 9) >>> 0
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result
  }

  readonly below = (bound: number): number => {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 0x1_0000_0000)) {
      throw new RangeError(`below(${bound}): the bound must be an integer from 1 to 2^32`)
    }
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound) // reject the tail, or small values come more often
    for (;;) {
      const bits = this.next()
      if (bits < limit) return bits % bound
    }
  }

  readonly pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('pick from an empty list')
    return items[this.below(items.length)]!
  }

  readonly chance = (numerator: number, denominator: number): boolean => this.below(denominator) < numerator
}
