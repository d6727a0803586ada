import { expect, test } from 'vitest'
import { Column } from './column.ts'

test('a column holds what was put in, through every growth', () => {
  const column = new Column(Int32Array, 2)
  expect([...column.items]).toEqual([])
  for (let n = 0; n < 9; n++) {
    column.push(n)
    expect([...column.items]).toEqual(Array.from({ length: n + 1 }, (_, i) => i))
  }
  column.append([7, 7])
  column.set(0, 5)
  expect([column.length, column.at(0), column.at(10)]).toEqual([11, 5, 7])
  column.append(Array.from({ length: 100 }, () => 1))
  column.set(0, 6)
  expect([column.items.length, column.items[0], column.at(110)]).toEqual([111, 6, 1])
})
