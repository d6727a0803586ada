import { expect, test } from 'vitest'
import { lastAtMost, rowsInView, scrollFor } from './virtual.ts'

test('what is seen, and a few rows more, within the list', () => {
  expect(rowsInView(0, 200, 20, 1000)).toEqual({ from: 0, to: 16 })
  expect(rowsInView(1000, 200, 20, 1000)).toEqual({ from: 44, to: 66 })
  expect(rowsInView(0, 200, 20, 3)).toEqual({ from: 0, to: 3 })
  expect(rowsInView(5000, 200, 20, 3)).toEqual({ from: 3, to: 3 })
})

test('scrolls only for a row that is out of view', () => {
  expect(scrollFor(5, 0, 200, 20)).toBeNull()
  expect(scrollFor(10, 0, 200, 20)).toBe(40)
  expect(scrollFor(10, 400, 200, 20)).toBe(180)
})

test('the last entry at most as large', () => {
  expect(lastAtMost([1, 3, 3, 9], 3)).toBe(2)
  expect(lastAtMost([1, 3, 3, 9], 0)).toBe(-1)
  expect(lastAtMost([], 1)).toBe(-1)
})
