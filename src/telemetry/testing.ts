/** A receiver of OTLP for tests, as good or bad as the test wants it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeOtlpJson, type ForeignSpan } from '../trace-format/otlp-json.ts'

type Answer = (response: ServerResponse, spans: readonly ForeignSpan[], request: number) => void

export const ok: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
}

export class Receiver {
  readonly spans: ForeignSpan[] = []
  readonly #answer: Answer
  readonly #server = createServer((request, response) => this.#receive(request, response))
  #requests = 0

  constructor(answer: Answer) {
    this.#answer = answer
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/traces`
  }

  get requests(): number {
    return this.#requests
  }

  open(): Promise<this> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve(this)))
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const number = this.#requests++
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      return // the sender went away
    }
    const { spans } = decodeOtlpJson(JSON.parse(Buffer.concat(chunks).toString()))
    this.spans.push(...spans)
    this.#answer(response, spans, number)
  }
}
