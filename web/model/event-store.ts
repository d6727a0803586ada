/**
 * The events of a run in columns, by position, and what joins them: which
 * message a send and a delivery are of, and which step an event belongs to.
 */
import { assert } from '../../src/lib/assert.ts'
import {
  type Block,
  EVENT_KINDS,
  type EventKind,
  hasPayload,
  isStep,
  KIND,
  NOBODY,
  resumed,
} from '../../src/trace-format/events.ts'
import { innermostType } from '../../src/trace-format/history-reader.ts'
import { Column } from './column.ts'
import { parsed } from './json.ts'
import { MessageColumns, type Messages } from './messages.ts'
import { upTo } from './search.ts'

/** Global time in ns, or Lamport time. */
export type Axis = 'real' | 'logical'

export class EventStore {
  readonly processes: readonly string[]
  readonly #kind = new Column(Uint8Array)
  readonly #process = new Column(Uint16Array)
  readonly #peer = new Column(Uint16Array)
  readonly #number = new Column(Uint32Array)
  readonly #seq = new Column(Uint32Array)
  readonly #lamport = new Column(Uint32Array)
  readonly #extra = new Column(Uint32Array)
  readonly #timeNs = new Column(Float64Array)
  readonly #localNs = new Column(Float64Array)
  readonly #payload = new Column(Int32Array) // index in #payloads, or -1
  readonly #payloads: string[] = []
  readonly #message = new Column(Int32Array) // of a send, delivery, loss or duplicate, or -1
  readonly #step = new Column(Int32Array) // position of the step an event belongs to, or -1
  readonly #ofProcess: Column<Uint32Array>[]
  readonly #openStep: Int32Array // of each process: its step under way, or -1
  readonly #timers: Map<string, number>[] // of each process: timer → where it was set
  readonly #armedBy = new Map<number, number>() // timeout → where its timer was set
  readonly #messages = new MessageColumns()
  readonly #types: string[] = []
  readonly #typeIndex = new Map<string, number>()

  constructor(processes: readonly string[]) {
    this.processes = processes
    this.#ofProcess = processes.map(() => new Column(Uint32Array, 64))
    this.#timers = processes.map(() => new Map())
    this.#openStep = new Int32Array(processes.length).fill(-1)
  }

  /** Events. */
  get length(): number {
    return this.#kind.length
  }

  get messages(): Messages {
    return this.#messages
  }

  /** Message types, in order of first appearance. */
  get types(): readonly string[] {
    return this.#types
  }

