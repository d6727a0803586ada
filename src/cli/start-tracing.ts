import { UsageError } from '../lib/usage-error.ts'
import { otlpEndpoint } from '../telemetry/endpoint.ts'
import { Tracing } from '../tracing.ts'
import type { General } from './arguments.ts'

/** The port of the original testbed's viewer. */
export const VIEWER_PORT = 8700
/** Where OTLP/HTTP receivers listen by default (OTLP specification, "OTLP/HTTP Default Port"). */
const OTLP_DEFAULT = 'http://localhost:4318/v1/traces'

/** Starts the tracing thread with what the operator and the environment say of it. */
export function startTracing(
  general: Pick<General, 'runs' | 'port' | 'otlp'>,
  actToken: string | null = null,
): Tracing {
  return new Tracing({
    runsDir: general.runs,
    host: '127.0.0.1',
    preferredPort: VIEWER_PORT,
    attachTo: attachTo(),
    ...(actToken === null ? {} : { actToken }),
    ...(general.port === undefined ? {} : { port: general.port }),
    otlp: endpointOf(general.otlp),
  })
}

/** The viewer that a run is sent to when it is there. */
export function attachTo(): string {
  const named = process.env.TESTBED_VIEWER_URL?.trim()
  if (!named) return `http://127.0.0.1:${VIEWER_PORT}`
  if (/^https?:\/\//.test(named) && URL.canParse(named)) return named.replace(/\/+$/, '')
  throw new UsageError(
    `TESTBED_VIEWER_URL is ${named}: set it to an address such as http://127.0.0.1:8700, or unset it`,
  )
}

export function endpointOf(option: string | boolean): { endpoint: string | null; configured: boolean } {
  if (option === false) return { endpoint: null, configured: false }
  if (typeof option === 'string') return { endpoint: tracesUrl(option), configured: true }
  const named = otlpEndpoint(process.env)
  return { endpoint: named ?? OTLP_DEFAULT, configured: named !== null }
}

function tracesUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--otlp ${text}: it must be an address such as http://localhost:4318`)
  }
  const url = new URL(text)
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  return url.href
}
