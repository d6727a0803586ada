/** The run's end of the tracing thread: hands over columns, hears what became of them. */
import { Worker } from 'node:worker_threads'
import type { RunListener } from './harness/conduct.ts'
import { UsageError } from './lib/usage-error.ts'
import type { ActAnswer, ActForms } from './trace-format/acts.ts'
import type { Block } from './trace-format/events.ts'
import type { RunDescription, RunOutcome, SinkCount } from './trace-format/run.ts'

export interface WorkerOptions {
  readonly runsDir: string
  readonly host: string
  readonly port?: number // explicit: taken is an error
  readonly preferredPort: number
  readonly attachTo: string | null // a server that may be ours already
  readonly actToken?: string // without one nothing can be done to its runs
  readonly otlp: { readonly endpoint: string | null; readonly configured: boolean }
}

/** A block as it crosses to the thread: payloads as one text, which is copied at once; JSON holds no NUL. */
export type PackedBlock = Omit<Block, 'payloads'> & { readonly payloads: string | null }

export type ToWorker =
  | { readonly kind: 'begin'; readonly run: RunDescription }
  | { readonly kind: 'block'; readonly block: PackedBlock }
  | { readonly kind: 'opened'; readonly id: string; readonly forms: ActForms }
  | { readonly kind: 'acted'; readonly number: number; readonly answer: ActAnswer }
  | { readonly kind: 'rested'; readonly outcome: RunOutcome }
  | { readonly kind: 'end'; readonly outcome: RunOutcome }
  | { readonly kind: 'stop' }

export type FromWorker =
  | {
      readonly kind: 'ready'
      readonly url: string
      readonly viewer: boolean // the viewer is built; otherwise there are the ledger pages
      readonly note: string | null
      readonly attached: string | null
      readonly otlp: string | null
      readonly otlpNote: string
    }
  | ({ readonly kind: 'stored' } & Stored)
  | { readonly kind: 'act'; readonly number: number; readonly act: unknown }
  | { readonly kind: 'failed'; readonly message: string; readonly usage: boolean }
  | { readonly kind: 'stopped' }

/** What became of a run's events and spans. */
export interface Stored {
  readonly id: string
  readonly folder: string
  readonly sinks: readonly SinkCount[]
}

/** Does what a page asks for; never rejects. */
export type Acting = (act: unknown) => Promise<ActAnswer>

const NOT_OPEN: ActAnswer = { status: 409, done: false, message: 'the run is not held open' }

export type Ready = Extract<FromWorker, { kind: 'ready' }>

export class Tracing implements RunListener {
  readonly ready: Promise<Ready>
  readonly #worker: Worker
  readonly #stored = new Map<string, (stored: Stored) => void>()
  readonly #failed = Promise.withResolvers<never>()
  readonly #stopped = Promise.withResolvers<void>()
  #act: Acting = () => Promise.resolve(NOT_OPEN)

  constructor(options: WorkerOptions) {
    this.#worker = new Worker(new URL('./tracing-worker.ts', import.meta.url), { workerData: options })
    this.#failed.promise.catch(() => {}) // whoever waits for the thread hears of it
    const ready = Promise.withResolvers<Ready>()
    this.ready = Promise.race([ready.promise, this.#failed.promise])
    this.ready.catch(() => {})
    this.#worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') ready.resolve(message)
      else if (message.kind === 'stored') this.#stored.get(message.id)?.(message)
      else if (message.kind === 'act') void this.#take(message)
      else if (message.kind === 'stopped') this.#stopped.resolve()
      else this.#failed.reject(message.usage ? new UsageError(message.message) : new Error(message.message))
    })
    this.#worker.on('error', (error) => this.#failed.reject(error))
    this.#worker.on('exit', () => {
      this.#failed.reject(new Error('the tracing thread ended'))
      this.#stopped.resolve()
    })
  }

  readonly begin = (run: RunDescription): void => this.#say({ kind: 'begin', run })

  readonly block = (block: Block): void => {
    const payloads = block.payloads.length === 0 ? null : block.payloads.join('\0')
    const message: ToWorker = { kind: 'block', block: { ...block, payloads } }
    this.#worker.postMessage(message, [block.kind.buffer as ArrayBuffer])
  }

  /** The run is held open: its page may act on it. */
  runOpened(id: string, forms: ActForms, act: Acting): void {
    this.#act = act
    this.#say({ kind: 'opened', id, forms })
  }

  /** What the run has come to, as far as it went. */
  runRested(outcome: RunOutcome): void {
    this.#say({ kind: 'rested', outcome })
  }

  /** Resolves when all of the run is where it should be, or counted as not. */
  end(run: RunDescription, outcome: RunOutcome): Promise<Stored> {
    this.#act = () => Promise.resolve(NOT_OPEN)
    const stored = new Promise<Stored>((resolve) => this.#stored.set(run.id, resolve))
    this.#say({ kind: 'end', outcome })
    return Promise.race([stored, this.#failed.promise])
  }

  /** Stops the server and the thread. */
  async stop(): Promise<void> {
    this.#say({ kind: 'stop' })
    await this.#stopped.promise
    await this.#worker.terminate()
  }

  async #take({ number, act }: Extract<FromWorker, { kind: 'act' }>): Promise<void> {
    this.#say({ kind: 'acted', number, answer: await this.#act(act) })
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message)
  }
}
