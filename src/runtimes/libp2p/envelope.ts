/**
 * What a frame holds: a fixed beginning, the envelope, and the message as JSON. Numbers of more than
 * a byte have the highest first, as on the wire everywhere.
 *
 *    0   1  version, 1
 *    1  16  trace id: the run's tag (8), process + 1 (4) and step (4) that opened the operation
 *   17   8  span id of the send: sender + 1 (4), its sequence number (4)
 *   25   4  the receiver
 *   29   4  the number of the message among those of its sender
 *   33   4  Lamport time of the send
 *   37   2  hops from the step that opened the operation
 *   39      the message, JSON in UTF-8
 *
 * The 24 bytes of both ids are W3C Trace Context in its binary order: a receiver that knows nothing of
 * the testbed can go on with the trace, and for us they are the operation and the event that sent it.
 */
import type { ProcessId } from '../../model/process.ts'
import { type AnyShapes, misfit } from '../../model/shape.ts'
import type { Sent } from '../sent.ts'
import { varintLength, writeVarint } from './wire.ts'

const VERSION = 1
const ENVELOPE_BYTES = 39

/** The run that frames are of, as far as their reader and writer must know it. */
export class Correspondence {
  readonly ids: readonly ProcessId[]
  readonly shapes: AnyShapes // of messages
  readonly tagHigh: number // of the run, in trace ids
  readonly tagLow: number

  /** @param tag 16 hex digits */
  constructor(ids: readonly ProcessId[], shapes: AnyShapes, tag: string) {
    this.ids = ids
    this.shapes = shapes
    this.tagHigh = Number.parseInt(tag.slice(0, 8), 16)
    this.tagLow = Number.parseInt(tag.slice(8, 16), 16)
  }
}

/** What a received frame says, checked. */
export interface Received extends Pick<Sent, 'from' | 'number' | 'lamport' | 'operation' | 'hop'> {
  readonly message: { readonly type: string }
}

/** The frame of a message by itself. */
export function encodeFrame(sent: Sent, its: Correspondence): Buffer {
  const frame = Buffer.allocUnsafe(frameBytes(sent))
  writeFrame(frame, 0, sent, its)
  return frame
}

/** The length of a message's frame. */
export function frameBytes({ bytes }: Sent): number {
  const body = ENVELOPE_BYTES + bytes
  return varintLength(body) + body
}

/** Writes the frame of a message among others, and returns where it ends. */
export function writeFrame(into: Buffer, start: number, sent: Sent, its: Correspondence): number {
  const { bytes, text, operation } = sent
  const at = writeVarint(into, start, ENVELOPE_BYTES + bytes)
  into[at] = VERSION
  put32(into, at + 1, its.tagHigh)
  put32(into, at + 5, its.tagLow)
  put32(into, at + 9, operation.process + 1)
  put32(into, at + 13, operation.seq)
  put32(into, at + 17, sent.from + 1)
  put32(into, at + 21, sent.seq)
  put32(into, at + 25, sent.to)
  put32(into, at + 29, sent.number)
  put32(into, at + 33, sent.lamport)
  into[at + 37] = sent.hop >>> 8
  into[at + 38] = sent.hop
  const end = at + ENVELOPE_BYTES
  into.write(text, end, bytes === text.length ? 'latin1' : 'utf8') // one byte a letter: it is ASCII
  return end + bytes
}

/**
 * Reads what a frame holds, the bytes from `start` to `end`, as from one process to another; a sentence
 * says what is wrong with it.
 */
export function decodeFrame(
  bytes: Buffer,
  start: number,
  end: number,
  from: number,
  to: number,
  { ids, shapes, tagHigh, tagLow }: Correspondence,
): Received | string {
  if (end - start < ENVELOPE_BYTES) return `${end - start} bytes are too few for an envelope`
  if (bytes[start] !== VERSION) return `the envelope is of version ${bytes[start]}, not ${VERSION}`
  if (get32(bytes, start + 1) !== tagHigh || get32(bytes, start + 5) !== tagLow) {
    return `the frame is of another run: its trace is ${bytes.toString('hex', start + 1, start + 17)}`
  }
  const sender = get32(bytes, start + 17) - 1
  if (sender !== from) {
    return `the envelope says it is from ${named(sender, ids)}, but the connection is ${ids[from]}'s`
  }
  const receiver = get32(bytes, start + 25)
  if (receiver !== to) return `the envelope is addressed to ${named(receiver, ids)}`
  const process = get32(bytes, start + 9) - 1
  if (process < 0 || process >= ids.length) return `the operation is of ${named(process, ids)}`
  let message: unknown
  try {
    message = JSON.parse(bytes.toString('utf8', start + ENVELOPE_BYTES, end))
  } catch {
    return 'the message is not JSON'
  }
  const wrong = misfit(shapes, message)
  if (wrong !== null) return `the message does not fit: ${wrong}`
  return {
    from,
    number: get32(bytes, start + 29),
    lamport: get32(bytes, start + 33),
    hop: bytes[start + 37]! * 256 + bytes[start + 38]!,
    operation: { process, seq: get32(bytes, start + 13) },
    message: message as Received['message'],
  }
}

/** By the byte: a view of the bytes for each frame would cost more than all of these. */
function put32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}

const get32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0

const named = (process: number, ids: readonly ProcessId[]): string =>
  ids[process] ?? `process ${process}, which there is not`
