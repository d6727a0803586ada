/**
 * Operations: a request, and all that it led to. A step belongs to the operation
 * of the message it handles; any other step, and one too many messages away,
 * begins one of its own. The same rule gives spans their traces. Found when somebody asks.
 */
import { KIND } from '../../src/trace-format/events.ts'
import { MAX_HOPS } from '../../src/trace-format/span-ids.ts'
import type { EventColumns, EventStore } from './event-store.ts'
import { Table } from './table.ts'

export interface Operation {
  readonly position: number // of the request
  readonly process: number
  readonly type: string
  readonly steps: number // of it by now, the first included
  readonly lastAt: number // position of the last of them
}

type Growing = { -readonly [Field in keyof Operation]: Operation[Field] }

const NONE = -1

/** By position. */
const COLUMNS = {
  operation: Int32Array, // of a step, its operation in the list, or NONE
  hop: Uint16Array, // messages from where its trace began
}

export class Operations {
  readonly #all: Growing[] = []
  readonly #table = new Table(COLUMNS)

  /** All of what the run is by now. */
  upToNow(data: EventStore): readonly Operation[] {
    if (this.#table.length < data.length) this.#take(data)
    return this.#all
  }

  /** The operation that a step belongs to, in `upToNow`; -1 for none. */
  of(data: EventStore, step: number): number {
    this.upToNow(data)
    return this.#table.rows.operation[step] ?? NONE
  }

  /** Messages from where its trace began to a step; 0 if it began there. */
  hop(data: EventStore, step: number): number {
    this.upToNow(data)
    return this.#table.rows.hop[step] ?? 0
  }

  #take(data: EventStore): void {
    const before = this.#table.length
    this.#table.reserve(data.length)
    const { operation } = this.#table.rows
    const { step } = data.columns
    for (let i = before; i < data.length; i++) {
      operation[i] = NONE
      if (step[i] !== i) continue
      this.#step(data, data.columns, i)
      if (operation[i] === NONE) continue
      const its = this.#all[operation[i]!]!
      its.steps++
      its.lastAt = i
    }
    this.#table.grow(data.length - before)
  }

  /** `operation` and `hop` of a step. */
  #step(data: EventStore, { kind, step, link }: EventColumns, i: number): void {
    const { operation, hop } = this.#table.rows
    const cause = link[i]!
    if (kind[i] === KIND.request) operation[i] = this.#begin(data, i)
    else if (cause === -1) return
    else if (kind[i] === KIND.resume) {
      operation[i] = operation[cause]!
      hop[i] = hop[cause]!
    } else if (kind[i] === KIND.deliver) {
      const sender = step[data.messages.sendAt[cause]!]!
      const hops = (sender === -1 ? 0 : hop[sender]!) + 1
      if (hops >= MAX_HOPS) return
      hop[i] = hops
      if (sender !== -1) operation[i] = operation[sender]!
    }
  }

  #begin(data: EventStore, i: number): number {
    const [process, type] = [data.process(i), data.typeOf(i)]
    return this.#all.push({ position: i, process, type, steps: 0, lastAt: i }) - 1
  }
}
