import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileBlock, fileHeader } from '../trace-format/block-codec.ts'
import { type Block, columnsOf, KIND } from '../trace-format/events.ts'
import { EventReader } from '../trace-format/history-reader.ts'
import { joined } from '../trace-format/protobuf-wire.ts'
import { Recorder } from '../trace-format/recorder.ts'
import { BlockCache } from './block-cache.ts'
import { fileSource, memorySource } from './byte-source.ts'
import { eventPage, type Filter, type ShownEvent } from './event-page.ts'
import { HistoryFile } from './history-file.ts'
import { pingPong, temporaryFolder } from './testing.ts'

const PROCESSES = 20

/** Messages go round; each is on its way for some hundred events, and some for nearly the whole run. */
function longRun(events: number): Block[] {
  const blocks: Block[] = []
  const recorder = new Recorder(PROCESSES, (block) => blocks.push(block))
  const onTheirWay: { from: number; to: number; number: number }[] = []
  const sent = Array(PROCESSES).fill(0)
  const deliver = ({ from, to, number }: (typeof onTheirWay)[number]) => {
    const at = recorder.length
    const step = recorder.add(KIND.deliver, to, at, at, '', from, number)
    if (step % 64 === 0) recorder.state(step, true, `{"at":${step}}`)
  }
  while (recorder.length < events) {
    const at = recorder.length
    const from = at % PROCESSES
    const to = (at * 7 + 1) % PROCESSES
    const number = sent[from]++
    recorder.add(KIND.send, from, at, at, `{"type":"m${at % 3}","at":${at}}`, to, number)
    onTheirWay.push({ from, to, number })
    if (onTheirWay.length > 200) deliver(onTheirWay.splice(at % 1_000 === 0 ? 100 : 50, 1)[0]!)
  }
  for (const message of onTheirWay) deliver(message)
  recorder.flush()
  return blocks
}

const imageOf = (blocks: readonly Block[]) => joined([fileHeader(), ...blocks.map(fileBlock)])

/** As one reads it who begins at the beginning. */
function readThrough(blocks: readonly Block[]): ShownEvent[] {
  const reader = new EventReader()
  const states = new Map(blocks.flatMap((block) => block.states.map((state) => [state.position, state])))
  return blocks
    .flatMap((block) => [...reader.read(block)])
    .map((event) => {
      const state = states.get(event.position)
      return { ...event, state: state === undefined ? null : { whole: state.whole, text: state.text } }
    })
}

const all = (from: number, count: number): Filter => ({ from, count, process: null, type: null })

describe('a window of a long history', () => {
  const blocks = longRun(200_000)
  const image = imageOf(blocks)
  const events = readThrough(blocks)

  it('is what stands there in the whole, and costs a few blocks wherever it stands', () => {
    const cache = new BlockCache(2_000_000) // a few blocks
    const history = new HistoryFile(memorySource(image), PROCESSES, cache)
    expect(history).toMatchObject({ blocks: blocks.length, events: events.length, why: null, cutOff: false })
    expect(cache.decoded).toBe(0) // where blocks lie is known without
    eventPage(history, all(0, 100))
    expect(cache.decoded).toBeLessThanOrEqual(2)
    eventPage(history, all(events.length - 10, 100)) // finds for each block what it refers to
    expect(cache.decoded).toBeLessThan(2 * blocks.length)
    for (const from of [0, 100, 4_000, 99_990, 150_000, 200_000, 4_096 * 20 - 1, events.length - 300]) {
      const before = cache.decoded
      const page = eventPage(history, all(from, 300))
      expect(cache.decoded - before, `from ${from}`).toBeLessThanOrEqual(8)
      expect(page.events, `from ${from}`).toEqual(events.slice(from, from + 300))
      expect(page).toMatchObject({
        total: events.length,
        next: from + 300 < events.length ? from + 300 : null,
      })
    }
    expect(cache.bytes).toBeLessThanOrEqual(2_000_000)
  })

  it('is the same when it is narrowed', () => {
    const history = new HistoryFile(memorySource(image), PROCESSES, new BlockCache())
    const wanted = ({ process, type }: ShownEvent) => process === 3 && type === 'm1'
    const page = eventPage(history, { from: 120_000, count: 50, process: 3, type: 'm1' })
    const expected = events.slice(120_000).filter(wanted)
    expect(page.events).toEqual(expected.slice(0, 50))
    expect(page.next).toBe(expected[50]!.position)
  })

  it('past the end is empty', () => {
    const history = new HistoryFile(memorySource(image), PROCESSES, new BlockCache())
    expect(eventPage(history, all(events.length, 10))).toMatchObject({ events: [], next: null })
    expect(eventPage(history, all(9e14, 10))).toMatchObject({ events: [], next: null })
  })
})

