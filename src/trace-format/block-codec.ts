/**
 * `events.bin`: a header, then blocks, each behind its length in bytes and
 * readable by itself, so that a file whose writer was killed reads back up to
 * its last whole block. 25 bytes an event and its payload; 33 in a block where
 * some process's clock differs from global time. Numbers are little endian.
 *
 * A block: counts (see `Counts`), the columns, widest first, and all texts as
 * one run of UTF-8. An event's `seq` is not stored: a process counts its events
 * one by one, so where each process stood before the block is enough.
 */
import { assert } from '../lib/assert.ts'
import {
  type Block,
  type BlockColumns,
  columnsOf,
  EVENT_KINDS,
  hasPayload,
  NOBODY,
  type StateSample,
} from './events.ts'
import { FORMAT_VERSION } from './run.ts'

export const FILE_MAGIC = 'P2PT'
export const HEADER_BYTES = 8 // magic, version
export const PREFIX_BYTES = 4 // length of the block that follows

/** What a block begins with: six u32 and the position of its first event. */
interface Counts {
  readonly events: number
  readonly payloads: number
  readonly states: number
  readonly processes: number // with events in the block
  readonly clocks: number // 1: localNs is stored; 0: it equals timeNs throughout
  readonly textBytes: number
  readonly first: number
}
export const COUNTS_BYTES = 32

const bytesOf = ({ events, payloads, states, processes, clocks, textBytes }: Counts) =>
  COUNTS_BYTES + events * (clocks === 1 ? 33 : 25) + payloads * 4 + states * 13 + processes * 6 + textBytes

/** Views of a block's columns in its bytes, in the order in which they are stored. */
function sectionsOf(buffer: ArrayBuffer, counts: Counts) {
  const { events, payloads, states, processes, clocks, textBytes } = counts
  let at = COUNTS_BYTES
  const next = <T>(
    kind: { new (b: ArrayBuffer, o: number, n: number): T; BYTES_PER_ELEMENT: number },
    n: number,
  ) => {
    const section = new kind(buffer, at, n)
    at += n * kind.BYTES_PER_ELEMENT
    return section
  }
  return {
    timeNs: next(Float64Array, events),
    localNs: next(Float64Array, clocks === 1 ? events : 0),
    statePosition: next(Float64Array, states),
    number: next(Uint32Array, events),
    lamport: next(Uint32Array, events),
    extra: next(Uint32Array, events),
    seqBefore: next(Uint32Array, processes),
    payloadLength: next(Uint32Array, payloads), // in UTF-16 units, as all lengths of text
    stateLength: next(Uint32Array, states),
    process: next(Uint16Array, events),
    peer: next(Uint16Array, events),
    processOf: next(Uint16Array, processes),
    kind: next(Uint8Array, events),
    whole: next(Uint8Array, states),
    text: next(Uint8Array, textBytes),
  }
}

export function encodeBlock(block: Block): Uint8Array {
  const { length, payloads, states } = block
  const before = seqsBefore(block)
  const text = new TextEncoder().encode(payloads.join('') + states.map((state) => state.text).join(''))
  const counts: Counts = {
    events: length,
    payloads: payloads.length,
    states: states.length,
    processes: before.size,
    clocks: block.localNs.every((ns, i) => Object.is(ns, block.timeNs[i])) ? 0 : 1,
    textBytes: text.length,
    first: block.first,
  }
  const bytes = new Uint8Array(bytesOf(counts))
  writeCounts(bytes, counts)
  const to = sectionsOf(bytes.buffer, counts)
  for (const column of COPIED) to[column].set(block[column])
  if (counts.clocks === 1) to.localNs.set(block.localNs)
  to.processOf.set([...before.keys()])
  to.seqBefore.set([...before.values()])
  payloads.forEach((payload, i) => {
    to.payloadLength[i] = payload.length
  })
  states.forEach((state, i) => {
    to.statePosition[i] = state.position
    to.stateLength[i] = state.text.length
    to.whole[i] = state.whole ? 1 : 0
  })
  to.text.set(text)
  return bytes
}

/** Where each process of a block stood before it. */
function seqsBefore({ length, process, seq }: Block): Map<number, number> {
  const before = new Map<number, number>()
  const last = new Map<number, number>()
  for (let i = 0; i < length; i++) {
    const known = last.get(process[i]!)
    if (known === undefined) before.set(process[i]!, seq[i]! - 1)
    assert(known === undefined || seq[i] === known + 1, 'a process numbers its events one by one')
    last.set(process[i]!, seq[i]!)
  }
  return before
}

