/** Who may act on a run, and who may not: each guard for itself, with all the others satisfied. */
import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { ActAnswer, ActForms } from '../trace-format/acts.ts'
import { runOf } from '../trace-format/testing.ts'
import type { ActingPort } from './acts.ts'
import type { ServerOptions } from './server.ts'
import { type Answer, ask, outcomeOf, pingPong, serverFor } from './testing.ts'

const TOKEN = 'q1w2e3r4t5y6u7i8o9p0-_AB'
const FORMS: ActForms = {
  requests: [{ type: 'ping', fields: [{ name: 'to', label: 'process', optional: false }] }],
  links: [['p00', 'p01']],
}

/** A port that remembers what came to it. */
class Port implements ActingPort {
  readonly token: string = TOKEN
  readonly acts: unknown[] = []
  answer: ActAnswer | Promise<ActAnswer> = { status: 200, done: true, message: 'done' }
  open = 'r1'
  readonly forms = (run: string) => (run === this.open ? FORMS : null)
  readonly act = async (_run: string, act: unknown) => {
    this.acts.push(act)
    return this.answer
  }
}

async function held(options: Partial<ServerOptions> = {}) {
  const port = new Port()
  const server = await serverFor({ acting: port, ...options })
  const writer = server.store.begin(runOf(2, { id: 'r1' }))
  const url = `http://127.0.0.1:${server.port}`
  return { port, server, writer, url, act: acting(url), forms: `${url}/api/runs/r1/acts` }
}

const BEARER = { Authorization: `Bearer ${TOKEN}` }
const JSON_TYPE = { 'Content-Type': 'application/json' }

const acting =
  (url: string, run = 'r1') =>
  (headers: Record<string, string> = {}, body = '{"line":"crash p00"}'): Promise<Answer> =>
    ask(`${url}/api/runs/${run}/act`, {
      method: 'POST',
      headers: { ...BEARER, ...JSON_TYPE, ...headers },
      body,
    })

const without = (name: string) => ({ [name]: '' })

