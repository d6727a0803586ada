import { expect, test } from 'vitest'
import { count, duration, plain } from './format.ts'

test.each([
  [0, '0 ns'],
  [999, '999 ns'],
  [1500, '1.50 µs'],
  [12_345_678, '12.3 ms'],
  [454e6, '454 ms'],
  [1.5e9, '1.50 s'],
  [75e9, '1 min 15 s'],
])('%d ns are %s', (ns, text) => {
  expect(duration(ns)).toBe(text)
})

test('thousands are set apart', () => {
  expect(count(2821)).toBe('2\u202f821')
  expect(count(12)).toBe('12')
})

test('a value on one line, with the maps and sets of canonical text as what they are', () => {
  expect(plain({ a: [1, 'x'], b: { c: null } })).toBe('{a: [1, x], b: {c: null}}')
  expect(plain({ $map: [['k', 1]] })).toBe('{k → 1}')
  expect(plain({ $set: [1, 2] })).toBe('{1, 2}')
  expect(plain('')).toBe('""')
})
