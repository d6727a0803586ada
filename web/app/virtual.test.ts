import { expect, test } from 'vitest'
import { barFor, HEIGHT_MOST, lastAtMost, rowsInView, scrolled, scrollFor } from './virtual.ts'

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

test('of a list longer than a browser can show all rows are reached, and neighbours by wheel', () => {
  const [height, total] = [400, 120_000_000]
  const at = (share: number) =>
    scrolled({ scrollTop: 0, top: 0 }, share * (HEIGHT_MOST - height), height, total)
  expect(at(0).top).toBe(0)
  expect(at(1).top).toBe(total - height)
  expect(at(0.5).top).toBeCloseTo((total - height) / 2)
  const middle = at(0.5)
  const wheeled = scrolled(middle, middle.scrollTop + 100, height, total)
  expect(wheeled.top - middle.top, 'a turn of the wheel passes what it always passes').toBe(100)
  for (const top of [0, 1_000_000, total - height]) {
    const { top: there } = scrolled({ scrollTop: -1e9, top: 0 }, barFor(top, height, total), height, total)
    expect(Math.abs(there - top)).toBeLessThan(1)
  }
})

test('a list that fits scrolls as it is', () => {
  expect(scrolled({ scrollTop: 0, top: 0 }, 777, 400, 10_000)).toEqual({ scrollTop: 777, top: 777 })
  expect(barFor(777, 400, 10_000)).toBe(777)
})
