import { expect, test } from 'vitest'
import { KIND } from './events.ts'
import { innermostType } from './history-reader.ts'
import { type Outline, Outliner } from './outline.ts'
import { decodeOutline, encodeOutline } from './outline-codec.ts'
import { Hand } from './testing.ts'

function outlined(hand: Hand): Outline[] {
  const outliner = new Outliner()
  return hand.flush().blocks.map((block) => outliner.take(block))
}

test('a timeout knows where its timer was set: at last, and not before a crash', () => {
  const hand = new Hand(2)
  const timer = { type: 'beat', round: 1 }
  hand.at(0, 'setTimer', [timer, 5, 5])
  const again = hand.at(0, 'setTimer', [timer, 5, 9])
  hand.at(1, 'setTimer', [timer, 5, 5])
  hand.flush()
  hand.at(0, 'timeout', timer)
  hand.at(0, 'timeout', timer)
  hand.at(1, 'crash')
  hand.at(1, 'timeout', timer)
  const [, second] = outlined(hand)
  expect([...second!.follows]).toEqual([again, -1, -1])
})

test('what an algorithm recorded is kept as it was said, other indications are not', () => {
  const hand = new Hand(1)
  hand.at(0, 'indicate', { type: 'done' })
  const recorded = hand.at(0, 'indicate', { type: 'recorded', id: 's' })
  const [outline] = outlined(hand)
  expect(outline!.kept).toEqual([{ position: recorded, text: '{"type":"recorded","id":"s"}' }])
})

test('the type of each payload is its innermost, wherever it stands and whatever came before', () => {
  const texts = [
    '{"type":"money","amount":1}',
    '{"type":"money","amount":2}',
    '{"type":"money"}',
    '{"amount":1,"type":"money"}',
    '{"amount":2,"type":"money"}',
    '{"amount":2,"note":",\\"type\\":\\"money\\"}"}',
    '{"inner":{"a":1,"type":"money"}}',
    '{"a":1,"type":"basic"}',
    '{"message":{"a":1,"type":"coin"},"type":"basic"}',
    '{"type":"basic","message":{"type":"money","amount":3}}',
    '{"type":"basic","message":{"type":"coin","amount":3}}',
    '{"type":"mo\\"ney","amount":3}',
    '{"amount":"{\\"type\\":\\"money\\",","type":"coin"}',
  ]
  const pairs = texts.flatMap((one) => texts.flatMap((two) => [one, two]))
  const hand = new Hand(2)
  for (const text of pairs) hand.send(0, 1, JSON.parse(text))
  const [outline] = outlined(hand)
  const types = [...outline!.word].map((word) => outline!.words[word] ?? '')
  expect(types).toEqual(pairs.map((text) => innermostType(JSON.parse(text))))
})

test('a stretch comes back from the wire as it went', () => {
  const hand = new Hand(3, 7)
  hand.at(0, 'start')
  const number = hand.send(0, 1, { type: 'basic', message: { type: 'größe' } })
  hand.deliver(1, 0, number)
  hand.at(2, 'setTimer', [{ type: 'beat' }, 1, 2])
  hand.at(2, 'timeout', { type: 'beat' })
  hand.at(1, 'indicate', { type: 'recorded', id: 'ü' })
  const [outline] = outlined(hand)
  expect(decodeOutline(encodeOutline(outline!))).toEqual(outline)
  expect(outline!.words).toContain('größe')
})

test('what is no stretch is refused', () => {
  const bytes = encodeOutline(outlined(new Hand(1).wait(1))[0] ?? empty)
  expect(() => decodeOutline(bytes.subarray(0, 12))).toThrow('too short')
  bytes[8] = 200 // events
  expect(() => decodeOutline(bytes)).toThrow('not as long as it says')
  const kinds = new Hand(1)
  kinds.at(0, 'start')
  const wrong = encodeOutline({ ...outlined(kinds)[0]!, kind: Uint8Array.of(250) })
  expect(() => decodeOutline(wrong)).toThrow('no event of kind 250')
  const timeout = encodeOutline({ ...outlined(kinds)[0]!, kind: Uint8Array.of(KIND.timeout) })
  expect(() => decodeOutline(timeout)).toThrow('where it was set')
})

const none = new Uint32Array()
const empty: Outline = {
  ...{ first: 0, length: 0, kind: new Uint8Array(), process: new Uint16Array(), peer: new Uint16Array() },
  ...{ number: none, lamport: none, extra: none, timeNs: new Float64Array(), localNs: new Float64Array() },
  ...{ word: new Uint16Array(), words: [], follows: new Int32Array(), kept: [] },
}
