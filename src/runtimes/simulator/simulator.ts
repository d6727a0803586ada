/**
 * The processes in virtual time: one queue ordered by (time, seq), seeded
 * delays. Same experiment and seed, same history to the byte, whose digest is
 * part of what is left of every run.
 */
import { setsLatency } from '../../faults/judge.ts'
import { Occurrences } from '../../faults/occurrences.ts'
import { copyJson } from '../../lib/copy.ts'
import { type EventQueue, TypedQueue } from '../../lib/event-queue.ts'
import type { Signature } from '../../model/process.ts'
import { KIND } from '../../trace-format/events.ts'
import { type Act, unchanged } from '../acting.ts'
import { Afflictions } from '../afflictions.ts'
import { befallen, CutByHand } from '../by-hand.ts'
import { Cell, type World } from '../cell.ts'
import { type Ended, type Experiment, endMs } from '../experiment.ts'
import { runBy } from '../run-by.ts'
import { Sent, type Timer } from '../sent.ts'
import { drawDelayUs } from '../timer-delay.ts'
import { befall, type Concerned } from './befall.ts'
import { Channels } from './channels.ts'
import { DigestJournal } from './digest.ts'
import { Fates } from './fates.ts'
import { Inspection } from './inspection.ts'
import { Purity } from './purity.ts'
import { type Concern, Streams } from './streams.ts'
import { Armed, Timers } from './timers.ts'

/**
 * Delay of a message when the fault plan says nothing of latency, in µs: a few milliseconds,
 * never the same.
 */
const OWN_LATENCY_US = { min: 1_000, max: 10_000 }

/** A request that is due. */
class Ask {
  readonly process: number
  readonly request: Signature['request']

  constructor(process: number, request: Signature['request']) {
    this.process = process
    this.request = request
  }
}

/** What a process is to handle, and what the world does of its own accord. */
type ForProcess = Sent | Ask | Armed
type Due = ForProcess | (() => void)

/** What a run may be made with otherwise than usual. */
export interface Means {
  readonly queue?: EventQueue<Due>
  /** Is given the records that the digest is made of. */
  readonly keep?: (records: Uint8Array) => void
}

/** Runs an experiment to its end, at once. */
export function simulate<S extends Signature>(experiment: Experiment<S>, means?: Means): Ended {
  return new Simulation(experiment, means).advance(Number.POSITIVE_INFINITY)!
}

/** An experiment under way. */
export class Simulation<S extends Signature> {
  readonly #experiment: Experiment<S>
  readonly #journal: DigestJournal
  readonly #queue: EventQueue<Due>
  readonly #cells: Cell<S>[]
  readonly #indexOf: Map<string, number>
  readonly #purity = new Purity()
  readonly #channels: Channels
  readonly #timers: Timers<Due>
  readonly #afflictions: Afflictions<ForProcess>
  readonly #occurrences: Occurrences
  readonly #fates: Fates
  readonly #inspection: Inspection
  readonly #latency: Concern
  readonly #timerDelay: Concern
  readonly #hasLatency: boolean
  readonly #armings: Int32Array // of each process: timers it has set
  readonly #fired = new Map<string, number>() // by text; V8 gives up on a record whose keys are only equal
  readonly #cutByHand = new CutByHand()
  readonly #concerned: Concerned<S, ForProcess>
  #boundUs: number
  #hold = 0 // which of the bounds of a run that is held open counts; 0: it is not held
  #isAtBound = false
  #timeUs = 0

