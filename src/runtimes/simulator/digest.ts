/**
 * What happened, in 256 bits: each event as a record of 32 bytes, little-endian, all of them through
 * SHA-256 (FIPS 180-4). Two runs of the same digest had the same events, at the same times, with the
 * same contents, on whatever machine, recorded or only judged, watched or not.
 *
 *    0  global time in ns, low and high 32 bits
 *    8  sequence number at the process
 *   12  process, and in the highest 8 bits the kind of event
 *   16  peer, or 2^32 - 1
 *   20  number of the message, among those of its sender
 *   24  hash of the payload (lib/value-hash)
 *   28  how much the clock of the process is ahead of global time, in µs
 */
import { createHash } from 'node:crypto'
import { hashValue } from '../../lib/value-hash.ts'
import { EVENT_KINDS, type EventKind, KIND } from '../../trace-format/events.ts'
import type { Journal } from '../journal.ts'
import type { Carried, Sent, Timer } from '../sent.ts'

export const RECORD_BYTES = 32
/** Records that go through SHA-256 at once: a call costs a microsecond, whatever it is given. */
const CHUNK_RECORDS = 2048
const NOBODY = -1

/** A journal that keeps the digest of what passes it on its way to another. */
export class DigestJournal implements Journal {
  readonly #inner: Journal
  readonly #keep: ((records: Uint8Array) => void) | undefined
  readonly #sha256 = createHash('sha256')
  readonly #words = new Int32Array((CHUNK_RECORDS * RECORD_BYTES) / 4)
  #at = 0 // in words

  /** @param keep is given the records, chunk by chunk: who wants to compare runs event by event */
  constructor(inner: Journal, keep?: (records: Uint8Array) => void) {
    this.#inner = inner
    this.#keep = keep
  }

  /** Of all so far. */
  digest(): string {
    this.#flush()
    return this.#sha256.copy().digest('hex')
  }

  get length(): number {
    return this.#inner.length
  }

  seqOf(process: number): number {
    return this.#inner.seqOf(process)
  }

  lamportOf(process: number): number {
    return this.#inner.lamportOf(process)
  }

  note(
    kind: number,
    process: number,
    timeNs: number,
    localNs: number,
    value?: unknown,
    peer?: number,
    extra?: number,
  ): number {
    // The stack of an exception names files of this machine.
    const hash = value === undefined || kind === KIND.throw ? 0 : hashValue(value)
    const position = this.#inner.note(kind, process, timeNs, localNs, value, peer, extra)
    this.#add(kind, process, timeNs, localNs, peer ?? NOBODY, 0, hash)
    return position
  }

  timerSet(
    process: number,
    timeNs: number,
    localNs: number,
    timer: Timer,
    minMs: number,
    maxMs: number,
  ): number {
    const hash = hashValue([hashValue(timer.value), minMs, maxMs])
    const position = this.#inner.timerSet(process, timeNs, localNs, timer, minMs, maxMs)
    this.#add(KIND.setTimer, process, timeNs, localNs, NOBODY, 0, hash)
    return position
  }

  timer(kind: number, process: number, timeNs: number, localNs: number, timer: Timer): number {
    const hash = hashValue(timer.value)
    const position = this.#inner.timer(kind, process, timeNs, localNs, timer)
    this.#add(kind, process, timeNs, localNs, NOBODY, 0, hash)
    return position
  }

  sent(sent: Sent, timeNs: number, localNs: number): number {
    const hash = hashValue(sent.message)
    const position = this.#inner.sent(sent, timeNs, localNs)
    this.#add(KIND.send, sent.from, timeNs, localNs, sent.to, sent.number, hash)
    return position
  }

  delivered(process: number, timeNs: number, localNs: number, carried: Carried): number {
    const position = this.#inner.delivered(process, timeNs, localNs, carried)
    this.#add(KIND.deliver, process, timeNs, localNs, carried.from, carried.number, 0)
    return position
  }

  lost(sent: Sent, timeNs: number, localNs: number, cause: string): number {
    const position = this.#inner.lost(sent, timeNs, localNs, cause)
    this.#add(KIND.lost, sent.from, timeNs, localNs, sent.to, sent.number, hashValue(cause))
    return position
  }

  duplicated(sent: Sent, timeNs: number, localNs: number): number {
    const position = this.#inner.duplicated(sent, timeNs, localNs)
    this.#add(KIND.duplicate, sent.from, timeNs, localNs, sent.to, sent.number, 0)
    return position
  }

  took(position: number, ns: number): void {
    this.#inner.took(position, ns)
  }

  state(position: number, whole: boolean, text: string): void {
    this.#inner.state(position, whole, text)
  }

  #add(
    kind: number,
    process: number,
    timeNs: number,
    localNs: number,
    peer: number,
    number: number,
    hash: number,
  ): void {
    if (this.#at === this.#words.length) this.#flush()
    const [words, at] = [this.#words, this.#at]
    this.#at = at + RECORD_BYTES / 4
    words[at] = timeNs | 0
    words[at + 1] = Math.floor(timeNs / 0x1_0000_0000)
    words[at + 2] = this.#inner.seqOf(process)
    words[at + 3] = process | (kind << 24)
    words[at + 4] = peer
    words[at + 5] = number
    words[at + 6] = hash
    words[at + 7] = timeNs === localNs ? 0 : Math.floor((localNs - timeNs) / 1000)
  }

  #flush(): void {
    const records = new Uint8Array(this.#words.buffer, 0, this.#at * 4)
    if (isBigEndian) Buffer.from(records.buffer, 0, records.length).swap32()
    this.#sha256.update(records)
    this.#keep?.(records)
    this.#at = 0
  }
}

const isBigEndian = new Uint8Array(Int32Array.of(1).buffer)[0] === 0

/** A record as it reads. */
export interface Recorded {
  readonly kind: EventKind
  readonly process: number
  readonly seq: number
  readonly peer: number | null
  readonly number: number
  readonly timeNs: number
}

export function readRecord(records: Uint8Array, at: number): Recorded {
  const view = new DataView(records.buffer, records.byteOffset + at, RECORD_BYTES)
  const who = view.getUint32(12, true)
  const peer = view.getInt32(16, true)
  return {
    kind: EVENT_KINDS[who >>> 24]!,
    process: who & 0xff_ffff,
    seq: view.getUint32(8, true),
    peer: peer === NOBODY ? null : peer,
    number: view.getUint32(20, true),
    timeNs: view.getUint32(4, true) * 0x1_0000_0000 + view.getUint32(0, true),
  }
}
