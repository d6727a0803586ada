import { describe, expect, test } from 'vitest'
import { MAX_HOPS } from '../../src/trace-format/span-ids.ts'
import { SpanDeriver } from '../../src/trace-format/spans.ts'
import { Hand } from '../../src/trace-format/testing.ts'
import { operationFigures } from './operation-figures.ts'
import { dataOf, realRun } from './testing.ts'
import { eventOfRow, linksOf, ROWS_MOST, rootOf, rowOf, traceAt, traceOfEvent } from './traces.ts'

/** p00 asks both others; p01 answers, then sets a timer that goes off; a copy of the answer is lost. */
function asked() {
  const hand = new Hand(3)
  const root = hand.at(0, 'request', { type: 'poll' })
  const [one, two] = [1, 2].map((to) => hand.send(0, to, { type: 'ask' }))
  const first = hand.deliver(1, 0, one!)
  const answer = hand.send(1, 0, { type: 'answer' })
  hand.at(1, 'setTimer', [{ type: 'again' }, 1, 1])
  hand.fate('duplicate', 1, 0, answer)
  const second = hand.deliver(2, 0, two!)
  const answered = hand.deliver(0, 1, answer)
  const lost = hand.fate('lost', 1, 0, answer, 'a rule')
  const timeout = hand.at(1, 'timeout', { type: 'again' })
  const again = hand.send(1, 2, { type: 'late' })
  return { data: dataOf(hand, 3), root, first, second, answered, lost, timeout, again }
}

describe('a trace', () => {
  const { data, root, first, second, answered, lost, timeout } = asked()
  const trace = traceAt(data, root)

  test('causes above what they caused, copies beneath the first', () => {
    expect([...trace.step]).toEqual([root, first, answered, -1, second])
    expect([...trace.depth]).toEqual([0, 1, 2, 2, 1])
    expect([...trace.parent]).toEqual([-1, 0, 1, 1, 0])
    expect(trace.left).toBe(0)
    expect(trace.lastAt).toBe(lost)
  })

  test('each row has an event, and each event its row', () => {
    for (let row = 0; row < trace.length; row++) {
      expect(rowOf(data, trace, eventOfRow(data, trace, row))).toBe(row)
    }
    expect(eventOfRow(data, trace, 3)).toBe(lost)
    expect(rowOf(data, trace, timeout)).toBe(-1)
  })

  test('of any event the trace that it belongs to', () => {
    expect([first, answered, lost].map((at) => traceOfEvent(data, at))).toEqual([root, root, root])
    expect(rootOf(data, timeout)).toBe(timeout)
  })

  test('a timer leads to another trace, and that one back', () => {
    const armed = data.armedBy(timeout)
    expect(linksOf(data, root)).toEqual([{ row: 1, at: armed, to: timeout, why: 'timer' }])
    expect(linksOf(data, timeout)).toEqual([{ row: -1, at: timeout, to: armed, why: 'timer' }])
    expect(traceAt(data, timeout).length, 'what was sent then is under way').toBe(2)
  })

  test('a message too far away begins a trace, and the two are linked', () => {
    const hand = new Hand(2)
    const begin = hand.at(0, 'request', { type: 'run' })
    let last = begin
    for (let hop = 0; hop < MAX_HOPS + 2; hop++) {
      const from = hop % 2
      last = hand.deliver(1 - from, from, hand.send(from, 1 - from, { type: 'on' }))
    }
    const far = dataOf(hand, 2)
    const next = rootOf(far, last)
    expect(next).toBeGreaterThan(begin)
    const [there] = linksOf(far, begin)
    expect(there).toMatchObject({ to: next, why: 'far', row: traceAt(far, begin).length - 1 })
    expect(linksOf(far, next)).toMatchObject([{ row: -1, why: 'far' }])
  })
})

test('of more rows than anybody scrolls through the rest is counted', () => {
  const hand = new Hand(2)
  const root = hand.at(0, 'request', { type: 'flood' })
  for (let k = 0; k < ROWS_MOST + 4; k++) hand.send(0, 1, { type: 'a' })
  const { length, left } = traceAt(dataOf(hand, 2), root)
  expect([length, left]).toEqual([ROWS_MOST, 5])
})

test('what an operation cost', () => {
  const { data } = asked()
  const { messages, processes } = operationFigures(data, null)
  expect([...messages], 'neither the copy nor what a timer sent').toEqual([3])
  expect([...processes]).toEqual([3])
})

test('the rows of a real run are the spans of its traces', async () => {
  const { record, blocks, data } = await realRun('chandy-lamport', '--peers', '6', '--seed', '3')
  const deriver = new SpanDeriver(record.run)
  const spans = [...blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
  const figures = operationFigures(data, null)
  expect(data.operations.length).toBeGreaterThan(0)
  for (const [index, { position }] of data.operations.entries()) {
    const seq = data.seq(position).toString(16).padStart(8, '0')
    const own = (data.process(position) + 1).toString(16).padStart(8, '0')
    const its = spans.filter(({ traceId }) => traceId === `${record.run.tag}${own}${seq}`)
    const trace = traceAt(data, position)
    const messages = trace.message.filter((m) => m !== -1).length
    expect(its.filter(({ name }) => name.startsWith('send ')).length).toBe(messages)
    expect(its.filter(({ name }) => !name.startsWith('send ')).length).toBe(
      trace.step.filter((at) => at !== -1).length,
    )
    expect(figures.messages[index]).toBe(messages)
    expect(new Set(its.map(({ process }) => process)).size).toBe(figures.processes[index])
  }
})
