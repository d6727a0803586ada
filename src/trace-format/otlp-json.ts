/**
 * Spans as OTLP JSON: one ExportTraceServiceRequest a line, as `spans.jsonl`
 * holds them and as any collector reads them (OpenTelemetry protocol 1.11,
 * "JSON Protobuf Encoding": lowerCamelCase, hex ids, 64-bit numbers as text).
 */
import {
  ATTRIBUTE,
  type Attributes,
  type AttributeValue,
  SERVICE_NAMESPACE,
  TESTBED_SERVICE,
} from './attributes.ts'
import { FORMAT_VERSION, type RunDescription } from './run.ts'
import { type Span, type SpanEvent, unixNano } from './span.ts'

/** The instrumentation scope of all our spans. */
export const SCOPE = { name: 'p2p-testbed', version: String(FORMAT_VERSION) } as const

/** The resource of a process's spans; TESTBED has one too. */
export function resourceAttributes(run: RunDescription, process: number): Attributes {
  const name = run.processes[process]
  return {
    [ATTRIBUTE.serviceName]: name ?? TESTBED_SERVICE,
    [ATTRIBUTE.serviceNamespace]: SERVICE_NAMESPACE,
    [ATTRIBUTE.serviceInstanceId]: run.peerIds[process] ?? name ?? run.id,
    [ATTRIBUTE.runId]: run.id,
    [ATTRIBUTE.algorithm]: run.algorithm,
    [ATTRIBUTE.runtime]: run.runtime,
    [ATTRIBUTE.seed]: run.seed,
  }
}

/** One line, without its end, for any number of spans; grouped by process. */
export function otlpLine(run: RunDescription, spans: readonly Span[]): string {
  const ofProcess = Map.groupBy(spans, (span) => span.process)
  const resourceSpans = [...ofProcess].map(([process, its]) => ({
    resource: { attributes: keyValues(resourceAttributes(run, process)) },
    scopeSpans: [{ scope: SCOPE, spans: its.map((span) => spanJson(run, span)) }],
  }))
  return JSON.stringify({ resourceSpans })
}

function spanJson(run: RunDescription, span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, startNs, endNs, attributes, events, links, error } = span
  // What is undefined is not written.
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startTimeUnixNano: unixNano(run, startNs),
    endTimeUnixNano: unixNano(run, endNs),
    attributes: keyValues(attributes),
    events: events.length === 0 ? undefined : events.map((event) => eventJson(run, event)),
    links: links.length === 0 ? undefined : links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: error === undefined ? undefined : { code: STATUS_ERROR, message: error },
  }
}

const eventJson = (run: RunDescription, { name, timeNs, attributes }: SpanEvent) => ({
  timeUnixNano: unixNano(run, timeNs),
  name,
  attributes: keyValues(attributes),
})

/** trace.proto, `Status.StatusCode`. */
export const STATUS_ERROR = 2

function keyValues(attributes: Attributes): object[] {
  const list: object[] = []
  for (const key of Object.keys(attributes)) list.push({ key, value: anyValue(attributes[key]!) })
  return list
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

export { decodeOtlpJson, type ForeignSpan } from './otlp-decode.ts'