function writeCounts(bytes: Uint8Array, counts: Counts): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const { events, payloads, states, processes, clocks, textBytes, first } = counts
  ;[events, payloads, states, processes, clocks, textBytes].forEach((count, i) => {
    view.setUint32(4 * i, count, true)
  })
  view.setFloat64(24, first, true)
}

function readCounts(bytes: Uint8Array): Counts {
  if (bytes.length < COUNTS_BYTES) throw new Error(`a block of ${bytes.length} bytes is too short to be one`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const [events, payloads, states, processes, clocks, textBytes] = [0, 4, 8, 12, 16, 20].map((at) =>
    view.getUint32(at, true),
  ) as [number, number, number, number, number, number]
  const counts = { events, payloads, states, processes, clocks, textBytes, first: view.getFloat64(24, true) }
  if (clocks > 1) throw new Error(`the block says ${clocks} where 0 or 1 is expected`)
  if (!isPosition(counts.first)) throw new Error(`${counts.first} is no position of a block`)
  const expected = bytesOf(counts)
  if (expected !== bytes.length) {
    throw new Error(`the block has ${bytes.length} bytes, but by its own counts it would have ${expected}`)
  }
  return counts
}

const isPosition = (value: number) => Number.isSafeInteger(value) && value >= 0

/**
 * Reads what `encodeBlock` wrote. The bytes may come from anywhere: nothing is
 * made that is larger than they are.
 */
export function decodeBlock(bytes: Uint8Array): Block {
  const counts = readCounts(bytes)
  const aligned = new Uint8Array(bytes) // a copy: columns cannot be viewed at an odd offset
  const from = sectionsOf(aligned.buffer, counts)
  check(counts, from)
  const columns = columnsOf(counts.events)
  for (const column of COPIED) columns[column].set(from[column])
  columns.localNs.set(counts.clocks === 1 ? from.localNs : from.timeNs)
  countSeqs(columns, from)
  const texts = cutTexts(from.text, [...from.payloadLength, ...from.stateLength])
  return {
    first: counts.first,
    length: counts.events,
    ...columns,
    payloads: texts.slice(0, counts.payloads),
    states: texts
      .slice(counts.payloads)
      .map(
        (text, i): StateSample => ({ position: from.statePosition[i]!, whole: from.whole[i] === 1, text }),
      ),
  }
}

const COPIED = ['timeNs', 'number', 'lamport', 'extra', 'process', 'peer', 'kind'] as const

/** A block without its states, which are most of a file; of one clock `localNs` is `timeNs` itself. */
export type BareBlock = Omit<Block, 'seq' | 'states'>

/** Reads that much of it. Its columns are views of the bytes where these begin their buffer. */
export function decodeBare(bytes: Uint8Array): BareBlock {
  const counts = readCounts(bytes)
  const buffer = bytes.byteOffset === 0 ? bytes.buffer : new Uint8Array(bytes).buffer
  const from = sectionsOf(buffer as ArrayBuffer, counts)
  check(counts, from)
  checkSeqs(from)
  const { timeNs, number, lamport, extra, process, peer, kind } = from
  return {
    first: counts.first,
    length: counts.events,
    ...{ timeNs, number, lamport, extra, process, peer, kind },
    localNs: counts.clocks === 1 ? from.localNs : timeNs,
    payloads: payloadsOf(counts, from),
  }
}

/** Of text that is a byte a character, what is not wanted need not be read. */
function payloadsOf({ payloads, textBytes }: Counts, from: ReturnType<typeof sectionsOf>): string[] {
  const bytes = sum(from.payloadLength)
  if (bytes + sum(from.stateLength) === textBytes)
    return cutTexts(from.text.subarray(0, bytes), from.payloadLength)
  return cutTexts(from.text, [...from.payloadLength, ...from.stateLength]).slice(0, payloads)
}

function sum(lengths: Uint32Array): number {
  let all = 0
  for (let i = 0; i < lengths.length; i++) all += lengths[i]!
  return all
}

function checkSeqs({ process, processOf }: ReturnType<typeof sectionsOf>): void {
  const isThere = new Uint8Array(NOBODY + 1)
  for (const each of processOf) isThere[each] = 1
  for (let i = 0; i < process.length; i++) if (isThere[process[i]!] === 0) throw seqUnsaid(process[i]!)
}

const seqUnsaid = (process: number) =>
  new Error(`the block does not say how many events process ${process} had before`)

function countSeqs({ process, seq }: BlockColumns, from: ReturnType<typeof sectionsOf>): void {
  const last: number[] = []
  from.processOf.forEach((each, i) => {
    last[each] = from.seqBefore[i]!
  })
  for (let i = 0; i < process.length; i++) {
    const before = last[process[i]!]
    if (before === undefined) throw seqUnsaid(process[i]!)
    seq[i] = before + 1
    last[process[i]!] = before + 1
  }
}

function check(counts: Counts, from: ReturnType<typeof sectionsOf>): void {
  let payloads = 0
  for (let i = 0; i < from.kind.length; i++) {
    const code = from.kind[i]!
    if (code >= EVENT_KINDS.length) throw new Error(`there is no event of kind ${code}`)
    if (hasPayload(code)) payloads++
  }
  if (payloads !== counts.payloads) {
    throw new Error(`the block has ${counts.payloads} payloads for ${payloads} events with one`)
  }
  const areSound = areTimes(from.timeNs) && areTimes(from.localNs)
  if (!areSound) throw new Error('a time in the block is no number')
  if (!from.statePosition.every(isPosition)) throw new Error('a state in the block is of no position')
}

function areTimes(column: Float64Array): boolean {
  for (let i = 0; i < column.length; i++) if (!Number.isFinite(column[i]!)) return false
  return true
}

/** Cuts the run of text. Well-formed only: JSON text escapes a lone surrogate, so none is lost in UTF-8. */
function cutTexts(bytes: Uint8Array, lengths: Iterable<number>): string[] {
  let all: string
  try {
    all = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Error('the texts of the block are not UTF-8')
  }
  const texts: string[] = []
  let at = 0
  for (const length of lengths) {
    texts.push(all.slice(at, at + length))
    at += length
  }
  if (at !== all.length) {
    throw new Error(`the texts of the block have ${all.length} characters, but by its own lengths ${at}`)
  }
  return texts
}

/** What a file begins with. */
export function fileHeader(): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES)
  bytes.set(new TextEncoder().encode(FILE_MAGIC))
  new DataView(bytes.buffer).setUint32(4, FORMAT_VERSION, true)
  return bytes
}

