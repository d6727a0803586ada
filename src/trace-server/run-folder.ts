/**
 * A run's folder on disk: `run.json`, `events.bin`, `notes.md`; `spans.jsonl` in place of events where
 * another program sent them, and in folders of earlier versions. Reading never
 * throws: a folder that somebody damaged is told about, and the others are shown.
 */
import { lstatSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../trace-format/run.ts'
import { readRecord } from './record-shape.ts'

export const RECORD = 'run.json'
export const EVENTS = 'events.bin'
export const SPANS = 'spans.jsonl'
export const NOTES = 'notes.md'
const RECORD_IN_MAKING = 'run.json.new'

/** `EACCES: permission denied, open 'x'`, in one line whatever was thrown. */
export const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!

export interface FileState {
  readonly bytes: number
  readonly modifiedMs: number
}

/** Of a plain file; null when there is none. Links are not followed: they may lead anywhere. */
export function fileState(path: string): FileState | null {
  try {
    const stat = lstatSync(path)
    return stat.isFile() ? { bytes: stat.size, modifiedMs: stat.mtimeMs } : null
  } catch {
    return null
  }
}

export const foldersIn = (dir: string): string[] => {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  } catch {
    return []
  }
}

/** What run.json says, or a sentence on what is wrong with it. */
export function recordIn(folder: string): RunRecord | string {
  if (fileState(join(folder, RECORD)) === null) return 'there is no run.json'
  try {
    return readRecord(readFileSync(join(folder, RECORD), 'utf8'))
  } catch (error) {
    return `run.json cannot be read: ${reason(error)}`
  }
}

/** Under another name first, then renamed: a reader sees the old record or the new, never half of one. */
export function writeRecord(folder: string, record: RunRecord): void {
  writeFileSync(join(folder, RECORD_IN_MAKING), `${JSON.stringify(record, null, 1)}\n`)
  renameSync(join(folder, RECORD_IN_MAKING), join(folder, RECORD))
}

export const bytesIn = (folder: string): number =>
  [RECORD, EVENTS, SPANS, NOTES].reduce((sum, name) => sum + (fileState(join(folder, name))?.bytes ?? 0), 0)

/**
 * Removes the files of a run and no other, then the folder if it is empty: a
 * wrong `--runs` costs no file.
 */
export function removeFolder(folder: string): void {
  for (const name of [EVENTS, SPANS, NOTES, RECORD_IN_MAKING, RECORD])
    rmSync(join(folder, name), { force: true })
  try {
    rmdirSync(folder)
  } catch {
    // something else lies in it
  }
}
