import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBare, decodeBlock, encodeBlock, fileBlock, fileHeader, readEventsFile } from './block-codec.ts'
import { type Block, columnsOf, EVENT_KINDS, hasPayload, KIND } from './events.ts'
import { Recorder } from './recorder.ts'

const SEED = 20_260_101
const u16 = fc.nat(0xffff)
const u32 = fc.nat(0xffff_ffff)
const time = fc.double({ noNaN: true, noDefaultInfinity: true })
const text = fc.string({ unit: 'binary' }) // no halves of surrogate pairs: JSON text escapes them
const event = fc.record({
  kind: fc.nat(EVENT_KINDS.length - 1),
  process: fc.nat(3),
  peer: u16,
  number: u32,
  lamport: u32,
  extra: u32,
  timeNs: time,
  localNs: time,
  payload: text,
})
const state = fc.record({ position: fc.nat(Number.MAX_SAFE_INTEGER), whole: fc.boolean(), text })

/** A block of any events; its processes number theirs one by one. */
const anyBlock = fc
  .record({
    first: fc.nat(Number.MAX_SAFE_INTEGER),
    events: fc.array(event),
    states: fc.array(state),
    before: fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 }),
    oneClock: fc.boolean(),
  })
  .map(({ first, events, states, before, oneClock }): Block => {
    const columns = columnsOf(events.length)
    events.forEach((entry, i) => {
      for (const column of ['kind', 'process', 'peer', 'number', 'lamport', 'extra', 'timeNs'] as const) {
        columns[column][i] = entry[column]
      }
      columns.localNs[i] = oneClock ? entry.timeNs : entry.localNs
      before[entry.process]! += 1
      columns.seq[i] = before[entry.process]!
    })
    const payloads = events.filter(({ kind }) => hasPayload(kind)).map(({ payload }) => payload)
    return { first, length: events.length, ...columns, payloads, states }
  })

function recorded(events: number): Block[] {
  const blocks: Block[] = []
  const recorder = new Recorder(2, (block) => blocks.push(block))
  for (let i = 0; i < events; i++) recorder.add(KIND.indicate, i % 2, i * 1000, i * 1000, '{"type":"ok"}')
  recorder.flush()
  return blocks
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

describe('a block', () => {
  it('decodes to what was encoded, whatever it holds', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        expect(decodeBlock(encodeBlock(block))).toEqual(block)
      }),
      { seed: SEED },
    )
  })

  it('is read without its states as with them, at any offset', () => {
    fc.assert(
      fc.property(anyBlock, fc.nat(9), (block, offset) => {
        const { seq, states, ...bare } = block
        const bytes = joined(new Uint8Array(offset), encodeBlock(block)).subarray(offset)
        expect(decodeBare(bytes)).toEqual(bare)
        const decoded = decodeBare(bytes)
        const isOneClock = block.localNs.every((ns, i) => Object.is(ns, block.timeNs[i]))
        expect(decoded.localNs === decoded.timeNs).toBe(isOneClock)
      }),
      { seed: SEED },
    )
  })

  it('keeps what UTF-8 readers like to change: byte order marks, zeros, characters past 16 bits', () => {
    const states = [{ position: 7, whole: true, text: '\ufeff{"Grüße":"𝔭\u0000"}' }]
    const empty = { first: 8, length: 0, ...columnsOf(0), payloads: [], states }
    expect(decodeBlock(encodeBlock(empty)).states).toEqual(states)
  })

  it('takes 25 bytes an event with one clock, 33 with several', () => {
    const columns = columnsOf(1000)
    columns.kind.fill(KIND.deliver)
    columns.seq.forEach((_, i) => {
      columns.seq[i] = i + 1
    })
    const block: Block = { first: 0, length: 1000, ...columns, payloads: [], states: [] }
    const constant = 32 + 6
    expect(encodeBlock(block).length).toBe(25_000 + constant)
    columns.localNs[999] = 1
    expect(encodeBlock(block).length).toBe(33_000 + constant)
  })

  it('keeps a zero that is negative on one clock only', () => {
    const columns = columnsOf(1)
    columns.localNs[0] = -0
    columns.seq[0] = 1
    const block: Block = { first: 0, length: 1, ...columns, payloads: [], states: [] }
    expect(decodeBlock(encodeBlock(block))).toEqual(block)
  })

  it('is not encoded when a process skips a number, as it would not be read back the same', () => {
    const columns = columnsOf(2)
    columns.seq.set([1, 3])
    expect(() => encodeBlock({ first: 0, length: 2, ...columns, payloads: [], states: [] })).toThrow(
      'one by one',
    )
  })

  it('is read at any offset of a larger buffer', () => {
    const [block] = recorded(3)
    const bytes = joined(new Uint8Array(3), encodeBlock(block!))
    expect(decodeBlock(bytes.subarray(3))).toEqual(block)
  })
})

