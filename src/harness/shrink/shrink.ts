/**
 * The shortest run we find that breaks a promise in the same way. A candidate is a list of steps,
 * taken leniently: what cannot happen any more is left out. In this order: the tail after the first
 * violation; faults, by kind; stretches of steps, then single ones; processes; numbers in requests;
 * and what commutes sorted so that it reads well. The end is always 1-minimal: without any one of
 * its steps, the promise holds or breaks in another way.
 *
 * Schedules by name and lenient replay as by C. Scott and others, "Minimizing Faulty Executions of
 * Distributed Systems", NSDI 2016 (DEMi); one by one to a fixpoint as in DSLabs.
 */
import { assert } from '../../lib/assert.ts'
import { Prng } from '../../lib/prng.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Finding } from '../../model/property.ts'
import type { AnyShapes } from '../../model/shape.ts'
import type { Step } from '../../model/step.ts'
import { brokenBy, planSchedule } from '../replayed.ts'
import type { Schedule } from '../schedule.ts'
import { headsWithout, itemsWithout } from './fewer-processes.ts'
import { ddmin, type Fails, type Order, oneByOne } from './fewer-steps.ts'
import { inReadingOrder } from './reading-order.ts'
import { smallerOptions, smallerValues, zeroDice } from './smaller-values.ts'
import { type Item, type Setting, THROWS, Trials } from './trial.ts'

export interface Failing {
  readonly plan: { readonly entry: CatalogueEntry }
  readonly schedule: Schedule
  readonly property: string // that it breaks, or THROWS
  readonly keepProcesses?: boolean // all of them
}

export interface Shrunk {
  readonly schedule: Schedule
  readonly property: string
  readonly finding: Finding // of the last replay
  readonly steps: number
  readonly stepsBefore: number
  readonly replays: number // it took
  readonly oneMinimal: boolean // false only where patience ended before
  readonly processes: readonly ProcessId[] // that are left, by their names in the failing schedule
  readonly origins: readonly number[] // of each step: which of the failing schedule it is; -1: none of them
}

/** Kinds of faults that are tried without, all at once. */
const CATEGORIES: readonly (readonly Step['do'][])[] = [
  ['lose'],
  ['duplicate'],
  ['crash', 'recover'],
  ['recover'],
  ['cut', 'heal'],
]

/** How often it is begun anew, and after how many steps taken no more: some tenths of a second. */
const STARTS_MAX = 12
const STARTS_STEPS_MAX = 100_000
const ORDERS: readonly Order[] = ['from the end', 'from the end', 'from the beginning', 'from the beginning']

/** The failure, shortened; or, in a sentence, why it cannot be. */
export function shrink({ plan: { entry }, schedule, property, keepProcesses }: Failing): Shrunk | string {
  const { steps, ended: _, ...head } = schedule
  const shrinking = new Shrinking(entry, head, property)
  if (!shrinking.begin(steps)) {
    return `${property} is broken neither by a step nor when nothing more can happen: it cannot be shortened`
  }
  return shrinking.run(steps.length, keepProcesses === true)
}

class Shrinking {
  readonly #entry: CatalogueEntry
  readonly #trials: Trials
  readonly #property: string
  #setting: Setting
  #items: readonly Item[] = []
  #rest = 0 // steps that follow them
  #processes: readonly ProcessId[] // those that are left, as they were called first

