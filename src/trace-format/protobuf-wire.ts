/**
 * The wire format of protobuf, https://protobuf.dev/programming-guides/encoding/,
 * as far as a receiver of OTLP needs it. The bytes come from anybody: whatever is
 * not well-formed is a plain Error, nothing is read past the end, and nothing is
 * made that is larger than the bytes.
 */

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const

const VARINT_BYTES = 10 // of 64 bits, 7 a byte
const SMALL_BYTES = 5 // of the 32 bits of a tag or a length

/** Groups within groups; OTLP has none at all. */
const GROUPS_MAX = 100

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export class WireReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  #at: number

  constructor(bytes: Uint8Array, from = 0, end = bytes.length, view = viewOf(bytes)) {
    this.#bytes = bytes
    this.#view = view
    this.#at = from
    this.#end = end
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  /** The next field's number and wire type, as one number: `number * 8 + type`. */
  tag(): number {
    const tag = this.#small()
    if (tag < 8) throw new Error('a field has the number 0')
    return tag
  }

  /** 64 bits, unsigned. */
  varint(): bigint {
    let value = 0n
    for (let i = 0; i < VARINT_BYTES; i++) {
      const byte = this.#byte()
      if (i === VARINT_BYTES - 1 && byte > 1) break
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) return value
    }
    throw new Error('a varint is longer than 64 bits')
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#skip(8), true)
  }

  double(): number {
    return this.#view.getFloat64(this.#skip(8), true)
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const length = this.#small()
    const from = this.#skip(length)
    return this.#bytes.subarray(from, from + length)
  }

  /** Another reader, for the message that stands here. */
  message(): WireReader {
    const length = this.#small()
    const from = this.#skip(length)
    return new WireReader(this.#bytes, from, from + length, this.#view)
  }

  /** Passes over the value of a field that nobody knows. */
  pass(tag: number): void {
    const open: number[] = [] // groups, by field
    for (let next = tag; ; next = this.tag()) {
      const field = next >>> 3
      if ((next & 7) === WIRE.groupStart) open.push(field)
      else if ((next & 7) === WIRE.groupEnd) {
        if (open.pop() !== field) throw new Error('a group ends that did not begin')
      } else this.#passValue(next & 7)
      if (open.length === 0) return
      if (open.length > GROUPS_MAX) throw new Error(`groups are nested more than ${GROUPS_MAX} deep`)
    }
  }

  #passValue(type: number): void {
    if (type === WIRE.varint) this.varint()
    else if (type === WIRE.fixed64) this.#skip(8)
    else if (type === WIRE.bytes) this.#skip(this.#small())
    else if (type === WIRE.fixed32) this.#skip(4)
    else throw new Error(`there is no wire type ${type}`)
  }

  #small(): number {
    let value = 0
    for (let i = 0; i < SMALL_BYTES; i++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80 && value < 2 ** 32) return value
      if (byte < 0x80) break
    }
    throw new Error('a tag or a length is longer than 32 bits')
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)]!
  }

  /** Where the `count` bytes passed over begin. */
  #skip(count: number): number {
    const from = this.#at
    if (count > this.#end - from) throw new Error('the bytes end in the middle of a field')
    this.#at = from + count
    return from
  }
}

/** A field that holds text or a message: its tag, its length, itself. */
export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return joined([varintOf((field << 3) | WIRE.bytes), varintOf(bytes.length), bytes])
}

export const textField = (field: number, text: string): Uint8Array =>
  bytesField(field, new TextEncoder().encode(text))

export const varintField = (field: number, value: number): Uint8Array =>
  joined([varintOf((field << 3) | WIRE.varint), varintOf(value)])

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** Of a natural number. */
function varintOf(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return Uint8Array.of(...bytes, rest)
}
