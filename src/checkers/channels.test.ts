import { expect, test } from 'vitest'
import type { Property } from '../model/property.ts'
import { channelAssumptions, fifo, noCreation, noDuplication, reliable } from './channels.ts'
import { deliver, duplicate, findings, happen, lose, send } from './testing.ts'

const ids = ['p00', 'p01', 'p02']
const all = [noCreation(), noDuplication(), fifo(), reliable()]
const find = (property: Property<any>, ...deeds: Parameters<typeof findings>[1]) =>
  findings(property, deeds, ids)
const [a, b] = [send('p00', 'p01', 'p00#0'), send('p00', 'p01', 'p00#1')]
const [gotA, gotB] = [deliver('p01', 'p00', 'p00#0'), deliver('p01', 'p00', 'p00#1')]

test('a history as it should be has no findings', () => {
  for (const property of all) {
    expect(
      find(property, a, b, gotA, send('p01', 'p02', 'p01#0'), gotB, deliver('p02', 'p01', 'p01#0')),
    ).toEqual([])
  }
})

test('a delivery without a send, or on another channel than its send, is created', () => {
  expect(find(noCreation(), a, gotB)).toEqual([
    { explanation: 'p01 got p00#1 from p00, which nobody had sent', witnesses: [1] },
  ])
  expect(find(noCreation(), a, deliver('p02', 'p00', 'p00#0'))).toEqual([
    { explanation: 'p02 got p00#0 from p00, but p00 had sent it to p01', witnesses: [0, 1] },
  ])
  expect(find(noCreation(), a, deliver('p01', 'p02', 'p00#0'))).toHaveLength(1)
  expect(find(noDuplication(), gotA)).toEqual([])
  expect(find(noCreation(), a, gotA, gotA)).toEqual([])
})

test('a second delivery is a duplication, unless a copy was made', () => {
  expect(find(noDuplication(), a, gotA, gotA)).toEqual([
    { explanation: 'p01 got p00#0 from p00 once too often', witnesses: [2] },
  ])
  const copy = duplicate('p00', 'p01', 'p00#0')
  expect(find(noDuplication(), a, copy, gotA, gotA)).toEqual([])
  expect(find(noDuplication(), a, copy, gotA, gotA, gotA)).toHaveLength(1)
  expect(find(noDuplication(), a, lose('p00', 'p01', 'p00#0'), gotA)).toHaveLength(1)
})

test('a message that overtakes another on its channel breaks the order', () => {
  expect(find(fifo(), a, b, gotB, gotA)).toEqual([
    { explanation: 'p01 got p00#0 from p00 after p00#1, though it had been sent before', witnesses: [2, 3] },
  ])
  const elsewhere = send('p00', 'p02', 'p00#1')
  expect(find(fifo(), a, elsewhere, deliver('p02', 'p00', 'p00#1'), gotA)).toEqual([])
  expect(find(fifo(), a, b, lose('p00', 'p01', 'p00#0'), gotB)).toEqual([])
})

test('a copy may come late, a first delivery may not', () => {
  const copy = duplicate('p00', 'p01', 'p00#0')
  expect(find(fifo(), a, copy, b, gotA, gotB, gotA)).toEqual([])
  expect(find(fifo(), a, copy, b, gotB, gotA, gotA)).toHaveLength(1)
  expect(find(fifo(), a, copy, b, lose('p00', 'p01', 'p00#0'), gotB, gotA)).toHaveLength(1)
})

test('what is lost is named when it happens, what never came at the end', () => {
  const [now, atEnd] = find(reliable(), a, lose('p00', 'p01', 'p00#0'), b)
  expect(now).toEqual({ explanation: 'p00 sent p00#0 to p01, but it was lost (loss)', witnesses: [0, 1] })
  expect(atEnd!.explanation).toBe(
    'p00 sent p00#0 to p01, but it was lost (loss); p00 sent p00#1 to p01, where it never came',
  )
  expect(atEnd!.witnesses).toEqual([0, 1, 2])
})

test('one copy that arrives is enough', () => {
  const copy = duplicate('p00', 'p01', 'p00#0')
  const lost = lose('p00', 'p01', 'p00#0')
  expect(find(reliable(), a, copy, lost, gotA)).toEqual([])
  expect(find(reliable(), a, copy, gotA, lost)).toEqual([])
  expect(find(reliable(), a, copy, lost, lost)).toHaveLength(2)
})

test('nothing is owed to or by a process that crashes', () => {
  expect(find(reliable(), a, happen('p01', { kind: 'crash' }), lose('p00', 'p01', 'p00#0'), b)).toEqual([])
  expect(find(reliable(), a, happen('p00', { kind: 'crash' }))).toEqual([])
  expect(find(reliable(), a, happen('p02', { kind: 'crash' }))).toHaveLength(1)
})

test('a sentence names a few and counts the rest', () => {
  const sends = Array.from({ length: 9 }, (_, i) => send('p00', 'p01', `p00#${i}`))
  const [atEnd] = find(reliable(), ...sends)
  expect(atEnd!.explanation).toMatch(/p00#4 .*; and 4 more$/)
  expect(atEnd!.witnesses).toHaveLength(9)
})

test('memory holds what is in transit, not what has been', () => {
  const size = (property: Property<any>, rounds: number) => {
    const memory = property.initial([])
    for (let i = 0; i < rounds; i++) {
      const stamp = { seq: 0, lamport: 0, timeNs: 0, localNs: 0, position: i }
      const sent = { ...send('p00', 'p01', `p00#${i}`), ...stamp } as any
      const tag = property.tag?.(memory, sent)
      property.upon(memory, sent, undefined)
      property.upon(memory, { ...duplicate('p00', 'p01', `p00#${i}`), ...stamp }, tag)
      const got = { ...deliver('p01', 'p00', `p00#${i}`), ...stamp }
      property.upon(memory, got, tag)
      property.upon(memory, got, tag)
    }
    return Object.values(memory instanceof Map ? { memory } : (memory ?? {}))
      .map((part) => (part instanceof Map || part instanceof Set ? part.size : 0))
      .reduce((sum, n) => sum + n, 0)
  }
  for (const property of all) expect(size(property, 50), property.name).toBe(size(property, 2))
})

test('those are watched that an algorithm assumes', () => {
  const loose = {
    fifo: false,
    reliable: false,
    noDuplicates: false,
    crashes: 'none',
    synchrony: 'asynchronous',
  } as const
  const names = (changes: object) => channelAssumptions({ ...loose, ...changes }).map(({ name }) => name)
  expect(names({})).toEqual(['NO CREATION'])
  expect(names({ fifo: true, reliable: true, noDuplicates: true })).toEqual([
    'NO CREATION',
    'NO DUPLICATION',
    'FIFO DELIVERY',
    'RELIABLE DELIVERY',
  ])
})
