/** A schedule run from its first step to its last. */
import type { Signature } from '../../../model/process.ts'
import type { Step } from '../../../model/step.ts'
import type { Ended, Experiment } from '../../experiment.ts'
import { DigestJournal } from '../digest.ts'
import { Purity } from '../purity.ts'
import { namesOfLost, Replayer, type ReplayRules } from './replayer.ts'

export interface Scheduled extends Pick<ReplayRules, 'timers' | 'startsMs'> {
  readonly steps: readonly Step[]
  readonly channels: 'fifo' | 'unordered'
  /** How the run ended that was recorded; without it by what is left to happen. */
  readonly ended?: Ended['how']
}

/** A replay under way. */
export class Replay<S extends Signature> {
  readonly #experiment: Experiment<S>
  readonly #journal: DigestJournal
  readonly #scheduled: Scheduled
  readonly #purity = new Purity()
  readonly #replayer: Replayer<S>
  #next = 0

  constructor(experiment: Experiment<S>, scheduled: Scheduled) {
    this.#journal = new DigestJournal(experiment.recorder)
    this.#experiment = { ...experiment, recorder: this.#journal }
    this.#scheduled = scheduled
    const { steps, channels, timers, startsMs } = scheduled
    this.#replayer = new Replayer(this.#experiment, {
      fifo: channels === 'fifo',
      loses: namesOfLost(steps),
      handled: () => this.#purity.check(),
      ...(timers === undefined ? {} : { timers }),
      ...(startsMs === undefined ? {} : { startsMs }),
    })
  }

  /** Runs all steps; throws `NotEnabled` at the first that cannot happen. */
  run(): Ended {
    return this.#purity.during(() => {
      this.#begin()
      while (this.#next < this.#scheduled.steps.length) {
        if (this.#journal.length >= this.#experiment.eventsMax) return this.end('event limit')
        this.#step()
      }
      const { ended } = this.#scheduled
      return this.end(ended ?? (this.#replayer.isQuiescent ? 'quiescent' : 'schedule over'))
    })
  }

  /** The states of the processes as they are now, as canonical text; of one that is down its last. */
  states(): readonly { readonly up: boolean; readonly text: string }[] {
    return this.#replayer.cells.map(({ up, stateText }) => ({ up, text: stateText }))
  }

  end(how: Ended['how']): Ended {
    return { ...this.#replayer.end(how), digest: this.#journal.digest() }
  }

  #begin(): void {
    const fates = this.#fatesFrom(0)
    this.#replayer.begin(fates)
    this.#takeRest(fates)
  }

  #step(): void {
    const at = this.#next++
    const fates = this.#fatesFrom(this.#next)
    this.#replayer.take(this.#scheduled.steps[at]!, { fates }, `steps[${at}] `)
    this.#takeRest(fates)
  }

  /** What befalls messages in the step before, if it sends them. */
  #fatesFrom(at: number) {
    const { steps } = this.#scheduled
    const fates: Extract<Step, { do: 'lose' | 'duplicate' }>[] = []
    for (let i = at; i < steps.length; i++) {
      const step = steps[i]!
      if ((step.do !== 'lose' && step.do !== 'duplicate') || step.whenSent !== true) break
      fates.push(step)
    }
    this.#next = at + fates.length
    return fates
  }

  /** What was not sent in that step is a step like another. */
  #takeRest(fates: readonly Step[]): void {
    for (const step of fates) this.#replayer.take(step, {}, `steps[${this.#scheduled.steps.indexOf(step)}] `)
  }
}
