/** Where spans go besides our own server, and whether anybody answers there. */
import { UsageError } from '../lib/usage-error.ts'

/**
 * The traces address that the environment names, or null. As the OpenTelemetry
 * specification has it ("OpenTelemetry Protocol Exporter", Endpoint URLs for
 * OTLP/HTTP): the one for traces is used as it stands, the general one is a
 * base; an empty variable counts as unset. Null also where it turns traces off.
 */
export function otlpEndpoint(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER?.trim() === 'none')
    return null
  const traces = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim()
  if (traces) return checked('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', traces)
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim()
  if (!base) return null
  const url = new URL(checked('OTEL_EXPORTER_OTLP_ENDPOINT', base))
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  return url.href
}

function checked(name: string, text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'http:' || protocol === 'https:') return text
  throw new UsageError(
    `${name} is ${JSON.stringify(text)}; set it to an address such as http://localhost:4318, or unset it.`,
  )
}

const EMPTY_REQUEST = '{"resourceSpans":[]}' // OTLP: a server answers it with success

/** Asks with an empty request; takes no longer than `timeoutMs`. */
export async function probeOtlp(
  endpoint: string,
  timeoutMs: number,
): Promise<'answers' | 'refuses' | 'hangs' | 'absent'> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: EMPTY_REQUEST,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    return response.status === 200 ? 'answers' : 'refuses'
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'hangs' : 'absent'
  }
}
