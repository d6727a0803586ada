/** For tests: folders that go away, runs small enough to check by eye, requests with any headers. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RunOutcome } from '../trace-format/run.ts'
import { Hand } from '../trace-format/testing.ts'
import { type ServerOptions, startTraceServer, type TraceServer } from './server.ts'

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trace-server-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export async function serverFor(options: Partial<ServerOptions> = {}): Promise<TraceServer> {
  const server = await startTraceServer({ runsDir: temporaryFolder(), port: 0, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** A ping and its pong, then a ping that is lost: 11 events in three blocks. */
export function pingPong(): Hand {
  const hand = new Hand(2)
  hand.at(0, 'start')
  hand.at(1, 'start')
  const asked = hand.at(0, 'request', { type: 'ping', times: 2 })
  const ping = hand.send(0, 1, { type: 'ping', at: 1 })
  hand.state(asked, true, { sent: 1 })
  hand.flush()
  hand.deliver(1, 0, ping)
  const pong = hand.send(1, 0, { type: 'pong', at: 1 })
  hand.at(1, 'setTimer', [{ type: 'again' }, 10, 20])
  hand.flush()
  const got = hand.deliver(0, 1, pong)
  hand.state(got, false, { got: 1 })
  hand.at(0, 'indicate', { type: 'done', rounds: 1 })
  const second = hand.send(0, 1, { type: 'ping', at: 2 })
  hand.fate('lost', 0, 1, second, 'a rule')
  return hand.flush()
}

export const outcomeOf = (changes: Partial<RunOutcome> = {}): RunOutcome => ({
  verdict: 'violated',
  ended: 'quiescent',
  events: 11,
  durationMs: 0.11,
  properties: [
    {
      name: 'EVERY PING IS ANSWERED',
      kind: 'eventually',
      verdict: 'violated',
      findings: [{ explanation: 'p00 had no answer to its second ping.', witnesses: [9, 10] }],
    },
    { name: 'NO CREATION', kind: 'always', verdict: 'valid', findings: [] },
  ],
  messages: [
    {
      type: 'ping',
      sent: 2,
      delivered: 1,
      lost: 1,
      duplicated: 0,
      bytes: 40,
      latencyMs: { p50: 0.01, p99: 0.02 },
    },
    { type: 'pong', sent: 1, delivered: 1, lost: 0, duplicated: 0, bytes: 20, latencyMs: null },
  ],
  tables: [{ title: 'Rounds', columns: ['process', 'rounds'], rows: [['p00', 1]], summary: 'One round.' }],
  faultsFired: { 'lose ping 50%': 1 },
  notes: ['reliable was lifted'],
  ...changes,
})

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const { method = 'GET', headers = {}, body } = options
  const sent = request(url, { method, headers, agent: false }, (response) => {
    const pieces: Uint8Array[] = []
    response.on('data', (piece: Uint8Array) => pieces.push(piece))
    response.on('end', () => {
      const text = Buffer.concat(pieces).toString('utf8')
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
    response.on('error', reject)
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

export const postJson = (url: string, value: unknown): Promise<Answer> =>
  ask(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) })

/** One server-sent event. */
export interface Sent {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: string
}

/** Reads server-sent events one after another; null when the stream is over. */
export class Listener {
  readonly #response: Response
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #stop: AbortController
  readonly #decoder = new TextDecoder()
  #text = ''

  private constructor(response: Response, stop: AbortController) {
    this.#response = response
    this.#pieces = response.body![Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    this.#stop = stop
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Listener> {
    const stop = new AbortController()
    const listener = new Listener(await fetch(url, { headers, signal: stop.signal }), stop)
    onTestFinished(() => listener.close())
    return listener
  }

  get headers(): Headers {
    return this.#response.headers
  }

  async next(): Promise<Sent | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const lines = this.#text.slice(0, end).split('\n')
        this.#text = this.#text.slice(end + 2)
        if (lines.every((line) => line.startsWith(':'))) continue
        const field = (name: string) =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
        return { id: field('id'), event: field('event'), data: field('data') ?? '' }
      }
      const piece = await this.#pieces.next()
      if (piece.done === true) return null
      this.#text += this.#decoder.decode(piece.value, { stream: true })
    }
  }

  /** All that is left. */
  async rest(): Promise<Sent[]> {
    const all: Sent[] = []
    for (let sent = await this.next(); sent !== null; sent = await this.next()) all.push(sent)
    return all
  }

  close(): void {
    this.#stop.abort()
  }
}
