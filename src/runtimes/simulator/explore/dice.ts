/**
 * All that dice can show. A handler is run with nothing decided, which tells
 * how many faces its first die has; then with that die on each of its faces,
 * and so on, until every way through it was taken.
 */
import type { Random } from '../../../lib/prng.ts'

/** Ways through one step; beyond it nobody would wait for the end. */
export const WAYS_MAX = 10_000

export class TooManyWays extends Error {
  override readonly name = 'TooManyWays'
}

/** Runs a step once for every way its dice can fall. `choices` are the faces, in the order of throwing. */
export function everyWay<T>(
  run: (random: Random) => T,
): { readonly choices: number[]; readonly result: T }[] {
  const ways: { choices: number[]; result: T }[] = []
  const open: number[][] = [[]]
  for (let decided = open.pop(); decided !== undefined; decided = open.pop()) {
    const { choices, faces, random } = diceOf(decided)
    const result = run(random)
    ways.push({ choices, result })
    if (ways.length + open.length > WAYS_MAX)
      throw new TooManyWays(`more than ${WAYS_MAX} ways through one step`)
    // The dice beyond those decided showed 0: their other faces are still to be seen.
    for (let die = choices.length - 1; die >= decided.length; die--) {
      for (let face = faces[die]! - 1; face >= 1; face--) open.push([...choices.slice(0, die), face])
    }
  }
  return ways
}

function diceOf(decided: readonly number[]) {
  const choices: number[] = []
  const faces: number[] = []
  const below = (bound: number): number => {
    if (!(Number.isInteger(bound) && bound >= 1)) throw new RangeError(`below(${bound})`)
    const face = decided[choices.length] ?? 0
    choices.push(face)
    faces.push(bound)
    return face
  }
  const random: Random = {
    below,
    pick: (items) => items[below(items.length)]!,
    // What is certain is no choice.
    chance: (numerator, denominator) => numerator >= denominator || (numerator > 0 && below(2) === 0),
  }
  return { choices, faces, random }
}
