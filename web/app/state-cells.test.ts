import { expect, test } from 'vitest'
import { cellsOf, changedCells } from './state-cells.ts'

test('a plain record is opened one level, a map is one cell', () => {
  const cells = cellsOf({ basic: { balance: 3, deep: { a: 1 } }, seen: new Map([['s1', 2]]), none: null })
  expect([...cells]).toEqual([
    ['basic.balance', '3'],
    ['basic.deep', '{a: 1}'],
    ['seen', '{s1 → 2}'],
    ['none', 'null'],
  ])
  expect(cellsOf(null).size).toBe(0)
})

test('only the figure that changed is marked, not the record it is in', () => {
  const before = cellsOf({ basic: { balance: 3, spendings: 1 } })
  const after = cellsOf({ basic: { balance: 2, spendings: 1 }, fresh: 0 })
  expect([...changedCells(before, after)]).toEqual(['basic.balance', 'fresh'])
})
