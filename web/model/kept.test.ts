import { describe, expect, test } from 'vitest'
import { Hand, runOf } from '../../src/trace-format/testing.ts'
import { differenceOf, keptOf } from './kept.ts'
import { RunData } from './run-data.ts'

const ping = (n: number) => ({ type: 'ping', n })

/** p00 asks p02 twice and p01 once; p01 answers p00; then p02 tells. */
function original(): RunData {
  const hand = new Hand(3)
  for (const process of [0, 1, 2]) hand.at(process, 'start') // 0 1 2
  hand.at(0, 'request', { type: 'go', n: 5 }) // 3
  hand.send(0, 2, ping(1)) // 4
  hand.send(0, 1, ping(2)) // 5
  hand.deliver(1, 0, 1) // 6
  hand.send(1, 0, { type: 'pong' }) // 7
  hand.at(0, 'request', { type: 'go', n: 6 }) // 8
  hand.send(0, 2, ping(3)) // 9
  hand.deliver(2, 0, 0) // 10
  hand.deliver(2, 0, 2) // 11
  hand.at(2, 'indicate', { type: 'told', self: 'p02' }) // 12
  hand.deliver(0, 1, 0) // 13
  return RunData.of({ run: { ...runOf(3), id: 'original' } }, hand.flush().blocks)
}

type Pairs = readonly (readonly [number, number])[]

/** What is left of it without p01: p02 is called p01. Only the second ping to it is sent. */
function short(events: Pairs, n = 6): RunData {
  const hand = new Hand(2)
  for (const process of [0, 1]) hand.at(process, 'start') // 0 1
  hand.at(0, 'request', { type: 'go', n }) // 2
  hand.send(0, 1, ping(3)) // 3
  hand.deliver(1, 0, 0) // 4
  hand.at(1, 'indicate', { type: 'told', self: 'p01' }) // 5: by the name it has here
  const shortenedFrom = { run: 'original', processes: ['p00', 'p02'], events }
  return RunData.of({ run: { ...runOf(2), id: 'short', shortenedFrom } }, hand.flush().blocks)
}

const TOLD: Pairs = [
  [2, 8],
  [4, 11],
]

describe('a short form beside its original', () => {
  test('what came to processes is as the record says; what their handlers did follows', () => {
    const kept = keptOf(short(TOLD), original())!
    expect([...kept.inOriginal]).toEqual([0, 2, 8, 9, 11, 12])
    expect([...kept.inShort]).toEqual([0, -1, 1, -1, -1, -1, -1, -1, 2, 3, -1, 4, 5, -1])
    expect([kept.count, kept.processes]).toEqual([6, [0, 2]])
  })

  test('without a record by causal names, and of several the one that says the same', () => {
    const kept = keptOf(short([]), original())!
    expect([...kept.inOriginal]).toEqual([0, 2, 8, 9, 11, 12])
  })

  test('a smaller number in a request is the same event, and said to differ', () => {
    const [one, two] = [short(TOLD, 0), original()]
    const kept = keptOf(one, two)!
    expect([...kept.inOriginal]).toEqual([0, 2, 8, 9, 11, 12])
    expect(differenceOf(one, two, kept)).toEqual({ leftOut: [1, 3], changed: [2], added: [] })
  })

  test('what is left out first is what nothing else that is left out could have caused', () => {
    const [one, two] = [short(TOLD), original()]
    // Of p00 its first request; the start of p01. All else that is gone came after one of these.
    expect(differenceOf(one, two, keptOf(one, two)!).leftOut).toEqual([1, 3])
  })

  test('a record that says what cannot be is not believed, and one of another run is none', () => {
    const lies: Pairs = [
      [2, 6],
      [99, 3],
      [4, 99],
    ]
    expect([...keptOf(short(lies), original())!.inOriginal]).toEqual([0, 2, 8, 9, 11, 12])
    expect(keptOf(short(TOLD), short(TOLD))).toBeNull()
    expect(keptOf(original(), short(TOLD))).toBeNull()
  })
})
