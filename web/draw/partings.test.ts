import { expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { dataOf } from '../model/testing.ts'
import { fit, frameOf } from './frame.ts'
import { partingMarks } from './partings.ts'

const hand = new Hand(3)
for (const process of [0, 1, 2]) hand.at(process, 'indicate', { type: 'it' })
const data = dataOf(hand, 3)
const frame = (order: readonly number[]) =>
  frameOf(data, {
    ...{ width: 900, height: 300, axis: 'logical', ...fit(data, 'logical'), scrollTop: 0, order },
  })

test('two drawings whose names differ in length begin at the same place', () => {
  const wide = 'p00 (p03)'.length
  const view = { width: 900, height: 300, axis: 'real', from: 0, to: 1, order: [0], scrollTop: 0 } as const
  const [own, roomy] = [frameOf(data, view), frameOf(data, { ...view, nameLength: wide })]
  const named = frameOf(data, { ...view, names: ['p00 (p03)'] })
  expect(own.left).toBeLessThan(roomy.left)
  expect(roomy.left).toBe(named.left)
})

test('a run is marked where it parts, with a sign where that is first; not on a hidden line', () => {
  const marks = [
    { event: 0, isFirst: true },
    { event: 1, isFirst: false },
    { event: 2, isFirst: true },
  ]
  const shown = frame([0, 1])
  const list = [...partingMarks(data, shown, marks)]
  expect(list.map(({ shape, role, tone, ref }) => [shape, role, tone, ref?.event])).toEqual([
    ['line', 'parting', 'ink', 0],
    ['text', 'parting', 'ink', 0],
    ['line', 'parting', 'muted', 1],
  ])
  const [line] = list
  expect(line?.shape === 'line' && [line.x1, (line.y1 + line.y2) / 2]).toEqual([shown.x(0), shown.yOf(0)])
})
