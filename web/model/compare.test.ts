import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { past } from './causality.ts'
import { compare, counterpart } from './compare.ts'
import type { RunData } from './run-data.ts'
import { type Choice, choices, dataOf, historyOf } from './testing.ts'

const PROCESSES = 4
const made = (list: readonly Choice[], stepNs?: number) => historyOf(PROCESSES, list, stepNs).data

const eventsOf = (run: RunData, name: string) => [...run.ofProcess(run.processes.indexOf(name))]

describe('two runs', () => {
  test('of which one is slower are the same', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const [one, other] = [made(list), made(list, 7_000)]
        const { first, later } = compare(one, other)
        expect([...first, ...later]).toEqual([])
        for (let i = 0; i < one.length; i++) {
          const its = counterpart(compare(one, other), one, other, i)
          expect([other.process(its), other.seq(its)]).toEqual([one.process(i), one.seq(i)])
        }
      }),
    )
  })

  test('part where one goes on', () => {
    fc.assert(
      fc.property(choices, fc.nat(), (list, at) => {
        const [one, other] = [made(list), made(list.slice(0, at % (list.length + 1)))]
        const { first, later, alike } = compare(one, other)
        for (const name of one.processes) {
          expect(alike.get(name)).toBe(eventsOf(other, name).length)
          const more = eventsOf(one, name)[alike.get(name)!]
          const parting = [...first, ...later].find((each) => each.name === name)
          expect(parting?.one).toBe(more)
          if (parting) expect(parting.other).toBe(-1)
        }
      }),
    )
  })

  test('part first where the first run does, if each follows from the other in one of them', () => {
    const asks = (from: number, to: number) => {
      const hand = new Hand(2)
      hand.send(from, to, { type: 'ask' })
      hand.deliver(to, from, 0)
      return dataOf(hand, 2)
    }
    const { first, later } = compare(asks(0, 1), asks(1, 0))
    expect([first, later].map((all) => all.map(({ name }) => name))).toEqual([['p00'], ['p01']])
  })

  test('part first where no other difference came before', () => {
    fc.assert(
      fc.property(choices, choices, choices, (same, here, there) => {
        const [one, other] = [made([...same, ...here]), made([...same, ...there])]
        const { first, later, alike } = compare(one, other)
        expect(first.length === 0 && later.length > 0, 'something always comes first').toBe(false)
        const differs = (run: RunData, i: number) => run.seq(i) > alike.get(run.processes[run.process(i)]!)!
        const caused = (run: RunData, at: number) =>
          at !== -1 && past(run, at).some((mark, i) => mark === 1 && differs(run, i))
        const all = [...first, ...later]
        const isCircle = all.every(({ one: here, other: there }) => caused(one, here) || caused(other, there))
        for (const { one: here, other: there } of first)
          expect(caused(one, here) || (!isCircle && caused(other, there))).toBe(false)
        for (const { one: here, other: there } of later)
          expect(caused(one, here) || caused(other, there)).toBe(true)
      }),
    )
  })
})
