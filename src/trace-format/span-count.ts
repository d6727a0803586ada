/**
 * How many spans a history has, without making one: the count that a sink keeps while the run goes on.
 * The same rules as in `spans.ts`, which a test holds against these for random histories. A step
 * counts when it begins, though its span is complete only later.
 */
import { type Block, isStep, KIND } from './events.ts'

/** What is known of the step of a process, as far as the fate of its last send depends on it. */
interface Step {
  readonly handlerEndNs: number
  lastNumber: number // of the send that was its process's last event; NONE
  lastStartNs: number
}

const NONE = -1

export class SpanCount {
  readonly #steps: (Step | undefined)[] = []
  #isSetUp = false

  /** Spans that this next stretch of the history adds. */
  add(block: Block): number {
    let spans = 0
    for (let i = 0; i < block.length; i++) spans += this.#ofEvent(block, i)
    return spans
  }

  /** What is left when the history is over. */
  finish(): number {
    return this.#setUp()
  }

  #setUp(): number {
    if (this.#isSetUp) return 0
    this.#isSetUp = true
    return 1
  }

  #ofEvent(block: Block, i: number): number {
    const kind = block.kind[i]!
    if (kind === KIND.linkUp) return block.extra[i]! > 0 ? 1 : 0 // one span a dial
    return this.#setUp() + this.#after(block, i, kind, block.process[i]!)
  }

  #after(block: Block, i: number, kind: number, process: number): number {
    if (isStep(kind)) {
      const handlerEndNs = block.timeNs[i]! + block.extra[i]!
      this.#steps[process] = { handlerEndNs, lastNumber: NONE, lastStartNs: 0 }
      return 1
    }
    const step = this.#steps[process]
    switch (kind) {
      case KIND.send:
        if (step === undefined) return 1
        step.lastNumber = block.number[i]!
        step.lastStartNs = block.timeNs[i]!
        return 1
      case KIND.lost:
      case KIND.duplicate:
        if (step === undefined) return 1
        if (
          step.lastNumber === block.number[i] &&
          block.timeNs[i]! <= Math.max(step.handlerEndNs, step.lastStartNs)
        ) {
          return 0 // said on the span of the send
        }
        step.lastNumber = NONE
        return 1
      case KIND.crash:
        this.#steps[process] = undefined
        return 1
      case KIND.linkDown:
      case KIND.refuse:
        return 1
      case KIND.fault:
        if (step !== undefined) step.lastNumber = NONE
        return 1
      default: // an effect: an event of the step's span
        if (step === undefined) return 1
        step.lastNumber = NONE
        return 0
    }
  }
}
