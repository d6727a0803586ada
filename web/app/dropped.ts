/** Runs read from a file that was dropped on the page or chosen: no server is asked. */
import { signal } from '@preact/signals'
import { type FileRun, runsOfOtlp } from '../../src/trace-format/foreign-runs.ts'
import type { RunLine } from './run-line.ts'

/** A file is read as one text. */
const FILE_BYTES_MAX = 128 * 1024 ** 2

export const dropped = signal<readonly FileRun[]>([]) // newest first

export const droppedRun = (id: string): FileRun | null =>
  dropped.peek().find(({ record }) => record.run.id === id) ?? null

let files = 0

/** The id of the first run in it; throws a sentence when there is none. */
export async function readFile(file: File): Promise<string> {
  if (file.size > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX / 1024 ** 2} MB`)
  files++
  const found = runsOfOtlp(await file.text(), `file-${files}`)
  dropped.value = [...found, ...dropped.peek()]
  return found[0]!.record.run.id
}

export const lineOfDropped = ({ record: { run }, blocks }: FileRun): RunLine => ({
  id: run.id,
  state: 'from a file',
  why: null,
  algorithm: run.algorithm,
  runtime: run.runtime,
  seed: null,
  processes: run.processes.length,
  faults: '',
  startedAtMs: run.startedAtMs,
  verdict: null,
  events: blocks.reduce((sum, block) => sum + block.length, 0),
  durationMs: null,
  shortenedFrom: null,
})
