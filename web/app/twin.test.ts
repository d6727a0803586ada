import { expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { dataOf } from '../model/testing.ts'
import { spaceTimeTwin } from './twin.ts'

test('who hears the page is told what a drawing shows: messages, crashes, recorded cuts, witnesses', () => {
  const hand = new Hand(3)
  hand.send(0, 1, { type: 'ping' })
  hand.deliver(1, 0, 0)
  hand.send(0, 1, { type: 'ping' })
  hand.fate('lost', 0, 1, 1, 'cut')
  hand.send(0, 2, { type: 'ping' })
  hand.at(1, 'crash') // 60 µs
  hand.at(1, 'recover', null) // 70 µs
  hand.at(2, 'crash') // 80 µs
  for (const process of [0, 1]) hand.at(process, 'indicate', { type: 'recorded', id: 's1' })
  const data = dataOf(hand, 3)
  const said = spaceTimeTwin(data, 2)
  for (const words of [
    `3 processes, ${data.length} events.`,
    '3 messages, 1 lost, 1 never arrived.',
    'p01 is down from 0.060 ms to 0.070 ms.',
    'p02 is down from 0.080 ms on.',
    'Recorded cut s1: consistent.',
    '2 events prove a violation',
  ]) {
    expect(said).toContain(words)
  }
  expect(spaceTimeTwin(data, 0)).not.toContain('violation')
})

test('of a run of many crashes the first are said, and how many more there are', () => {
  const hand = new Hand(1)
  for (let k = 0; k < 20; k++) {
    hand.at(0, 'crash')
    hand.at(0, 'recover', null)
  }
  const said = spaceTimeTwin(dataOf(hand, 1), 0)
  expect(said.match(/is down from/g)?.length).toBe(12)
  expect(said).toContain('And so on, 8 more.')
})
