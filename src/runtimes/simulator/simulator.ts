/**
 * The processes in virtual time: one queue ordered by (time, seq), seeded
 * delays. Same experiment and seed, same history to the byte.
 */
import { judge } from '../../faults/judge.ts'
import { assert } from '../../lib/assert.ts'
import { Heap } from '../../lib/heap.ts'
import { Prng } from '../../lib/prng.ts'
import type { TimedFault } from '../../model/fault.ts'
import type { Signature } from '../../model/process.ts'
import { misfit } from '../../model/shape.ts'
import { KIND } from '../../trace-format/events.ts'
import { Cell, type Sent, type World } from '../cell.ts'
import { type Ended, type Experiment, endMs } from '../experiment.ts'
import { drawDelayUs } from '../timer-delay.ts'

/**
 * Delay of a message when the fault plan says nothing of latency, in µs: a few milliseconds,
 * never the same.
 */
const OWN_LATENCY_US = { min: 1_000, max: 10_000 }

interface Due {
  readonly timeUs: number
  readonly seq: number
  readonly run: () => void
  cancelled: boolean
}

/** Runs an experiment to its end, at once. */
export function simulate<S extends Signature>(experiment: Experiment<S>): Ended {
  return new Simulation(experiment).advance(Number.POSITIVE_INFINITY)!
}

/** An experiment under way. */
export class Simulation<S extends Signature> {
  readonly #experiment: Experiment<S>
  readonly #queue = new Heap<Due>((a, b) => a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.seq < b.seq))
  readonly #cells: Cell<S>[]
  readonly #indexOf: Map<string, number>
  readonly #latencyDice: Prng
  readonly #faultDice: Prng
  readonly #timerDice: Prng
  readonly #hasLatency: boolean
  readonly #lastDueUs = new Map<number, number>() // channel → when its last message is due
  readonly #armed: Map<string, Due>[] // of each process: timer → when it goes off
  readonly #fired: Record<string, number> = {}
  readonly #boundUs: number
  #timeUs = 0
  #seq = 0

  constructor(experiment: Experiment<S>) {
    this.#experiment = experiment
    const { places, seed, faults } = experiment
    this.#latencyDice = new Prng(seed, 'latency')
    this.#faultDice = new Prng(seed, 'faults')
    this.#timerDice = new Prng(seed, 'timers')
    this.#hasLatency = faults.rules.some((rule) => rule.breaks === 'timing')
    this.#indexOf = new Map(places.map((place, index) => [place.self, index]))
    this.#armed = places.map(() => new Map())
    const timeNs = () => this.#timeUs * 1000
    const world: World = {
      timeNs,
      localNs: timeNs,
      transmit: (sent) => this.#transmit(sent),
      arm: (process, key, minMs, maxMs) => this.#arm(process, key, minMs, maxMs),
      disarm: (process, key) => this.#disarm(process, key),
    }
    const indexOf = (id: string) => this.#indexOf.get(id) ?? -1
    this.#cells = places.map((_, index) => new Cell(experiment, index, world, indexOf))
    this.#boundUs = (endMs(experiment) ?? Number.POSITIVE_INFINITY) * 1000
    this.#plan()
  }

  /** Goes on for up to so many events of the queue; null while there is more to do. */
  advance(events: number): Ended | null {
    const { eventsMax, recorder } = this.#experiment
    for (let i = 0; i < events; i++) {
      const next = this.#next()
      if (next === undefined) return this.end('quiescent')
      if (next.timeUs > this.#boundUs) {
        this.#timeUs = this.#boundUs
        return this.end('time over')
      }
      if (recorder.length >= eventsMax) return this.end('event limit')
      this.#timeUs = next.timeUs
      next.run()
    }
    return null
  }

  end(how: Ended['how']): Ended {
    return { how, durationNs: this.#timeUs * 1000, faultsFired: this.#fired }
  }

  /** A timer that was cancelled is no event: neither time nor the end of the run waits for it. */
  #next(): Due | undefined {
    for (;;) {
      const next = this.#queue.pop()
      if (next?.cancelled !== true) return next
    }
  }

  #plan(): void {
    const { requests, faults } = this.#experiment
    for (const cell of this.#cells) this.#at(0, () => cell.begin())
    for (const { to, request, atMs } of requests) {
      const cell = this.#cell(to)
      this.#at(atMs * 1000, () => cell.up && cell.ask(request))
    }
    for (const fault of faults.timed) this.#at(fault.atMs * 1000, () => this.#befall(fault))
  }

