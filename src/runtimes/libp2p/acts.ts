/** What is done by hand to a run on real hosts. */
import type { Asked } from '../../model/catalogue.ts'
import type { Signature } from '../../model/process.ts'
import { type Act, type ActingPort, RUN_OVER, unchanged } from '../acting.ts'
import { befallen } from '../by-hand.ts'
import type { Ending } from './ending.ts'
import type { Faults } from './faults.ts'
import type { Schedule } from './schedule.ts'

/** What of a run acting on it concerns. */
export interface Concerned<S extends Signature> {
  readonly schedule: Schedule
  readonly faults: Faults<S>
  readonly ending: Ending<S>
  readonly nowMs: () => number
  readonly isUp: (process: string) => boolean
  readonly ask: (asked: Asked<S>) => void
}

export class Acts<S extends Signature> implements ActingPort {
  readonly #run: Concerned<S>
  #last: Promise<unknown> = Promise.resolve() // one after another, as they come
  readonly #waiting = new Set<(why: string) => void>()
  #isStopped = false

  constructor(run: Concerned<S>) {
    this.#run = run
  }

  readonly act = (act: Act): Promise<string | null> => {
    const { promise, resolve } = Promise.withResolvers<string | null>()
    const answer = (why: string | null) => {
      this.#waiting.delete(answer)
      resolve(why)
    }
    this.#waiting.add(answer)
    this.#last = this.#last.then(() => this.#take(act, answer))
    return promise
  }

  readonly letGo = (): void => {
    // what was asked for before is done before
    this.#last = this.#last.then(() => this.#run.ending.letGo())
  }

  /** The run is over: whoever still waits is told. */
  stop(): void {
    this.#isStopped = true
    for (const answer of [...this.#waiting]) answer(RUN_OVER)
  }

  /** Resolves when it is done, for a crash must be over before its process can come back. */
  #take(act: Act, answer: (why: string | null) => void): Promise<void> {
    const { schedule, ending, nowMs } = this.#run
    if (this.#isStopped) return Promise.resolve(answer(RUN_OVER))
    const { promise, resolve } = Promise.withResolvers<void>()
    ending.stirred()
    // On the schedule, so that the run is not taken to be quiescent while it is done.
    schedule.at(nowMs(), async () => {
      try {
        answer(await this.#do(act))
      } finally {
        resolve()
      }
    })
    return promise
  }

  async #do(act: Act): Promise<string | null> {
    const { faults, isUp, ask, nowMs } = this.#run
    if ('link' in act) {
      const changes = faults.cutByHand.change(act, nowMs())
      for (const change of changes) await faults.befall(change)
      return changes.length > 0 ? null : unchanged(act)
    }
    const isAsked = act.kind === 'request'
    if (isUp(isAsked ? act.to : act.process) === (act.kind === 'recover')) return unchanged(act)
    if (isAsked) ask({ to: act.to, request: act.request as S['request'], atMs: nowMs() })
    else await faults.befall(befallen(act, nowMs()))
    return null
  }
}
