import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { otlpEndpoint, probeOtlp } from './endpoint.ts'
import { ok, Receiver } from './testing.ts'

describe('the endpoint that the environment names', () => {
  it.each([
    [{}, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' }, 'http://a:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318/' }, 'http://a:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a/otlp/' }, 'https://a/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:1/x' }, 'http://b:1/x'],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:1', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' },
      'http://b:1',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318', OTEL_SDK_DISABLED: 'true' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318', OTEL_TRACES_EXPORTER: 'none' }, null],
  ])('%j → %s', (env, expected) => {
    expect(otlpEndpoint(env)).toBe(expected)
  })

  it('is the operator’s mistake if it is no address', () => {
    expect(() => otlpEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })).toThrow(
      'http://localhost:4318',
    )
    expect(() => otlpEndpoint({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'no' })).toThrow('unset it')
  })
})

describe('the probe', () => {
  let receiver: Receiver | null = null
  afterEach(async () => {
    await receiver?.stop()
    receiver = null
  })
  const opened = async (answer: typeof ok) => {
    receiver = await new Receiver(answer).open()
    return receiver.endpoint
  }

  it('finds a server that answers', async () => {
    expect(await probeOtlp(await opened(ok), 5_000)).toBe('answers')
    expect(receiver!.spans).toEqual([])
  })

  it.each([204, 302, 404, 500])('takes %i for no', async (status) => {
    const endpoint = await opened((response) => response.writeHead(status, { location: '/elsewhere' }).end())
    expect(await probeOtlp(endpoint, 5_000)).toBe('refuses')
    expect(receiver!.requests).toBe(1)
  })

  it('does not wait for one that hangs', async () => {
    expect(await probeOtlp(await opened(() => {}), 50)).toBe('hangs')
  })

  it('finds nobody', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await probeOtlp(`http://127.0.0.1:${port}/v1/traces`, 5_000)).toBe('absent')
  })
})
