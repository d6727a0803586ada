/** Delays drawn from dice, in integer µs. */
import type { Random } from '../lib/prng.ts'
import type { DrawnDelay } from './fault.ts'

const STEPS = 1024
const SCALE = 65_536

/**
 * The exponential distribution of mean 1, cut into 1024 equally likely slices:
 * -ln(u) at the middle of each, times 65,536, as an integer.
 *
 * Math.log would do but for one thing: the language leaves its last bits to the
 * machine, and a draw must not depend on it. Sum, difference, product and
 * quotient are fixed to the bit (IEEE 754, ECMA-262 §6.1.6.1), so the logarithm is
 * made of these: ln y = 2 (z + z³/3 + z⁵/5 + …) with z = (y - 1) / (y + 1), after
 * halving y into [1, 2), where z ≤ 1/3 and 20 terms leave an error below 10⁻¹⁹.
 */
export const exponentialTable: readonly number[] = Array.from({ length: STEPS }, (_, i) =>
  Math.round(SCALE * (logarithm(2 * STEPS) - logarithm(2 * i + 1))),
)

function logarithm(number: number): number {
  let halvings = 0
  let y = number
  for (; y >= 2; y /= 2) halvings++
  return series(y) + halvings * series(2)
}

function series(y: number): number {
  const z = (y - 1) / (y + 1)
  let power = z
  let sum = 0
  for (let odd = 1; odd < 40; odd += 2) {
    sum += power / odd
    power *= z * z
  }
  return 2 * sum
}

export function drawUs(delay: DrawnDelay, random: Random): number {
  switch (delay.law) {
    case 'constant':
      return delay.us
    case 'uniform':
      return delay.minUs + drawUpTo(delay.maxUs - delay.minUs, random)
    case 'exponential':
      return Math.round((random.pick(exponentialTable) * delay.meanUs) / SCALE)
  }
}

/** The dice have 2^32 faces: ranges wider than that many µs (an hour and more) are drawn in ms. */
function drawUpTo(spanUs: number, random: Random): number {
  if (spanUs < 0xffff_ffff) return random.below(spanUs + 1)
  return random.below(Math.floor(spanUs / 1000) + 1) * 1000
}
