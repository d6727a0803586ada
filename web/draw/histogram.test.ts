import { expect, test } from 'vitest'
import { histogram } from './histogram.ts'

const VIEW = { width: 100, height: 20, tone: 2 } as const

test('as high as there are many, standing on the ground', () => {
  const bars = histogram([1, 0, 4, 2], VIEW)
  expect(bars.map(({ h }) => h)).toEqual([5, 20, 10])
  expect(bars.map(({ y, h }) => y + h)).toEqual([20, 20, 20])
  expect(bars.map(({ x }) => x)).toEqual([0, 28, 42])
})

test('one among a million is seen, and bars stay within the width', () => {
  const many = histogram([1_000_000, ...Array.from({ length: 23 }, () => 1)], VIEW)
  expect(Math.min(...many.map(({ h }) => h))).toBeGreaterThan(1)
  expect(Math.max(...many.map(({ x, w }) => x + w))).toBeLessThanOrEqual(100)
  expect(histogram([], VIEW)).toEqual([])
})
