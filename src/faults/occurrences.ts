import type { FaultRule } from '../model/fault.ts'

/** Numbers the messages of each type on each channel, for the rules that ask; nobody else pays for it. */
export class Occurrences {
  readonly #isAsked: boolean
  readonly #counts = new Map<string, number>()

  constructor(rules: readonly FaultRule[]) {
    this.#isAsked = rules.some(({ counts }) => counts === true)
  }

  /** The number of this one, from 0. */
  next(from: string, to: string, type: string): number {
    if (!this.#isAsked) return 0
    const key = `${from} ${to} ${type}`
    const nth = this.#counts.get(key) ?? 0
    this.#counts.set(key, nth + 1)
    return nth
  }
}
