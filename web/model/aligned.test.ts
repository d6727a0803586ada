import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { aligned } from './aligned.ts'
import { compare, counterparts } from './compare.ts'
import type { RunData } from './run-data.ts'
import { choices, dataOf, historyOf } from './testing.ts'

const PROCESSES = 4

/** Whatever could have caused an event stands before it. */
function inOrder(data: RunData, values: Float64Array): void {
  const last = data.processes.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    const process = data.process(i)
    expect(values[i], `event ${i}`).toBeGreaterThan(last[process]!)
    last[process] = values[i]!
    const message = data.messageOfDeliver(i)
    if (message !== -1) expect(values[i]).toBeGreaterThan(values[data.messages.sendAt[message]!]!)
  }
}

describe('an axis for two runs', () => {
  test('has what is the same at the same place, and causes before effects in both', () => {
    fc.assert(
      fc.property(choices, choices, choices, (same, here, there) => {
        const one = historyOf(PROCESSES, [...same, ...here]).data
        const other = historyOf(PROCESSES, [...same, ...there], 7_000).data
        const matched = counterparts(compare(one, other), one, other)
        const common = aligned(one, other, matched)
        inOrder(one, common.one)
        inOrder(other, common.other)
        for (const [i, at] of matched.entries()) if (at !== -1) expect(common.one[i]).toBe(common.other[at])
      }),
    )
  })

  test('a run beside itself stands on its Lamport time', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const { data } = historyOf(PROCESSES, list)
        const itself = Int32Array.from({ length: data.length }, (_, i) => i)
        const { one, last } = aligned(data, data, itself)
        const lamport = [...one].map((_, i) => data.lamport(i))
        expect([...one]).toEqual(lamport)
        expect(last).toBe(Math.max(0, ...lamport))
      }),
    )
  })

  test('counterparts that each would have to come before the other are parted, and the rest is not', () => {
    const alone = (...names: string[]) => {
      const hand = new Hand(2)
      for (const name of names) hand.at(0, 'indicate', { type: name })
      hand.at(1, 'indicate', { type: 'c' })
      return dataOf(hand, 2)
    }
    const [one, other] = [alone('a', 'b'), alone('b', 'a')]
    const crossed = aligned(one, other, Int32Array.of(1, 0, 2))
    inOrder(one, crossed.one)
    inOrder(other, crossed.other)
    expect(crossed.one[2]).toBe(crossed.other[2])
  })
})
