/** How a run on real hosts comes to its end, or to rest where somebody holds it open. */
import type { Signature } from '../../model/process.ts'
import type { Holder } from '../acting.ts'
import { type Ended, type Experiment, endMs } from '../experiment.ts'
import type { Alarm, AlarmClock } from './alarm-clock.ts'

type How = Ended['how']

/** What of a run its ending concerns. */
export interface Concerned<S extends Signature> {
  readonly experiment: Experiment<S>
  readonly clock: AlarmClock
  readonly isOver: () => boolean
  readonly inTransit: () => number
  /** A timer is armed, or a request or a fault is to come. */
  readonly isToCome: () => boolean
  readonly end: (how: How) => void
  readonly holder: Holder | undefined // without one it ends as soon as it may
  readonly ended: (how: How) => Ended // what there is of it by now
}

export class Ending<S extends Signature> {
  readonly #run: Concerned<S>
  #isHeld: boolean
  #rest: How | null = null // where it would have ended, while nothing was done to it since
  #bound: Alarm | null = null
  #isLooking = false

  constructor(run: Concerned<S>) {
    this.#run = run
    this.#isHeld = run.holder !== undefined
  }

  begin(): void {
    this.#boundAt(endMs(this.#run.experiment))
    this.settle()
  }

  /** Quiescent: nothing is going on and nothing to come. Looked at once a turn. */
  settle(): void {
    const { inTransit, isToCome, isOver } = this.#run
    if (this.#isLooking || inTransit() > 0) return
    this.#isLooking = true
    setImmediate(() => {
      this.#isLooking = false
      if (!isOver() && inTransit() === 0 && !isToCome()) this.#come('quiescent')
    })
  }

  /** Something is done to the run: what it is given after the last request and fault begins anew. */
  stirred(): void {
    this.#rest = null
    const { experiment, clock } = this.#run
    const { ends } = experiment
    if (ends === 'quiescent' || 'atMs' in ends) return
    this.#boundAt(Math.max(clock.nowMs() + ends.afterMs, endMs(experiment)!))
  }

  letGo(): void {
    this.#isHeld = false
    if (this.#rest !== null) this.#run.end(this.#rest)
  }

  /** Whoever does not want to wait ends it: with its verdict, if it has come to rest. */
  interrupt(): void {
    this.#run.end(this.#rest ?? 'interrupted')
  }

  #boundAt(ms: number | null): void {
    this.#bound?.cancel()
    this.#bound = ms === null ? null : this.#run.clock.at(ms, () => this.#come('time over'))
  }

  /** A time that was asked for ends the run, whoever holds it. */
  #come(how: How): void {
    const { experiment, end, ended, holder } = this.#run
    const isAsked = how === 'time over' && typeof experiment.ends === 'object' && 'atMs' in experiment.ends
    if (!this.#isHeld || isAsked) return end(how)
    if (this.#rest !== null) return
    this.#rest = how
    holder?.rested(ended(how))
  }
}
