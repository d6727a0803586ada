/**
 * How a stream is cut into frames: an unsigned varint length (multiformats unsigned-varint, as in
 * libp2p's own protocols) and that many bytes, which `envelope.ts` makes and reads.
 */
import { MESSAGE_BYTES_MAX } from '../experiment.ts'

/** The largest frame a process accepts, in bytes: a message and its envelope. Above it, reset. */
export const FRAME_BYTES_MAX = MESSAGE_BYTES_MAX + 4096

export function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4
}

/** Writes it and returns where it ends. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    into[at++] = (value & 0x7f) | 0x80
    value >>>= 7
  }
  into[at++] = value
  return at
}

/** The same bytes. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Takes the body of a frame, `bytes` from `start` to `end`, and says whether to read on. */
type OnBody = (bytes: Buffer, start: number, end: number) => boolean

/** Cuts a byte stream into frame bodies: chunk boundaries are not frame boundaries. */
export class FrameReader {
  readonly #onBody: OnBody
  readonly #onGarbage: (why: string) => void
  #rest: Uint8Array | null = null
  #done = false

  /**
   * @param onBody of a stream that it gives up nothing more counts
   * @param onGarbage is told why what follows cannot be read
   */
  constructor(onBody: OnBody, onGarbage: (why: string) => void) {
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
      if (!this.#onBody(bytes, at + prefix, end)) {
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
