import { expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { figuresOf } from './figures.ts'
import { dataOf } from './testing.ts'

const [PING, PONG] = [{ type: 'ping' }, { type: 'pong' }]

test('two runs in figures: what was sent, lost, doubled and never came, and how long it took', () => {
  const one = new Hand(2)
  one.send(0, 1, PING) // 10 µs
  one.send(0, 1, PING) // 20
  one.deliver(1, 0, 0) // 30: 20 µs
  one.deliver(1, 0, 1) // 40: 20 µs
  one.send(1, 0, PONG)
  one.fate('lost', 1, 0, 0, 'test')
  const other = new Hand(2)
  other.send(0, 1, PING) // 10
  other.fate('duplicate', 0, 1, 0)
  other.deliver(1, 0, 0) // 30: 20 µs
  other.wait(60_000)
  other.deliver(1, 0, 0) // 100: 90 µs
  other.send(0, 1, { type: 'late' })
  const rows = figuresOf(dataOf(one, 2), dataOf(other, 2)).map(({ name, one, other }) => [name, one, other])
  expect(rows).toEqual([
    ['events', 6, 5],
    ['duration', null, null],
    ['messages sent', 3, 2],
    ['lost', 1, 0],
    ['duplicated', 0, 1],
    ['never arrived', 0, 1],
    ['latency, median', 20_000, 20_000],
    ['latency, 99 %', 20_000, 90_000],
    ['ping sent', 2, 1],
    ['pong sent', 1, 0],
    ['late sent', 0, 1],
  ])
})
