import { describe, expect, test } from 'vitest'
import { Prng } from '../../lib/prng.ts'
import type { Place } from '../../model/process.ts'
import type { Delivery } from '../experiment.ts'
import { Channels } from './channels.ts'

const ids = (n: number) => Array.from({ length: n }, (_, i) => `p${String(i).padStart(2, '0')}`)

function complete(n: number): { places: Place[]; indexOf: (id: string) => number } {
  const all = ids(n)
  const places = all.map((self) => {
    const others = all.filter((id) => id !== self)
    return { self, incoming: others, outgoing: others }
  })
  return { places, indexOf: (id) => all.indexOf(id) }
}

function channelsOf(n: number, delivery: Delivery): Channels {
  const { places, indexOf } = complete(n)
  return new Channels(places, indexOf, delivery)
}

test('every ordered pair has a channel of its own, found again', () => {
  for (const n of [2, 9, 40]) {
    const channels = channelsOf(n, 'fifo')
    const found = new Set<number>()
    for (let from = 0; from < n; from++) {
      for (let to = 0; to < n; to++) {
        if (from === to) continue
        const channel = channels.between(from, to)
        expect(channels.between(from, to)).toBe(channel)
        found.add(channel)
      }
    }
    expect(found.size).toBe(n * (n - 1))
  }
})

test('channels that nobody planned open when they are used, as many as come', () => {
  const lonely = ids(200).map((self) => ({ self, incoming: [], outgoing: [] }))
  const channels = new Channels(lonely, () => -1, 'fifo')
  const found = new Map<number, number>()
  for (let from = 0; from < 200; from++) {
    const channel = channels.between(from, 199 - from)
    expect(channels.carry(channel)).toBe(0)
    channels.inOrder(channel, from)
    found.set(from, channel)
  }
  expect(new Set(found.values()).size).toBe(200)
  for (const [from, channel] of found) {
    expect(channels.between(from, 199 - from)).toBe(channel)
    expect(channels.carry(channel)).toBe(1)
    expect(channels.inOrder(channel, 0)).toBe(from)
  }
})

/** For each message of a channel, by how many sent after it it was overtaken. */
function overtakings(delivery: Delivery, seed: number, messages: number): number[] {
  const channels = channelsOf(3, delivery)
  const random = new Prng(seed)
  const channel = channels.between(0, 1)
  const due = Array.from({ length: messages }, (_, sent) => ({
    sent,
    dueUs: channels.inOrder(channel, sent * 10 + random.below(1000)),
  }))
  const order = [...due].sort((a, b) => a.dueUs - b.dueUs || a.sent - b.sent).map(({ sent }) => sent)
  const arrivedAt = new Map(order.map((sent, at) => [sent, at]))
  return due.map(({ sent }) => order.slice(0, arrivedAt.get(sent)).filter((other) => other > sent).length)
}

describe('the order of a channel', () => {
  test('FIFO: nothing is overtaken', () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(Math.max(...overtakings('fifo', seed, 100)), `seed ${seed}`).toBe(0)
      expect(Math.max(...overtakings({ overtaking: 0 }, seed, 100)), `seed ${seed}`).toBe(0)
    }
  })

  test('bounded: a message is overtaken by as many as may, and by no more', () => {
    for (const bound of [1, 2, 5]) {
      let most = 0
      for (let seed = 0; seed < 50; seed++) {
        const worst = Math.max(...overtakings({ overtaking: bound }, seed, 100))
        expect(worst, `bound ${bound}, seed ${seed}`).toBeLessThanOrEqual(bound)
        most = Math.max(most, worst)
      }
      expect(most, `bound ${bound}`).toBe(bound)
    }
  })

  test('unordered: each comes when it would come alone', () => {
    const channels = channelsOf(2, 'unordered')
    const channel = channels.between(0, 1)
    expect([9, 3, 7].map((dueUs) => channels.inOrder(channel, dueUs))).toEqual([9, 3, 7])
  })

  test('after a crash a channel begins anew, and the others do not', () => {
    for (const delivery of ['fifo', { overtaking: 1 }] as const) {
      const channels = channelsOf(3, delivery)
      for (const to of [1, 2])
        for (const dueUs of [900, 900, 900]) channels.inOrder(channels.between(0, to), dueUs)
      channels.empty(0, 1)
      expect(channels.inOrder(channels.between(0, 1), 10)).toBe(10)
      expect(channels.inOrder(channels.between(0, 2), 10)).toBe(900)
    }
  })
})
