/**
 * A thread of a sweep: runs the seeds it is given, and says what they came to. It gets the name of an
 * algorithm and never a function, and loads it as the command line does.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { loadEntry } from './cli/load.ts'
import { type Conditions, runSeed } from './harness/sweep/case.ts'
import { addSeed, emptyTally, type Tally } from './harness/sweep/tally.ts'

export interface SweepWork {
  readonly word: string // the algorithm, as it was written
  readonly over: string | undefined
  readonly conditions: Conditions
  /** [the seed under way, how many were begun]: what the watchdog looks at. */
  readonly pulse: Int32Array
}

/** Seeds from the first up to the last, itself included. */
export type Chunk = readonly [first: number, last: number]

export interface FromSweepWorker {
  readonly chunk: Chunk
  readonly tally: Tally
}

const { word, over, conditions, pulse } = workerData as SweepWork
const entry = await loadEntry(word, over)
const sometimes = entry
  .properties(conditions.options)
  .filter(({ kind }) => kind === 'sometimes')
  .map(({ name }) => name)

parentPort!.on('message', (chunk: Chunk) => {
  const tally = emptyTally()
  for (let seed = chunk[0]; seed <= chunk[1]; seed++) {
    Atomics.store(pulse, 0, seed | 0)
    Atomics.add(pulse, 1, 1)
    // The first of each chunk is run twice: one in fifty.
    addSeed(tally, runSeed(entry, seed, conditions, seed === chunk[0]), sometimes)
  }
  parentPort!.postMessage({ chunk, tally } satisfies FromSweepWorker)
})