describe('an act', () => {
  it('with all that it needs comes to the run as it was sent, and is answered', async () => {
    const { port, act, url } = await held()
    const said = await act()
    expect([said.status, JSON.parse(said.text)]).toEqual([200, { done: true, message: 'done' }])
    expect((await act({ Origin: url })).status).toBe(200)
    expect(port.acts).toEqual([{ line: 'crash p00' }, { line: 'crash p00' }])
    port.answer = { status: 400, done: false, message: 'there is no process p77' }
    const refused = await act({}, '{"kind":"crash","process":"p77"}')
    expect([refused.status, JSON.parse(refused.text).message]).toEqual([400, 'there is no process p77'])
  })

  it.for([
    ['no token', without('Authorization')],
    ['another token', { Authorization: `Bearer ${TOKEN.slice(0, -1)}x` }],
    ['the beginning of the token', { Authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['more than the token', { Authorization: `Bearer ${TOKEN}x` }],
    ['another scheme', { Authorization: `Basic ${TOKEN}` }],
    ['an empty token', { Authorization: 'Bearer ' }],
  ] as const)('%s: 401, and nothing comes to the run', async ([, headers]) => {
    const { port, act, forms } = await held()
    expect((await act(headers)).status).toBe(401)
    expect((await ask(forms, { headers })).status).toBe(401)
    expect(port.acts).toEqual([])
  })

  it('with the token in the address is one without', async () => {
    const { port, url } = await held()
    for (const query of [`token=${TOKEN}`, `access_token=${TOKEN}`]) {
      const options = { method: 'POST', headers: JSON_TYPE, body: '{"line":"crash p00"}' }
      expect((await ask(`${url}/api/runs/r1/act?${query}`, options)).status).toBe(401)
    }
    expect(port.acts).toEqual([])
  })

  it('of a page of another origin is refused, whatever it bears', async () => {
    const { port, act, url } = await held()
    const near = `http://127.0.0.1:${Number(new URL(url).port) + 1}`
    for (const Origin of ['http://evil.example', 'null', near, url.replace('http:', 'https:')])
      expect((await act({ Origin })).status, Origin).toBe(403)
    expect(port.acts).toEqual([])
  })

  it('for another name of this machine is refused: DNS may be made to say anything', async () => {
    const { port, act } = await held({ hosts: ['testbed.example'] })
    expect((await act({ Host: 'evil.example' })).status).toBe(421)
    const named = await act({ Host: 'testbed.example' })
    expect([named.status, JSON.parse(named.text).message]).toEqual([
      403,
      'only whoever is on this machine may act on a run',
    ])
    expect(port.acts).toEqual([])
  })

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address

  it.skipIf(outside === undefined)(
    'from another machine is refused, where the server listens to it',
    async () => {
      const { port, server } = await held({ host: '0.0.0.0' })
      const status = await new Promise((resolve, reject) => {
        const headers = { ...BEARER, ...JSON_TYPE, Host: 'localhost' }
        const sent = request({
          host: outside!,
          port: server.port,
          path: '/api/runs/r1/act',
          method: 'POST',
          headers,
        })
        sent.on('response', (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        sent.on('error', reject)
        sent.end('{"line":"crash p00"}')
      })
      expect(status).toBe(403)
      expect(port.acts).toEqual([])
    },
  )

  it('that is not said to be JSON, or is none, or has no end is refused', async () => {
    const { port, act } = await held()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect((await act({ 'Content-Type': type })).status, type).toBe(415)
    expect((await act(without('Content-Type'))).status).toBe(415)
    expect((await act({}, '{"line":')).status).toBe(400)
    expect((await act({}, JSON.stringify({ line: 'x'.repeat(70_000) }))).status).toBe(413)
    expect(port.acts).toEqual([])
  })

  it('on a run that is not held open, or is not there, is refused', async () => {
    const { port, act, url } = await held()
    expect((await acting(url, 'nobody')()).status).toBe(404)
    expect((await acting(url, '..%2f..%2fetc')()).status).toBe(404)
    port.open = ''
    expect((await act()).status).toBe(409)
    expect((await ask(`${url}/api/runs/r1/acts`, { headers: BEARER })).status).toBe(409)
    expect(port.acts).toEqual([])
  })

  it('waits in a line that has an end', async () => {
    const { port, act } = await held()
    const { promise, resolve } = Promise.withResolvers<ActAnswer>()
    port.answer = promise
    const { promise: eight, resolve: refusedEight } = Promise.withResolvers<void>()
    let refused = 0
    const many = Array.from({ length: 40 }, async () => {
      const said = await act()
      if (said.status === 503 && ++refused === 8) refusedEight()
      return said
    })
    await eight
    resolve({ status: 200, done: true, message: 'done' })
    const statuses = (await Promise.all(many)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(32)
  })

  it('cannot be done to the runs of a server that is no part of their process', async () => {
    const server = await serverFor()
    server.store.begin(runOf(2, { id: 'r1' }))
    const url = `http://127.0.0.1:${server.port}`
    expect((await acting(url)()).status).toBe(404)
    expect((await ask(`${url}/api/runs/r1/acts`, { headers: BEARER })).status).toBe(404)
  })

  it('is a POST and nothing else', async () => {
    const { port, url } = await held()
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const options = { method, headers: { ...BEARER, ...JSON_TYPE } }
      expect((await ask(`${url}/api/runs/r1/act`, options)).status, method).toBe(404)
    }
    expect(port.acts).toEqual([])
  })
})

describe('the token', () => {
  it('is in no answer, and an empty one opens nothing', async () => {
    const { act, url, forms } = await held()
    const said = await Promise.all([
      act(),
      act(without('Authorization')),
      ask(forms, { headers: BEARER }),
      ask(`${url}/api/runs`),
      ask(`${url}/api/runs/r1`),
      ask(`${url}/api/about`),
      ask(`${url}/runs/r1`),
    ])
    for (const { text, headers } of said) expect(text + JSON.stringify(headers)).not.toContain(TOKEN)
    const empty = Object.assign(new Port(), { token: '' })
    const open = await held({ acting: empty })
    expect((await open.act({ Authorization: 'Bearer ' })).status).toBe(401)
  })
})

describe('a run that is held open', () => {
  it('has its forms, for whoever bears the token', async () => {
    const { forms } = await held()
    const said = await ask(forms, { headers: BEARER })
    expect([said.status, JSON.parse(said.text)]).toEqual([200, FORMS])
    expect(said.headers['cache-control']).toBe('no-store')
  })

  it('says what it has come to, and keeps it in no file until it is over', async () => {
    const { writer, server, url } = await held()
    for (const block of pingPong().blocks) writer.append(block)
    writer.rest(outcomeOf())
    const { text } = await ask(`${url}/api/runs/r1`)
    expect(JSON.parse(text).outcome.verdict).toBe('violated')
    expect(server.store.summary('r1')).toMatchObject({ state: 'running', verdict: 'violated' })
    writer.abandon()
    expect(server.store.summary('r1')).toMatchObject({ state: 'interrupted', verdict: null })
  })
})
