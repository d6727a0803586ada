import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './canonical.ts'
import { equal } from './equal.ts'
import { hashValue } from './value-hash.ts'

const scalar = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
)
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('data'), { maxKeys: 4 }),
    fc.uniqueArray(fc.tuple(scalar, tie('data')), { maxLength: 4, selector: ([key]) => key }).map(asMap),
    fc.uniqueArray(scalar, { maxLength: 4 }).map((items) => new Set(items)),
  ),
}))

function asMap(entries: [unknown, unknown][]): unknown {
  return new Map(entries)
}

/** The same value, put together the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (value instanceof Map) return new Map([...value].reverse().map(([k, v]) => [k, turned(v)]))
  if (value instanceof Set) return new Set([...value].reverse())
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, turned(v)]),
  )
}

test('equal values have equal hashes, whatever the order of their parts', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(hashValue(turned(value))).toBe(hashValue(value))
      expect(equal(turned(value), value)).toBe(true)
    }),
  )
})

test('values of different text are unequal, and hardly ever have one hash', () => {
  const seen = new Map<number, string>()
  let values = 0
  let collisions = 0
  fc.assert(
    fc.property(data, data, (a, b) => {
      expect(equal(a, b)).toBe(canonical(a) === canonical(b))
      for (const value of [a, b]) {
        const [hash, text] = [hashValue(value), canonical(value)]
        if (seen.has(hash) && seen.get(hash) !== text) collisions++
        seen.set(hash, text)
        values++
      }
    }),
    { numRuns: 3000 },
  )
  expect(values).toBe(6000)
  expect(collisions).toBeLessThan(2) // 6,000 of 2^32: one in 240 times
})

test('what looks alike is told apart', () => {
  const alike = [
    0,
    '0',
    false,
    null,
    [],
    {},
    new Map(),
    new Set(),
    [0],
    { 0: 0 },
    new Map([[0, 0]]),
    new Set([0]),
    '',
    [[]],
    [1, 2],
    [2, 1],
    { a: 1, b: 2 },
    { a: 2, b: 1 },
    { ab: 1 },
    0.5,
    2 ** 32,
    2 ** 33,
  ]
  expect(new Set(alike.map(hashValue)).size).toBe(alike.length)
})

test('small numbers in a record spread over all bits', () => {
  const counts = new Array<number>(32).fill(0)
  const n = 4096
  for (let i = 0; i < n; i++) {
    const hash = hashValue({ type: 'money', amount: i })
    for (let bit = 0; bit < 32; bit++) counts[bit]! += (hash >>> bit) & 1
  }
  for (const count of counts) expect(Math.abs(count - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4))
})

test('as in the text, -0 is 0 and a field that is undefined is not there', () => {
  expect(hashValue([-0])).toBe(hashValue([0]))
  expect(hashValue({ a: 1, b: undefined })).toBe(hashValue({ a: 1 }))
  expect(equal({ a: 1, b: undefined }, { a: 1 })).toBe(true)
})

test('what has no text form is refused in the same words', () => {
  class Account {}
  for (const value of [
    Number.NaN,
    Infinity,
    1n,
    Symbol('s'),
    () => 1,
    undefined,
    new Account(),
    [undefined],
  ]) {
    const complaint = (make: (value: unknown) => unknown): string => {
      try {
        make(value)
      } catch (error) {
        return (error as Error).message
      }
      return 'none'
    }
    expect(complaint(hashValue)).toBe(complaint(canonical))
  }
})
