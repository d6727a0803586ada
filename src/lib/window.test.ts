import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Window } from './window.ts'

const deed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ adds: fc.integer({ min: 1, max: 3 }) }) }, // a number further on
  { weight: 3, arbitrary: fc.record({ deletes: fc.nat(5) }) }, // one of the oldest
)

test('keeps what a Map keeps, in the order of the numbers', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 400 }), (deeds) => {
      const [window, map] = [new Window<string>(), new Map<number, string>()]
      let last = -1
      for (const each of deeds) {
        if ('adds' in each) {
          last += each.adds
          window.add(last, `item ${last}`)
          map.set(last, `item ${last}`)
        } else {
          const number = [...map.keys()][each.deletes]
          if (number === undefined) continue
          window.delete(number)
          map.delete(number)
        }
        expect([...window.values()]).toEqual([...map.values()])
        for (let number = -1; number <= last + 1; number++) expect(window.get(number)).toBe(map.get(number))
      }
    }),
    { numRuns: 50 },
  )
})

test('forgets the beginning of what is long, whether one stays there or not', () => {
  for (const stays of [false, true]) {
    const window = new Window<number>()
    if (stays) window.add(0, 0)
    for (let number = 1; number <= 10_000; number++) window.add(number, number)
    for (let number = 1; number <= 9_990; number++) window.delete(number)
    const rest = Array.from({ length: 10 }, (_, i) => 9_991 + i)
    expect([...window.values()]).toEqual(stays ? [0, ...rest] : rest)
    expect(window.get(9_990)).toBeUndefined()
    window.add(10_001, 10_001)
    expect(window.get(10_001)).toBe(10_001)
  }
})
