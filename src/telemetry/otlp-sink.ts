/**
 * Spans of a run, made again with the OpenTelemetry SDK and sent as OTLP over
 * HTTP: to Jaeger or any collector. One tracer provider, hence one service, for
 * each process; all share one processor. Ids and times are not drawn but those
 * that were derived. Loaded by whoever has an endpoint, in a worker thread.
 */
import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  type SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { AlwaysOnSampler, type IdGenerator, TracerProvider } from '@opentelemetry/sdk-trace'
import { TESTBED_SERVICE } from '../trace-format/attributes.ts'
import { resourceAttributes, SCOPE } from '../trace-format/otlp-json.ts'
import type { RunDescription, SinkCount } from '../trace-format/run.ts'
import { type Span, unixTime } from '../trace-format/span.ts'
import type { SpanContext } from '../trace-format/span-ids.ts'
import { CountingProcessor } from './counting-processor.ts'
import { listenForPartialSuccess, takePartialSuccess } from './partial-success.ts'

/**
 * The exporter gives up on a request after this, its retries included: a dead
 * Jaeger must not hold up a run.
 */
const REQUEST_TIMEOUT_MS = 2_000

/** The SDK's own limits (128) drop the oldest events of a span; what is derived is sent whole. */
const SPAN_LIMITS = {
  attributeCountLimit: Infinity,
  eventCountLimit: Infinity,
  linkCountLimit: Infinity,
  attributePerEventCountLimit: Infinity,
}

export interface OtlpSink {
  /** Never waits and never throws for what the endpoint does. */
  accept(spans: readonly Span[]): void
  count(): SinkCount
  /** Sends what is left for as long as `timeoutMs`; then made = accepted + refused + dropped. */
  close(timeoutMs: number): Promise<SinkCount>
}

export interface OtlpSinkOptions {
  readonly endpoint: string // full address, /v1/traces included
  readonly name: string // of the sink, in its count
  readonly run: RunDescription
}

/** Yields the ids of the span about to be started. */
class DerivedIds implements IdGenerator {
  next: SpanContext = { traceId: '', spanId: '' }
  generateTraceId = (): string => this.next.traceId
  generateSpanId = (): string => this.next.spanId
}

export async function openOtlpSink({ endpoint, name, run }: OtlpSinkOptions): Promise<OtlpSink> {
  startSdk()
  // The bound on requests in flight is the processor's; at its own the exporter throws batches away.
  const exporter = new OTLPTraceExporter({
    url: endpoint,
    concurrencyLimit: Infinity,
    timeoutMillis: REQUEST_TIMEOUT_MS,
  })
  const processor = new CountingProcessor(exporter, takePartialSuccess)
  const ids = new DerivedIds()
  const tracers = new Map<number, Tracer>()
  const tracerOf = (process: number): Tracer => {
    const tracer = tracers.get(process) ?? newTracer(run, process, processor, ids)
    tracers.set(process, tracer)
    return tracer
  }
  const count = (): SinkCount => {
    const { note, ...counts } = processor.count()
    return { sink: name, where: endpoint, ...counts, ...(note !== null && { note }) }
  }
  return {
    accept: (spans) => {
      for (const span of spans) {
        ids.next = span
        emit(run, tracerOf(span.process), span)
      }
    },
    count,
    close: async (timeoutMs) => {
      await processor.close(timeoutMs)
      exporter.shutdown().catch(() => {}) // waits for requests that nobody counts any more
      return count()
    },
  }
}

function newTracer(
  run: RunDescription,
  process: number,
  processor: CountingProcessor,
  ids: DerivedIds,
): Tracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resourceAttributes(run, process)),
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
    spanProcessors: [processor],
    spanLimits: SPAN_LIMITS,
  })
  return provider.getTracer(SCOPE.name, SCOPE.version)
}

function emit(run: RunDescription, tracer: Tracer, span: Span): void {
  const at = (timeNs: number): HrTime => unixTime(run, timeNs)
  const made = tracer.startSpan(
    span.name,
    {
      kind: (span.kind - 1) as SpanKind, // the API's numbers are one less than OTLP's
      startTime: at(span.startNs),
      attributes: span.attributes,
      links: span.links.map((link) => ({ context: sampled(link) })),
    },
    parentOf(span),
  )
  for (const event of span.events) made.addEvent(event.name, event.attributes, at(event.timeNs))
  if (span.error !== undefined) made.setStatus({ code: SpanStatusCode.ERROR, message: span.error })
  made.end(at(span.endNs))
}

/**
 * Not what is active: the derived parent, which may be a span of another process,
 * or never have been here.
 */
function parentOf({ traceId, parentSpanId }: Span): Context {
  if (parentSpanId === undefined) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...sampled({ traceId, spanId: parentSpanId }),
    isRemote: false,
  })
}

const sampled = ({ traceId, spanId }: SpanContext) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })

let started = false

/**
 * The SDK's globals, once a thread. All lists are given, if empty: what is left
 * out it takes from the environment, as a log exporter to localhost:4318.
 */
function startSdk(): void {
  if (started) return
  started = true
  new NodeSDK({
    serviceName: TESTBED_SERVICE,
    autoDetectResources: false,
    spanProcessors: [],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  }).start()
  listenForPartialSuccess()
}
