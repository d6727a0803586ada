/** Spans of a foreign program as one line of OTLP JSON. */
import type { ForeignRecord, ForeignSpan, ForeignValue } from '../trace-format/otlp-decode.ts'
import { STATUS_ERROR } from '../trace-format/otlp-json.ts'

/**
 * The body of a request as a line, as it came; null when it is none, for it has an end of line within or
 * does not begin as every exporter begins it. To write it anew would cost as much as to read it.
 */
export function lineAsItCame(body: Uint8Array): Buffer | null {
  if (body[0] !== 0x7b || body.includes(0x0a) || body.includes(0x0d)) return null
  const line = Buffer.allocUnsafe(body.length + 1)
  line.set(body)
  line[body.length] = 0x0a
  return line
}

/** From what was understood of them and nothing else, with its end of line. */
export function foreignLine(spans: readonly ForeignSpan[]): Buffer {
  const resourceSpans = [...Map.groupBy(spans, (span) => span.resource)].map(([resource, its]) => ({
    resource: { attributes: keyValues(resource) },
    scopeSpans: [...Map.groupBy(its, (span) => span.scope)].map(([name, spans]) => ({
      scope: { name },
      spans: spans.map(spanJson),
    })),
  }))
  return Buffer.from(`${JSON.stringify({ resourceSpans })}\n`)
}

const spanJson = (span: ForeignSpan) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
  name: span.name,
  kind: span.kind,
  startTimeUnixNano: String(span.startUnixNs),
  endTimeUnixNano: String(span.endUnixNs),
  attributes: keyValues(span.attributes),
  events: span.events.map((event) => ({
    timeUnixNano: String(event.unixNs),
    name: event.name,
    attributes: keyValues(event.attributes),
  })),
  links: span.links.map((link) => ({
    traceId: link.traceId,
    spanId: link.spanId,
    attributes: keyValues(link.attributes),
  })),
  ...(span.error !== undefined && { status: { code: STATUS_ERROR, message: span.error } }),
})

const keyValues = (attributes: ForeignRecord) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))

function anyValue(value: ForeignValue): object {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return numberValue(value)
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { kvlistValue: { values: keyValues(value as ForeignRecord) } }
}

/** JSON has no NaN and no infinity; the JSON form of protobuf writes them as text. */
function numberValue(value: number): object {
  if (Number.isSafeInteger(value)) return { intValue: String(value) }
  return { doubleValue: Number.isFinite(value) ? value : String(value) }
}
