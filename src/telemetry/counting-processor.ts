/**
 * A span processor that never loses a span silently. The SDK's own one drops
 * what exceeds its queue, and the exporter what exceeds its concurrent requests,
 * both without a number. Here the queue is an array, requests in flight are
 * few, and every span ends as accepted, refused or dropped.
 */
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'

/** Spans in a request: about 2 MB of JSON, well below the 64 MiB a receiver should take. */
export const BATCH_MAX = 2048
/** A batch does not wait longer than this for being full. */
const BATCH_WAIT_MS = 100
/** Enough to keep a server busy while the next batch is encoded. */
const IN_FLIGHT_MAX = 4
/** Requests in a row without an answer, after which nobody is taken to be there. */
const UNANSWERED_MAX = 3

export interface Count {
  readonly made: number
  readonly accepted: number
  readonly refused: number
  readonly dropped: number
  readonly note: string | null // what went wrong first
}

type Export = SpanExporter['export']
type Result = Parameters<Parameters<Export>[1]>[0]

/** What the server said to the request whose result is being called back. */
export type PartialSuccess = () => { readonly rejected: number; readonly why: string } | null

export class CountingProcessor implements SpanProcessor {
  readonly #exporter: SpanExporter
  readonly #partialSuccess: PartialSuccess
  #queue: ReadableSpan[] = []
  #timer: NodeJS.Timeout | null = null
  #inFlight = 0
  #unanswered = 0
  #over = false // closed, or nobody is there: what comes is dropped
  #settled = false // the count is final
  #flushing = false
  #whenIdle: (() => void)[] = []
  #made = 0
  #accepted = 0
  #refused = 0
  #dropped = 0
  #note: string | null = null

  constructor(exporter: SpanExporter, partialSuccess: PartialSuccess) {
    this.#exporter = exporter
    this.#partialSuccess = partialSuccess
  }

  /** Until `close`, made = accepted + refused + dropped + those still on their way. */
  count(): Count {
    const [made, accepted, refused, dropped] = [this.#made, this.#accepted, this.#refused, this.#dropped]
    return { made, accepted, refused, dropped, note: this.#note }
  }

  onStart(): void {
    this.#made++
  }

  onEnd(span: ReadableSpan): void {
    if (this.#over) {
      this.#dropped++
      return
    }
    this.#queue.push(span)
    if (this.#queue.length >= BATCH_MAX) this.#pump()
    else this.#timer ??= setTimeout(() => this.#tick(), BATCH_WAIT_MS)
  }

  /** Resolves when nothing is queued or in flight; how long that takes is up to the server. */
  forceFlush(): Promise<void> {
    this.#flushing = true
    this.#pump()
    if (this.#inFlight === 0) this.#flushing = false
    return this.#inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  shutdown(): Promise<void> {
    return this.close(0)
  }

  /**
   * Sends what is left for as long as `timeoutMs`; what has no answer by then is
   * dropped. The count is final.
   */
  async close(timeoutMs: number): Promise<void> {
    if (this.#over && this.#inFlight === 0) return this.#settle()
    const flushed = this.forceFlush()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([flushed, late])
    clearTimeout(timer)
    if (this.#made > this.#accepted + this.#refused + this.#dropped) {
      this.#note ??= `no answer to everything within ${timeoutMs} ms`
    }
    this.#settle()
  }

  /** What has not come out yet, never will: results that come later are not counted. */
  #settle(): void {
    this.#over = true
    this.#queue = []
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#dropped = this.#made - this.#accepted - this.#refused
    this.#settled = true
  }

  #tick(): void {
    this.#timer = null
    this.#send()
    this.#pump()
  }

  /** Sends full batches, and when flushing also the last one, as far as requests in flight allow. */
  #pump(): void {
    while (this.#queue.length >= (this.#flushing ? 1 : BATCH_MAX) && this.#send()) {}
  }

  #send(): boolean {
    // While it is in doubt whether anybody is there, one at a time: more would only wait as long.
    const most = this.#unanswered > 0 ? 1 : IN_FLIGHT_MAX
    if (this.#queue.length === 0 || this.#inFlight >= most) return false
    const batch = this.#queue.splice(0, BATCH_MAX)
    this.#inFlight++
    this.#exporter.export(batch, (result) => this.#answered(batch.length, result))
    return true
  }

  #answered(spans: number, result: Result): void {
    this.#inFlight--
    if (!this.#settled) this.#tally(spans, result)
    if (this.#over) this.#abandonQueue()
    this.#pump()
    if (this.#queue.length > 0 && this.#timer === null && !this.#over) {
      this.#timer = setTimeout(() => this.#tick(), BATCH_WAIT_MS)
    }
    if (this.#inFlight > 0) return
    this.#flushing = false
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #tally(spans: number, { error }: Result): void {
    if (error === undefined) {
      const partial = this.#partialSuccess()
      const rejected = Math.min(partial?.rejected ?? 0, spans)
      this.#accepted += spans - rejected
      this.#refused += rejected
      if (rejected > 0) this.#note ??= `refused: ${partial?.why ?? ''}`
    } else if (saidNo(error)) {
      this.#refused += spans
      this.#note ??= `refused: ${describe(error)}`
    } else {
      this.#dropped += spans
      this.#note ??= `no answer: ${describe(error)}`
      if (++this.#unanswered >= UNANSWERED_MAX) this.#over = true
      return
    }
    this.#unanswered = 0
  }

  #abandonQueue(): void {
    if (this.#settled) return
    this.#dropped += this.#queue.length
    this.#queue = []
  }
}

/**
 * The exporter's own error class, which it uses only for what a server answered;
 * its package is not ours to import.
 */
const saidNo = (error: Error) => error.name === 'OTLPExporterError'

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'number' ? `${error.code} ` : ''
  const text = error.message || ('code' in error ? String(error.code) : error.name)
  return `${code}${text}`.replaceAll(/\s+/g, ' ').slice(0, 200)
}
