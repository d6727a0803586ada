import type { Asked } from '../../model/catalogue.ts'
import type { Signature } from '../../model/process.ts'
import type { AlarmClock } from './alarm-clock.ts'

/** A process with more than this waiting to leave is handed no request. */
const PACE_BYTES = 256 * 1024
/** How soon to look whether it can take the next. */
const LOOK_AGAIN_MS = 1

/** What of a run the handing in of requests concerns. */
export interface Paced<S extends Signature> {
  readonly clock: AlarmClock
  readonly processes: number
  readonly isOver: () => boolean
  /** Bytes of a process that wait to leave. */
  readonly waiting: (process: number) => number
  readonly ask: (process: number, request: S['request']) => void
  /** Called when a process has been handed all that was due. */
  readonly settle: () => void
}

/** Hands requests in, as fast as processes can take them, each process's own in their order. */
export class Pacing<S extends Signature> {
  readonly #run: Paced<S>
  readonly #held: S['request'][][] // of each process: requests that are due and wait for their turn

  constructor(run: Paced<S>) {
    this.#run = run
    this.#held = Array.from({ length: run.processes }, () => [])
  }

  /** Nothing that is due waits. */
  get isIdle(): boolean {
    return this.#held.every(({ length }) => length === 0)
  }

  handIn(due: readonly Asked<S>[], indexOf: (id: string) => number): void {
    for (const { to, request } of due) {
      const process = indexOf(to)
      if (this.#held[process]!.push(request) === 1) this.#ask(process)
    }
  }

  /** As many of its requests as the process can take now, in their order; the others later. */
  #ask(process: number): void {
    const { clock, isOver, waiting, ask, settle } = this.#run
    const held = this.#held[process]!
    let asked = 0
    while (asked < held.length && !isOver() && waiting(process) <= PACE_BYTES) ask(process, held[asked++]!)
    held.splice(0, asked)
    if (held.length > 0) clock.at(clock.nowMs() + LOOK_AGAIN_MS, () => this.#ask(process))
    else settle()
  }
}
