/** What the fault plan makes of a run on real hosts: of its messages, its links and its processes. */
import { CUT, type Judged, judge, UNTOUCHED } from '../../faults/judge.ts'
import { Occurrences } from '../../faults/occurrences.ts'
import { Prng } from '../../lib/prng.ts'
import type { FaultRule, PlannedEvent } from '../../model/fault.ts'
import type { Signature } from '../../model/process.ts'
import { KIND, NOBODY } from '../../trace-format/events.ts'
import { Afflictions } from '../afflictions.ts'
import { CutByHand } from '../by-hand.ts'
import type { Experiment } from '../experiment.ts'
import type { Sent } from '../sent.ts'
import type { AlarmClock } from './alarm-clock.ts'
import type { Crashes } from './crashes.ts'

/** What comes to a process, which may have to wait there. */
export interface Coming {
  readonly handle: () => void
  readonly isOff?: () => boolean
}

/** What of a run faults concern. */
export interface Concerned<S extends Signature> {
  readonly experiment: Experiment<S>
  readonly clock: AlarmClock
  readonly crashes: () => Pick<Crashes<S>, 'befall'>
  readonly isUp: (process: number) => boolean
  readonly isOver: () => boolean
  readonly note: (kind: number, process: number, peer: number, value?: unknown) => void
  /** Called when what had to wait has been handled. */
  readonly settle: () => void
}

export class Faults<S extends Signature> {
  readonly fired: Record<string, number> = {}
  readonly cutByHand = new CutByHand()
  readonly #run: Concerned<S>
  readonly #ids: readonly string[]
  readonly #rules: readonly FaultRule[]
  readonly #dice: Prng
  readonly #occurrences: Occurrences
  readonly #afflictions: Afflictions<Coming>

  constructor(run: Concerned<S>) {
    const { places, faults, seed, streams } = run.experiment
    this.#run = run
    this.#ids = places.map(({ self }) => self)
    // A stream delivers in order, whatever anybody wants of it.
    this.#rules =
      streams === 'channel' ? faults.rules.filter(({ breaks }) => breaks !== 'fifo') : faults.rules
    this.#dice = new Prng(seed, 'faults')
    this.#occurrences = new Occurrences(this.#rules)
    this.#afflictions = new Afflictions<Coming>(
      (process, timeUs) => void run.clock.at(timeUs / 1000, () => this.#wake(process, timeUs)),
      ({ isOff }) => isOff?.() === true,
    )
  }

  /** Whether anything is due at a process and waits. */
  get isIdle(): boolean {
    return this.#afflictions.waiting.isEmpty
  }

  /** Whether what comes may have to wait. */
  get mayWait(): boolean {
    return this.#afflictions.waiting.isUsed
  }

  count(text: string): void {
    this.fired[text] = (this.fired[text] ?? 0) + 1
  }

  /** What becomes of a message that is sent now. */
  judge(sent: Sent, nowMs: number): Judged {
    if (this.#rules.length === 0 && !this.cutByHand.any) return UNTOUCHED
    const [from, to] = [this.#ids[sent.from]!, this.#ids[sent.to]!]
    const nth = this.#occurrences.next(from, to, sent.type)
    if (this.cutByHand.any && this.cutByHand.has(from, to)) return CUT
    const judged = judge(this.#rules, { from, to, type: sent.type, nowMs, nth }, this.#dice)
    for (const text of judged.fired) this.count(text)
    for (const what of judged.told) {
      this.#run.note(KIND.fault, sent.from, sent.to, `${sent.idOf(from)} to ${to} ${what}`)
    }
    return judged
  }

  /** A process that lies has done so. */
  struck(process: number, text: string, what: string, to: string): void {
    this.count(text)
    this.#run.note(KIND.fault, process, this.#indexOf(to), `${what} (${text})`)
  }

  /** Resolves when it is done. */
  async befall(fault: PlannedEvent): Promise<void> {
    const happened = () => {
      if (fault.begins) this.count(fault.text)
    }
    if ('link' in fault) {
      const kind = fault.kind === 'cut' ? KIND.linkDown : KIND.linkUp
      for (const [from, to] of this.#afflictions.linksChanged(fault)) {
        this.#run.note(kind, this.#indexOf(from), this.#indexOf(to))
      }
      return happened()
    }
    const process = this.#indexOf(fault.process)
    switch (fault.kind) {
      case 'crash':
      case 'recover':
        return this.#run.crashes().befall(fault.kind, process, happened)
      default: {
        const what = this.#afflictions.befall(fault, process, this.#run.isUp(process), this.#nowUs())
        if (what === null) return
        this.#run.note(KIND.fault, process, NOBODY, `${what} (${fault.text})`)
        return happened()
      }
    }
  }

  /** Something comes to a process: it is handled now, or waits there. */
  come(process: number, coming: Coming): void {
    const { waiting } = this.#afflictions
    const waits = waiting.isUsed && this.#run.isUp(process)
    if (!waits || !waiting.takes(process, coming, this.#nowUs())) coming.handle()
  }

  /** What waited at a process that crashes is never handled, and it is paused no more. */
  crashed(process: number): void {
    this.#afflictions.waiting.resume(process, this.#nowUs())
    this.#afflictions.waiting.clear(process)
  }

  /** A time of the run by the clock of a process. */
  localNs(process: number, timeNs: number): number {
    const timeUs = Math.floor(timeNs / 1000)
    return timeNs + (this.#afflictions.clocks.localUs(process, timeUs) - timeUs) * 1000
  }

  /** How long it takes until the clock of a process has gone on by so much. */
  globalMs(process: number, delayUs: number): number {
    return this.#afflictions.clocks.globalUs(process, delayUs) / 1000
  }

  /** `timeUs` is when it was to be woken: what is read of the clock may be less by a rounding. */
  #wake(process: number, timeUs: number): void {
    if (this.#run.isOver()) return
    this.#afflictions.waiting.next(process, Math.max(timeUs, this.#nowUs()))?.handle()
    this.#run.settle()
  }

  #nowUs(): number {
    return Math.floor(this.#run.clock.nowMs() * 1000)
  }

  #indexOf(id: string): number {
    return this.#ids.indexOf(id)
  }
}
