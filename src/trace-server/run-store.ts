/**
 * The runs kept under one folder. What is on disk is the truth and is looked
 * at anew for every list, so that runs of an earlier server, of another
 * process or of another machine appear; only what is being written here is
 * known from memory.
 */
import { accessSync, closeSync, constants, mkdirSync, openSync, readSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../lib/usage-error.ts'
import { checkHeader, HEADER_BYTES } from '../trace-format/block-codec.ts'
import type { Block } from '../trace-format/events.ts'
import type { RunDescription, RunRecord } from '../trace-format/run.ts'
import { isFolderName } from './folder-name.ts'
import { type Write, writeAll } from './growing-file.ts'
import { Histories } from './histories.ts'
import type { HistoryFile } from './history-file.ts'
import { type Candidate, KEEP, KEEP_FOREIGN, type Keep, surplus } from './retention.ts'
import {
  bytesIn,
  EVENTS,
  type FileState,
  fileState,
  foldersIn,
  RECORD,
  reason,
  recordIn,
  removeFolder,
} from './run-folder.ts'
import { type RunState, type RunSummary, summaryOf } from './run-summary.ts'
import { DiskRunWriter, type RunWriter } from './run-writer.ts'

export interface StoreOptions {
  readonly keep?: Keep
  readonly keepForeign?: Keep
  readonly write?: Write
}

export interface StoredHistory {
  readonly blocks: readonly Block[]
  readonly why: string | null // what is damaged
  readonly cutOff: boolean // it ends within a block
}

/** What changed of a run: its line in the list, or that a block was stored. */
export type Change = 'run' | 'block'
export type Changed = (id: string, change: Change) => void

/** A run of another process that was written to within this time may still go on. */
const QUIET_MS = 3_600_000

export class RunStore {
  readonly dir: string
  readonly #keep: Keep
  readonly #keepForeign: Keep
  readonly #write: Write
  readonly #writers = new Map<string, DiskRunWriter>()
  readonly histories = new Histories()
  readonly #changed = new Set<Changed>()
  readonly #records = new Map<string, { readonly of: FileState; readonly record: RunRecord | string }>()
  readonly #newer = new Map<string, () => RunRecord>() // records of which the disk has an older state

  private constructor(dir: string, { keep, keepForeign, write }: StoreOptions) {
    this.dir = dir
    this.#keep = keep ?? KEEP
    this.#keepForeign = keepForeign ?? KEEP_FOREIGN
    this.#write = write ?? writeAll
  }

  static open(dir: string, options: StoreOptions = {}): RunStore {
    try {
      mkdirSync(dir, { recursive: true })
      accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    } catch (error) {
      throw new UsageError(
        `Runs cannot be kept in ${dir} (${reason(error)}); name a folder that can be written with --runs.`,
      )
    }
    return new RunStore(resolve(dir), options)
  }

  /** Why no run can begin under this id; null when one can. */
  refusal(id: string): 'malformed' | 'taken' | null {
    if (!isFolderName(id)) return 'malformed'
    return this.#writers.has(id) || foldersIn(this.dir).includes(id) ? 'taken' : null
  }

  begin(run: RunDescription): RunWriter {
    const refusal = this.refusal(run.id)
    if (refusal === 'malformed') throw new UsageError(`${JSON.stringify(run.id)} cannot name a run's folder.`)
    if (refusal === 'taken')
      throw new UsageError(`There is a run ${run.id} in ${this.dir} already; remove it first.`)
    this.histories.forget(run.id)
    const closed = () => {
      this.#writers.delete(run.id)
      this.makeRoom()
      this.tell(run.id, 'run')
    }
    const stored = () => this.tell(run.id, 'block')
    const writer = new DiskRunWriter(join(this.dir, run.id), run, { stored, closed }, this.#write)
    this.#writers.set(run.id, writer)
    this.makeRoom()
    this.tell(run.id, 'run')
    return writer
  }

  /** Calls back whenever a run changes, until the function returned is called. */
  watch(changed: Changed): () => void {
    this.#changed.add(changed)
    return () => void this.#changed.delete(changed)
  }

  /** What a record says that is written a little later; null: it has been. */
  hold(id: string, record: (() => RunRecord) | null): void {
    if (record === null) this.#newer.delete(id)
    else this.#newer.set(id, record)
  }

  tell(id: string, change: Change): void {
    for (const changed of this.#changed) changed(id, change)
  }

  /** The writer of a run that goes on. */
  writer(id: string): DiskRunWriter | null {
    return this.#writers.get(id) ?? null
  }

  /** Newest first. */
  list(): RunSummary[] {
    const ids = new Set([...foldersIn(this.dir).filter(isFolderName), ...this.#writers.keys()])
    for (const id of this.#records.keys()) if (!ids.has(id)) this.#records.delete(id)
    return [...ids]
      .map((id) => this.summary(id))
      .filter((summary) => summary !== null)
      .sort((a, b) => b.startedAtMs - a.startedAtMs || (a.id < b.id ? 1 : -1))
  }

  summary(id: string): RunSummary | null {
    if (!isFolderName(id)) return null
    const writer = this.writer(id)
    const folder = join(this.dir, id)
    const record: RunRecord | string = writer?.record ?? this.#read(id)
    if (typeof record === 'string') {
      if (!foldersIn(this.dir).includes(id)) return null
      return summaryOf(id, 'damaged', { why: record, bytes: bytesIn(folder) })
    }
    const bytes = bytesIn(folder)
    const why = this.#damage(id, record, writer !== null)
    const state = why === null ? this.#state(record, writer !== null) : 'damaged'
    return summaryOf(id, state, { record, why, bytes, ...(writer ? { events: writer.events } : {}) })
  }

  record(id: string): RunRecord | null {
    if (!isFolderName(id)) return null
    const writer = this.writer(id)
    if (writer !== null) return writer.record
    const record = this.#read(id)
    return typeof record === 'string' ? null : record
  }

  blocks(id: string): readonly Block[] {
    return this.history(id).blocks
  }

  /** The whole history of a run, as far as it is sound. */
  history(id: string): StoredHistory {
    const history = this.open(id)
    if (history === null) return { blocks: [], why: 'there is no events.bin', cutOff: false }
    const blocks = history.all()
    return { blocks, why: history.why, cutOff: history.cutOff }
  }

  /** The history of a run, to be read by the block; null when there is none. */
  open(id: string): HistoryFile | null {
    const record = this.record(id)
    if (record === null) return null
    return this.histories.open(id, join(this.dir, id), record, this.#writers.has(id))
  }

  /** The path of a file of a run; null when it is not there. */
  file(id: string, name: string): string | null {
    if (!isFolderName(id)) return null
    const path = join(this.dir, id, name)
    return fileState(path) === null ? null : path
  }

  /** False when there is no such run or it is being written. */
  remove(id: string): boolean {
    if (!isFolderName(id) || this.#writers.has(id) || !foldersIn(this.dir).includes(id)) return false
    removeFolder(join(this.dir, id))
    this.#records.delete(id)
    this.#newer.delete(id)
    this.histories.forget(id)
    this.tell(id, 'run')
    return true
  }

  /** Removes what is too much; what cannot be removed is tried again when the next run begins. */
  makeRoom(): void {
    const candidates = this.list()
      .filter(({ runtime }) => runtime !== '') // without a record it may be anybody's folder
      .map((summary) => [summary.runtime === 'otlp', this.#candidate(summary)] as const)
    for (const [foreign, keep] of [
      [false, this.#keep],
      [true, this.#keepForeign],
    ] as const) {
      const pool = candidates.filter(([isForeign]) => isForeign === foreign).map(([, candidate]) => candidate)
      for (const id of surplus(pool, keep)) {
        try {
          this.remove(id)
        } catch {
          // in nobody's way but the disk's
        }
      }
    }
  }

  /** Ends what goes on without an outcome: the server stops. */
  close(): void {
    for (const writer of [...this.#writers.values()]) writer.abandon()
  }

  #candidate({ id, state, startedAtMs, bytes, verdict }: RunSummary): Candidate {
    if (state === 'finished' || verdict !== null) return { id, startedAtMs, bytes, state: 'finished' }
    const folder = join(this.dir, id)
    const touched = fileState(join(folder, EVENTS)) ?? fileState(join(folder, RECORD))
    const touchedMs = touched?.modifiedMs ?? Date.now()
    // Of foreign programs the one not heard of for longest goes first: none of them ever says that it ended.
    if (state === 'foreign') return { id, startedAtMs: touchedMs, bytes, state: 'finished' }
    const left = state !== 'running' && Date.now() - touchedMs > QUIET_MS
    return { id, startedAtMs, bytes, state: left ? 'interrupted' : 'in use' }
  }

  #read(id: string): RunRecord | string {
    const of = fileState(join(this.dir, id, RECORD))
    if (of === null) return 'there is no run.json'
    const newer = this.#newer.get(id)
    if (newer !== undefined) return newer()
    const known = this.#records.get(id)
    if (known?.of.bytes === of.bytes && known.of.modifiedMs === of.modifiedMs) return known.record
    const record = recordIn(join(this.dir, id))
    this.#records.set(id, { of, record })
    return record
  }

  // A history is read when somebody looks at it, not for the list; what is
  // known of it by then is told there too.
  #damage(id: string, { run, outcome }: RunRecord, going: boolean): string | null {
    if (run.runtime === 'otlp' || going) return null
    const of = fileState(join(this.dir, id, EVENTS))
    if (of === null) return 'there is no events.bin'
    const known = this.histories.known(id)
    if (known?.cutOff && outcome !== undefined) return 'events.bin ends within a block'
    return known?.why ?? headerDamage(join(this.dir, id, EVENTS))
  }

  #state({ run, outcome }: RunRecord, going: boolean): RunState {
    if (run.runtime === 'otlp') return 'foreign'
    if (going) return 'running'
    return outcome === undefined ? 'interrupted' : 'finished'
  }
}

/** What is wrong with how a file of events begins; null when nothing is. */
function headerDamage(path: string): string | null {
  try {
    const fd = openSync(path, 'r')
    try {
      const begin = new Uint8Array(HEADER_BYTES)
      const whole = checkHeader(begin.subarray(0, readSync(fd, begin)))
      return whole ? null : 'events.bin ends within its header'
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    return `events.bin: ${reason(error)}`
  }
}
