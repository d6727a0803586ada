import { expect, test } from 'vitest'
import { assert, Bug, only } from './assert.ts'

test('a broken invariant is a bug, with its sentence', () => {
  assert(true, 'never said')
  expect(() => assert(false, 'two leaders')).toThrow(Bug)
  expect(() => assert(0, 'two leaders')).toThrow('two leaders')
})

test('the sole element, or a bug', () => {
  expect(only([7], 'one ring')).toBe(7)
  expect(() => only([], 'one ring')).toThrow(/assumption broken: one ring/)
  expect(() => only([1, 2], 'one ring')).toThrow(Bug)
})
