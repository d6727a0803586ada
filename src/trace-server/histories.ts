/**
 * The histories that are looked at. One that is being written here is read on
 * as it grows; another is read anew when its files have changed. That of a
 * foreign program is made of its spans when somebody asks for it.
 */
import { join } from 'node:path'
import type { RunRecord } from '../trace-format/run.ts'
import { BlockCache } from './block-cache.ts'
import { fileSource, memorySource } from './byte-source.ts'
import { foreignImage } from './foreign-image.ts'
import { HistoryFile } from './history-file.ts'
import { RecentSpans } from './recent-spans.ts'
import { EVENTS, type FileState, fileState, SPANS } from './run-folder.ts'
import { storedSpans } from './stored-spans.ts'

/** Kept open: those of the pages that somebody has open, and of live readers. */
const OPEN_MAX = 8

interface Opened {
  readonly history: HistoryFile
  readonly image: Uint8Array | null // of a foreign one
  readonly record: RunRecord
  of: FileState
}

export class Histories {
  readonly cache = new BlockCache()
  readonly recent = new RecentSpans()
  readonly #opened = new Map<string, Opened>() // used last stands last

  /** Null when there is none. `going`: it is being written here, hence only grows. */
  open(id: string, folder: string, record: RunRecord, going: boolean): HistoryFile | null {
    const { processes, runtime } = record.run
    const path = join(folder, runtime === 'otlp' ? SPANS : EVENTS)
    const of = fileState(path)
    if (of === null) return null
    const known = this.#opened.get(id)
    this.#opened.delete(id)
    const fresh =
      known !== undefined && (going ? grown(known.of, of) : known.record === record && same(known.of, of))
    if (fresh) {
      if (going && !same(known.of, of)) known.history.refresh()
      known.of = of
      this.#opened.set(id, known)
      return known.history
    }
    const spans = () => this.recent.of(path, of.bytes) ?? storedSpans(path)
    const image = runtime === 'otlp' ? foreignImage(spans(), record.run) : null
    const source = image === null ? fileSource(path) : memorySource(image)
    const history = new HistoryFile(source, processes.length, this.cache)
    this.#opened.set(id, { history, image, record, of })
    for (const oldest of this.#opened.keys()) {
      if (this.#opened.size <= OPEN_MAX) break
      this.#opened.delete(oldest)
    }
    return history
  }

  /** The bytes of the history of a foreign program that was opened just now. */
  image(id: string): Uint8Array | null {
    return this.#opened.get(id)?.image ?? null
  }

  /** What is known of a history, without looking at it. */
  known(id: string): HistoryFile | null {
    return this.#opened.get(id)?.history ?? null
  }

  forget(id: string): void {
    this.#opened.delete(id)
  }
}

const same = (a: FileState, b: FileState) => a.bytes === b.bytes && a.modifiedMs === b.modifiedMs

const grown = (a: FileState, b: FileState) => b.bytes >= a.bytes
