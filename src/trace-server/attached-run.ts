/**
 * A run that is kept by a trace server of another process. As for a writer to
 * disk: whatever becomes of the server, the run goes on, and what is not known
 * to be stored is counted as dropped. One request is in flight at a time, so
 * blocks arrive in order; after the first that does not arrive none is sent,
 * for a history with a hole in it would be that of another run.
 */
import { UsageError } from '../lib/usage-error.ts'
import { encodeBlock } from '../trace-format/block-codec.ts'
import type { Block } from '../trace-format/events.ts'
import type { RunDescription, RunOutcome, SinkCount } from '../trace-format/run.ts'
import { SpanCount } from '../trace-format/span-count.ts'
import { reason } from './run-folder.ts'

/** On loopback; a server that needs longer for a block hangs. */
const TIMEOUT_MS = 10_000

/** Bytes that wait for a slow server, at most: memory belongs to the run. */
const WAITING_MAX = 256 * 1024 ** 2

export interface AttachedRun {
  readonly folder: string // as the server names it
  readonly page: string // of the run
  readonly made: number // spans, as for a RunWriter
  readonly accepted: number
  readonly note: string | null
  append(block: Block): void
  /** Fulfilled when all is stored or known not to be; never rejected. */
  end(outcome: RunOutcome, sinks: readonly SinkCount[]): Promise<void>
  abandon(): Promise<void>
}

/** Rejected with a UsageError when the server does not take the run. */
export async function attachRun(
  url: string,
  run: RunDescription,
  timeoutMs = TIMEOUT_MS,
): Promise<AttachedRun> {
  try {
    const answer = await post(new URL('/api/runs', url), JSON.stringify(run), timeoutMs)
    return new Attached(url, run, typeof answer.folder === 'string' ? answer.folder : '', timeoutMs)
  } catch (error) {
    throw new UsageError(
      `The trace server at ${url} did not take the run (${why(error)}); choose another with --port.`,
    )
  }
}

type Answer = Readonly<Record<string, unknown>>

async function post(url: URL, body: string | Uint8Array<ArrayBuffer>, timeoutMs: number): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream'
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const answer: unknown = await response.json().catch(() => null)
  const fields = typeof answer === 'object' && answer !== null ? (answer as Answer) : {}
  if (!response.ok) throw new Error(`${response.status} ${fields.message ?? response.statusText}`)
  return fields
}

/** `fetch failed` says nothing; its cause does. */
const why = (error: unknown) =>
  reason(error instanceof Error && error.cause instanceof Error ? error.cause : error)

class Attached implements AttachedRun {
  readonly folder: string
  readonly page: string
  made = 0
  accepted = 0
  note: string | null = null
  readonly #base: string
  readonly #timeoutMs: number
  readonly #spans = new SpanCount()
  #tail: Promise<void> = Promise.resolve()
  #waiting = 0
  #broken = false
  #open = true

  constructor(url: string, run: RunDescription, folder: string, timeoutMs: number) {
    this.folder = folder
    this.page = String(new URL(`/runs/${run.id}`, url))
    this.#base = String(new URL(`/api/runs/${run.id}/`, url))
    this.#timeoutMs = timeoutMs
  }

  append(block: Block): void {
    if (!this.#open) return
    this.made += this.#spans.add(block)
    if (this.#broken) return
    const bytes = new Uint8Array(encodeBlock(block))
    this.#waiting += bytes.length
    if (this.#waiting > WAITING_MAX) this.#breakOff('the server is too slow: too much was waiting for it')
    this.#send('blocks', bytes)
  }

  end(outcome: RunOutcome, sinks: readonly SinkCount[]): Promise<void> {
    return this.#close({ outcome, sinks })
  }

  abandon(): Promise<void> {
    return this.#close({ outcome: null })
  }

  #close(last: object): Promise<void> {
    if (this.#open) {
      this.#open = false
      this.made += this.#spans.finish()
      this.#send('outcome', JSON.stringify(last))
    }
    return this.#tail
  }

  #send(what: string, body: string | Uint8Array<ArrayBuffer>): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#broken) return
      try {
        const { accepted, note } = await post(new URL(what, this.#base), body, this.#timeoutMs)
        if (Number.isSafeInteger(accepted)) this.accepted = Math.min(accepted as number, this.made)
        if (typeof note === 'string') this.note ??= note
      } catch (error) {
        this.#breakOff(why(error))
      }
      this.#waiting -= body.length
    })
  }

  #breakOff(reason: string): void {
    this.#broken = true
    this.note ??= `the trace server: ${reason}`
  }
}
