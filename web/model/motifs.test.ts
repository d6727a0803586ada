import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { broadcasts, gathers } from './motifs.ts'
import { clusters } from './shapes-of-operations.ts'
import { dataOf } from './testing.ts'

/** p00 asks the three others, who answer; p03's answer is lost. */
function asked(): Hand {
  const hand = new Hand(4)
  hand.at(0, 'request', { type: 'poll' })
  const questions = [1, 2, 3].map((to) => hand.send(0, to, { type: 'ask' }))
  const answers = [1, 2, 3].map((to, k) => {
    hand.deliver(to, 0, questions[k]!)
    return hand.send(to, 0, { type: 'answer' })
  })
  for (const k of [0, 1]) hand.deliver(0, k + 1, answers[k]!)
  hand.fate('lost', 3, 0, answers[2]!, 'a rule')
  return hand
}

test('a broadcast and what was gathered', () => {
  const data = dataOf(asked(), 4)
  expect(broadcasts(data)).toEqual({ places: [{ messages: [0, 1, 2], locals: [] }], stopped: null })
  expect(gathers(data).places, 'two senders are too few').toEqual([])
  const all = asked()
  const late = all.send(3, 0, { type: 'answer' })
  all.deliver(0, 3, late)
  expect(gathers(dataOf(all, 4)).places).toEqual([{ messages: [3, 4, 6], locals: [] }])
})

describe('operations by shape', () => {
  test('who answers and when makes no difference; what is missing does', () => {
    const hand = new Hand(3)
    const poll = (order: readonly number[], lost: boolean) => {
      hand.at(0, 'request', { type: 'poll' })
      const numbers = [1, 2].map((to) => hand.send(0, to, { type: 'ask' }))
      for (const to of order) {
        if (lost && to === 2) hand.fate('lost', 0, 2, numbers[1]!, 'a rule')
        else hand.deliver(to, 0, numbers[to - 1]!)
      }
    }
    poll([1, 2], false)
    poll([2, 1], false)
    poll([1, 2], true)
    expect(
      clusters(dataOf(hand, 3)).map(({ shape, messages, operations }) => [shape, messages, operations]),
    ).toEqual([
      ['poll(ask ×2)', 2, [0, 1]],
      ['poll(ask, undelivered ask)', 2, [2]],
    ])
  })

  test('a tree of messages in words', () => {
    expect(clusters(dataOf(asked(), 4)).map(({ shape }) => shape)).toEqual([
      'poll(ask(answer) ×2, ask(undelivered answer))',
    ])
  })
})
