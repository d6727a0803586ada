import { expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { dataOf } from '../model/testing.ts'
import { columnsOf, rowOf, stepsBefore } from './state-rows.ts'

const hand = new Hand(2)
for (const process of [0, 1]) hand.at(process, 'start') // 0 1
hand.state(0, true, { n: 0, log: [] })
hand.at(0, 'timeout', { type: 'tick' }) // 2
hand.state(2, false, { n: 1 })
hand.send(0, 1, { type: 'ping' }) // 3
hand.deliver(1, 0, 0) // 4
hand.at(0, 'timeout', { type: 'tick' }) // 5
hand.state(5, false, { n: 2 })
const data = dataOf(hand, 2)

test('a process is followed by its steps, the latest first, with what each changed', () => {
  expect(stepsBefore(data, 0, 5, 9)).toEqual([5, 2, 0])
  expect(stepsBefore(data, 0, 4, 9)).toEqual([2, 0])
  expect(stepsBefore(data, 0, 5, 1)).toEqual([5])
  expect(stepsBefore(data, 1, -1, 9)).toEqual([])
  const rows = stepsBefore(data, 0, 5, 9).map((at) => rowOf(data, 0, at))
  expect(rows.map(({ cells }) => cells.get('n'))).toEqual(['2', '1', '0'])
  expect(rows.map(({ changed }) => [...changed])).toEqual([['n'], ['n'], []])
})

test('pinned fields are the columns, in their order, also where nobody has them', () => {
  const rows = [rowOf(data, 0, 5), rowOf(data, 1, -1)]
  expect(columnsOf(rows, [])).toEqual(['n', 'log'])
  expect(columnsOf(rows, ['gone', 'n'])).toEqual(['gone', 'n'])
})
