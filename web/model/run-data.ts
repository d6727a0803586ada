/**
 * A run as the viewer keeps it: its events, and what is worked out of them once
 * and for all as they come in. Knows no algorithm.
 */
import type { Block } from '../../src/trace-format/events.ts'
import { KIND } from '../../src/trace-format/events.ts'
import type { RunDescription, RunOutcome, RunRecord } from '../../src/trace-format/run.ts'
import { describeEvent, describeMessage, type EventDetails, type MessageDetails } from './event-details.ts'
import { EventStore } from './event-store.ts'
import { type Operation, Operations } from './operations.ts'
import { type RecordedCut, RecordedCuts } from './recorded-cuts.ts'
import { type StateAt, States } from './states.ts'

export type { EventDetails, MessageDetails } from './event-details.ts'
export type { Axis } from './event-store.ts'
export type { Messages } from './messages.ts'
export type { Operation } from './operations.ts'
export type { RecordedCut } from './recorded-cuts.ts'
export type { StateAt } from './states.ts'

export class RunData extends EventStore {
  #record: RunRecord
  readonly #states: readonly States[]
  readonly #cuts: RecordedCuts
  readonly #operations = new Operations()

  static of(record: RunRecord, blocks: readonly Block[]): RunData {
    const data = new RunData(record)
    for (const block of blocks) data.append(block)
    return data
  }

  private constructor(record: RunRecord) {
    const { processes } = record.run
    super(processes)
    this.#record = record
    this.#states = processes.map(() => new States())
    this.#cuts = new RecordedCuts(processes.length)
  }

  get run(): RunDescription {
    return this.#record.run
  }

  get outcome(): RunOutcome | undefined {
    return this.#record.outcome
  }

  /** What run.json says by now: a live run gets its outcome when it ends. */
  update(record: RunRecord): void {
    this.#record = record
  }

  get cuts(): readonly RecordedCut[] {
    return this.#cuts.all
  }

  get operations(): readonly Operation[] {
    return this.#operations.all
  }

  event(i: number): EventDetails {
    return describeEvent(this, i)
  }

  message(m: number): MessageDetails {
    return describeMessage(this, m)
  }

  /** The state of a process after its last step at or before a position. */
  stateAt(process: number, i: number): StateAt {
    return this.#states[process]!.at(this.lastStep(process, i))
  }

  /** The next stretch of the history. */
  override append(block: Block): void {
    super.append(block)
    for (let i = block.first; i < this.length; i++) {
      if (this.isStep(i)) this.#operations.step(this, i)
      if (this.code(i) === KIND.indicate) this.#cuts.indicated(this, i)
    }
    for (const state of block.states) this.#states[this.process(state.position)]?.add(state)
  }
}