  kind(i: number): EventKind {
    return EVENT_KINDS[this.#kind.at(i)]!
  }

  /** The kind as its code in EVENT_KINDS: for sweeps. */
  code(i: number): number {
    return this.#kind.at(i)
  }

  process(i: number): number {
    return this.#process.at(i)
  }

  /** The other process, or -1. */
  peer(i: number): number {
    const peer = this.#peer.at(i)
    return peer === NOBODY ? -1 : peer
  }

  number(i: number): number {
    return this.#number.at(i)
  }

  seq(i: number): number {
    return this.#seq.at(i)
  }

  lamport(i: number): number {
    return this.#lamport.at(i)
  }

  /** See EVENT_KINDS; for every kind that begins a step: ns the handler took. */
  extra(i: number): number {
    return this.#extra.at(i)
  }

  timeNs(i: number): number {
    return this.#timeNs.at(i)
  }

  localNs(i: number): number {
    return this.#localNs.at(i)
  }

  valueOn(axis: Axis, i: number): number {
    return axis === 'real' ? this.#timeNs.at(i) : this.#lamport.at(i)
  }

  /** The payload as JSON text; '' where the kind has none. */
  payloadText(i: number): string {
    return this.#payloads[this.#payload.at(i)] ?? ''
  }

  /** Positions of a process's events, in order. */
  ofProcess(process: number): Uint32Array {
    return this.#ofProcess[process]!.items
  }

  isStep(i: number): boolean {
    return isStep(this.#kind.at(i))
  }

  /** The step an event belongs to: itself if it begins one; -1 for what no handler did. */
  stepOf(i: number): number {
    return this.#step.at(i)
  }

  /** The message of a send, or -1. Of a message that was duplicated: the first copy. */
  messageOfSend(i: number): number {
    return this.#kind.at(i) === KIND.send ? this.#message.at(i) : -1
  }

  messageOfDeliver(i: number): number {
    return this.#kind.at(i) === KIND.deliver ? this.#message.at(i) : -1
  }

  /** The message that a send, a delivery, a loss or a duplicate is of, or -1. */
  messageOf(i: number): number {
    return this.#message.at(i)
  }

  /** Where the timer was set that goes off here, at last if more than once; or -1. */
  armedBy(timeout: number): number {
    return this.#armedBy.get(timeout) ?? -1
  }

  /** The step that goes on here, or -1. */
  resumedBy(resume: number): number {
    const { step } = resumed(parsed(this.payloadText(resume)))
    return this.ofProcess(this.process(resume))[step - 1] ?? -1 // the events of a process are numbered from 1
  }

  /** The last step of a process at or before a position, or -1. */
  lastStep(process: number, i: number): number {
    const own = this.ofProcess(process)
    let count = upTo(own, (at) => at <= i)
    while (count > 0 && !this.isStep(own[count - 1]!)) count--
    return count === 0 ? -1 : own[count - 1]!
  }

  /** The next stretch of the history. */
  append(block: Block): void {
    assert(block.first === this.length, `events from ${block.first} come after ${this.length}`)
    this.#process.append(block.process)
    this.#peer.append(block.peer)
    this.#number.append(block.number)
    this.#seq.append(block.seq)
    this.#lamport.append(block.lamport)
    this.#extra.append(block.extra)
    this.#timeNs.append(block.timeNs)
    this.#localNs.append(block.localNs)
    this.#kind.append(block.kind)
    let payloads = 0
    for (let i = 0; i < block.length; i++) {
      const text = hasPayload(block.kind[i]!) ? block.payloads[payloads++]! : null
      this.#payload.push(text === null ? -1 : this.#payloads.push(text) - 1)
      this.#take(block.first + i, text ?? '')
    }
  }

  #take(i: number, text: string): void {
    const code = this.#kind.at(i)
    const process = this.#process.at(i)
    this.#ofProcess[process]?.push(i)
    if (isStep(code)) this.#openStep[process] = i
    const step = OUTSIDE_STEPS.has(code) ? -1 : (this.#openStep[process] ?? -1)
    this.#step.push(step)
    this.#message.push(this.#messageAt(i, code, text))
    this.#takeTimer(i, code, text)
  }

  #takeTimer(i: number, code: number, text: string): void {
    const timers = this.#timers[this.#process.at(i)]
    if (code === KIND.setTimer) timers?.set(timerOf(text), i)
    if (code === KIND.cancelTimer) timers?.delete(text)
    if (code === KIND.crash) timers?.clear()
    const armed = code === KIND.timeout ? timers?.get(text) : undefined
    if (armed === undefined) return
    this.#armedBy.set(i, armed)
    timers?.delete(text)
  }

  #messageAt(i: number, code: number, text: string): number {
    const process = this.#process.at(i)
    const number = this.#number.at(i)
    switch (code) {
      case KIND.send:
        return this.#messages.sent(process, this.#peer.at(i), number, i, this.#typeOf(text))
      case KIND.deliver:
        return this.#messages.delivered(this.#peer.at(i), number, i)
      case KIND.lost:
        return this.#messages.lost(process, number, i)
      case KIND.duplicate:
        return this.#messages.duplicated(process, number, i)
      default:
        return -1
    }
  }

  #typeOf(text: string): number {
    const type = innermostType(parsed(text))
    const known = this.#typeIndex.get(type)
    if (known !== undefined) return known
    this.#typeIndex.set(type, this.#types.length)
    return this.#types.push(type) - 1
  }
}

/** What happens to a message or a link is recorded at a process, but no handler of its did it. */
const OUTSIDE_STEPS: ReadonlySet<number> = new Set([
  KIND.crash,
  KIND.lost,
  KIND.duplicate,
  KIND.linkUp,
  KIND.linkDown,
  KIND.refuse,
  KIND.fault,
])

/** Of `[timer,minMs,maxMs]` the text of the timer: the two numbers hold no comma. */
const timerOf = (text: string) => text.slice(1, text.lastIndexOf(',', text.lastIndexOf(',') - 1))
