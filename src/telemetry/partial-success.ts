/**
 * How many spans of a request a server rejected. The OTLP exporter reports such
 * an answer as success and only logs what it said (otlp-exporter-base 0.301,
 * logging-response-handler); it does so right before it calls back with the
 * result of the same request, in one go, so that the log's last word is about it.
 */
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'

const PARTIAL = 'Received Partial Success response:'

let last: string | null = null

const silent = () => {}
const logger: DiagLogger = {
  error: silent,
  info: silent,
  debug: silent,
  verbose: silent,
  warn: (message, ...rest) => {
    if (message === PARTIAL) last = String(rest[0])
  },
}

/** Takes the place of the SDK's log, which would write to the console. */
export function listenForPartialSuccess(): void {
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
}

/** What the server rejected of the request whose result is being called back; null if nothing. */
export function takePartialSuccess(): { rejected: number; why: string } | null {
  if (last === null) return null
  const text = last
  last = null
  const { rejectedSpans, errorMessage } = parsed(text)
  const rejected = Number(rejectedSpans)
  return Number.isFinite(rejected) && rejected > 0 ? { rejected, why: String(errorMessage ?? '') } : null
}

function parsed(text: string): { rejectedSpans?: unknown; errorMessage?: unknown } {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
