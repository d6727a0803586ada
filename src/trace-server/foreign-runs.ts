/**
 * Spans that other programs send. They are kept by what they say of themselves
 * (`service.namespace`, `testbed.run.id`), each such pair as a run of its own
 * in a folder that we name. All bounds here hold against a program that means
 * no harm and loops: it may fill its own run, and push out runs of its kind.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ForeignProcesses } from '../trace-format/foreign-processes.ts'
import { describeForeign, type Origin, originKey, originOf } from '../trace-format/foreign-runs.ts'
import type { ForeignSpan } from '../trace-format/otlp-decode.ts'
import type { RunDescription, RunRecord } from '../trace-format/run.ts'
import { foreignName } from './folder-name.ts'
import { foreignLine, lineAsItCame } from './foreign-line.ts'
import { GrowingFile, writeAll } from './growing-file.ts'
import type { RecentSpans } from './recent-spans.ts'
import { fileState, reason, SPANS, writeRecord } from './run-folder.ts'
import type { RunStore } from './run-store.ts'
import { STORE_SINK } from './run-writer.ts'

const RUNS_PER_REQUEST = 20
const RUN_BYTES_MAX = 128 * 1024 ** 2 // a page reads the file as one text
/** So late the counts may be on disk: to replace a file can take 10 ms, which no request is to wait for. */
const RECORD_AGE_MS = 100

export interface Taken {
  readonly rejected: number
  readonly why: string | null
}

class ForeignRun {
  readonly id: string
  readonly #folder: string
  readonly #origin: Origin
  readonly #recent: RecentSpans
  readonly #heardOfMs = Date.now()
  readonly #tag = randomBytes(8).toString('hex')
  readonly #processes = new ForeignProcesses()
  readonly #file: GrowingFile
  #begunNs: bigint | null = null // the earliest start of a span that says one
  #accepted = 0
  #refused = 0
  #note: string | null = null
  #record: RunRecord | null = null // as it is now
  isRecorded = true // run.json says the same

