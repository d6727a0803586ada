import { Agent, createServer as createHttpServer, request } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { UsageError } from '../lib/usage-error.ts'
import { runOf } from '../trace-format/testing.ts'
import { findServer, startTraceServer } from './server.ts'
import { ask, pingPong, serverFor, temporaryFolder } from './testing.ts'

async function listening(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const answering = (text: string) => listening(createHttpServer((_, response) => void response.end(text)))

describe('the port', () => {
  it('is the preferred one when it is free', async () => {
    const probe = createServer()
    const free = await listening(probe)
    const { promise, resolve } = Promise.withResolvers<void>()
    probe.close(() => resolve())
    await promise
    const server = await startTraceServer({ runsDir: temporaryFolder(), preferredPort: free })
    onTestFinished(() => server.stop())
    expect(server).toMatchObject({ port: free, url: `http://127.0.0.1:${free}`, note: null })
  })

  it('is another, and that is said, when the preferred one is taken', async () => {
    const preferredPort = await listening(createServer())
    const server = await startTraceServer({ runsDir: temporaryFolder(), preferredPort })
    onTestFinished(() => server.stop())
    expect(server.port).not.toBe(preferredPort)
    expect(server.note).toContain(String(preferredPort))
    expect(server.note).toContain(server.url)
    expect(await findServer(server.url)).toBe('ours')
  })

  it('asked for by number is taken or refused with what repairs it', async () => {
    const port = await listening(createServer())
    const start = startTraceServer({ runsDir: temporaryFolder(), port })
    await expect(start).rejects.toThrow(UsageError)
    await expect(start).rejects.toThrow(new RegExp(`Port ${port} .*--port`))
  })
})

describe('findServer', () => {
  it('tells ours from others and from nobody', async () => {
    const server = await serverFor()
    expect(await findServer(server.url)).toBe('ours')
    await server.stop()
    expect(await findServer(server.url)).toBe('absent')
    const others = ['hello', '{}', 'null', '{"name":"p2p-testbed","format":99}', 'x'.repeat(100_000)]
    for (const text of others)
      expect(await findServer(`http://127.0.0.1:${await answering(text)}`)).toBe('other')
  })

  it('does not wait for who says nothing, or no end of things', async () => {
    const silent = await listening(createServer())
    expect(await findServer(`http://127.0.0.1:${silent}`, 100)).toBe('other')
    const rude = await listening(createServer((socket) => void socket.destroy()))
    expect(await findServer(`http://127.0.0.1:${rude}`)).toBe('other')
    const dripping = createHttpServer((_, response) => void response.write('{'))
    const port = await listening(dripping)
    expect(await findServer(`http://127.0.0.1:${port}`, 100)).toBe('other')
    dripping.closeAllConnections()
  })
})

it('stops though a client keeps its connection', async () => {
  const server = await serverFor()
  const socket = connect(server.port, '127.0.0.1')
  const { promise: answered, resolve } = Promise.withResolvers<void>()
  socket.once('data', () => resolve())
  socket.write('GET /api/about HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n')
  await answered
  const half = connect(server.port, '127.0.0.1')
  half.on('error', () => {})
  const { promise: begun, resolve: go } = Promise.withResolvers<void>()
  half.once('data', () => go())
  const headers =
    'Host: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 9'
  half.write(`POST /v1/traces HTTP/1.1\r\n${headers}\r\n\r\n`)
  await begun
  await server.stop()
  expect(await findServer(server.url)).toBe('absent')
  socket.destroy()
  half.destroy()
})

describe('the guard', () => {
  const from = (url: string, headers: Record<string, string>, method = 'GET') => ask(url, { method, headers })

  it('answers for loopback only, and for hosts that were named', async () => {
    const { url, port } = await serverFor({ hosts: ['viewer.test'] })
    for (const host of [
      'localhost',
      `LOCALHOST:${port}`,
      '127.0.0.1:1',
      '[::1]',
      '[::1]:80',
      'viewer.test:8700',
    ]) {
      expect(await from(`${url}/api/about`, { Host: host }), host).toMatchObject({ status: 200 })
    }
    for (const host of [
      'evil.test',
      'localhost.evil.test',
      '127.0.0.1.nip.io',
      'localhost:80:80',
      '[::1',
      '0',
    ]) {
      const answer = await from(`${url}/api/about`, { Host: host })
      expect(answer.status, host).toBe(421)
      expect(answer.headers['content-security-policy']).toBeDefined()
    }
  })

  it('lets no page of another origin write', async () => {
    const { url, port } = await serverFor()
    const Host = `localhost:${port}`
    const post = (headers: Record<string, string>, path = '/v1/traces') =>
      ask(`${url}${path}`, {
        method: 'POST',
        body: '{}',
        headers: { Host, 'Content-Type': 'application/json', ...headers },
      })
    expect(await post({})).toMatchObject({ status: 200 })
    expect(await post({ Origin: `http://localhost:${port}` })).toMatchObject({ status: 200 })
    for (const Origin of [
      'http://evil.test',
      'null',
      'http://localhost',
      `http://127.0.0.1:${port}`,
      'https://x',
    ]) {
      expect(await post({ Origin }), Origin).toMatchObject({ status: 403 })
      expect(await post({ Origin }, '/api/runs'), Origin).toMatchObject({ status: 403 })
    }
    expect(await post({ 'Content-Type': 'text/plain' }, '/api/runs')).toMatchObject({ status: 415 })
  })

  it('sends the headers that keep foreign content out, on every answer', async () => {
    const { url } = await serverFor()
    for (const path of ['/', '/page.css', '/api/runs', '/nowhere', '/api/nowhere', '/runs/none']) {
      const { headers } = await ask(`${url}${path}`)
      expect(headers, path).toMatchObject({
        'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      expect(headers, path).not.toHaveProperty('x-powered-by')
    }
  })
})

it('keeps a connection after it sent a file', async () => {
  const { url, store } = await serverFor()
  const writer = store.begin(runOf(2, { notes: '# Notes' }))
  for (const block of pingPong().blocks) writer.append(block)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const ports = new Set<number | undefined>()
  for (const path of ['events.bin', 'notes', 'spans.jsonl', 'events.bin']) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const sent = request(`${url}/api/runs/by-hand/${path}`, { agent }, (response) => {
      expect(response.statusCode).toBe(200)
      ports.add(response.socket.localPort)
      response.resume()
      response.on('end', resolve)
    })
    sent.end()
    await promise
    await ask(`${url}/api/about`) // time for the server to finish with it
  }
  expect(ports.size).toBe(1)
})