  constructor(entry: CatalogueEntry, head: Setting['schedule'], property: string) {
    this.#entry = entry
    this.#property = property
    this.#trials = new Trials(property)
    this.#setting = this.#settingOf(head)
    this.#processes = this.#setting.plan.topology.ids
    const known = entry.properties(this.#setting.plan.options).map(({ name }) => name)
    const isKnown = property === THROWS || known.includes(property)
    assert(isKnown, `${entry.name} promises no ${property}, only ${known.join(', ')}`)
  }

  /** Whether it fails at all; what follows the violation is gone then. */
  begin(steps: readonly Step[]): boolean {
    const items = steps.map((step, origin) => ({ ...fresh(plain(step)), origin }))
    const failed = this.#trials.run(this.#setting, items)
    this.#trials.drains = failed === null || failed.atRest
    return this.#try(this.#setting, failed?.items ?? items)
  }

  run(stepsBefore: number, keepProcesses: boolean): Shrunk {
    const { options } = this.#setting.schedule
    this.#faultsOff()
    if (!keepProcesses) this.#fewerProcesses() // here for speed, and later for good
    this.#fewest()
    this.#smallerOptions()
    this.#timesOff()
    if (!keepProcesses) this.#fewerProcesses()
    this.#items = oneByOne(this.#items, this.#fails)
    const shapes = this.#entry.shapes.request as AnyShapes
    this.#items = smallerValues(this.#items, shapes, this.#fails)
    this.#items = zeroDice(this.#items, this.#fails)
    this.#items = oneByOne(this.#items, this.#fails)
    this.#optionsBack(options)
    this.#drained()
    this.#try(this.#setting, inReadingOrder(this.#items))
    const schedule = this.#minimal()
    return {
      schedule,
      property: this.#property,
      finding: this.#trials.run(this.#setting, this.#items)!.finding,
      steps: this.#items.length,
      stepsBefore,
      replays: this.#trials.replays,
      oneMinimal: !this.#trials.isOver,
      processes: this.#processes,
      origins: this.#items.map(({ origin = -1 }) => origin),
    }
  }

  /**
   * What cannot be made shorter by leaving a step out need not be the shortest: which it comes to hangs
   * on what is left out first. So it is tried in several orders, half of them with loose dice.
   */
  #fewest(): void {
    const [all, setting] = [this.#items, this.#setting]
    const begun = this.#trials.steps
    let best: { setting: Setting; items: readonly Item[]; size: number } | null = null
    for (let start = 0; start < STARTS_MAX; start++) {
      if (start > 0 && this.#trials.steps - begun > STARTS_STEPS_MAX) break
      const order = ORDERS[start] ?? new Prng(setting.schedule.seed, 'shrink', start)
      if (!this.#try(setting, start % 2 === 1 ? all.map(loosened) : all)) continue
      this.#items = ddmin(this.#items, this.#fails, order).map(fastened)
      if (!this.#try(setting, this.#items)) continue
      // At rest much is there only because the options say so.
      if (this.#trials.drains) this.#smallerOptions()
      const size = this.#items.length + this.#rest
      if (best === null || size < best.size) best = { setting: this.#setting, items: this.#items, size }
    }
    this.#try(best?.setting ?? setting, best?.items ?? all)
  }

  #smallerOptions(): void {
    smallerOptions(this.#setting.plan.options, (smaller) => this.#tryOptions(smaller))
    this.#items = oneByOne(this.#items, this.#fails)
  }

  /** What happened after the steps becomes steps like the others. */
  #drained(): void {
    if (!this.#trials.drains) return
    const failed = this.#trials.run(this.#setting, this.#items)!
    this.#trials.drains = false
    this.#try(this.#setting, [...failed.items, ...failed.rest])
    this.#items = oneByOne(this.#items, this.#fails)
  }

  /** In the setting as it is. */
  readonly #fails: Fails = (items) =>
    this.#trials.isOver ? null : (this.#trials.run(this.#setting, items)?.items ?? null)

  /** Goes on with these if they fail. */
  #try(setting: Setting, items: readonly Item[]): boolean {
    const failed = this.#trials.run(setting, items)
    if (failed === null) return false
    this.#setting = setting
    this.#items = failed.items
    this.#rest = failed.rest.length
    return true
  }

  #faultsOff(): void {
    for (const category of CATEGORIES) {
      const kept = this.#items.filter(({ step }) => !category.includes(step.do))
      if (kept.length < this.#items.length) this.#try(this.#setting, kept)
    }
    const { schedule } = this.#setting
    if (schedule.channels === 'unordered') {
      this.#tryHead({ ...schedule, channels: 'fifo' }, this.#items)
    }
    if (schedule.byzantine === undefined) return
    const { byzantine: _, ...honest } = this.#setting.schedule
    this.#tryHead(honest, this.#items)
  }

  /** Who reads a schedule need not wonder what the times are for, if they are for nothing. */
  #timesOff(): void {
    const { startsMs: _, ...head } = this.#setting.schedule
    const timeless = this.#items.map((item) => {
      const { atMs: _at, aheadMs: _ahead, ...step } = item.step
      return { ...item, step: step as Step }
    })
    this.#tryHead(head, timeless)
  }

  /** Until none can be taken out. Afterwards the steps may be fewer as well. */
  #fewerProcesses(): void {
    for (let before = Number.POSITIVE_INFINITY; this.#peers < before; ) {
      before = this.#peers
      for (let gone = this.#peers - 1; gone >= 0; gone--) {
        if (gone < this.#peers) this.#takeOut(gone)
      }
    }
  }

  #takeOut(gone: number): void {
    const { plan, schedule } = this.#setting
    const ways = [...itemsWithout(gone, plan.topology, this.#items)]
    for (const head of headsWithout(gone, schedule, plan.topology)) {
      const setting = this.#fitting(head)
      if (setting === null || !ways.some((items) => this.#try(setting, items))) continue
      this.#processes = this.#processes.toSpliced(gone, 1)
      return
    }
  }

  get #peers(): number {
    return this.#setting.schedule.peers
  }

  #tryOptions(options: Schedule['options']): boolean {
    return this.#tryHead({ ...this.#setting.schedule, options }, this.#items)
  }

  /** An option that need not be another than it was is as it was. */
  #optionsBack(before: Schedule['options']): void {
    const now = this.#setting.schedule.options
    for (const name of Object.keys(now)) {
      const { [name]: _, ...others } = this.#setting.schedule.options
      const was = Object.hasOwn(before, name) ? { ...others, [name]: before[name] } : others
      const [size, { schedule }] = [this.#items.length + this.#rest, this.#setting]
      if (JSON.stringify(before[name]) === JSON.stringify(schedule.options[name])) continue
      // Not if it makes the run another one.
      const isLonger = () => this.#items.length + this.#rest > size
      if (this.#tryOptions(was) && isLonger()) this.#tryOptions(schedule.options)
    }
  }

  /** What is left, as somebody finds it who knows nothing but the file: no step of that can go either. */
  #minimal(): Schedule {
    for (;;) {
      this.#items = this.#said()
      const fewer = oneByOne(this.#items, this.#fails)
      if (fewer.length === this.#items.length) break
      this.#items = fewer
    }
    const { schedule } = this.#setting
    const whole = { ...schedule, steps: this.#items.map(({ step }) => step) }
    return { ...whole, broken: brokenBy(whole, this.#entry) }
  }

  /** The steps as they are written: with dice only if the seed would have them show something else. */
  #said(): readonly Item[] {
    const unsaid = this.#items.map((item) => {
      const { dice: _, ...step } = item.step
      return freshOf(item, step as Step)
    })
    const isSame = this.#fails(unsaid)?.length === this.#items.length
    return isSame ? unsaid : this.#items.map((item) => freshOf(item, item.step))
  }

  #tryHead(head: Setting['schedule'], items: readonly Item[]): boolean {
    const setting = this.#fitting(head)
    return setting !== null && this.#try(setting, items)
  }

  /** Null where the algorithm does not fit it. */
  #fitting(head: Setting['schedule']): Setting | null {
    try {
      return this.#settingOf(head)
    } catch (error) {
      if (error instanceof UsageError) return null
      throw error
    }
  }

  #settingOf(schedule: Setting['schedule']): Setting {
    return { plan: planSchedule({ ...schedule, steps: [] }, this.#entry), schedule }
  }
}

/** What befell a message in the middle of a step befalls it after that, and does not say so. */
function plain(step: Step): Step {
  if (step.do !== 'lose' && step.do !== 'duplicate') return step
  const { whenSent: _, ...rest } = step
  return rest
}

const loosened = (item: Item): Item => {
  const { dice: _, ...step } = item.step
  return { ...item, step: step as Step, isLoose: true }
}

/** Its dice are what they show in the next trial. */
const fastened = ({ isLoose: _, ...item }: Item): Item => item

/** A step of which nothing is known but its name. */
export const fresh = (step: Step): Item => ({ step, by: {}, trace: null })

const freshOf = ({ origin }: Item, step: Step): Item => ({
  ...fresh(step),
  ...(origin === undefined ? {} : { origin }),
})
