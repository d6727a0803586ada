/** A span as this project derives, stores and exports it: plain data, times relative to its run. */
import type { Attributes } from './attributes.ts'
import type { RunDescription } from './run.ts'
import type { SpanContext } from './span-ids.ts'

/**
 * The numbers of OTLP, opentelemetry-proto 1.11, trace.proto `SpanKind`; those of
 * the OpenTelemetry API are one less.
 */
export const SPAN_KIND = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
export type SpanKind = (typeof SPAN_KIND)[keyof typeof SPAN_KIND]

export interface SpanEvent {
  readonly name: string
  readonly timeNs: number
  readonly attributes: Attributes
}

export interface Span extends SpanContext {
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: SpanKind
  readonly startNs: number // since the run began, as all times of a span: exact for 104 days
  readonly endNs: number
  readonly process: number // index of the process whose service it is of; TESTBED for the testbed's own
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanContext[]
  readonly error?: string
}

/** A time of a run as seconds and nanoseconds since 1970; as a plain number of ns it would not be exact. */
export function unixTime(
  run: Pick<RunDescription, 'startedAtMs'>,
  timeNs: number,
): [seconds: number, ns: number] {
  const wholeMs = Math.floor(run.startedAtMs)
  const restNs = Math.round((run.startedAtMs - wholeMs) * 1e6) + Math.round(timeNs)
  const carried = Math.floor(restNs / 1e9)
  const ns = (wholeMs % 1000) * 1e6 + (restNs - carried * 1e9)
  const more = Math.floor(ns / 1e9)
  return [Math.floor(wholeMs / 1000) + carried + more, ns - more * 1e9]
}

/** The same as one decimal number of ns: how OTLP JSON writes times. */
export function unixNano(run: Pick<RunDescription, 'startedAtMs'>, timeNs: number): string {
  const [seconds, ns] = unixTime(run, timeNs)
  return `${seconds}${String(ns).padStart(9, '0')}`
}
