import { expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { dataOf } from '../model/testing.ts'
import { proofsOf } from './proofs.ts'

test('a message went wrong if both its ends are witnesses, or a recorded cut has only its receipt', () => {
  const hand = new Hand(2)
  const first = hand.send(0, 1, { type: 'a' }) // 0
  hand.deliver(1, 0, first) // 1
  hand.at(0, 'timeout', { type: 'tick' })
  hand.at(0, 'indicate', { type: 'recorded', id: 's' })
  const second = hand.send(0, 1, { type: 'b' }) // 4
  hand.deliver(1, 0, second) // 5
  hand.at(1, 'timeout', { type: 'tick' })
  hand.at(1, 'indicate', { type: 'recorded', id: 's' })
  const data = dataOf(hand, 2)
  expect(proofsOf(data, new Set([1, 99]))).toEqual([1])
  expect(proofsOf(data, new Set([0, 1]))).toEqual([0, 1])
  expect(proofsOf(data, new Set([4, 5])), 'each once').toEqual([1])
})