describe('damaged bytes', () => {
  const [block] = recorded(3)
  const damaged = (at: number, byte: number) => {
    const bytes = encodeBlock(block!)
    bytes[at] = byte
    return () => decodeBlock(bytes)
  }
  const kindAt = 32 + 3 * (8 + 12) + 2 * 4 + 3 * 4 + 3 * 4 + 2 * 2

  it.each([
    ['more events than bytes', damaged(3, 0xff), /by its own counts/],
    ['a flag that is none', damaged(16, 9), /9 where 0 or 1/],
    ['a kind that is none', damaged(kindAt, 99), /no event of kind 99/],
    ['a kind without payload where there is one', damaged(kindAt, KIND.start), /3 payloads for 2 events/],
    ['text that is not UTF-8', damaged(encodeBlock(block!).length - 1, 0xff), /not UTF-8/],
  ])('are refused by name: %s', (_, decode, message) => {
    expect(decode).toThrow(message)
  })

  it('are refused where a time is no number', () => {
    const bytes = encodeBlock(block!)
    new DataView(bytes.buffer).setFloat64(32, Number.NaN, true)
    expect(() => decodeBlock(bytes)).toThrow('a time in the block is no number')
  })

  it('make an Error or a block, never anything else', () => {
    const good = encodeBlock(block!)
    const flip = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1 })
    fc.assert(
      fc.property(flip, (flips) => {
        const bytes = good.slice()
        for (const [at, byte] of flips) bytes[at] = byte
        try {
          expect(decodeBare(bytes).length).toBeLessThanOrEqual(bytes.length)
          expect(decodeBlock(bytes).length).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect((error as Error).name).toBe('Error')
        }
      }),
      { seed: SEED },
    )
  })
})

describe('a file of events', () => {
  const blocks = recorded(5000)
  const file = joined(fileHeader(), ...blocks.map(fileBlock))

  it('is the whole history', () => {
    expect(blocks.length).toBe(2)
    expect(readEventsFile(file)).toEqual({ blocks, cutOff: false })
  })

  it('reads up to its last whole block, wherever it was cut off', () => {
    const secondAt = fileHeader().length + fileBlock(blocks[0]!).length
    for (const length of [4, 7, 8, 9, 12, secondAt - 1, secondAt, secondAt + 3, file.length - 1]) {
      const read = readEventsFile(file.subarray(0, length))
      expect(read.blocks, `cut after ${length} bytes`).toEqual(length >= secondAt ? blocks.slice(0, 1) : [])
      expect(read.cutOff, `cut after ${length} bytes`).toBe(length !== 8 && length !== secondAt)
    }
  })

  it('is refused when it is another file, or of a later format', () => {
    expect(() => readEventsFile(new TextEncoder().encode('{"run":1}'))).toThrow('does not begin with P2PT')
    const later = file.slice()
    later[4] = 200
    expect(() => readEventsFile(later)).toThrow('of format 200')
  })

  it('is refused with the number of the block that is damaged or missing', () => {
    const damaged = file.slice()
    damaged[fileHeader().length + fileBlock(blocks[0]!).length + 4] = 0
    expect(() => readEventsFile(damaged)).toThrow('block 1 is damaged')
    expect(() => readEventsFile(joined(fileHeader(), fileBlock(blocks[1]!)))).toThrow(
      'begins with event 4096',
    )
    expect(() => readEventsFile(joined(fileHeader(), new Uint8Array(4)))).toThrow('too short')
  })
})
