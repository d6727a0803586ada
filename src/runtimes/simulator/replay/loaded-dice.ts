import type { Random } from '../../../lib/prng.ts'

/** Dice that show what they are told, and then what the seed decides; see `dice` of a step. */
export class LoadedDice implements Random {
  #told: readonly number[] = []
  #shown: number[] = []
  #own: Random | null = null

  /** For a step; a number beyond a bound counts modulo it. */
  load(told: readonly number[]): void {
    this.#told = told
    if (this.#shown.length > 0) this.#shown = []
  }

  over(own: Random): this {
    this.#own = own
    return this
  }

  get shown(): readonly number[] {
    return this.#shown
  }

  readonly below = (bound: number): number => {
    const told = this.#told[this.#shown.length]
    const face = told === undefined ? this.#own!.below(bound) : told % bound
    this.#shown.push(face)
    return face
  }

  readonly pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('pick from an empty list')
    return items[this.below(items.length)]!
  }

  readonly chance = (numerator: number, denominator: number): boolean => {
    const told = this.#told[this.#shown.length]
    const isCertain = numerator >= denominator || numerator <= 0
    const comes = told === undefined || isCertain ? this.#own!.chance(numerator, denominator) : told % 2 === 0
    if (!isCertain) this.#shown.push(comes ? 0 : 1)
    return comes
  }
}
