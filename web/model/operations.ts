/**
 * Operations: a request, and all that it led to. A step belongs to the operation
 * of the message it handles; any other step, and one too many messages away,
 * begins one of its own. The same rule gives spans their traces.
 */
import { KIND } from '../../src/trace-format/events.ts'
import { MAX_HOPS } from '../../src/trace-format/span-ids.ts'
import { Column } from './column.ts'
import type { EventStore } from './event-store.ts'

export interface Operation {
  readonly position: number // of the request
  readonly process: number
  readonly type: string
  readonly steps: number // of it by now, the first included
  readonly lastAt: number // position of the last of them
}

type Growing = { -readonly [Field in keyof Operation]: Operation[Field] }

const NONE = -1

export class Operations {
  readonly all: Growing[] = []
  readonly #ofStep = new Column(Int32Array) // by position: of a step, its operation in `all`, or NONE
  readonly #hop = new Column(Uint16Array) // by position: messages from where its trace began

  /** Room for so many events in all. */
  reserve(length: number): void {
    this.#ofStep.reserve(length)
    this.#hop.reserve(length)
  }

  /** Takes the next event, whether it begins a step or not. */
  take(data: EventStore, i: number): void {
    const isStep = data.isStep(i)
    const hop = isStep ? this.#hopOf(data, i) : 0
    const index = isStep ? this.#operationOf(data, i, hop) : NONE
    this.#hop.push(hop)
    this.#ofStep.push(index)
    if (index === NONE) return
    const operation = this.all[index]!
    operation.steps++
    operation.lastAt = i
  }

  /** The operation that a step belongs to, in `all`; -1 for none. */
  of(step: number): number {
    return this.#ofStep.at(step)
  }

  /** Messages from where its trace began to a step; 0 if it began there. */
  hop(step: number): number {
    return this.#hop.at(step)
  }

  #sender(data: EventStore, i: number): number {
    const message = data.messageOfDeliver(i)
    return message === -1 ? -1 : data.stepOf(data.messages.sendAt[message]!)
  }

  #hopOf(data: EventStore, i: number): number {
    if (data.code(i) === KIND.resume) {
      const step = data.resumedBy(i)
      return step === -1 ? 0 : this.#hop.at(step)
    }
    if (data.messageOfDeliver(i) === -1) return 0
    const sender = this.#sender(data, i)
    const hop = (sender === -1 ? 0 : this.#hop.at(sender)) + 1
    return hop >= MAX_HOPS ? 0 : hop
  }

  #operationOf(data: EventStore, i: number, hop: number): number {
    if (data.code(i) === KIND.request) {
      return (
        this.all.push({ position: i, process: data.process(i), type: data.typeOf(i), steps: 0, lastAt: i }) -
        1
      )
    }
    if (data.code(i) === KIND.resume) {
      const step = data.resumedBy(i)
      return step === -1 ? NONE : this.#ofStep.at(step)
    }
    const sender = hop === 0 ? -1 : this.#sender(data, i)
    return sender === -1 ? NONE : this.#ofStep.at(sender)
  }
}
