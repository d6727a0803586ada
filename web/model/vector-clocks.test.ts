import fc from 'fast-check'
import { expect, test } from 'vitest'
import { past } from './causality.ts'
import { choices, historyOf } from './testing.ts'
import { VectorClocks } from './vector-clocks.ts'

const PROCESSES = 4

test('an entry counts the events of a process in the past of an event, itself included', () => {
  fc.assert(
    fc.property(choices, (made) => {
      const { data } = historyOf(PROCESSES, made)
      const clocks = new VectorClocks(data)
      for (let i = 0; i < data.length; i++) {
        const expected = new Array<number>(PROCESSES).fill(0)
        past(data, i).forEach((mark, at) => {
          expected[data.process(at)]! += mark
        })
        expected[data.process(i)]!++
        expect([...clocks.next()]).toEqual(expected)
      }
    }),
  )
})
