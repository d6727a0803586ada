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
