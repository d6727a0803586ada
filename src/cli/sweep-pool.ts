/**
 * Many seeds on all cores. What they come to does not depend on how they were
 * dealt. A seed that never ends is found by its silence: its thread is ended,
 * the seed is named, and another thread takes what was left.
 */
import { Worker } from 'node:worker_threads'
import type { Conditions, Failure } from '../harness/sweep/case.ts'
import { addTally, emptyTally, type Tally } from '../harness/sweep/tally.ts'
import type { Chunk, FromSweepWorker, SweepWork } from '../sweep-worker.ts'

export interface Sweeping {
  readonly word: string
  readonly over: string | undefined
  readonly conditions: Conditions
  readonly seeds: Chunk
  readonly jobs: number
  readonly signal: AbortSignal
  readonly progress: (done: number, tally: Tally) => void
}

/** Seeds a thread takes at once: some tens of ms, so that none has much left when the others are done. */
const CHUNK = 50
/** A handler that computes for longer than this never ends. On a busy machine that takes longer. */
const SILENCE_MS = 10_000
const LOOK_MS = 1_000

export function sweepSeeds(sweeping: Sweeping): Promise<Tally> {
  return new Pool(sweeping).run()
}

interface Thread {
  readonly worker: Worker
  readonly pulse: Int32Array
  chunk: Chunk | null
  beats: number
  beatMs: number // when it was last heard of, by the clock of `spentMs`
}

/** What a thread has computed; before Node 24.6, the time that has gone by. */
async function spentMs(worker: Worker): Promise<number> {
  if (typeof worker.cpuUsage !== 'function') return performance.now()
  const { user, system } = await worker.cpuUsage()
  return (user + system) / 1000
}

class Pool {
  readonly #sweeping: Sweeping
  readonly #tally = emptyTally()
  readonly #left: Chunk[] = []
  readonly #threads = new Set<Thread>()
  #done = 0
  #finish: (error?: Error) => void = () => {}

  constructor(sweeping: Sweeping) {
    this.#sweeping = sweeping
    const [first, last] = sweeping.seeds
    for (let from = first; from <= last; from += CHUNK) {
      this.#left.push([from, Math.min(last, from + CHUNK - 1)])
    }
    this.#left.reverse() // the first is taken from the end
  }

  async run(): Promise<Tally> {
    const { jobs, signal } = this.#sweeping
    const watch = setInterval(() => this.#look(), LOOK_MS)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#finish = (error) => (error === undefined ? resolve() : reject(error))
        signal.addEventListener('abort', () => resolve(), { once: true })
        const threads = Math.min(jobs, this.#left.length)
        for (let i = 0; i < threads; i++) this.#begin()
        if (threads === 0) resolve()
      })
    } finally {
      clearInterval(watch)
      await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()))
    }
    return this.#tally
  }

  #begin(): void {
    const { word, over, conditions } = this.#sweeping
    const pulse = new Int32Array(new SharedArrayBuffer(8))
    const workerData: SweepWork = { word, over, conditions, pulse }
    const worker = new Worker(new URL('../sweep-worker.ts', import.meta.url), { workerData })
    const thread: Thread = { worker, pulse, chunk: null, beats: 0, beatMs: 0 }
    this.#threads.add(thread)
    worker.on('message', ({ chunk, tally }: FromSweepWorker) => {
      thread.chunk = null
      addTally(this.#tally, tally)
      this.#done += chunk[1] - chunk[0] + 1
      this.#sweeping.progress(this.#done, this.#tally)
      this.#next(thread)
    })
    worker.on('error', (error) => this.#finish(error as Error))
    this.#next(thread)
  }

  #next(thread: Thread): void {
    const chunk = this.#left.pop()
    if (chunk === undefined) {
      this.#threads.delete(thread)
      void thread.worker.terminate()
      if (this.#threads.size === 0) this.#finish()
      return
    }
    thread.chunk = chunk
    thread.worker.postMessage(chunk)
  }

  #look(): void {
    for (const thread of this.#threads) {
      const isHeardOf = Atomics.load(thread.pulse, 1) !== thread.beats
      spentMs(thread.worker).then(
        (spent) => this.#listen(thread, spent, isHeardOf),
        () => {}, // it has ended meanwhile
      )
    }
  }

  #listen(thread: Thread, spent: number, wasHeardOf: boolean): void {
    const beats = Atomics.load(thread.pulse, 1)
    if (wasHeardOf || beats !== thread.beats || thread.chunk === null) {
      thread.beats = beats
      thread.beatMs = spent
    } else if (beats > 0 && this.#threads.has(thread) && spent - thread.beatMs > SILENCE_MS) {
      this.#giveUp(thread)
    }
  }

  /** What the thread had done of its chunk is lost with it, and is done again; the seed is left out. */
  #giveUp(thread: Thread): void {
    const seed = Atomics.load(thread.pulse, 0)
    const [first, last] = thread.chunk!
    this.#threads.delete(thread)
    void thread.worker.terminate()
    addTally(this.#tally, silent(seed))
    this.#done++
    if (seed < last) this.#left.push([seed + 1, last])
    if (first < seed) this.#left.push([first, seed - 1])
    this.#begin()
  }
}

/** A seed of which nothing is known but that it did not end. */
function silent(seed: number): Tally {
  const explanation = `a handler, or a property, has not returned in ${SILENCE_MS / 1000} s`
  const first: Failure = {
    ...{ seed, what: 'never ends', kind: 'bug', explanation, shape: explanation },
    ...{ peers: 0, topology: '', faults: '' },
  }
  return { ...emptyTally(), seeds: 1, unknown: 1, failures: { [first.what]: { first, seeds: 1 } } }
}
