import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ticks } from './axis.ts'

const labels = (axis: 'real' | 'logical', from: number, to: number, px = 900) =>
  ticks(axis, from, to, px).map(({ label }) => label)

test.each([
  [
    [0, 300e6],
    ['0 ms', '50 ms', '100 ms', '150 ms', '200 ms', '250 ms', '300 ms'],
  ],
  [
    [61.24e6, 61.31e6],
    ['61.24 ms', '61.25 ms', '61.26 ms', '61.27 ms', '61.28 ms', '61.29 ms', '61.30 ms', '61.31 ms'],
  ],
  [
    [-10e3, 20e3],
    ['-10 µs', '-5 µs', '0 µs', '5 µs', '10 µs', '15 µs', '20 µs'],
  ],
  [
    [0, 5e9],
    ['0.0 s', '0.5 s', '1.0 s', '1.5 s', '2.0 s', '2.5 s', '3.0 s', '3.5 s', '4.0 s', '4.5 s', '5.0 s'],
  ],
])('times of %j', ([from, to], expected) => {
  expect(labels('real', from!, to!)).toEqual(expected)
})

test('Lamport times are whole', () => {
  expect(labels('logical', 0.5, 4.5)).toEqual(['1', '2', '3', '4'])
})

test('ticks lie in the window, ascend, keep their distance, and no two read the same', () => {
  const span = fc.integer({ min: 10, max: 1e12 })
  const from = fc.integer({ min: -1e9, max: 1e12 })
  fc.assert(
    fc.property(from, span, fc.integer({ min: 200, max: 4_000 }), (left, width, px) => {
      const found = ticks('real', left, left + width, px)
      for (const { value } of found) expect(value >= left && value <= left + width).toBe(true)
      for (const [k, { value }] of found.slice(1).entries()) {
        expect(((value - found[k]!.value) * px) / width).toBeGreaterThanOrEqual(89)
      }
      expect(new Set(found.map(({ label }) => label)).size).toBe(found.length)
    }),
  )
})

test('no window, no ticks', () => {
  expect(ticks('real', 5, 5, 900)).toEqual([])
  expect(ticks('real', 5, 9, 0)).toEqual([])
})
