/**
 * One question, asked thousands of times: does this list of steps, taken leniently, still break the
 * same promise in the same way? Nothing is recorded, and the answer comes with the first violation.
 *
 * What is broken only by what has not come at rest is asked of a list and whatever can still happen
 * after it, in a fixed order: otherwise no timer could be left out, as it would be armed for ever.
 */
import type { HistoryEvent } from '../../model/history.ts'
import type { Signature } from '../../model/process.ts'
import type { Finding, Property } from '../../model/property.ts'
import type { Step } from '../../model/step.ts'
import { HandlerThrew } from '../../runtimes/experiment.ts'
import { Replayer } from '../../runtimes/simulator/replay/replayer.ts'
import type { Copy, Trace } from '../../runtimes/simulator/replay/transit.ts'
import { ChannelWatch } from '../channel-watch.ts'
import { JudgingJournal } from '../judging-journal.ts'
import { Monitors } from '../monitors.ts'
import type { Plan } from '../plan.ts'
import type { Schedule } from '../schedule.ts'
import { findingShape } from './shape.ts'

/** Stands for a property where what is wrong is that a handler throws. */
export const THROWS = 'a handler throws'

/** A step on trial, and how it is known while others come and go. */
export interface Item {
  readonly step: Step
  readonly by: object // one for each step of the first schedule: what it sends is known by it
  readonly trace: Trace | null // of the message that the step is about
  readonly origin?: number // the step of the first schedule that it is; none of what was added to that
  readonly isLoose?: boolean // its dice show what the seed says, however many steps come before
}

/** Where steps are taken: all of a schedule but the steps. */
export interface Setting {
  readonly plan: Plan
  readonly schedule: Omit<Schedule, 'steps'>
}

export interface Failed {
  readonly items: readonly Item[] // those that happened, up to the violation, by their names there
  readonly rest: readonly Item[] // what could happen after them, where that is looked at
  readonly atRest: boolean // it was found then
  readonly finding: Finding
}

/** What is not at rest after so many steps more never will be. */
const REST_MAX = 20_000

/** Steps taken in all trials together: minutes of one core, and more than any of our failures needs. */
const STEPS_MAX = 50_000_000

export class Trials {
  /** Whether what can still happen after the steps does. */
  drains = false
  replays = 0
  steps = 0
  readonly #property: string
  #shape: string | null = null

  /** @param property the name of the one that is broken, or THROWS */
  constructor(property: string) {
    this.#property = property
  }

  /** Out of patience: what is there is short enough. */
  get isOver(): boolean {
    return this.steps > STEPS_MAX
  }

  /** The first to fail says in which way. Null where nothing fails, or something else. */
  run(setting: Setting, items: readonly Item[]): Failed | null {
    this.replays++
    const trial = new Trial(setting, this.#property)
    const finding = trial.run(items, this.drains)
    this.steps += trial.taken.length + trial.rest.length
    if (finding === null) return null
    const shape = findingShape(finding.explanation)
    this.#shape ??= shape
    if (shape !== this.#shape) return null
    return { items: trial.named(items), rest: trial.rest, atRest: trial.atRest, finding }
  }
}

class Trial {
  readonly taken: number[] = [] // indices of the items that happened
  readonly rest: Item[] = []
  atRest = false
  readonly #copies: (Copy | null)[] = [] // and the messages they were about
  readonly #dice: (readonly number[])[] = [] // and what the dice showed
  readonly #replayer: Replayer<Signature>
  readonly #journal: JudgingJournal
  readonly #property: Property<Signature> | undefined
  #memory: unknown
  #finding: Finding | null = null

  constructor({ plan, schedule }: Setting, name: string) {
    const { places, ids } = plan.topology
    const property = plan.entry.properties(plan.options).find((one) => one.name === name)
    this.#property = property
    const monitors = new Monitors<Signature>(property === undefined ? [] : [this.#watched(property)], places)
    this.#journal = new JudgingJournal(ids, [monitors], new ChannelWatch(0, []))
    const { channels, startsMs } = schedule
    this.#replayer = new Replayer(
      { ...plan.experiment, recorder: this.#journal, watchStates: false },
      { fifo: channels === 'fifo', ...(startsMs === undefined ? {} : { startsMs }) },
    )
  }

  run(items: readonly Item[], drains: boolean): Finding | null {
    try {
      this.#replayer.begin()
      for (let i = 0; i < items.length && !this.#isDecided; i++) this.#take(items[i]!, i)
      if (drains) this.#drain()
      if (this.#journal.failure !== null) return null
      if (this.#finding === null && this.#property?.atEnd && this.#replayer.isQuiescent) {
        this.#finding = this.#property.atEnd(this.#memory) ?? null
        this.atRest = true
      }
      return this.#finding
    } catch (error) {
      if (!(error instanceof HandlerThrew)) throw error
      return this.#property === undefined ? { explanation: error.message, witnesses: [] } : null
    }
  }

  /** What happened, by the names that it has there. */
  named(items: readonly Item[]): Item[] {
    return this.taken.map((index, i) => {
      const item = throwing(items[index]!, this.#dice[i] ?? this.#replayer.shown)
      const copy = this.#copies[i] ?? null
      if (copy === null || !('from' in item.step)) return item
      const { sent, nth, by, kth } = copy
      const { step, trace } = item
      const isSame = step.nth === nth && step.type === sent.type && trace?.by === by && trace?.kth === kth
      return isSame ? item : { ...item, step: { ...step, type: sent.type, nth }, trace: { by, kth } }
    })
  }

  get #isDecided(): boolean {
    return this.#finding !== null || this.#journal.failure !== null
  }

  #take(item: Item, index: number): void {
    // One that throws counts too: it is pushed before, and taken back if it cannot happen.
    this.taken.push(index)
    if (!this.#replayer.tryTake(item.step, item)) this.taken.pop()
    else {
      this.#copies.push(this.#replayer.last)
      this.#dice.push(this.#replayer.shown)
    }
  }

  /** Whatever can still happen: all that is on its way, then a timer, and again. */
  #drain(): void {
    while (this.rest.length < REST_MAX) {
      const deliveries = this.#replayer.deliveries()
      const next = deliveries.length > 0 ? deliveries : this.#replayer.timeouts().slice(0, 1)
      if (next.length === 0) return
      for (const step of next) {
        if (this.#isDecided) return
        const item = { step, by: {}, trace: null }
        if (this.#replayer.tryTake(step, item)) this.rest.push(item)
      }
    }
  }

  /** The property, whose first finding is seen at once, and whose memory is looked at in the end. */
  #watched(property: Property<Signature>): Property<Signature> {
    return {
      ...property,
      initial: (places) => {
        this.#memory = property.initial(places)
        return this.#memory
      },
      upon: (memory: unknown, event: HistoryEvent<Signature>, tag: unknown) => {
        const finding = property.upon(memory, event, tag)
        if (finding) this.#finding ??= finding
        return finding
      },
    }
  }
}

/** The step, with what the dice showed: they show the same whatever is left out before. */
function throwing(item: Item, shown: readonly number[]): Item {
  if (item.isLoose) return item
  const { dice = [], ...step } = item.step
  if (dice.length === shown.length && dice.every((face, i) => face === shown[i])) return item
  return { ...item, step: shown.length === 0 ? step : { ...step, dice: shown } }
}
