/**
 * The processes under a schedule: nothing happens but what a step says. All `start` handlers run
 * first, in the order of ids, as on both runtimes. A step that cannot happen is refused with what
 * could, or left out where a schedule is being shortened.
 *
 * A crash dooms what is on its way to and from the process, and what is sent to a process that is
 * down or over a link that is cut is doomed too. What is doomed is lost at once, unless a later step
 * of the schedule loses it: recorded runs say when.
 */
import { copyJson } from '../../../lib/copy.ts'
import type { ProcessId, Signature } from '../../../model/process.ts'
import { messageName, type Step } from '../../../model/step.ts'
import { KIND } from '../../../trace-format/events.ts'
import { Cell, type World } from '../../cell.ts'
import type { Ended, Experiment } from '../../experiment.ts'
import { runBy } from '../../run-by.ts'
import type { Sent } from '../../sent.ts'
import { ArmedTimers, type TimerOrder } from './armed.ts'
import { LoadedDice } from './loaded-dice.ts'
import { NotEnabled } from './not-enabled.ts'
import { type Copy, type Trace, Transit } from './transit.ts'

/** Between two steps of which the second says no time. */
const STEP_NS = 1_000_000

const NONE: readonly number[] = []

type FateStep = Extract<Step, { do: 'lose' | 'duplicate' }>

export interface ReplayRules {
  readonly fifo: boolean // of a channel only the first message may be delivered
  readonly timers?: TimerOrder // without it any armed timer may go off
  readonly startsMs?: readonly number[] // of each process, by its clock
  readonly loses?: ReadonlySet<string> // names of the messages that the schedule loses by steps
  readonly handled?: () => void // see `World`
}

/** What goes with a step where a schedule is being shortened, or is followed by what befalls its sends. */
export interface Along {
  readonly by?: unknown // names the step in the traces of what it sends; without it the step itself
  readonly trace?: Trace | null // of the message that the step is about
  readonly fates?: FateStep[] // taken out when the message they are about is sent
}

export class Replayer<S extends Signature> {
  readonly cells: readonly Cell<S>[]
  readonly #experiment: Experiment<S>
  readonly #rules: ReplayRules
  readonly #transit: Transit
  readonly #timers: ArmedTimers
  readonly #indexOf = new Map<ProcessId, number>()
  readonly #aheadNs: Float64Array
  readonly #cuts = new Set<number>()
  readonly #fired: Record<string, number> = {}
  readonly #dice = new LoadedDice()
  #timeNs = 0
  #by: unknown = null
  #fates: FateStep[] = []
  #copy: Copy | null = null // that the last step was about

  constructor(experiment: Experiment<S>, rules: ReplayRules) {
    const { places } = experiment
    this.#experiment = experiment
    this.#rules = rules
    this.#transit = new Transit(places.length, rules.fifo)
    this.#timers = new ArmedTimers(places.length, rules.timers ?? 'any')
    this.#aheadNs = new Float64Array(places.length)
    for (const [index, { self }] of places.entries()) this.#indexOf.set(self, index)
    const world: World = {
      timeNs: () => this.#timeNs,
      localNs: (process) => this.#timeNs + this.#aheadNs[process]!,
      transmit: (sent) => this.#transmit(sent),
      arm: (process, timer, minMs, maxMs) => this.#timers.arm(process, timer, minMs, maxMs),
      disarm: (process, timer) => this.#timers.disarm(process, timer.value),
      dice: (own) => this.#dice.over(own),
      ...(rules.handled === undefined ? {} : { handled: rules.handled }),
    }
    const indexOf = (id: string) => this.#indexOf.get(id) ?? -1
    const run = (index: number) =>
      runBy(experiment, index, (text, what, to) => {
        this.#count(text)
        this.#note(KIND.fault, index, indexOf(to), `${what} (${text})`)
      })
    this.cells = places.map((_, index) => new Cell(run(index), index, world, indexOf))
  }

  /** All processes start. */
  begin(fates: FateStep[] = []): void {
    this.#fates = fates
    for (const [index, cell] of this.cells.entries()) {
      const atMs = this.#rules.startsMs?.[index]
      if (atMs !== undefined) this.#setTime(index, atMs, 0)
      this.#by = cell.id
      this.#dice.load(NONE)
      cell.begin()
    }
    this.#fates = []
  }

  /** Lets a step happen; one that cannot is refused with what could. */
  take(step: Step, along: Along = {}, where = ''): void {
    const why = this.#tryTo(step, along)
    if (why !== null) throw new NotEnabled(step, why(), this.enabled(), where)
  }

  /** Lets a step happen, or says that it cannot. */
  tryTake(step: Step, along: Along = {}): boolean {
    return this.#tryTo(step, along) === null
  }

  /** The copy that the last step was about. */
  get last(): Copy | null {
    return this.#copy
  }

  /** What the dice showed in the last step. */
  get shown(): readonly number[] {
    return this.#dice.shown
  }

  /** What can happen next without anybody's doing. */
  enabled(): Step[] {
    return [...this.deliveries(), ...this.timeouts()]
  }

