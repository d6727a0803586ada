/**
 * The events of a run in columns, by position, and what joins them: which
 * message a send and a delivery are of, and which step an event belongs to.
 * What events say is kept apart, see `bodies.ts`.
 */
import { assert } from '../../src/lib/assert.ts'
import { EVENT_KINDS, type EventKind, isStep, KIND, NOBODY } from '../../src/trace-format/events.ts'
import { NO_WORD, type Outline } from '../../src/trace-format/outline.ts'
import type { Bodies } from './bodies.ts'
import { Column } from './column.ts'
import { MessageColumns, type Messages } from './messages.ts'
import { upTo } from './search.ts'
import { type Rows, Table } from './table.ts'

/** Global time in ns, Lamport time, or Lamport time that is common with another run. */
export type Axis = 'real' | 'logical' | 'aligned'

const COLUMNS = {
  kind: Uint8Array, // code in EVENT_KINDS
  process: Uint16Array,
  peer: Uint16Array,
  number: Uint32Array,
  lamport: Uint32Array,
  extra: Uint32Array,
  timeNs: Float64Array,
  word: Uint16Array, // the type of what it carries, as its number among all words, or NO_WORD
  // Of a send, a delivery … its message; of a timeout where it was set; of a `resume` its step.
  link: Int32Array,
  step: Int32Array, // position of the step an event belongs to, or -1
}

/** By position; good until the run grows. */
export type EventColumns = Rows<typeof COLUMNS>

export class EventStore {
  readonly processes: readonly string[]
  readonly #bodies: Bodies
  readonly #table = new Table(COLUMNS)
  #localNs: Column<Float64Array> | null = null // null: equal to the times throughout
  readonly #ofProcess: Column<Uint32Array>[]
  readonly #openStep: Int32Array // of each process: its step under way, or -1
  readonly #messages = new MessageColumns()
  readonly #words: string[] = []
  readonly #types: string[] = []
  readonly #typeOfWord: number[] = [] // by word: its number in #types
  #longestNs = 0
  #aligned: Float64Array | null = null

  constructor(processes: readonly string[], bodies: Bodies) {
    this.processes = processes
    this.#bodies = bodies
    this.#ofProcess = processes.map(() => new Column(Uint32Array, 64))
    this.#openStep = new Int32Array(processes.length).fill(-1)
  }

  /** Room for so many in all. */
  reserve(events: number, messages: number): void {
    this.#table.reserve(events)
    this.#messages.reserve(messages)
  }

  /** Events. */
  get length(): number {
    return this.#table.length
  }

  get messages(): Messages {
    return this.#messages.columns
  }

  /** For sweeps over all events. */
  get columns(): EventColumns {
    return this.#table.views
  }

  /** Message types, in order of first appearance. */
  get types(): readonly string[] {
    return this.#types
  }

  /** What the longest handler took, in ns. */
  get longestNs(): number {
    return this.#longestNs
  }

