/**
 * 32 bits of plain data: JSON values, `Map` and `Set`. Equal values, that is those of equal
 * canonical text, have equal hashes, whatever the order of their keys and entries; what has no
 * canonical text is refused in the words of `canonical`. An eighth of its cost. Not for secrets.
 *
 * The parts of a record, a `Map` or a `Set` are summed, as a sum knows no order; that is sound as
 * long as each part is scrambled before (M. Bellare and D. Micciancio, "A New Paradigm for
 * Collision-Free Hashing: Incrementality at Reduced Cost", EUROCRYPT 1997).
 */
// One for each kind of value, so that [1], {"0": 1} and "1" differ: digits of the golden ratio.
const SALT = {
  number: 0x9e3779b9,
  fraction: 0x7f4a7c15,
  text: 0xf39cc060,
  truth: 0x5cedc834,
  nothing: 0x1082276b,
  list: 0xf3a27251,
  record: 0xf86c6a11,
  map: 0xd0c18e95,
  set: 0x2767f0b1,
}

export function hashValue(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return hashText(value)
    case 'number':
      return hashNumber(value)
    case 'boolean':
      return scramble(SALT.truth + (value ? 1 : 0))
    case 'object':
      return value === null ? SALT.nothing : hashObject(value)
    default:
      throw new TypeError(`a value of type ${typeof value} has no text form`)
  }
}

function hashText(text: string): number {
  let h = SALT.text ^ text.length
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h ^ (h >>> 15)
}

const double = new DataView(new ArrayBuffer(8))

function hashNumber(number: number): number {
  if ((number | 0) === number) return scramble(SALT.number ^ number) // -0 too is 0 here, as in its text
  if (!Number.isFinite(number)) throw new TypeError(`${number} has no text form`)
  double.setFloat64(0, number, true)
  return scramble(Math.imul(double.getInt32(0, true) ^ SALT.fraction, 0x85ebca6b) + double.getInt32(4, true))
}

function hashObject(value: object): number {
  if (Array.isArray(value)) return hashList(value)
  if (value instanceof Map) {
    let sum = SALT.map
    for (const [key, item] of value) sum = (sum + pair(hashValue(key), hashValue(item))) | 0
    return scramble(sum)
  }
  if (value instanceof Set) {
    let sum = SALT.set
    for (const item of value) sum = (sum + scramble(hashValue(item))) | 0
    return scramble(sum)
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an instance of ${value.constructor?.name ?? 'a class'} has no text form`)
  }
  let sum = SALT.record
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key]
    if (field !== undefined) sum = (sum + pair(hashText(key), hashValue(field))) | 0
  }
  return scramble(sum)
}

function hashList(list: readonly unknown[]): number {
  let h = SALT.list ^ list.length
  for (let i = 0; i < list.length; i++) h = Math.imul(h ^ hashValue(list[i]), 0x9e3779b1) ^ (h >>> 15)
  return scramble(h)
}

/** `mix32` of lib/hash, but of a signed result: a number above 2^31 would be an object on the heap. */
function scramble(number: number): number {
  let h = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const pair = (key: number, value: number): number => scramble(Math.imul(key, 0x85ebca6b) ^ value)
