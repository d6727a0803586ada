/**
 * What travels on a stream: frames of an unsigned varint length (multiformats
 * unsigned-varint, as in libp2p's own protocols) and that many bytes of JSON,
 * the envelope. Any language can read it.
 */
import type { ProcessId } from '../../model/process.ts'
import { type AnyShapes, misfit } from '../../model/shape.ts'
import { spanId, traceId } from '../../trace-format/span-ids.ts'
import { MESSAGE_BYTES_MAX } from '../experiment.ts'
import type { Sent } from '../sent.ts'

/** The largest frame a process accepts, in bytes: a message and its envelope. Above it, reset. */
export const FRAME_BYTES_MAX = MESSAGE_BYTES_MAX + 4096

/** What a reader knows of the run beside the two processes. */
export interface Reading {
  readonly processes: number
  readonly tag: string // of the run, in trace ids
  readonly shapes: AnyShapes
}

/** What a received frame says, checked. */
export interface Received extends Pick<Sent, 'number' | 'lamport' | 'operation' | 'hop'> {
  readonly message: { readonly type: string }
}

/** The frame of a message; `tag` is the run's, in trace ids. */
export function encodeFrame(sent: Sent, ids: readonly ProcessId[], tag: string): Buffer {
  const { process, seq } = sent.operation
  const from = ids[sent.from]
  const traceparent = `00-${traceId(tag, process, seq)}-${spanId(sent.from, sent.seq)}-01`
  const body =
    `{"id":"${from}#${sent.number}","from":"${from}","to":"${ids[sent.to]}",` +
    `"seq":${sent.seq},"lamport":${sent.lamport},"operation":[${process},${seq}],"hop":${sent.hop},` +
    `"traceparent":"${traceparent}","message":${sent.text}}`
  const bytes = Buffer.byteLength(body)
  const prefix = varintLength(bytes)
  const frame = Buffer.allocUnsafe(prefix + bytes)
  writeVarint(frame, bytes)
  frame.write(body, prefix, 'utf8')
  return frame
}

/** Reads a frame's body as one from process `from` to process `to`; a sentence says what is wrong with it. */
export function decodeFrame(
  body: Uint8Array,
  from: ProcessId,
  to: ProcessId,
  { processes, tag, shapes }: Reading,
): Received | string {
  let envelope: unknown
  try {
    envelope = JSON.parse(asBuffer(body).toString('utf8'))
  } catch {
    return 'the frame is not JSON'
  }
  if (typeof envelope !== 'object' || envelope === null) return 'the envelope is not an object'
  const said = envelope as Record<string, unknown>
  const { id, lamport, operation, hop, message, traceparent } = said
  if (said.from !== from)
    return `the envelope says it is from ${shown(said.from)}, but the connection is ${from}'s`
  if (said.to !== to) return `the envelope is addressed to ${shown(said.to)}`
  if (typeof traceparent !== 'string' || !traceparent.startsWith(`00-${tag}`)) {
    return `the frame is of another run: its traceparent is ${shown(traceparent)}`
  }
  const prefix = `${from}#`
  const number =
    typeof id === 'string' && id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN
  if (!isCount(number)) return `${shown(id)} is no message id of ${from}`
  if (!isCount(lamport)) return 'lamport is not a natural number of 32 bits'
  if (!isCount(hop)) return 'hop is not a natural number of 32 bits'
  const isPair = Array.isArray(operation) && operation.length === 2
  const [process, seq] = isPair ? [operation[0], operation[1]] : []
  if (!isCount(process) || !isCount(seq) || process >= processes) {
    return 'operation is not a pair of process and sequence number'
  }
  const wrong = misfit(shapes, message)
  if (wrong !== null) return `the message does not fit: ${wrong}`
  return {
    number,
    lamport,
    hop,
    operation: { process, seq },
    message: message as Received['message'],
  }
}

/** The same bytes: views of a Buffer are Buffers, so that this makes one a chunk and not one a frame. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff_ffff

const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60)

function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4
}

function writeVarint(into: Buffer, value: number): void {
  let at = 0
  while (value >= 0x80) {
    into[at++] = (value & 0x7f) | 0x80
    value >>>= 7
  }
  into[at] = value
}

/** Cuts a byte stream into frame bodies: chunk boundaries are not frame boundaries. */
export class FrameReader {
  readonly #onBody: (body: Uint8Array) => boolean
  readonly #onGarbage: (why: string) => void
  #rest: Uint8Array | null = null
  #done = false

  /**
   * @param onBody takes a frame and says whether to read on: of a stream that is given up nothing more counts
   * @param onGarbage is told why what follows cannot be read
   */
  constructor(onBody: (body: Uint8Array) => boolean, onGarbage: (why: string) => void) {
    this.#onBody = onBody
    this.#onGarbage = onGarbage
  }

  push(chunk: Uint8Array): void {
    if (this.#done) return
    const bytes = this.#rest === null ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk])
    this.#rest = null
    let at = 0
    while (at < bytes.length) {
      let length = 0
      let prefix = 0
      for (let shift = 0; ; shift += 7) {
        if (at + prefix >= bytes.length) return this.#keep(bytes, at)
        if (prefix === 4) return this.#refuse('the length of the frame is not a varint of up to 4 bytes')
        const byte = bytes[at + prefix++]!
        length |= (byte & 0x7f) << shift
        if (byte < 0x80) break
      }
      if (length > FRAME_BYTES_MAX) {
        return this.#refuse(`a frame of ${length} bytes is larger than ${FRAME_BYTES_MAX}`)
      }
      const end = at + prefix + length
      if (end > bytes.length) return this.#keep(bytes, at)
      if (!this.#onBody(bytes.subarray(at + prefix, end))) {
        this.#done = true
        return
      }
      at = end
    }
  }

  /** The stream has ended; nothing more comes. */
  end(): void {
    if (!this.#done && this.#rest !== null) this.#refuse('the stream ended in the middle of a frame')
  }

  #keep(bytes: Uint8Array, from: number): void {
    this.#rest = Uint8Array.prototype.slice.call(bytes, from) // a copy, which a Buffer's own is not
  }

  #refuse(why: string): void {
    this.#done = true
    this.#onGarbage(why)
  }
}
