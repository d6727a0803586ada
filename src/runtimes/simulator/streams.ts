import { hash32, mix32 } from '../../lib/hash.ts'
import { Prng } from '../../lib/prng.ts'

/**
 * The dice of a simulated world: for each concern (latency, a fault rule, timers) and in it for each
 * occasion (the k-th message of a channel) a stream of its own, a function of the seed, the concern
 * and the occasion, and of nothing that happened before. So taking one thing away from a run leaves
 * to the rest the draws that it had, and no stream has a state that anybody must keep.
 */
export class Streams {
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  concern(...name: readonly (string | number)[]): Concern {
    return new Concern(hash32(JSON.stringify([this.#seed, ...name])))
  }
}

export class Concern {
  readonly #name: number
  readonly #dice = new Prng(0)

  constructor(name: number) {
    this.#name = name
  }

  /** Fresh dice, good until the next call. */
  at(a: number, b: number, c: number): Prng {
    // Each step is a bijection of 32 bits: occasions that differ in one number never meet.
    const h = mix32(mix32(this.#name ^ a) ^ Math.imul(b, 0x9e3779b9))
    return this.#dice.reseed(mix32(h ^ Math.imul(c, 0x85ebca6b)))
  }
}
