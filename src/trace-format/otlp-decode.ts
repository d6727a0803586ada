/**
 * Reads an ExportTraceServiceRequest in OTLP JSON from any program. As lenient
 * as the protocol asks: hex ids in either case, 64-bit numbers as text or
 * number, unknown fields ignored. A span that cannot be kept is counted, not
 * thrown: OTLP's partial success.
 */
import { isSpanId, isTraceId, type SpanContext } from './span-ids.ts'

/** A value of an attribute, as plain JSON. Whole numbers past 2^53 are text. */
export type ForeignValue = string | number | boolean | null | readonly ForeignValue[] | ForeignRecord
export interface ForeignRecord {
  readonly [key: string]: ForeignValue
}

export interface ForeignSpan extends SpanContext {
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number // of OTLP; 0: not said
  readonly startUnixNs: bigint
  readonly endUnixNs: bigint
  readonly service: string // service.name, or '' if not said
  readonly resource: ForeignRecord // its attributes; one object for all spans of the resource
  readonly scope: string
  readonly attributes: ForeignRecord
  readonly events: readonly {
    readonly name: string
    readonly unixNs: bigint
    readonly attributes: ForeignRecord
  }[]
  readonly links: readonly (SpanContext & { readonly attributes: ForeignRecord })[]
  readonly error?: string // status ERROR: its message, maybe ''
}

/** Values are nested this deep at most: a hostile one must not overflow the stack. */
const DEPTH_MAX = 16

interface Source {
  readonly service: string
  readonly resource: ForeignRecord
  readonly scope: string
}

/** Throws only if the body as a whole is no such request. `why` is of the first span rejected. */
export function decodeOtlpJson(body: unknown): { spans: ForeignSpan[]; rejected: number; why?: string } {
  if (!isRecord(body)) throw new Error('the request is not a JSON object')
  if (body.resourceSpans !== undefined && body.resourceSpans !== null && !Array.isArray(body.resourceSpans)) {
    throw new Error('resourceSpans is not a list')
  }
  const spans: ForeignSpan[] = []
  const wrongs: string[] = []
  for (const { resource, scopeSpans } of records(body.resourceSpans)) {
    const attributes = isRecord(resource) ? attributesOf(resource.attributes) : {}
    const service = attributes['service.name']
    for (const { scope, spans: its } of records(scopeSpans)) {
      const source: Source = {
        service: typeof service === 'string' ? service : '',
        resource: attributes,
        scope: isRecord(scope) && typeof scope.name === 'string' ? scope.name : '',
      }
      for (const span of Array.isArray(its) ? its : []) {
        const decoded = spanOf(span, source)
        if (typeof decoded === 'string') wrongs.push(decoded)
        else spans.push(decoded)
      }
    }
  }
  return { spans, rejected: wrongs.length, ...(wrongs[0] !== undefined && { why: wrongs[0] }) }
}

/** The span, or in words why it is none. */
function spanOf(span: unknown, source: Source): ForeignSpan | string {
  if (!isRecord(span)) return 'a span is not an object'
  const traceId = lowered(span.traceId)
  const spanId = lowered(span.spanId)
  const parentSpanId = lowered(span.parentSpanId ?? '')
  const startUnixNs = nanos(span.startTimeUnixNano)
  const endUnixNs = nanos(span.endTimeUnixNano)
  if (!isTraceId(traceId)) return 'traceId is not 32 hex digits, or all zero'
  if (!isSpanId(spanId)) return 'spanId is not 16 hex digits, or all zero'
  if (parentSpanId !== '' && !isSpanId(parentSpanId)) return 'parentSpanId is not 16 hex digits, or all zero'
  if (startUnixNs === null) return 'startTimeUnixNano is not a natural number of 64 bits'
  if (endUnixNs === null) return 'endTimeUnixNano is not a natural number of 64 bits'
  const { status } = span
  const decoded: Decoded = {
    traceId,
    spanId,
    name: textOf(span.name),
    kind: Number.isInteger(span.kind) && (span.kind as number) >= 0 ? (span.kind as number) : 0,
    startUnixNs,
    endUnixNs,
    service: source.service,
    resource: source.resource,
    scope: source.scope,
    attributes: attributesOf(span.attributes),
    events: isEmpty(span.events) ? NONE : records(span.events).flatMap(eventOf),
    links: isEmpty(span.links) ? NONE : records(span.links).flatMap(linkOf),
  }
  if (parentSpanId !== '') decoded.parentSpanId = parentSpanId
  if (isRecord(status) && Number(status.code) === 2) decoded.error = textOf(status.message)
  return decoded
}

type Decoded = { -readonly [Field in keyof ForeignSpan]: ForeignSpan[Field] }
type Item<List> = List extends readonly (infer Of)[] ? Of : never

const NONE: readonly never[] = []
const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0)

function eventOf({ name, timeUnixNano, attributes }: Record<string, unknown>): Item<ForeignSpan['events']>[] {
  const unixNs = nanos(timeUnixNano)
  return unixNs === null ? [] : [{ name: textOf(name), unixNs, attributes: attributesOf(attributes) }]
}

function linkOf(link: Record<string, unknown>): Item<ForeignSpan['links']>[] {
  const [traceId, spanId] = [lowered(link.traceId), lowered(link.spanId)]
  if (!isTraceId(traceId) || !isSpanId(spanId)) return []
  return [{ traceId, spanId, attributes: attributesOf(link.attributes) }]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const records = (value: unknown) => (Array.isArray(value) ? value.filter(isRecord) : [])
const lowered = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : 'none')
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** fixed64 as text or number; not said is 0, as in protobuf. */
function nanos(value: unknown): bigint | null {
  if (value === undefined || value === null) return 0n
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value < 2 ** 64 ? BigInt(value) : null
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return null
  const number = BigInt(value)
  return value.length < 20 || number < TWO_64 ? number : null
}

const TWO_64 = 2n ** 64n

/** Own fields of all keys, `__proto__` too: assigned to, that one would change what the record is. */
function attributesOf(list: unknown, depth = 0): ForeignRecord {
  const record: Record<string, ForeignValue> = {}
  if (!Array.isArray(list)) return record
  for (const item of list) {
    if (!isRecord(item) || typeof item.key !== 'string') continue
    const value = plainOf(item.value, depth)
    if (item.key !== '__proto__') record[item.key] = value
    else
      Object.defineProperty(record, '__proto__', {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      })
  }
  return record
}

function plainOf(value: unknown, depth: number): ForeignValue {
  if (!isRecord(value) || depth > DEPTH_MAX) return null
  const { stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue, kvlistValue } = value
  if (typeof stringValue === 'string') return stringValue
  if (typeof boolValue === 'boolean') return boolValue
  if (intValue !== undefined && intValue !== null) return integer(intValue)
  if (typeof doubleValue === 'number' || typeof doubleValue === 'string') return Number(doubleValue)
  if (typeof bytesValue === 'string') return bytesValue
  if (isRecord(arrayValue) && Array.isArray(arrayValue.values)) {
    return arrayValue.values.map((item) => plainOf(item, depth + 1))
  }
  if (isRecord(kvlistValue)) return attributesOf(kvlistValue.values, depth + 1)
  return null
}

function integer(value: unknown): ForeignValue {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return null
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}
