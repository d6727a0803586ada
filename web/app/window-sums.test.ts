import { expect, test } from 'vitest'
import { held, panned, zoomed } from './window-sums.ts'

test('zooming keeps the place it is about', () => {
  expect(zoomed([0, 100], 0.5, 0.5)).toEqual([25, 75])
  expect(zoomed([0, 100], 0.5, 0)).toEqual([0, 50])
  expect(zoomed([0, 100], 2, 1)).toEqual([-100, 100])
})

test('panning moves both ends alike', () => {
  expect(panned([10, 20], 0.5)).toEqual([15, 25])
})

test('a window is held within the whole, and is no narrower than the least', () => {
  expect(held([5, 5.5], [0, 100], 1)).toEqual([4.75, 5.75])
  expect(held([-50, 500], [0, 100], 1)).toEqual([0, 100])
  expect(held([-50, -20], [0, 100], 1)).toEqual([0, 30])
  expect(held([90, 120], [0, 100], 1)).toEqual([70, 100])
  expect(held([5, 50], [0, 100], 1)).toEqual([5, 50])
  expect(held([0, 0], [0, 0], 1)).toEqual([0, 1])
})
