import { describe, expect, it } from 'vitest'
import { decodeBlock, encodeBlock } from './block-codec.ts'
import { EventReader, innermostType } from './history-reader.ts'
import { Hand } from './testing.ts'

const PING = { type: 'ping', n: 1 }

function read(hand: Hand) {
  const reader = new EventReader()
  const events = hand.flush().blocks.flatMap((block) => [...reader.read(decodeBlock(encodeBlock(block)))])
  return { events, reader }
}

describe('the reader of a history', () => {
  it('says what a delivery, a loss and a duplicate are of, until the last copy is gone', () => {
    const hand = new Hand(2)
    const first = hand.send(0, 1, PING)
    hand.fate('duplicate', 0, 1, first)
    hand.flush() // what is in transit outlasts a block
    hand.deliver(1, 0, first)
    hand.fate('lost', 0, 1, first, 'cut')
    const { events, reader } = read(hand)
    expect(events.map(({ kind, type, message }) => [kind, type, message])).toEqual([
      ['send', 'ping', PING],
      ['duplicate', 'ping', PING],
      ['deliver', 'ping', PING],
      ['lost', 'ping', PING],
    ])
    expect(events[3]).toMatchObject({ payload: 'cut', text: '"cut"', peer: 1, position: 3, seq: 3 })
    expect(reader.inTransit).toBe(0)
  })

  it('does not mix up messages of different senders with the same number', () => {
    const hand = new Hand(3)
    hand.send(0, 2, { type: 'a' })
    hand.send(1, 2, { type: 'b' })
    hand.deliver(2, 1, 0)
    hand.deliver(2, 0, 0)
    expect(read(hand).events.map(({ type }) => type)).toEqual(['a', 'b', 'b', 'a'])
  })

  it('gives each payload to its event', () => {
    const hand = new Hand(1)
    hand.at(0, 'start')
    hand.at(0, 'setTimer', [{ type: 'beat' }, 5, 9])
    hand.at(0, 'store', { vote: 3 })
    hand.at(0, 'crash')
    hand.at(0, 'recover', null)
    hand.at(0, 'timeout', { type: 'beat' })
    expect(read(hand).events.map(({ kind, type, payload }) => [kind, type, payload])).toEqual([
      ['start', '', undefined],
      ['setTimer', 'beat', [{ type: 'beat' }, 5, 9]],
      ['store', '', { vote: 3 }],
      ['crash', '', undefined],
      ['recover', '', null],
      ['timeout', 'beat', { type: 'beat' }],
    ])
  })

  it('reads a delivery whose send it has not read', () => {
    const hand = new Hand(2)
    hand.deliver(1, 0, 5)
    expect(read(hand).events[0]).toMatchObject({ kind: 'deliver', type: '', number: 5, message: undefined })
  })

  it('goes by the type of what is carried', () => {
    expect(innermostType({ type: 'basic', message: { type: 'basic', message: { type: 'ping' } } })).toBe(
      'ping',
    )
    expect(innermostType({ type: 'basic', timer: { type: 'beat' } })).toBe('beat')
    expect(innermostType({ type: 'marker', message: { type: 'ping' } })).toBe('marker')
    expect(innermostType({ type: 'basic' })).toBe('basic')
    for (const foreign of [null, 3, 'ping', [], {}, { type: 3 }]) expect(innermostType(foreign)).toBe('')
  })
})
