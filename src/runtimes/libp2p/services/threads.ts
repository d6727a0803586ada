/**
 * Which step something follows from. A service does many things at a time and waits in the middle of
 * each: what it does comes after whatever the process did last, and rarely because of that. A thread
 * is what follows from one step: a request, or the process's start. Within it a message to somebody
 * follows from the delivery that first told of them, and so a lookup is seen to go from hop to hop.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Operation } from '../../sent.ts'

/** A step of a process, with the operation it belongs to. */
export interface Step {
  readonly seq: number
  readonly operation: Operation
  readonly hop: number // messages from the step that opened the operation
}

export class Thread {
  readonly process: number
  readonly first: Step
  /** The last answer that came, or the first step. */
  last: Step
  /** Questions that were sent. */
  asked = 0
  readonly #told = new Map<string, Step>()

  constructor(process: number, first: Step) {
    this.process = process
    this.first = first
    this.last = first
  }

  /** What is known from the first step on follows from that. */
  knows(what: Iterable<string>, step = this.first): void {
    for (const each of what) if (!this.#told.has(each)) this.#told.set(each, step)
  }

  /** The step that first told of one of these. */
  causeOf(what: readonly string[]): Step {
    for (const each of what) {
      const step = this.#told.get(each)
      if (step !== undefined) return step
    }
    return this.first
  }

  /** How many were asked one after the other until one of these could be. */
  hopsTo(what: string): number {
    return (this.causeOf([what]).hop - this.first.hop) / 2 + 1
  }
}

/** The thread that what happens now belongs to, wherever it waited; undefined for what none began. */
export const current = new AsyncLocalStorage<Thread>()
