/**
 * Server-sent events, WHATWG HTML §9.2. A reader that is slower than the run
 * costs no memory: whoever writes here asks `full` first, waits for `drained`,
 * and reads from disk what the reader missed. One that takes nothing at all is
 * dropped after a while; an EventSource then comes back by itself and names the
 * last event that it has.
 */
import type { Response } from 'express'
import { refuse } from './body.ts'

const HEARTBEAT_MS = 15_000 // proxies drop what is silent for longer than half a minute or more
const STALLED_MS = 60_000
const GRACE_MS = 500 // when the server stops

/** A browser opens six to a host at most; this is for many of them. */
const STREAMS_MAX = 100

export interface EventStream {
  readonly full: boolean // what is written now would wait in memory
  /** `data` has no line breaks. */
  send(event: string, data: string, id?: number): void
  end(): void
}

export interface StreamHandlers {
  drained(): void // and once at the beginning
  closed(): void
}

export interface StreamTimes {
  readonly heartbeatMs?: number
  readonly stalledMs?: number // after which a reader that takes nothing is dropped
}

export class EventStreams {
  readonly #heartbeatMs: number
  readonly #stalledMs: number
  readonly #open = new Set<Response>()
  #closed = false

  constructor({ heartbeatMs = HEARTBEAT_MS, stalledMs = STALLED_MS }: StreamTimes = {}) {
    this.#heartbeatMs = heartbeatMs
    this.#stalledMs = stalledMs
  }

  /** Answers with a stream; `handlers` may write to it from the first call of `drained` on. */
  begin(method: string, response: Response, handlers: (stream: EventStream) => StreamHandlers): void {
    if (this.#closed || this.#open.size >= STREAMS_MAX) {
      response.set('Retry-After', '5')
      return refuse(response, 503, 'too many streams are open')
    }
    response.status(200).set({
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      Connection: 'close', // nothing comes after a stream
    })
    response.flushHeaders()
    if (method === 'HEAD') return void response.end()
    this.#open.add(response)
    let stalled: NodeJS.Timeout | undefined
    const write = (text: string) => {
      if (response.writableEnded || response.destroyed || response.write(text)) return
      stalled ??= setTimeout(() => response.destroy(), this.#stalledMs).unref()
    }
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) write(': still here\n\n')
    }, this.#heartbeatMs).unref()
    const { drained, closed } = handlers({
      get full() {
        return response.writableNeedDrain || response.writableEnded || response.destroyed
      },
      send: (event, data, id) =>
        write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`),
      end: () => void response.end(),
    })
    response.on('drain', () => {
      clearTimeout(stalled)
      stalled = undefined
      drained()
    })
    response.on('error', () => {}) // the reader went away
    response.on('close', () => {
      clearInterval(heartbeat)
      clearTimeout(stalled)
      this.#open.delete(response)
      closed()
    })
    drained()
  }

  /** Ends all streams, and opens none any more. Who does not read gets a moment, then is cut off. */
  async close(): Promise<void> {
    this.#closed = true
    const closed = [...this.#open].map((response) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      response.once('close', resolve)
      response.end()
      return promise
    })
    const cutOff = setTimeout(() => {
      for (const response of this.#open) response.destroy()
    }, GRACE_MS)
    await Promise.all(closed)
    clearTimeout(cutOff)
  }
}