  kind(i: number): EventKind {
    return EVENT_KINDS[this.#table.rows.kind[i]!]!
  }

  /** The kind as its code in EVENT_KINDS: for sweeps. */
  code(i: number): number {
    return this.#table.rows.kind[i]!
  }

  process(i: number): number {
    return this.#table.rows.process[i]!
  }

  /** The other process, or -1. */
  peer(i: number): number {
    const peer = this.#table.rows.peer[i]!
    return peer === NOBODY ? -1 : peer
  }

  number(i: number): number {
    return this.#table.rows.number[i]!
  }

  /** Among the events of its process, from 1. */
  seq(i: number): number {
    return upTo(this.ofProcess(this.process(i)), (at) => at <= i)
  }

  lamport(i: number): number {
    return this.#table.rows.lamport[i]!
  }

  /** See EVENT_KINDS; for every kind that begins a step: ns the handler took. */
  extra(i: number): number {
    return this.#table.rows.extra[i]!
  }

  timeNs(i: number): number {
    return this.#table.rows.timeNs[i]!
  }

  localNs(i: number): number {
    return this.#localNs === null ? this.timeNs(i) : this.#localNs.at(i)
  }

  valueOn(axis: Axis, i: number): number {
    if (axis === 'aligned' && this.#aligned !== null) return this.#aligned[i]!
    return axis === 'real' ? this.#table.rows.timeNs[i]! : this.#table.rows.lamport[i]!
  }

  /** The column of an axis: for sweeps. */
  valuesOn(axis: Axis): Float64Array | Uint32Array {
    if (axis === 'aligned' && this.#aligned !== null) return this.#aligned
    const { timeNs, lamport } = this.#table.views
    return axis === 'real' ? timeNs : lamport
  }

  /** Sets the axis that is common with another run; with null, or once the run has grown, it is its own. */
  align(values: Float64Array | null): void {
    this.#aligned = values?.length === this.length ? values : null
  }

  /** Another object whenever the values of an axis are others; a run that grows has other lengths besides. */
  axisKey(axis: Axis): object | string {
    return axis === 'aligned' && this.#aligned !== null ? this.#aligned : axis
  }

  /** The type of what an event carries; '' if it has none. */
  typeOf(i: number): string {
    const message = this.messageOf(i)
    if (message !== -1) return this.#types[this.messages.typeIndex[message]!]!
    return this.#words[this.#table.rows.word[i]!] ?? ''
  }

  /** The payload as JSON text; '' where the kind has none, and while it is being fetched. */
  payloadText(i: number): string {
    return this.#bodies.text(i) ?? ''
  }

  /** Whether what an event says is here, with its message; if not, it is being fetched from now on. */
  isHere(i: number): boolean {
    const message = this.messageOf(i)
    const own = this.#bodies.text(i) !== null
    return message === -1 ? own : this.#bodies.text(this.messages.sendAt[message]!) !== null && own
  }

  /** Positions of a process's events, in order. */
  ofProcess(process: number): Uint32Array {
    return this.#ofProcess[process]!.items
  }

  isStep(i: number): boolean {
    return isStep(this.#table.rows.kind[i]!)
  }

  /** The step an event belongs to: itself if it begins one; -1 for what no handler did. */
  stepOf(i: number): number {
    return this.#table.rows.step[i]!
  }

  /** The message of a send, or -1. Of a message that was duplicated: the first copy. */
  messageOfSend(i: number): number {
    return this.#table.rows.kind[i]! === KIND.send ? this.#table.rows.link[i]! : -1
  }

  messageOfDeliver(i: number): number {
    return this.#table.rows.kind[i]! === KIND.deliver ? this.#table.rows.link[i]! : -1
  }

  /** The message that a send, a delivery, a loss or a duplicate is of, or -1. */
  messageOf(i: number): number {
    const code = this.#table.rows.kind[i]!
    return code === KIND.timeout || code === KIND.resume ? -1 : this.#table.rows.link[i]!
  }

  /** Where the timer was set that goes off here, at last if more than once; or -1. */
  armedBy(timeout: number): number {
    return this.#table.rows.kind[timeout]! === KIND.timeout ? this.#table.rows.link[timeout]! : -1
  }

  /** The step that goes on here, or -1. */
  resumedBy(resume: number): number {
    return this.#table.rows.kind[resume]! === KIND.resume ? this.#table.rows.link[resume]! : -1
  }

  /** The last step of a process at or before a position, or -1. */
  lastStep(process: number, i: number): number {
    const own = this.ofProcess(process)
    let count = upTo(own, (at) => at <= i)
    while (count > 0 && !this.isStep(own[count - 1]!)) count--
    return count === 0 ? -1 : own[count - 1]!
  }

  /** The next stretch of the history. */
  protected take(outline: Outline): void {
    const { first, length } = outline
    assert(first === this.length, `events from ${first} come after ${this.length}`)
    this.#localNs = this.#clocks(outline)
    this.#table.reserve(first + length)
    const { rows } = this.#table
    for (const name of COPIED) rows[name].set(outline[name], first)
    this.#table.grow(length)
    this.#words.push(...outline.words)
    const link = rows.link.subarray(first, first + length).fill(-1)
    this.#messages.take(outline, this.#typeOf, link)
    this.#join(outline, rows.step.subarray(first, first + length), link)
  }

  /** Which step each event belongs to, and what it follows. */
  #join({ first, length, kind, process, extra, follows }: Outline, step: Int32Array, link: Int32Array): void {
    const openStep = this.#openStep
    let followed = 0
    for (let k = 0; k < length; k++) {
      const code = kind[k]!
      const own = process[k]!
      this.#ofProcess[own]?.push(first + k)
      if (STEP[code]) {
        openStep[own] = first + k
        if (extra[k]! > this.#longestNs) this.#longestNs = extra[k]!
      }
      step[k] = OUTSIDE_STEP[code] ? -1 : (openStep[own] ?? -1)
      if (code === KIND.timeout) link[k] = follows[followed++]!
      else if (code === KIND.resume) link[k] = this.#numbered(own, follows[followed++]!)
    }
  }

  /** The event of that number of a process: they are counted from 1. */
  #numbered(process: number, number: number): number {
    return this.#ofProcess[process]?.items[number - 1] ?? -1
  }

  /** The column of clocks, from the first stretch on in which they differ from global time. */
  #clocks({ localNs, timeNs, length }: Outline): Column<Float64Array> | null {
    let column = this.#localNs
    if (column === null) {
      if (localNs === timeNs) return null
      let same = 0
      while (same < length && localNs[same] === timeNs[same]) same++
      if (same === length) return null
      column = new Column(Float64Array, this.length + length)
      column.append(this.#table.views.timeNs)
    }
    column.append(localNs)
    return column
  }

  /** The number of a word among the message types. */
  readonly #typeOf = (word: number): number => {
    const known = this.#typeOfWord[word]
    if (known !== undefined) return known
    const type = word === NO_WORD ? '' : this.#words[word]!
    const index = this.#types.indexOf(type)
    this.#typeOfWord[word] = index === -1 ? this.#types.push(type) - 1 : index
    return this.#typeOfWord[word]!
  }
}

/** As they come. */
const COPIED = ['kind', 'process', 'peer', 'number', 'lamport', 'extra', 'timeNs', 'word'] as const

const STEP: readonly boolean[] = EVENT_KINDS.map((_, code) => isStep(code))

/** What happens to a message or a link is recorded at a process, but no handler of its did it. */
const OUTSIDE_STEP: readonly boolean[] = EVENT_KINDS.map((kind) =>
  ['crash', 'lost', 'duplicate', 'linkUp', 'linkDown', 'refuse', 'fault'].includes(kind),
)
