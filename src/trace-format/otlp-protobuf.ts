/**
 * Reads an ExportTraceServiceRequest in protobuf: the messages of
 * opentelemetry-proto 1.11, trace.proto, common.proto and resource.proto, as a
 * table. What is read is brought into the form that OTLP JSON has and given to
 * its decoder, so that both encodings of a span come out as the same span and
 * are checked in one place.
 */
import { decodeOtlpJson } from './otlp-decode.ts'
import { bytesField, joined, textField, varintField, WIRE, WireReader } from './protobuf-wire.ts'

type Scalar = 'text' | 'hex' | 'base64' | 'fixed64' | 'int32' | 'int64' | 'double' | 'bool'

interface Field {
  readonly name: string // as OTLP JSON has it
  readonly is: Scalar | (() => Message)
  readonly many?: true
}

interface Message {
  readonly fields: Readonly<Record<number, Field>>
  readonly oneOf?: true // of its fields the last one counts
}

const of = (fields: Message['fields']): (() => Message) => {
  const message = { fields }
  return () => message
}

const ANY_VALUE: Message = {
  oneOf: true,
  fields: {
    1: { name: 'stringValue', is: 'text' },
    2: { name: 'boolValue', is: 'bool' },
    3: { name: 'intValue', is: 'int64' },
    4: { name: 'doubleValue', is: 'double' },
    5: { name: 'arrayValue', is: of({ 1: { name: 'values', is: () => ANY_VALUE, many: true } }) },
    6: { name: 'kvlistValue', is: of({ 1: { name: 'values', is: () => KEY_VALUE(), many: true } }) },
    7: { name: 'bytesValue', is: 'base64' },
  },
}

const KEY_VALUE = of({ 1: { name: 'key', is: 'text' }, 2: { name: 'value', is: () => ANY_VALUE } })

const attributes: Field = { name: 'attributes', is: KEY_VALUE, many: true }

const EVENT = of({
  1: { name: 'timeUnixNano', is: 'fixed64' },
  2: { name: 'name', is: 'text' },
  3: attributes,
})

const LINK = of({ 1: { name: 'traceId', is: 'hex' }, 2: { name: 'spanId', is: 'hex' }, 4: attributes })

const STATUS = of({ 2: { name: 'message', is: 'text' }, 3: { name: 'code', is: 'int32' } })

const SPAN = of({
  1: { name: 'traceId', is: 'hex' },
  2: { name: 'spanId', is: 'hex' },
  4: { name: 'parentSpanId', is: 'hex' },
  5: { name: 'name', is: 'text' },
  6: { name: 'kind', is: 'int32' },
  7: { name: 'startTimeUnixNano', is: 'fixed64' },
  8: { name: 'endTimeUnixNano', is: 'fixed64' },
  9: attributes,
  11: { name: 'events', is: EVENT, many: true },
  13: { name: 'links', is: LINK, many: true },
  15: { name: 'status', is: STATUS },
})

const SCOPE_SPANS = of({
  1: { name: 'scope', is: of({ 1: { name: 'name', is: 'text' } }) },
  2: { name: 'spans', is: SPAN, many: true },
})

const RESOURCE_SPANS = of({
  1: { name: 'resource', is: of({ 1: attributes }) },
  2: { name: 'scopeSpans', is: SCOPE_SPANS, many: true },
})

const REQUEST = of({ 1: { name: 'resourceSpans', is: RESOURCE_SPANS, many: true } })

/** What protobuf's own parsers take by default, https://protobuf.dev/programming-guides/proto-limits/ */
const DEPTH_MAX = 100

/**
 * An empty message is two bytes and becomes an object of fifty: a request of nothing else must
 * not fill memory.
 */
const MESSAGES_MAX = 4_000_000

/** As `decodeOtlpJson`: throws only if the body as a whole is no such request. */
export function decodeOtlpProtobuf(
  bytes: Uint8Array,
  messagesMax = MESSAGES_MAX,
): ReturnType<typeof decodeOtlpJson> {
  return decodeOtlpJson(new Decoder(messagesMax).message(new WireReader(bytes), REQUEST(), 0, {}))
}

type Decoded = Record<string, unknown>

class Decoder {
  readonly #max: number
  #messages = 0
  readonly #texts = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  constructor(max: number) {
    this.#max = max
  }

  /** Into `to`, which holds what an earlier piece of the same message said: pieces are merged. */
  message(reader: WireReader, { fields, oneOf }: Message, depth: number, to: Decoded): Decoded {
    if (depth > DEPTH_MAX) throw new Error(`messages are nested more than ${DEPTH_MAX} deep`)
    if (++this.#messages > this.#max) throw new Error(`there are more than ${this.#max} messages`)
    while (!reader.done) {
      const tag = reader.tag()
      const field = fields[tag >>> 3]
      if (field === undefined || (tag & 7) !== wireOf(field)) {
        reader.pass(tag)
        continue
      }
      const before = to[field.name]
      if (oneOf === true && before === undefined) for (const name of Object.keys(to)) delete to[name]
      if (typeof field.is === 'string') to[field.name] = this.#scalar(reader, field.is)
      else if (field.many === true) {
        const item = this.message(reader.message(), field.is(), depth + 1, {})
        if (Array.isArray(before)) before.push(item)
        else to[field.name] = [item]
      } else {
        to[field.name] = this.message(reader.message(), field.is(), depth + 1, (before ?? {}) as Decoded)
      }
    }
    return to
  }

  #scalar(reader: WireReader, is: Scalar): unknown {
    switch (is) {
      case 'text':
        return this.#text(reader.bytes())
      case 'hex':
        return hex(reader.bytes())
      case 'base64':
        return base64(reader.bytes())
      case 'fixed64':
        return String(reader.fixed64())
      case 'double':
        return reader.double()
      case 'bool':
        return reader.varint() !== 0n
      case 'int32':
        return Number(BigInt.asIntN(32, reader.varint()))
      case 'int64':
        return String(BigInt.asIntN(64, reader.varint()))
    }
  }

  #text(bytes: Uint8Array): string {
    try {
      return this.#texts.decode(bytes)
    } catch {
      throw new Error('a text is not UTF-8')
    }
  }
}

function wireOf({ is }: Field): number {
  if (is === 'double' || is === 'fixed64') return WIRE.fixed64
  return is === 'bool' || is === 'int32' || is === 'int64' ? WIRE.varint : WIRE.bytes
}

/** Of an id; the longest has 16 bytes. What is longer is none, and is not written out. */
function hex(bytes: Uint8Array): string {
  if (bytes.length > 16) return 'too long'
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x2000))
  }
  return btoa(text)
}

/** ExportTraceServiceResponse; of no bytes when all was accepted. */
export function responseInProtobuf(rejected: number, why: string): Uint8Array {
  if (rejected === 0) return new Uint8Array()
  return bytesField(1, joined([varintField(1, rejected), textField(2, why)]))
}

/** google.rpc.Status with its message alone, as OTLP asks. */
export const statusInProtobuf = (message: string): Uint8Array => textField(2, message)
