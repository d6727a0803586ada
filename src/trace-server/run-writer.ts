/**
 * Writes one run to its folder while it goes on. The disk is not part of the
 * run: when it says no (full, no permission), the run goes on and what is not
 * stored is counted as dropped, with the reason. Spans follow from the events:
 * they are counted here, and made when somebody asks for them.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileBlock, fileHeader } from '../trace-format/block-codec.ts'
import type { Block } from '../trace-format/events.ts'
import {
  NOTES_MAX,
  type RunDescription,
  type RunOutcome,
  type RunRecord,
  type SinkCount,
} from '../trace-format/run.ts'
import { SpanCount } from '../trace-format/span-count.ts'
import { assertTag } from '../trace-format/span-ids.ts'
import { GrowingFile, type Write, writeAll } from './growing-file.ts'
import { EVENTS, NOTES, reason, writeRecord } from './run-folder.ts'

/** How a run gets into a store. `made` and `accepted` count spans. */
export interface RunWriter {
  readonly folder: string
  readonly made: number
  readonly accepted: number
  readonly note: string | null // why accepted < made
  append(block: Block): void
  /** What it has come to by now, and may go on from. */
  rest(outcome: RunOutcome): void
  /** `sinks` are the other sinks of the run; this one's count is put before them. */
  end(outcome: RunOutcome, sinks: readonly SinkCount[]): void
  /** The run has no outcome and never will. */
  abandon(): void
}

/** The name under which a store counts itself. */
export const STORE_SINK = 'viewer'

/** Who hears of it. */
export interface WriterEvents {
  stored(): void // a block
  closed(): void
}

export class DiskRunWriter implements RunWriter {
  readonly folder: string
  readonly run: RunDescription
  made = 0
  accepted = 0
  note: string | null = null
  events = 0 // seen, stored or not
  /** What a run that is held open has come to so far: it may go on, so that it is in no file. */
  soFar: RunOutcome | null = null
  open = true
  lastAppendMs = Date.now()
  readonly #spans = new SpanCount()
  readonly #on: WriterEvents
  #ours = false // the folder was made by us: if another process was quicker, it is theirs
  #file: GrowingFile | null = null

  constructor(folder: string, described: RunDescription, on: WriterEvents, write: Write = writeAll) {
    const { notes, ...run } = described
    this.folder = folder
    this.run = run
    this.#on = on
    assertTag(run.tag)
    this.#trying(() => {
      mkdirSync(folder)
      this.#ours = true
      writeRecord(folder, { run })
      this.#file = new GrowingFile(join(folder, EVENTS), write)
      this.#file.add(fileHeader())
    })
    if (notes !== undefined && this.#ours) {
      this.#trying(() => writeFileSync(join(folder, NOTES), notes.slice(0, NOTES_MAX)))
    }
  }

  append(block: Block): void {
    if (!this.open) return
    this.lastAppendMs = Date.now()
    const spans = this.#spans.add(block)
    this.made += spans
    if (this.#stored(block)) this.accepted += spans
    this.events += block.length
  }

  rest(outcome: RunOutcome): void {
    this.soFar = outcome
    this.#on.stored()
  }

  get record(): RunRecord {
    const { run, soFar, count } = this
    return { run, sinks: [count], ...(soFar === null ? {} : { outcome: soFar }) }
  }

  end(outcome: RunOutcome, sinks: readonly SinkCount[]): void {
    if (!this.#close()) return
    const others = sinks.filter(({ sink }) => sink !== STORE_SINK)
    this.#record({ run: this.run, outcome, sinks: [this.count, ...others] })
    this.#on.closed()
  }

  abandon(): void {
    if (!this.#close()) return
    this.#record({ run: this.run, sinks: [this.count] })
    this.#on.closed()
  }

  get count(): SinkCount {
    const { made, accepted, note } = this
    const count = {
      sink: STORE_SINK,
      where: this.folder,
      made,
      accepted,
      refused: 0,
      dropped: made - accepted,
    }
    return note === null ? count : { ...count, note }
  }

  #record(record: RunRecord): void {
    if (this.#ours) this.#trying(() => writeRecord(this.folder, record))
  }

  #close(): boolean {
    if (!this.open) return false
    this.open = false
    const left = this.#spans.finish()
    this.made += left
    if (this.#file !== null) this.accepted += left
    this.#file?.close()
    this.#file = null
    return true
  }

  // After the first block that is not stored none is: a history with a hole in it would be that of
  // another run.
  #stored(block: Block): boolean {
    const file = this.#file
    if (file === null) return false
    if (this.#trying(() => file.add(fileBlock(block)))) {
      this.#on.stored()
      return true
    }
    this.#trying(() => file.close())
    this.#file = null
    return false
  }

  #trying(work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      this.note ??= `the disk refused, from event ${this.events} on: ${reason(error)}`
      return false
    }
  }
}
