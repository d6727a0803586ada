import { expect, test } from 'vitest'
import { copy, copyJson } from './copy.ts'

test('a copy is equal and shares nothing', () => {
  const original = {
    list: [{ n: 1 }],
    map: new Map([['k', { n: 2 }]]),
    set: new Set([1]),
    none: null,
    text: 't',
  }
  const twin = copy(original)
  expect(twin).toEqual(original)
  twin.list[0]!.n = 9
  twin.map.get('k')!.n = 9
  twin.map.set('l', { n: 3 })
  twin.set.add(2)
  expect(original).toEqual({
    list: [{ n: 1 }],
    map: new Map([['k', { n: 2 }]]),
    set: new Set([1]),
    none: null,
    text: 't',
  })
})

test('what is no data is refused by name, however deep', () => {
  class Account {}
  const cases: [unknown, RegExp][] = [
    [() => 1, /a function is not data/],
    [Symbol('s'), /a symbol is not data/],
    [1n, /a bigint is not data/],
    [Number.NaN, /NaN is not data/],
    [-Infinity, /-Infinity is not data/],
    [new Account(), /an instance of Account is not data/],
    [Promise.resolve(), /an instance of Promise is not data/],
    [new Date(0), /an instance of Date is not data/],
  ]
  for (const [value, complaint] of cases) {
    expect(() => copy(value)).toThrow(complaint)
    expect(() => copy({ deep: [new Map([['k', value]])] })).toThrow(complaint)
  }
})

test('foreign text may be any key', () => {
  const foreign = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')
  const twin = copy(foreign)
  expect(Object.keys(twin)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(twin)).toBe(Object.prototype)
  expect(twin.polluted).toBeUndefined()
})

test('a copy of what travels as JSON is what its text gives back', () => {
  const values = [
    { type: 'note', n: 1, f: 0.5, t: 'x', yes: true, none: null },
    { type: 'deep', list: [1, [2, { k: 'v' }]], record: { a: { b: [] } } },
    { type: 'zero', n: -0, list: [-0] },
    { type: 'gone', a: undefined, b: { c: undefined, d: 1 } },
    JSON.parse('{"type":"foreign","__proto__":{"polluted":1},"constructor":2}'),
  ]
  for (const value of values) {
    const twin = copyJson(value)
    const back = JSON.parse(JSON.stringify(value))
    expect(twin).toStrictEqual(back)
    expect(Object.keys(twin)).toEqual(Object.keys(back))
    expect(twin).not.toBe(value)
  }
  const shared = { list: [{ n: 1 }] }
  copyJson(shared).list[0]!.n = 2
  expect(shared.list[0]!.n).toBe(1)
})

test('what its text would not give back is refused, however deep', () => {
  class Account {}
  const cases: [unknown, RegExp][] = [
    [new Map(), /an instance of Map is not data/],
    [new Set(), /an instance of Set is not data/],
    [new Account(), /an instance of Account is not data/],
    [new Date(0), /an instance of Date is not data/],
    [[undefined], /a list with a hole is not data/],
    [Number.NaN, /NaN is not data/],
    [1n, /a bigint is not data/],
    [() => 1, /a function is not data/],
  ]
  for (const [value, complaint] of cases) {
    expect(() => copyJson({ type: 'note', value })).toThrow(complaint)
    expect(() => copyJson({ type: 'note', deep: [{ value }] })).toThrow(complaint)
  }
})