  constructor(dir: string, id: string, origin: Origin, recent: RecentSpans) {
    this.id = id
    this.#recent = recent
    this.#folder = join(dir, id)
    this.#origin = origin
    mkdirSync(this.#folder)
    this.#file = new GrowingFile(join(this.#folder, SPANS), writeAll)
    writeRecord(this.#folder, this.record())
  }

  /** False once its files were removed. */
  get there(): boolean {
    return fileState(join(this.#folder, SPANS)) !== null
  }

  /** Why the spans are not kept; null when they are. `line`: as it came, if these are all its spans. */
  take(spans: readonly ForeignSpan[], line: Buffer | null): string | null {
    const kept = line ?? foreignLine(spans)
    const from = this.#file.bytes
    const full = from + kept.length > RUN_BYTES_MAX
    const refusal = full ? `the run ${this.id} is full` : this.#trying(() => this.#file.add(kept))
    const isOther = refusal === null && this.#meet(spans)
    if (refusal !== null) this.#refused += spans.length
    // What is written anew is read in another order.
    if (refusal === null && line !== null) {
      this.#recent.add(join(this.#folder, SPANS), from, this.#file.bytes, spans)
    }
    this.#note ??= refusal
    this.#record = null
    if (isOther) this.writeDown()
    else this.isRecorded = false
    return refusal
  }

  /** Writes down what it has come to, if its files are still there. */
  writeDown(): void {
    this.isRecorded = true
    if (this.there) this.#trying(() => writeRecord(this.#folder, this.record()))
  }

  close(): void {
    this.#trying(() => this.#file.close())
  }

  /** True when the run is another by it, for whoever reads its file, than its record says. */
  #meet(spans: readonly ForeignSpan[]): boolean {
    const [processes, begunNs] = [this.#processes.size, this.#begunNs]
    this.#accepted += spans.length
    for (const span of spans) {
      this.#processes.nameOf(span)
      const { startUnixNs } = span
      if (startUnixNs > 0n && (this.#begunNs === null || startUnixNs < this.#begunNs)) {
        this.#begunNs = startUnixNs
      }
    }
    return this.#processes.size !== processes || this.#begunNs !== begunNs
  }

  readonly record = (): RunRecord => (this.#record ??= this.#madeRecord())

  #madeRecord(): RunRecord {
    const [accepted, refused] = [this.#accepted, this.#refused]
    const count = {
      sink: STORE_SINK,
      where: this.#folder,
      made: accepted + refused,
      accepted,
      refused,
      dropped: 0,
    }
    const sinks = [this.#note === null ? count : { ...count, note: this.#note }]
    return { run: this.#description(), sinks }
  }

  #description(): RunDescription {
    return describeForeign(this.#origin, {
      id: this.id,
      tag: this.#tag,
      processes: this.#processes.names,
      startedAtMs: this.#begunNs === null ? this.#heardOfMs : Number(this.#begunNs / 1_000_000n),
    })
  }

  #trying(work: () => void): string | null {
    try {
      work()
      return null
    } catch (error) {
      return reason(error)
    }
  }
}

/** Spans by the run that they are of, in the order in which they came. */
function byRun(spans: readonly ForeignSpan[]): Map<string, ForeignSpan[]> {
  const ofResource = new Map<ForeignSpan['resource'], ForeignSpan[]>() // one is shared by many spans
  const runs = new Map<string, ForeignSpan[]>()
  for (const span of spans) {
    let its = ofResource.get(span.resource)
    if (its === undefined) {
      const key = originKey(span)
      its = runs.get(key) ?? []
      runs.set(key, its)
      ofResource.set(span.resource, its)
    }
    its.push(span)
  }
  return runs
}

export class ForeignRuns {
  readonly #store: RunStore
  readonly #runs = new Map<string, ForeignRun>()
  #recording: NodeJS.Timeout | null = null

  constructor(store: RunStore) {
    this.#store = store
  }

  /** `body`: the request in OTLP JSON, if these are all its spans. */
  take(spans: readonly ForeignSpan[], body: Uint8Array | null): Taken {
    let rejected = 0
    let why: string | null = null
    const runs = [...byRun(spans)]
    const line = body !== null && runs.length === 1 ? lineAsItCame(body) : null
    for (const [i, [key, its]] of runs.entries()) {
      const refusal =
        i < RUNS_PER_REQUEST
          ? this.#takeOne(key, its, line)
          : `a request may speak of ${RUNS_PER_REQUEST} runs at most`
      if (refusal === null) continue
      rejected += its.length
      why ??= refusal
    }
    return { rejected, why }
  }

  #recordLater(run: ForeignRun): void {
    if (run.isRecorded) return this.#store.tell(run.id, 'run')
    this.#store.hold(run.id, run.record)
    this.#recording ??= setTimeout(this.#writeDown, RECORD_AGE_MS)
  }

  readonly #writeDown = (): void => {
    this.#recording = null
    for (const run of this.#runs.values()) {
      this.#store.hold(run.id, null)
      if (run.isRecorded) continue
      run.writeDown()
      this.#store.tell(run.id, 'run')
    }
  }

  close(): void {
    if (this.#recording !== null) clearTimeout(this.#recording)
    this.#writeDown()
    for (const run of this.#runs.values()) run.close()
    this.#runs.clear()
  }

  #takeOne(key: string, spans: readonly ForeignSpan[], line: Buffer | null): string | null {
    try {
      const run = this.#run(key, originOf(spans[0]!))
      const refusal = run.take(spans, line)
      this.#recordLater(run)
      return refusal
    } catch (error) {
      return `the spans cannot be kept: ${reason(error)}`
    }
  }

  #run(key: string, origin: Origin): ForeignRun {
    const known = this.#runs.get(key)
    if (known?.there) return known
    known?.close()
    for (const [other, run] of this.#runs) {
      if (run.there) continue
      run.close()
      this.#runs.delete(other)
    }
    let number = 1
    const now = Date.now()
    while (this.#store.refusal(foreignName(now, number)) !== null) number++
    const { dir, histories } = this.#store
    const run = new ForeignRun(dir, foreignName(now, number), origin, histories.recent)
    this.#runs.set(key, run)
    this.#store.makeRoom()
    return run
  }
}
