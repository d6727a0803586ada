/**
 * Distance between 256-bit numbers: d(a, b) = a XOR b, read as a number
 * (Maymounkov and Mazières 2002, §2.1). Numbers are texts of 64 hexadecimal
 * digits, so that they are plain data and can be read in a history; which of two
 * is nearer is decided at the first digit in which they differ.
 */
import type { Random } from '../../lib/prng.ts'

/** 256 bits: 64 lower-case hexadecimal digits. */
export type Id = string

export const BITS = 256
const DIGITS = BITS / 4

export const isId = (value: unknown): value is Id =>
  typeof value === 'string' && value.length === DIGITS && /^[0-9a-f]+$/.test(value)

const digit = (id: Id, at: number) => {
  const code = id.charCodeAt(at)
  return code < 58 ? code - 48 : code - 87
}

function firstDifference(a: Id, b: Id): number {
  let at = 0
  while (at < DIGITS && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return at
}

/** Negative if a is nearer to the target than b, positive if it is farther, 0 if they are the same. */
export function nearer(target: Id, a: Id, b: Id): number {
  const at = firstDifference(a, b)
  return at === DIGITS ? 0 : (digit(a, at) ^ digit(target, at)) - (digit(b, at) ^ digit(target, at))
}

/**
 * The i with 2^i ≤ d(a, b) < 2^(i+1): the place of the highest bit in which they differ, and not how
 * many bits differ. -1 for a number and itself.
 */
export function bucketOf(a: Id, b: Id): number {
  const at = firstDifference(a, b)
  return at === DIGITS ? -1 : BITS - 4 * at - 1 - (Math.clz32(digit(a, at) ^ digit(b, at)) - 28)
}

/** Some number at a distance in [2^i, 2^(i+1)): the bits above i as they are, bit i turned, dice below. */
export function somewhereIn(bucket: number, own: Id, random: Random): Id {
  const at = DIGITS - 1 - Math.floor(bucket / 4)
  const turned = 1 << (bucket % 4)
  const mixed = digit(own, at) ^ turned ^ random.below(turned)
  let id = own.slice(0, at) + mixed.toString(16)
  while (id.length < DIGITS) id += random.below(16).toString(16)
  return id
}
