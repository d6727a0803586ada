/**
 * The identity of spans is derived, not carried: whoever knows a run's tag and
 * an event's place in the history knows the ids of its span. Text forms as in
 * W3C Trace Context, Recommendation of 23 November 2021, https://www.w3.org/TR/trace-context/
 */
import { assert } from '../lib/assert.ts'

/**
 * Messages one caused by the other, after which a trace goes on as a new one.
 * Jaeger's service graph takes time quadratic in the spans of a trace, and a
 * waterfall nested deeper than this is read by nobody.
 */
export const MAX_HOPS = 256

/** In place of a process: what the testbed itself did, such as setting up the run. */
export const TESTBED = -1

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Of a number of 32 bits. By the byte: four of these are made for each message that is sent. */
const hex8 = (n: number): string =>
  BYTES[n >>> 24]! + BYTES[(n >>> 16) & 0xff]! + BYTES[(n >>> 8) & 0xff]! + BYTES[n & 0xff]!

/** Of the event `seq` of a process. Never all zero, as `seq` counts from 1. */
export function spanId(process: number, seq: number): string {
  return hex8(process + 1) + hex8(seq)
}

/**
 * Of the operation that the step `seq` of a process opened; `tag` is the run's: 16
 * hex digits, not all zero.
 */
export function traceId(tag: string, process: number, seq: number): string {
  return tag + hex8(process + 1) + hex8(seq)
}

/** The run's set-up trace: hosts, dials, crashes, links. */
export const setupTraceId = (tag: string): string => traceId(tag, TESTBED, 0)

/** The span at the root of the set-up trace. */
export const SETUP_SPAN_ID = spanId(TESTBED, 1)

/**
 * A run's tag, of any two numbers. Never all zero, or the id of the set-up trace
 * would be: W3C calls that invalid.
 */
export function runTag(high32: number, low32: number): string {
  return hex8(high32 >>> 0) + hex8(low32 >>> 0 || 1)
}

/** Refuses a tag from which no valid trace ids come. */
export function assertTag(tag: string): void {
  assert(
    /^[0-9a-f]{16}$/.test(tag) && !/^0+$/.test(tag),
    `a run's tag is 16 hex digits, not all zero: ${tag}`,
  )
}

export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
}

/** As the `traceparent` header: version 00, sampled. */
export function traceparent({ traceId, spanId }: SpanContext): string {
  return `00-${traceId}-${spanId}-01`
}

/** Null for what is no valid traceparent. Fields that a later version appends are ignored, as §3.2.4 asks. */
export function parseTraceparent(text: string): (SpanContext & { readonly sampled: boolean }) | null {
  const parts = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text)
  if (parts === null) return null
  const [, version, trace, span, flags, more] = parts
  if (version === 'ff' || (version === '00' && more !== undefined)) return null
  if (!isTraceId(trace!) || !isSpanId(span!)) return null
  return { traceId: trace!, spanId: span!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 }
}

export const isTraceId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text) && !/^0+$/.test(text)
export const isSpanId = (text: string): boolean => /^[0-9a-f]{16}$/.test(text) && !/^0+$/.test(text)