/** A block as it is appended to a file: its length, then itself. */
export function fileBlock(block: Block): Uint8Array {
  const encoded = encodeBlock(block)
  const bytes = new Uint8Array(PREFIX_BYTES + encoded.length)
  new DataView(bytes.buffer).setUint32(0, encoded.length, true)
  bytes.set(encoded, PREFIX_BYTES)
  return bytes
}

/** The length of the block whose prefix begins at `at`. */
export const blockBytes = (bytes: Uint8Array, at = 0): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true)

/** Where a block stands in its history, from its first COUNTS_BYTES alone. */
export function blockPlace(bytes: Uint8Array): Pick<Block, 'first' | 'length'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return { first: view.getFloat64(24, true), length: view.getUint32(0, true) }
}

/**
 * Throws if the bytes are not how a file of events that can be read begins; false if they are too
 * few to say.
 */
export function checkHeader(bytes: Uint8Array): boolean {
  const header = fileHeader()
  if (!bytes.subarray(0, 4).every((byte, i) => byte === header[i])) {
    throw new Error(`this is no file of events: it does not begin with ${FILE_MAGIC}`)
  }
  if (bytes.length < HEADER_BYTES) return false
  const version = blockBytes(bytes, 4)
  if (version === 0 || version > FORMAT_VERSION) {
    throw new Error(
      `the file of events is of format ${version}; this program reads up to format ${FORMAT_VERSION}`,
    )
  }
  return true
}

/** Reads a file; `cutOff` says that it ends in the middle of a block, as one does whose writer was killed. */
export function readEventsFile(bytes: Uint8Array): { blocks: Block[]; cutOff: boolean } {
  if (!checkHeader(bytes)) return { blocks: [], cutOff: true }
  const blocks: Block[] = []
  let next = 0
  let at = HEADER_BYTES
  while (at + PREFIX_BYTES <= bytes.length) {
    const end = at + PREFIX_BYTES + blockBytes(bytes, at)
    if (end > bytes.length) break
    const block = decodeNumbered(bytes.subarray(at + PREFIX_BYTES, end), blocks.length)
    if (block.first !== next) {
      throw new Error(`block ${blocks.length} begins with event ${block.first}, but ${next} is the next`)
    }
    blocks.push(block)
    next += block.length
    at = end
  }
  return { blocks, cutOff: at !== bytes.length }
}

export function decodeNumbered(bytes: Uint8Array, index: number): Block {
  try {
    return decodeBlock(bytes)
  } catch (error) {
    throw new Error(`block ${index} is damaged: ${error instanceof Error ? error.message : String(error)}`)
  }
}
