import { expect, test } from 'vitest'
import { runsOfOtlp } from '../../src/trace-format/foreign-runs.ts'
import { Hand, runOf } from '../../src/trace-format/testing.ts'
import { RunData } from '../model/run-data.ts'
import { otlpLines } from './otlp.ts'

function pingPong(): Hand {
  const hand = new Hand(2)
  hand.at(0, 'start')
  hand.at(1, 'start')
  hand.at(0, 'request', { type: 'ping' })
  const ping = hand.send(0, 1, { type: 'ping', at: 1 })
  hand.flush()
  hand.deliver(1, 0, ping)
  const pong = hand.send(1, 0, { type: 'pong', at: 1 })
  hand.deliver(0, 1, pong)
  hand.at(0, 'indicate', { type: 'done' })
  return hand.flush()
}

test('a run that is taken out and opened again is the same run', () => {
  const { blocks } = pingPong()
  const run = runOf(2)
  const before = RunData.of({ run }, blocks)
  const text = [...otlpLines(run, blocks)].join('')
  const [found, ...others] = runsOfOtlp(text, 'file')
  expect(others).toEqual([])
  const after = RunData.of(found!.record, found!.blocks)
  const told = (data: RunData) =>
    Array.from({ length: data.length }, (_, i) => [
      data.kind(i),
      data.processes[data.process(i)],
      data.typeOf(i),
      data.payloadText(i),
    ])
  expect(told(after)).toEqual(told(before))
  expect(new Set(told(after).map(([kind]) => kind)).size).toBeGreaterThan(4)
})

test('spans of two runs are two runs; a broken line is passed over', () => {
  const { blocks } = pingPong()
  const [one, other] = ['one', 'other'].map((id) => [...otlpLines(runOf(2, { id }), blocks)].join(''))
  const found = runsOfOtlp(`${one}{"resourceSpans":[\n${other}`, 'file')
  expect(found.map(({ record }) => record.run.algorithm)).toEqual(['one', 'other'])
  expect(new Set(found.map(({ record }) => record.run.id)).size).toBe(2)
})

test('a file without spans is refused in words', () => {
  for (const text of ['', 'no JSON', '{}', '[]']) {
    expect(() => runsOfOtlp(text, 'file')).toThrow('there are no spans in it')
  }
})