  #cell(id: string): Cell<S> {
    return this.#cells[this.#indexOf.get(id)!]!
  }

  #at(timeUs: number, run: () => void): Due {
    const due = { timeUs: Math.round(timeUs), seq: this.#seq++, run, cancelled: false }
    this.#queue.push(due)
    return due
  }

  #note(kind: number, process: number, payload: string, peer: number, number = 0): void {
    const timeNs = this.#timeUs * 1000
    this.#experiment.recorder.add(kind, process, timeNs, timeNs, payload, peer, number)
  }

  #transmit(sent: Sent): void {
    const { places, faults } = this.#experiment
    const envelope = {
      from: places[sent.from]!.self,
      to: places[sent.to]!.self,
      type: sent.type,
      nowMs: this.#timeUs / 1000,
    }
    const { lost, delaysMs, fired } = judge(faults.rules, envelope, this.#faultDice)
    for (const text of fired) this.#count(text)
    if (lost !== null) return this.#lose(sent, lost)
    for (let copy = 1; copy < delaysMs.length; copy++)
      this.#note(KIND.duplicate, sent.from, '', sent.to, sent.number)
    const isDown = this.#cells[sent.to]!.isDown
    const { min, max } = OWN_LATENCY_US
    for (const delayMs of delaysMs) {
      const ownUs = this.#hasLatency ? 0 : min + this.#latencyDice.below(max - min + 1)
      if (isDown) this.#lose(sent, 'crash')
      else this.#deliverAfter(sent, delayMs * 1000 + ownUs)
    }
  }

  #count(fault: string): void {
    this.#fired[fault] = (this.#fired[fault] ?? 0) + 1
  }

  #lose(sent: Sent, cause: string): void {
    this.#note(KIND.lost, sent.from, JSON.stringify(cause), sent.to, sent.number)
  }

  #deliverAfter(sent: Sent, delayUs: number): void {
    let dueUs = this.#timeUs + Math.round(delayUs)
    if (this.#experiment.delivery === 'fifo') {
      const channel = sent.from * this.#cells.length + sent.to
      dueUs = Math.max(dueUs, this.#lastDueUs.get(channel) ?? 0)
      this.#lastDueUs.set(channel, dueUs)
    }
    const [sender, receiver] = [this.#cells[sent.from]!, this.#cells[sent.to]!]
    const incarnations = [sender.incarnation, receiver.incarnation]
    this.#at(dueUs, () => {
      // A crash empties the channels of the process; nothing of an older incarnation arrives.
      if (
        !receiver.up ||
        sender.incarnation !== incarnations[0] ||
        receiver.incarnation !== incarnations[1]
      ) {
        return this.#lose(sent, 'crash')
      }
      const message = JSON.parse(sent.text)
      const wrong = misfit(this.#experiment.shapes.message, message)
      assert(
        wrong === null,
        `${sender.id} sent a message that does not fit its shape: ${wrong} in ${sent.text}`,
      )
      receiver.deliver(sent, message)
    })
  }

  #arm(process: number, key: string, minMs: number, maxMs: number): void {
    this.#disarm(process, key)
    const armed = this.#armed[process]!
    const delayUs = drawDelayUs(minMs, maxMs, this.#timerDice)
    const goOff = () => {
      armed.delete(key)
      this.#cells[process]!.timeout(key)
    }
    armed.set(key, this.#at(this.#timeUs + delayUs, goOff))
  }

  #disarm(process: number, key: string): void {
    const due = this.#armed[process]!.get(key)
    if (due !== undefined) due.cancelled = true
    this.#armed[process]!.delete(key)
  }

  #befall(fault: TimedFault): void {
    if ('link' in fault) {
      const [a, b] = fault.link.map((id) => this.#indexOf.get(id)!) as [number, number]
      const kind = fault.kind === 'cut' ? KIND.linkDown : KIND.linkUp
      this.#note(kind, a, '', b)
      this.#note(kind, b, '', a)
    } else {
      const cell = this.#cell(fault.process)
      if (cell.up === (fault.kind === 'recover')) return
      if (fault.kind === 'recover') this.#recover(cell)
      else this.#crash(cell)
    }
    this.#count(fault.kind)
  }

  #crash(cell: Cell<S>): void {
    for (const key of this.#armed[cell.index]!.keys()) this.#disarm(cell.index, key)
    cell.crash()
    for (const peer of this.#neighbours(cell)) {
      this.#note(KIND.linkDown, peer, '', cell.index)
      this.#lastDueUs.delete(peer * this.#cells.length + cell.index)
      this.#lastDueUs.delete(cell.index * this.#cells.length + peer)
    }
  }

  #recover(cell: Cell<S>): void {
    for (const peer of this.#neighbours(cell)) {
      const [low, high] = [Math.min(peer, cell.index), Math.max(peer, cell.index)]
      this.#note(KIND.linkUp, low, '', high)
      this.#note(KIND.linkUp, high, '', low)
    }
    cell.recover()
  }

  /** Those who have a link to a process and are up, in order. */
  #neighbours({ index }: Cell<S>): number[] {
    const { incoming, outgoing } = this.#experiment.places[index]!
    const peers = [...new Set([...incoming, ...outgoing])].map((id) => this.#cell(id))
    return peers
      .filter(({ up }) => up)
      .map((peer) => peer.index)
      .sort((a, b) => a - b)
  }
}
