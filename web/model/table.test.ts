import { expect, test } from 'vitest'
import { Table } from './table.ts'

test('a table holds what was written, through every growth, and shows no more than that', () => {
  const table = new Table({ a: Int32Array, b: Float64Array }, 2)
  expect([...table.views.a]).toEqual([])
  for (let n = 0; n < 9; n++) {
    table.reserve(n + 1)
    table.rows.a[n] = n
    table.rows.b[n] = n / 2
    table.grow(1)
    expect([...table.views.a]).toEqual(Array.from({ length: n + 1 }, (_, i) => i))
    expect(table.views.b.at(-1)).toBe(n / 2)
  }
  const before = table.views
  expect(table.views, 'the same while nothing is added').toBe(before)
  table.reserve(1_000)
  expect([table.length, table.views.a.length, table.rows.a.length]).toEqual([9, 9, 1_000])
  expect([...table.views.a]).toEqual([...before.a])
})