  constructor(experiment: Experiment<S>, { queue = new TypedQueue(), keep }: Means = {}) {
    const { places, seed, faults, delivery, shapes, recorder } = experiment
    this.#journal = new DigestJournal(recorder, keep)
    this.#experiment = { ...experiment, recorder: this.#journal }
    this.#queue = queue
    const streams = new Streams(seed)
    this.#latency = streams.concern('latency')
    this.#timerDelay = streams.concern('timers')
    this.#fates = new Fates(faults.rules, streams)
    this.#hasLatency = faults.rules.some(setsLatency)
    this.#indexOf = new Map(places.map((place, index) => [place.self, index]))
    const indexOf = (id: string) => this.#indexOf.get(id) ?? -1
    this.#channels = new Channels(places, indexOf, delivery)
    this.#timers = new Timers(queue)
    this.#occurrences = new Occurrences(faults.rules)
    this.#afflictions = new Afflictions(
      (process, timeUs) => void queue.push(timeUs, () => this.#wake(process)),
      (item) => item instanceof Armed && item.isCancelled,
    )
    this.#inspection = new Inspection(shapes.message)
    this.#armings = new Int32Array(places.length)
    const world: World = {
      timeNs: () => this.#timeUs * 1000,
      localNs: (process) => this.#localNs(process),
      transmit: (sent) => this.#transmit(sent),
      arm: (process, timer, minMs, maxMs) => this.#arm(process, timer, minMs, maxMs),
      disarm: (process, timer) => this.#timers.disarm(process, timer),
      handled: () => this.#purity.check(),
    }
    const lied = (index: number) => (text: string, what: string, to: string) =>
      this.#struck(index, text, what, to)
    this.#cells = places.map(
      (_, index) => new Cell(runBy(this.#experiment, index, lied(index)), index, world, indexOf),
    )
    this.#boundUs = (endMs(experiment) ?? Number.POSITIVE_INFINITY) * 1000
    this.#concerned = this.#concern(indexOf)
    this.#plan(indexOf)
  }

  /**
   * From now on the run goes on after its end when somebody acts upon it: a bound is an event like
   * any other, so that what is due after it is still due.
   */
  hold(): void {
    const { ends } = this.#experiment
    this.#hold = 1
    if (typeof ends !== 'object' || !('afterMs' in ends)) return
    this.#boundHeld(this.#boundUs)
    this.#boundUs = Number.POSITIVE_INFINITY
  }

  /** Does something to a run that is held open, at the time it is; why it changes nothing, or null. */
  act(act: Act): string | null {
    const { ends } = this.#experiment
    if (typeof ends === 'object' && 'afterMs' in ends) this.#boundHeld(this.#timeUs + ends.afterMs * 1000)
    return this.#purity.during(() => this.#act(act))
  }

  /** Goes on for up to so many events of the queue; null while there is more to do. */
  advance(events: number): Ended | null {
    return this.#purity.during(() => {
      const ended = this.#advance(events)
      this.#purity.check()
      return ended
    })
  }

  /** What is left of the run. */
  end(how: Ended['how']): Ended {
    const digest = this.#journal.digest()
    return { how, durationNs: this.#timeUs * 1000, faultsFired: Object.fromEntries(this.#fired), digest }
  }

  #advance(events: number): Ended | null {
    const { eventsMax } = this.#experiment
    for (let i = 0; i < events; i++) {
      const next = this.#queue.pop()
      if (next === undefined) return this.end('quiescent')
      if (this.#queue.time > this.#boundUs) {
        this.#timeUs = this.#boundUs
        return this.end('time over')
      }
      if (this.#journal.length >= eventsMax) return this.end('event limit')
      this.#timeUs = this.#queue.time
      if (typeof next !== 'function') this.#come(next)
      else {
        next()
        if (this.#isAtBound) return this.#rest()
      }
    }
    return null
  }

  #boundHeld(us: number): void {
    const hold = ++this.#hold
    this.#at(us, () => {
      this.#isAtBound = hold === this.#hold
    })
  }

  #rest(): Ended {
    this.#isAtBound = false
    return this.end('time over')
  }

  #act(act: Act): string | null {
    const atMs = this.#timeUs / 1000
    if ('link' in act) {
      const changes = this.#cutByHand.change(act, atMs)
      for (const change of changes) befall(this.#concerned, change)
      return changes.length > 0 ? null : unchanged(act)
    }
    const process = this.#indexOf.get(act.kind === 'request' ? act.to : act.process)!
    const { up } = this.#cells[process]!
    if (up === (act.kind === 'recover')) return unchanged(act)
    if (act.kind === 'request') this.#come(new Ask(process, act.request))
    else befall(this.#concerned, befallen(act, atMs))
    return null
  }

  #plan(indexOf: (id: string) => number): void {
    const { requests, faults } = this.#experiment
    this.#at(0, () => {
      for (const cell of this.#cells) cell.begin()
    })
    for (const { to, request, atMs } of requests) {
      this.#queue.push(Math.round(atMs * 1000), new Ask(indexOf(to), request))
    }
    for (const fault of faults.timed) this.#at(fault.atMs * 1000, () => befall(this.#concerned, fault))
  }

  #concern(indexOf: (id: string) => number): Concerned<S, ForProcess> {
    return {
      cells: this.#cells,
      indexOf,
      neighbours: (process) => this.#neighbours(process),
      channels: this.#channels,
      timers: this.#timers,
      afflictions: this.#afflictions,
      timeUs: () => this.#timeUs,
      note: (kind, process, peer, what) => this.#note(kind, process, peer, what),
      abandon: (item) => {
        if (item instanceof Sent) this.#lose(item, 'crash')
      },
      count: (fault) => this.#count(fault),
    }
  }

  /** A process that lies has done so. */
  #struck(process: number, text: string, what: string, to: string): void {
    this.#count(text)
    this.#note(KIND.fault, process, this.#indexOf.get(to)!, `${what} (${text})`)
  }

  #at(timeUs: number, run: () => void): void {
    this.#queue.push(Math.round(timeUs), run)
  }

  /** Something comes to a process: it is handled now, or waits there. */
  #come(item: ForProcess): void {
    if (item instanceof Armed) this.#timers.taken(item)
    const { waiting } = this.#afflictions
    if (!waiting.isUsed) return this.#handle(item)
    const process = item instanceof Sent ? item.to : item.process
    const isUp = this.#cells[process]!.up
    if (!isUp || !waiting.takes(process, item, this.#timeUs)) this.#handle(item)
  }

  #wake(process: number): void {
    const item = this.#afflictions.waiting.next(process, this.#timeUs)
    if (item !== undefined) this.#handle(item)
  }

  #handle(item: ForProcess): void {
    if (item instanceof Sent) return this.#deliver(item)
    const cell = this.#cells[item.process]!
    if (item instanceof Armed) {
      this.#timers.wentOff(item)
      cell.timeout(item.timer)
    } else if (cell.up) cell.ask(item.request)
  }

  #deliver(sent: Sent): void {
    const [sender, receiver] = [this.#cells[sent.from]!, this.#cells[sent.to]!]
    // A crash empties the channels of the process; nothing of an older incarnation arrives.
    const isOfNow = sender.incarnation === sent.senderLife && receiver.incarnation === sent.receiverLife
    if (!receiver.up || !isOfNow) return this.#lose(sent, 'crash')
    if (sent.isPicked) this.#inspection.inspect(sender.id, sent)
    receiver.deliver(sent, copyJson(sent.message))
  }

  #transmit(sent: Sent): void {
    const { from, to } = sent
    const [sender, receiver] = [this.#cells[from]!, this.#cells[to]!]
    sent.isPicked = this.#inspection.picks(sender.id, sent)
    sent.senderLife = sender.incarnation
    sent.receiverLife = receiver.incarnation
    const channel = this.#channels.between(from, to)
    const nth = this.#channels.carry(channel)
    if (this.#cutByHand.any && this.#cutByHand.has(sender.id, receiver.id)) return this.#lose(sent, 'cut')
    if (!this.#fates.any) return this.#dispatch(sent, channel, nth, 0, 0, 0)
    const { id } = sender
    const { type } = sent
    const among = this.#occurrences.next(id, receiver.id, type)
    const envelope = { from: id, to: receiver.id, type, nowMs: this.#timeUs / 1000, nth: among }
    const { lost, delaysMs, lateMs, fired, told } = this.#fates.of(envelope, from, to, nth)
    for (const text of fired) this.#count(text)
    if (lost !== null) return this.#lose(sent, lost)
    for (const what of told) this.#note(KIND.fault, from, to, `${sent.idOf(id)} to ${receiver.id} ${what}`)
    const localNs = this.#localNs(from)
    for (let copy = 1; copy < delaysMs.length; copy++) {
      this.#journal.duplicated(sent, this.#timeUs * 1000, localNs)
    }
    for (let copy = 0; copy < delaysMs.length; copy++) {
      const [delayUs, lateUs] = [Math.round(delaysMs[copy]! * 1000), Math.round(lateMs[copy]! * 1000)]
      this.#dispatch(sent, channel, nth, copy, delayUs, lateUs)
    }
  }

  /** One copy of a message is on its way; for `lateUs` of it others overtake it. */
  #dispatch(sent: Sent, channel: number, nth: number, copy: number, delayUs: number, lateUs: number): void {
    if (this.#cells[sent.to]!.isDown) return this.#lose(sent, 'crash')
    const { min, max } = OWN_LATENCY_US
    const ownUs = this.#hasLatency
      ? 0
      : min + this.#latency.at(sent.from, sent.to, nth * 8 + copy).below(max - min + 1)
    this.#queue.push(this.#channels.inOrder(channel, this.#timeUs + delayUs + ownUs) + lateUs, sent)
  }

  #arm(process: number, timer: Timer, minMs: number, maxMs: number): void {
    const dice = this.#timerDelay.at(process, this.#armings[process]!++, 0)
    const delayUs = this.#afflictions.clocks.globalUs(process, drawDelayUs(minMs, maxMs, dice))
    this.#timers.arm(process, timer, this.#timeUs + delayUs)
  }

  #note(kind: number, process: number, peer: number, what?: string): void {
    const among = peer < 0 ? undefined : peer
    this.#journal.note(kind, process, this.#timeUs * 1000, this.#localNs(process), what, among)
  }

  #lose(sent: Sent, cause: string): void {
    this.#journal.lost(sent, this.#timeUs * 1000, this.#localNs(sent.from), cause)
  }

  #localNs(process: number): number {
    return this.#afflictions.clocks.localUs(process, this.#timeUs) * 1000
  }

  #count(fault: string): void {
    this.#fired.set(fault, (this.#fired.get(fault) ?? 0) + 1)
  }

  /** Those who have a link to a process, in order. */
  #neighbours(process: number): number[] {
    const { incoming, outgoing } = this.#experiment.places[process]!
    const ids = [...new Set([...incoming, ...outgoing])]
    return ids.map((id) => this.#indexOf.get(id)!).sort((a, b) => a - b)
  }
}
