/**
 * The history of a run of a service: steps, messages and what they follow from. A step of ours is
 * over before the next begins; here one goes on after others came, and then says so.
 */
import type { Tagged } from '../../../model/process.ts'
import { KIND, NOBODY } from '../../../trace-format/events.ts'
import { MAX_HOPS } from '../../../trace-format/span-ids.ts'
import type { Journal } from '../../journal.ts'
import { type Carried, Sent } from '../../sent.ts'
import type { Step } from './threads.ts'

export class ServiceHistory {
  readonly #journal: Journal
  readonly #timeNs: () => number
  readonly #under: (Step | undefined)[] = [] // of each process: the step under way
  readonly #sent: number[] // of each process: messages so far

  constructor(processes: number, journal: Journal, timeNs: () => number) {
    this.#journal = journal
    this.#timeNs = timeNs
    this.#sent = Array.from({ length: processes }, () => 0)
  }

  get length(): number {
    return this.#journal.length
  }

  /** A step that opens an operation. */
  opens(process: number, kind: 'start' | 'recover' | 'request', value?: unknown): Step {
    this.note(process, KIND[kind], value)
    const seq = this.#journal.seqOf(process)
    return this.#begin(process, { seq, operation: { process, seq }, hop: 0 })
  }

  delivered(process: number, carried: Carried): Step {
    const timeNs = this.#timeNs()
    this.#journal.delivered(process, timeNs, timeNs, carried)
    const seq = this.#journal.seqOf(process)
    const { operation, hop } = carried
    if (hop < MAX_HOPS) return this.#begin(process, { seq, operation, hop })
    return this.#begin(process, { seq, operation: { process, seq }, hop: 0 })
  }

  sent(from: number, to: number, message: Tagged, cause: Step): Sent {
    this.#resume(from, cause)
    const sent = new Sent(
      from,
      to,
      this.#sent[from]!++,
      message.type,
      message,
      cause.operation,
      cause.hop + 1,
    )
    const timeNs = this.#timeNs()
    this.#journal.sent(sent, timeNs, timeNs)
    sent.seq = this.#journal.seqOf(from)
    sent.lamport = this.#journal.lamportOf(from)
    return sent
  }

  lost(sent: Sent, cause: string): void {
    const timeNs = this.#timeNs()
    this.#journal.lost(sent, timeNs, timeNs, cause)
  }

  copied(sent: Sent): void {
    const timeNs = this.#timeNs()
    this.#journal.duplicated(sent, timeNs, timeNs)
  }

  indicates(process: number, indication: Tagged, cause: Step): void {
    this.#resume(process, cause)
    this.note(process, KIND.indicate, indication)
  }

  crashed(process: number): void {
    this.note(process, KIND.crash)
    this.#under[process] = undefined
  }

  /** What no step did, or begins one. */
  note(process: number, kind: number, value?: unknown, peer = NOBODY, extra = 0): void {
    const timeNs = this.#timeNs()
    this.#journal.note(kind, process, timeNs, timeNs, value, peer, extra)
  }

  #begin(process: number, step: Step): Step {
    this.#under[process] = step
    return step
  }

  #resume(process: number, step: Step): void {
    if (this.#under[process] === step) return
    const { process: by, seq } = step.operation
    this.note(process, KIND.resume, [step.seq, by, seq, step.hop])
    this.#under[process] = step
  }
}
