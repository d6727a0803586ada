/**
 * A run as the viewer keeps it: its events, and what is worked out of them once
 * and for all as they come in. Knows no algorithm.
 */
import type { Block } from '../../src/trace-format/events.ts'
import { type Outline, Outliner } from '../../src/trace-format/outline.ts'
import type { RunDescription, RunOutcome, RunRecord } from '../../src/trace-format/run.ts'
import { type Bodies, PagedBodies, WholeBodies } from './bodies.ts'
import { describeEvent, describeMessage, type EventDetails, type MessageDetails } from './event-details.ts'
import { EventStore } from './event-store.ts'
import { type Operation, Operations } from './operations.ts'
import { type RecordedCut, RecordedCuts } from './recorded-cuts.ts'
import { upTo } from './search.ts'
import { type StateAt, stateAfter } from './states.ts'

export type { EventDetails, MessageDetails } from './event-details.ts'
export type { Axis } from './event-store.ts'
export type { Messages } from './messages.ts'
export type { Operation } from './operations.ts'
export type { RecordedCut } from './recorded-cuts.ts'
export type { StateAt } from './states.ts'

export class RunData extends EventStore {
  #record: RunRecord
  readonly #bodies: Bodies
  readonly #outliner = new Outliner()
  readonly #cuts: RecordedCuts
  readonly #operations = new Operations()

  /** A run with all that its events say. It may grow. */
  static of(record: RunRecord, blocks: readonly Block[]): RunData {
    const data = new RunData(record, new WholeBodies())
    for (const block of blocks) data.append(block)
    return data
  }

  /** A run of which only the outline is kept; what its events say is fetched. */
  static outlined(record: RunRecord, bodies: PagedBodies): RunData {
    return new RunData(record, bodies)
  }

  private constructor(record: RunRecord, bodies: Bodies) {
    const { processes } = record.run
    super(processes, bodies)
    this.#record = record
    this.#bodies = bodies
    this.#cuts = new RecordedCuts(processes.length)
    const { events = 0, messages = [] } = record.outcome ?? {}
    const made = messages.reduce((sum, { sent, duplicated }) => sum + sent + duplicated, 0)
    if (bodies instanceof PagedBodies && events <= EVENTS_MOST && made <= events) this.reserve(events, made)
  }

  /** Whether all that events say is here. */
  get isWhole(): boolean {
    return this.#bodies instanceof WholeBodies
  }

  get run(): RunDescription {
    return this.#record.run
  }

  get outcome(): RunOutcome | undefined {
    return this.#record.outcome
  }

  /** Where a collector shows the traces of this run, if one has any of them; else null. */
  get jaeger(): string | null {
    const its = this.#record.sinks?.find(({ ui, accepted }) => ui !== undefined && accepted > 0)
    return /^https?:\/\/./.test(its?.ui ?? '') ? its!.ui!.replace(/\/+$/, '') : null
  }

  /** What run.json says by now: a live run gets its outcome when it ends. */
  update(record: RunRecord): void {
    this.#record = record
  }

  get cuts(): readonly RecordedCut[] {
    return this.#cuts.all
  }

  get operations(): readonly Operation[] {
    return this.#operations.upToNow(this)
  }

  event(i: number): EventDetails {
    return describeEvent(this, i)
  }

  message(m: number): MessageDetails {
    return describeMessage(this, m)
  }

  /** The operation that a step belongs to, in `operations`; -1 for none. */
  operationOf(step: number): number {
    return this.#operations.of(this, step)
  }

  /** Messages from where its trace began to a step; 0 if the trace began with it. */
  hopOf(step: number): number {
    return this.#operations.hop(this, step)
  }

  /** The state of a process after its last step at or before a position. */
  stateAt(process: number, i: number): StateAt {
    return stateAfter(this.#bodies, this.lastStep(process, i), {
      has: (position) => this.process(position) === process,
      before: (position) => {
        const own = this.ofProcess(process)
        return own[upTo(own, (at) => at < position) - 1] ?? -1
      },
    })
  }

  /** The next stretch of the history. */
  append(block: Block): void {
    if (this.#bodies instanceof WholeBodies) this.#bodies.add(block)
    this.appendOutline(this.#outliner.take(block))
  }

  appendOutline(outline: Outline): void {
    const { first, kept } = outline
    if (this.#bodies instanceof PagedBodies) this.#bodies.begin(first)
    this.take(outline)
    for (const { position, text } of kept) this.#cuts.indicated(this, position, text)
  }
}

/** A record from outside may say any number; room for more than this is made as events come. */
const EVENTS_MOST = 20_000_000
