import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { messageStatistics, operationCosts } from './message-statistics.ts'
import { dataOf, longHistory } from './testing.ts'

const MS = 1e6

/** Pings on their way for a given time each, one after the other. */
function pings(...latenciesNs: readonly number[]) {
  const hand = new Hand(2)
  for (const ns of latenciesNs) {
    const number = hand.send(0, 1, { type: 'ping' })
    const before = hand.timeNs
    hand.wait(ns - 10_000) // an event takes 10 µs
    hand.deliver(1, 0, number)
    expect(hand.timeNs - before).toBe(ns)
  }
  return dataOf(hand, 2)
}

describe('how long messages were on their way', () => {
  test('least and most to the ns, the median to a few percent', () => {
    const [ping] = messageStatistics(pings(MS, 2 * MS, 4 * MS, 900 * MS, 3 * MS), null).latencies
    expect(ping).toMatchObject({ delivered: 5, leastNs: MS, mostNs: 900 * MS })
    expect(Math.abs(ping!.medianNs / (3 * MS) - 1)).toBeLessThan(0.03)
  })

  test('a bar holds what lies between its ends, and all bars hold all', () => {
    const latencies = [1, 1.2, 5, 5.1, 5.2, 80, 81, 640].map((ms) => ms * MS)
    const { bars, beginNs, factor } = messageStatistics(pings(...latencies), null).latencies[0]!
    expect(bars.length).toBeLessThanOrEqual(24)
    const between = bars.map((_, bar) => {
      const [from, to] = [beginNs * factor ** bar, beginNs * factor ** (bar + 1)]
      return latencies.filter((ns) => ns >= from && ns < to).length
    })
    expect(bars).toEqual(between)
  })

  test('all the same is one bar; of a type that never arrived there is none', () => {
    expect(messageStatistics(pings(MS, MS), null).latencies).toMatchObject([{ bars: [2], medianNs: MS }])
    const hand = new Hand(2)
    hand.fate('lost', 0, 1, hand.send(0, 1, { type: 'gone' }), 'a rule')
    expect(messageStatistics(dataOf(hand, 2), null).latencies).toEqual([null])
  })
})

test('what each process sent, got and lost; a copy is delivered and was not sent', () => {
  const hand = new Hand(3)
  const first = hand.send(0, 1, { type: 'a' })
  hand.fate('duplicate', 0, 1, first)
  hand.deliver(1, 0, first)
  hand.deliver(1, 0, first)
  hand.fate('lost', 1, 2, hand.send(1, 2, { type: 'a' }), 'a rule')
  const { sent, delivered, lost } = messageStatistics(dataOf(hand, 3), null)
  expect([[...sent], [...delivered], [...lost]]).toEqual([
    [1, 1, 0],
    [0, 2, 0],
    [0, 1, 0],
  ])
})

test('of a long history nothing is left out', () => {
  const { data } = longHistory(20_000, 7, 3)
  const { latencies, sent, delivered } = messageStatistics(data, null)
  const sum = (all: Iterable<number>) => [...all].reduce((total, one) => total + one, 0)
  const arrived = data.messages.deliverAt.filter((at) => at !== -1).length
  expect(sum(delivered)).toBe(arrived)
  expect(sum(latencies.map((each) => sum(each?.bars ?? [])))).toBe(arrived)
  expect(sum(sent)).toBe(data.messages.length)
})

test('what operations of a name cost', () => {
  const hand = new Hand(2)
  for (const [type, messages] of [
    ['ask', 3],
    ['tell', 0],
    ['ask', 1],
    ['ask', 7],
  ] as const) {
    hand.at(0, 'request', { type })
    for (let k = 0; k < messages; k++) hand.send(0, 1, { type: 'm' })
  }
  expect(operationCosts(dataOf(hand, 2), null)).toEqual([
    { name: 'ask', operations: 3, least: 1, median: 3, most: 7 },
    { name: 'tell', operations: 1, least: 0, median: 0, most: 0 },
  ])
})