  deliveries(): Step[] {
    return Array.from(this.#transit.heads(), ({ sent: { from, to, type }, nth }) => {
      return { do: 'deliver', from: this.cells[from]!.id, to: this.cells[to]!.id, type, nth }
    })
  }

  timeouts(): Step[] {
    return this.cells.flatMap(({ id, index }) =>
      this.#timers
        .of(index)
        .filter((timer) => this.#timers.ahead(index, timer) === null)
        .map((timer) => ({ do: 'timeout', at: id, timer: timer.fresh() }) as const),
    )
  }

  /** Nothing can happen any more without anybody's doing. */
  get isQuiescent(): boolean {
    return !this.#timers.any && this.#transit.heads().next().done === true
  }

  /** What is left of the run; nothing may happen in it afterwards. */
  end(how: Ended['how']): Ended {
    for (const copy of [...this.#transit.all()]) if (copy.doomed !== null) this.#lose(copy, copy.doomed)
    return { how, durationNs: this.#timeNs, faultsFired: this.#fired }
  }

  /** Null when the step has happened, else why it cannot, which is said in words only when asked for. */
  #tryTo(step: Step, { by = step, trace = null, fates = [] }: Along): (() => string) | null {
    this.#copy = null
    switch (step.do) {
      case 'deliver':
      case 'lose':
      case 'duplicate': {
        const copy = this.#find(step, trace)
        if (copy === undefined) return () => this.#whyNoMessage(step)
        const ahead = step.do === 'deliver' ? this.#transit.ahead(copy) : null
        if (step.do !== 'lose' && copy.doomed !== null) return () => `it is lost (${copy.doomed})`
        if (ahead !== null) return () => `channels are FIFO, and ${this.#nameOf(ahead)} is before it`
        this.#begins(step, copy.sent[step.do === 'deliver' ? 'to' : 'from'], by, fates)
        this.#copy = copy
        this.#befall(step, copy)
        return null
      }
      case 'cut':
      case 'heal':
        return this.#changeLink(step, by)
      default:
        return this.#happenAt(step, by, fates)
    }
  }

  #happenAt(step: Extract<Step, { at: ProcessId }>, by: unknown, fates: FateStep[]): (() => string) | null {
    const process = this.#indexOf.get(step.at)
    if (process === undefined) return () => `there is no process ${step.at}`
    const cell = this.cells[process]!
    if (cell.up === (step.do === 'recover')) return () => `${step.at} is ${cell.up ? 'up' : 'down'}`
    if (step.do === 'timeout') {
      const timer = this.#timers.find(process, step.timer)
      if (timer === undefined) return () => `${step.at} has no such timer armed`
      const ahead = this.#timers.ahead(process, timer)
      if (ahead !== null) return () => `the timer ${ahead.key} goes off before it`
      this.#begins(step, process, by, fates)
      this.#timers.disarm(process, step.timer)
      cell.timeout(timer)
      return null
    }
    this.#begins(step, process, by, fates)
    if (step.do === 'request') cell.ask(copyJson(step.request) as S['request'])
    else if (step.do === 'crash') this.#crash(cell)
    else this.#recover(cell)
    return null
  }

  #begins(step: Step, process: number, by: unknown, fates: FateStep[]): void {
    this.#by = by
    this.#fates = fates
    this.#dice.load(step.dice ?? NONE)
    if (step.atMs === undefined) this.#timeNs += STEP_NS
    else this.#setTime(process, step.atMs, step.aheadMs ?? 0)
  }

  /** Its clock shows what the step says; global time does not go back. */
  #setTime(process: number, atMs: number, aheadMs: number): void {
    const localNs = Math.round(atMs * 1e6)
    this.#timeNs = Math.max(this.#timeNs, localNs - Math.round(aheadMs * 1e6))
    this.#aheadNs[process] = localNs - this.#timeNs
  }

  #befall(step: Extract<Step, { from: ProcessId }>, copy: Copy): void {
    const { sent } = copy
    if (step.do === 'lose') this.#lose(copy, step.cause ?? 'loss')
    else if (step.do === 'duplicate') this.#duplicate(copy)
    else {
      this.#transit.take(copy)
      this.cells[sent.to]!.deliver(sent, copyJson(sent.message) as S['message'])
    }
  }

  #transmit(sent: Sent): void {
    const copy = this.#transit.add(sent, this.#by)
    const doom = this.cells[sent.to]!.isDown ? 'crash' : this.#isCut(sent) ? 'link' : null
    const { id: from } = this.cells[sent.from]!
    const { id: to } = this.cells[sent.to]!
    for (let i = 0; i < this.#fates.length; i++) {
      const fate = this.#fates[i]!
      if (fate.from !== from || fate.to !== to || (fate.type ?? sent.type) !== sent.type) continue
      if ((fate.nth ?? copy.nth) !== copy.nth) continue
      this.#fates.splice(i--, 1)
      if (fate.do === 'duplicate') this.#duplicate(copy)
      else {
        const left = this.#transit.find(sent.from, sent.to, fate)
        if (left !== undefined) this.#lose(left, fate.cause ?? 'loss')
      }
    }
    if (doom === null) return
    for (const left of this.#transit.about(sent.from, sent.to)) {
      if (left.sent === sent) this.#doom(left, doom)
    }
  }

  #crash(cell: Cell<S>): void {
    this.#timers.clear(cell.index)
    cell.crash()
    for (const peer of this.#upNeighbours(cell)) this.#note(KIND.linkDown, peer, cell.index)
    for (const copy of this.#transit.about(cell.index, null)) this.#doom(copy, 'crash')
    this.#count('crash')
  }

  #recover(cell: Cell<S>): void {
    for (const peer of this.#upNeighbours(cell)) {
      const [low, high] = [Math.min(peer, cell.index), Math.max(peer, cell.index)]
      this.#note(KIND.linkUp, low, high)
      this.#note(KIND.linkUp, high, low)
    }
    this.#count('recover')
    cell.recover()
  }

  #changeLink(step: Extract<Step, { link: unknown }>, by: unknown): (() => string) | null {
    const [a, b] = step.link.map((id) => this.#indexOf.get(id)) as [number?, number?]
    if (a === undefined || b === undefined) {
      return () => `there is no process ${step.link[a === undefined ? 0 : 1]}`
    }
    const key = this.#linkKey(a, b)
    if (this.#cuts.has(key) === (step.do === 'cut')) {
      return () => `the link is ${step.do === 'cut' ? 'cut already' : 'not cut'}`
    }
    this.#begins(step, a, by, [])
    const kind = step.do === 'cut' ? KIND.linkDown : KIND.linkUp
    this.#note(kind, a, b)
    this.#note(kind, b, a)
    this.#count(step.do)
    if (step.do === 'heal') this.#cuts.delete(key)
    else {
      this.#cuts.add(key)
      for (const copy of this.#transit.about(a, b)) this.#doom(copy, 'link')
    }
    return null
  }

  #doom(copy: Copy, cause: string): void {
    copy.doomed ??= cause
    if (this.#rules.loses?.has(this.#nameOf(copy)) !== true) this.#lose(copy, cause)
  }

  #lose(copy: Copy, cause: string): void {
    this.#transit.take(copy)
    const { from } = copy.sent
    this.#experiment.recorder.lost(copy.sent, this.#timeNs, this.#timeNs + this.#aheadNs[from]!, cause)
    this.#count('lose')
  }

  #duplicate(copy: Copy): void {
    this.#transit.duplicate(copy)
    const { from } = copy.sent
    this.#experiment.recorder.duplicated(copy.sent, this.#timeNs, this.#timeNs + this.#aheadNs[from]!)
    this.#count('duplicate')
  }

  #note(kind: number, process: number, peer: number, what?: string): void {
    const localNs = this.#timeNs + this.#aheadNs[process]!
    this.#experiment.recorder.note(kind, process, this.#timeNs, localNs, what, peer)
  }

  #count(fault: string): void {
    this.#fired[fault] = (this.#fired[fault] ?? 0) + 1
  }

  #find(step: Extract<Step, { from: ProcessId }>, trace: Trace | null): Copy | undefined {
    const [from, to] = [this.#indexOf.get(step.from), this.#indexOf.get(step.to)]
    return from === undefined || to === undefined ? undefined : this.#transit.find(from, to, step, trace)
  }

  #whyNoMessage(step: Extract<Step, { from: ProcessId }>): string {
    const [from, to] = [this.#indexOf.get(step.from), this.#indexOf.get(step.to)]
    if (from === undefined || to === undefined)
      return `there is no process ${from === undefined ? step.from : step.to}`
    if (step.type === undefined) return `nothing is on its way from ${step.from} to ${step.to}`
    const sent = this.#transit.sentOn(from, to, step.type)
    if (sent > (step.nth ?? 0)) return 'it is delivered or lost already'
    if (sent === 0) return `${step.from} has sent no ${step.type} to ${step.to}`
    return `${step.from} has sent ${sent} ${step.type} to ${step.to} so far, counted from #0`
  }

  #nameOf({ sent, nth }: Copy): string {
    const { from, to, type } = sent
    return messageName({ from: this.cells[from]!.id, to: this.cells[to]!.id, type, nth })
  }

  #isCut({ from, to }: Sent): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(this.#linkKey(from, to))
  }

  #linkKey(a: number, b: number): number {
    return Math.min(a, b) * this.cells.length + Math.max(a, b)
  }

  #upNeighbours({ index }: Cell<S>): number[] {
    const { incoming, outgoing } = this.#experiment.places[index]!
    const peers = [...new Set([...incoming, ...outgoing])].map((id) => this.#indexOf.get(id)!)
    return peers.filter((peer) => this.cells[peer]!.up).sort((a, b) => a - b)
  }
}

/** The names of the messages that a schedule loses by steps of its own. */
export const namesOfLost = (steps: readonly Step[]): Set<string> =>
  new Set(steps.flatMap((step) => (step.do === 'lose' ? [messageName(step)] : [])))