it('a state that stands in the block after its step is shown with the step', () => {
  const { blocks } = pingPong()
  const late = { ...blocks[1]!, states: [{ position: 3, whole: true, text: '{"late":1}' }] }
  const image = imageOf([blocks[0]!, late])
  const history = new HistoryFile(memorySource(image), 2, new BlockCache())
  expect(eventPage(history, all(3, 1)).events[0]!.state).toEqual({ whole: true, text: '{"late":1}' })
})

it('a message that goes twice is known both times, in a window after its sending', () => {
  const hand = pingPong()
  const number = hand.send(0, 1, { type: 'twice' })
  hand.fate('duplicate', 0, 1, number)
  hand.flush()
  hand.deliver(1, 0, number)
  hand.flush()
  hand.deliver(1, 0, number)
  const { blocks } = hand.flush()
  const history = new HistoryFile(memorySource(imageOf(blocks)), 2, new BlockCache())
  for (const from of [13, 14]) {
    expect(eventPage(history, all(from, 1)).events[0], String(from)).toMatchObject({
      kind: 'deliver',
      type: 'twice',
    })
  }
})

describe('a file of events', () => {
  const { blocks } = pingPong()

  function onDisk(bytes: Uint8Array): { path: string; history: HistoryFile } {
    const path = join(temporaryFolder(), 'events.bin')
    writeFileSync(path, bytes)
    return { path, history: new HistoryFile(fileSource(path), 2, new BlockCache()) }
  }

  it('is read on as it grows, by whole blocks', () => {
    const { path, history } = onDisk(fileHeader())
    expect(history).toMatchObject({ blocks: 0, events: 0, cutOff: false })
    const next = fileBlock(blocks[0]!)
    appendFileSync(path, next.subarray(0, 30))
    history.refresh()
    expect(history).toMatchObject({ blocks: 0, cutOff: true })
    appendFileSync(path, next.subarray(30))
    appendFileSync(path, fileBlock(blocks[1]!))
    history.refresh()
    expect(history).toMatchObject({ blocks: 2, cutOff: false })
    expect(history.all()).toEqual(blocks.slice(0, 2))
  })

  it('is shown up to what is damaged', () => {
    const image = imageOf(blocks)
    const second = fileHeader().length + fileBlock(blocks[0]!).length
    const damages: [string, (bytes: Uint8Array) => void, string][] = [
      ['a count', (bytes) => bytes.fill(0xff, second + 8, second + 12), 'block 1 is damaged'],
      ['a position', (bytes) => bytes.fill(1, second + 4 + 24, second + 4 + 32), 'a block begins with event'],
      ['a length', (bytes) => bytes.fill(0, second, second + 4), 'too short'],
    ]
    for (const [what, damage, words] of damages) {
      const bytes = new Uint8Array(image)
      damage(bytes)
      const { history } = onDisk(bytes)
      expect(history.all(), what).toEqual([blocks[0]])
      expect(history.why, what).toContain(words)
      expect(eventPage(history, all(2, 99)), what).toMatchObject({ total: 4, next: null })
      history.refresh()
      expect(history.blocks, what).toBe(1)
    }
  })

  it('that goes away is told', () => {
    const { path, history } = onDisk(imageOf(blocks))
    truncateSync(path, 20)
    expect(history.block(2)).toBeNull()
    expect(history.why).toContain('events.bin')
  })
})

it('who has all events up to a position goes on with the block after, were it of states alone', () => {
  const { blocks } = pingPong()
  const states = [{ position: 2, whole: true, text: '{}' }]
  const only = { ...blocks[0]!, ...columnsOf(0), first: 4, length: 0, payloads: [], states }
  const image = imageOf([blocks[0]!, only, ...blocks.slice(1)])
  const history = new HistoryFile(memorySource(image), 2, new BlockCache())
  expect([0, 3, 4, 5, 6, 7, 11, 99].map((from) => history.resume(from))).toEqual([0, 0, 1, 2, 2, 3, 4, 4])
})
