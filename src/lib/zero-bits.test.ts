import { expect, test } from 'vitest'
import { beginsWithZeros } from './zero-bits.ts'

test('as many bits as the number begins with, and not one more', () => {
  const bits = (text: string) => [...Array(17).keys()].filter((n) => beginsWithZeros(text, n)).at(-1)
  expect(bits('ffff0')).toBe(0)
  expect(bits('7fff0')).toBe(1)
  expect(bits('1fff0')).toBe(3)
  expect(bits('0fff0')).toBe(4)
  expect(bits('008ff')).toBe(8)
  expect(bits('0003f')).toBe(14)
})
