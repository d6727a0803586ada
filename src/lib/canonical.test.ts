import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, fromCanonical } from './canonical.ts'

const key = fc.oneof(fc.string(), fc.constantFrom('$map', '$set', '$$map', '$', '__proto__', 'constructor'))
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0))
const scalar = fc.oneof(fc.string(), number, fc.boolean(), fc.constant(null))

/** Plain data as a state may hold it. */
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('data')), { maxLength: 4 }).map((fields) => Object.fromEntries(fields)),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie('data')), { maxLength: 4 })
      .map((es) => new Map(es)),
    fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}))

test('the text of a value reads back to an equal value', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(isDeepStrictEqual(fromCanonical(canonical(value)), value)).toBe(true)
    }),
  )
})

test('two values have one text just if they are equal', () => {
  fc.assert(
    fc.property(data, data, (a, b) => {
      expect(canonical(a) === canonical(b)).toBe(isDeepStrictEqual(a, b))
    }),
  )
})

test('the order in which a value was put together does not show', () => {
  const fields = fc.uniqueArray(fc.tuple(fc.string(), scalar), { selector: ([name]) => name })
  fc.assert(
    fc.property(fields, (list) => {
      const back = list.toReversed()
      expect(canonical(Object.fromEntries(list))).toBe(canonical(Object.fromEntries(back)))
      expect(canonical(new Map(list))).toBe(canonical(new Map(back)))
      expect(canonical(new Set(list.map(([name]) => name)))).toBe(
        canonical(new Set(back.map(([name]) => name))),
      )
    }),
  )
})

test('the text, to the letter', () => {
  const value = {
    b: new Map([
      ['y', 1],
      ['x', 2],
    ]),
    a: new Set([2, 1]),
    gone: undefined,
    $map: [null, 'é'],
  }
  expect(canonical(value)).toBe('{"$$map":[null,"é"],"a":{"$set":[1,2]},"b":{"$map":[["x",2],["y",1]]}}')
})

test('a record with the mark of a map does not become one', () => {
  const foreign = { $map: 5 }
  expect(canonical(foreign)).toBe('{"$$map":5}')
  expect(fromCanonical(canonical(foreign))).toEqual(foreign)
})

test('what has no text form is refused, not bent', () => {
  class Point {}
  const none: unknown[] = [
    Number.NaN,
    Infinity,
    () => 1,
    Symbol('s'),
    1n,
    [undefined],
    new Date(0),
    new Point(),
  ]
  none.push(new Array(2), new Map([[1, Number.NaN]]))
  for (const value of none) expect(() => canonical({ value })).toThrow(TypeError)
})
