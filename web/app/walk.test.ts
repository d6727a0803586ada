import { expect, test } from 'vitest'
import type { RunData } from '../model/run-data.ts'
import { acrossProcesses, alongProcess, firstStart, otherEnd } from './walk.ts'

/**
 * p00: 0 start, 2 sends message 0, 5 sends message 1, which is lost at 6; p01: 1 start, 4 receives
 * message 0; p02: nothing; p03: 3 start. Positions are times.
 */
const processes = [0, 1, 0, 3, 1, 0, 0]
const kinds = ['start', 'start', 'send', 'start', 'deliver', 'send', 'lost']
const messages = [-1, -1, 0, -1, 0, 1, 1]
const run = {
  length: 7,
  process: (i: number) => processes[i],
  kind: (i: number) => kinds[i],
  valueOn: (_: string, i: number) => i,
  ofProcess: (p: number) => Uint32Array.from([...processes.keys()].filter((i) => processes[i] === p)),
  messageOfSend: (i: number) => (kinds[i] === 'send' ? messages[i] : -1),
  messageOf: (i: number) => messages[i],
  messages: { sendAt: [2, 5], deliverAt: [4, -1], lostAt: [-1, 6] },
} as unknown as RunData

test('along a process, up to its ends', () => {
  expect(alongProcess(run, 0, 1)).toBe(2)
  expect(alongProcess(run, 6, 1)).toBe(6)
  expect(alongProcess(run, 2, -1)).toBe(0)
})

test('across to the nearest event of the next process that has one', () => {
  expect(acrossProcesses(run, [0, 1, 2, 3], 5, 1, 'real')).toBe(4)
  expect(acrossProcesses(run, [0, 1, 2, 3], 4, 1, 'real')).toBe(3)
  expect(acrossProcesses(run, [0, 1, 2, 3], 3, 1, 'real')).toBe(3)
  expect(acrossProcesses(run, [0, 3], 3, -1, 'real')).toBe(2)
})

test('to the other end of a message, be it received or lost, and back', () => {
  expect(otherEnd(run, 2)).toBe(4)
  expect(otherEnd(run, 4)).toBe(2)
  expect(otherEnd(run, 5)).toBe(6)
  expect(otherEnd(run, 6)).toBe(5)
  expect(otherEnd(run, 0)).toBeNull()
})

test('the run begins with its first start', () => {
  expect(firstStart(run)).toBe(0)
})
