import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import {
  FOUND_MOST,
  findPattern,
  localTypes,
  type Pattern,
  type PatternLocal,
  patternMistake,
  REQUEST_RESPONSE,
} from './patterns.ts'
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

const message = (from: string, to: string, type: string | null = null) => ({ from, to, type })
const local = (at: string, kind: PatternLocal['kind'], type: string | null = null) => ({ at, kind, type })
const messagesOf = (data: ReturnType<typeof dataOf>, pattern: Pattern) =>
  findPattern(data, pattern).places.map(({ messages }) => messages)

describe('patterns of messages', () => {
  const data = dataOf(asked(), 4)

  test('a question and its answer, not one that was lost', () => {
    expect(messagesOf(data, REQUEST_RESPONSE)).toEqual([
      [0, 3],
      [1, 4],
    ])
  })

  test('types, order at each process, and one process for one letter', () => {
    expect(messagesOf(data, [message('a', 'b', 'answer')])).toEqual([[3], [4]])
    expect(messagesOf(data, [message('a', 'b', 'nothing such')])).toEqual([])
    const backwards = [message('a', 'b', 'answer'), message('b', 'a', 'ask')]
    expect(messagesOf(data, backwards), 'not backwards').toEqual([])
    const both = [message('a', 'c', 'ask'), message('a', 'b', 'ask'), message('b', 'a', 'answer')]
    expect(messagesOf(data, both)).toEqual([[0, 1, 4]])
  })

  test('a sender that was not met yet, by what the receiver gets next', () => {
    const twoAnswers = [message('b', 'a', 'answer'), message('c', 'a', 'answer')]
    expect(messagesOf(data, twoAnswers)).toEqual([[3, 4]])
  })
})

describe('patterns with events of a process alone', () => {
  /** p00 is asked and asks p01, who crashes, comes back and answers; then all again without the crash. */
  function crashed() {
    const hand = new Hand(2)
    const positions: number[] = []
    for (const crashes of [true, false]) {
      positions.push(hand.at(0, 'request', { type: 'poll' }))
      hand.deliver(1, 0, hand.send(0, 1, { type: 'ask' }))
      if (crashes) positions.push(hand.at(1, 'crash'), hand.at(1, 'recover', null))
      hand.deliver(0, 1, hand.send(1, 0, { type: 'answer' }))
      positions.push(hand.at(0, 'indicate', { type: crashes ? 'late' : 'done' }))
    }
    return { data: dataOf(hand, 2), positions }
  }
  const { data, positions } = crashed()
  const [asked1, crash, recover, late, asked2, done] = positions

  test('between messages, in the order of their process', () => {
    const fell = [message('a', 'b'), local('b', 'crash'), local('b', 'recover'), message('b', 'a')]
    expect(findPattern(data, fell)).toEqual({
      places: [{ messages: [0, 1], locals: [crash, recover] }],
      stopped: null,
    })
    const whole = [local('a', 'request', 'poll'), ...REQUEST_RESPONSE, local('a', 'indicate')]
    expect(findPattern(data, whole).places).toEqual([
      { messages: [0, 1], locals: [asked1, late] },
      { messages: [2, 3], locals: [asked2, done] },
    ])
  })

  test('of a type, alone, and never before what it stands behind', () => {
    expect(findPattern(data, [local('a', 'indicate', 'done')]).places).toEqual([
      { messages: [], locals: [done] },
    ])
    expect(findPattern(data, [local('a', 'indicate', 'nothing such')]).places).toEqual([])
    expect(findPattern(data, [local('a', 'recover'), local('a', 'crash')]).places).toEqual([])
    expect(findPattern(data, [message('a', 'b', 'answer'), local('a', 'crash')]).places).toEqual([])
  })

  test('what the run has none of is not looked for at all', () => {
    const absent = [message('a', 'b'), local('b', 'timeout')]
    expect(findPattern(data, absent, 0), 'without a look').toEqual({ places: [], stopped: null })
    expect(findPattern(data, [message('a', 'b'), local('b', 'crash')], 0).stopped).toBe('looks')
  })

  test('one event is not two', () => {
    const twice = [local('a', 'crash'), local('a', 'crash')]
    expect(findPattern(data, twice).places).toEqual([])
  })

  test('what a run has of them', () => {
    expect([...localTypes(data, null)]).toEqual([
      ['recover', []],
      ['crash', []],
      ['request', ['poll']],
      ['indicate', ['done', 'late']],
    ])
  })
})

describe('a search that is ended says so', () => {
  test('when more was found than anybody walks through', () => {
    const hand = new Hand(1)
    for (let k = 0; k < FOUND_MOST; k++) hand.at(0, 'indicate', { type: 'more' })
    const pattern = [local('a', 'indicate')]
    expect(findPattern(dataOf(hand, 1), pattern).stopped).toBeNull()
    hand.at(0, 'indicate', { type: 'more' })
    const { places, stopped } = findPattern(dataOf(hand, 1), pattern)
    expect([places.length, stopped]).toEqual([FOUND_MOST, 'places'])
  })

  test('when more was looked at than a reader waits for', () => {
    const hand = new Hand(2)
    for (let k = 0; k < 40; k++) hand.deliver(1, 0, hand.send(0, 1, { type: 'a' }))
    hand.at(1, 'crash')
    const pattern = [message('a', 'b'), message('a', 'b'), message('a', 'b'), local('b', 'crash')]
    const seven = pattern.slice(1)
    const data = dataOf(hand, 2)
    expect(findPattern(data, pattern), 'seven events are too many').toEqual({ places: [], stopped: null })
    expect(findPattern(data, seven).stopped).toBeNull()
    expect(findPattern(data, seven, 20).stopped).toBe('looks')
  })
})

test('what is no pattern is said', () => {
  expect(patternMistake([])).toContain('at least')
  expect(patternMistake([message('a', 'a')])).toContain('from one process to another')
  expect(patternMistake([message('a', 'b'), message('c', 'd')])).toContain('Message 2')
  expect(patternMistake([local('a', 'crash'), local('b', 'crash')])).toContain('Event 2')
  expect(patternMistake(REQUEST_RESPONSE)).toBeNull()
  const full = [local('a', 'request'), ...REQUEST_RESPONSE, local('b', 'crash')]
  expect(patternMistake(full), 'six events').toBeNull()
  expect(patternMistake([...full, local('a', 'indicate')])).toContain('6 events at most')
})
