import { expect, test } from 'vitest'
import { brief } from './brief.ts'

test('a state reads as a list of its fields', () => {
  const state = { pings: 3, heard: new Set(['p01', 'p02']), left: new Map([['p03', [1, 2]]]), leader: null }
  expect(brief(state)).toBe('pings: 3, heard: {p01, p02}, left: {p03: [1, 2]}, leader: –')
})

test('what is no record stands for itself', () => {
  expect(brief(7)).toBe('7')
  expect(brief([{ a: 'b' }])).toBe('[{a: b}]')
  expect(brief(new Set())).toBe('{}')
})
