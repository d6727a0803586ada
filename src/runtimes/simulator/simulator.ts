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

/**
 * Delay of a message when the fault plan says nothing of latency, in µs: a few milliseconds,
 * never the same.
 */
const OWN_LATENCY_US = { min: 1_000, max: 10_000 }

interface Due {
  readonly timeUs: number
  readonly seq: number
  readonly run: () => void
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
  readonly #armed: Map<string, number>[] // of each process: timer → the arming that counts
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
      disarm: (process, key) => this.#armed[process]!.delete(key),
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
      const next = this.#queue.pop()
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

  #at(timeUs: number, run: () => void): void {
    this.#queue.push({ timeUs: Math.round(timeUs), seq: this.#seq++, run })
  }

  #note(kind: number, process: number, payload: string, peer: number, number: number): void {
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
    for (const text of fired) this.#fired[text] = (this.#fired[text] ?? 0) + 1
    if (lost !== null) return this.#lose(sent, lost)
    for (let copy = 1; copy < delaysMs.length; copy++)
      this.#note(KIND.duplicate, sent.from, '', sent.to, sent.number)
    const { min, max } = OWN_LATENCY_US
    for (const delayMs of delaysMs) {
      const ownUs = this.#hasLatency ? 0 : min + this.#latencyDice.below(max - min + 1)
      this.#deliverAfter(sent, delayMs * 1000 + ownUs)
    }
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
    const armed = this.#armed[process]!
    const arming = this.#seq
    armed.set(key, arming)
    const [minUs, maxUs] = [Math.round(minMs * 1000), Math.round(maxMs * 1000)]
    this.#at(this.#timeUs + minUs + this.#timerDice.below(maxUs - minUs + 1), () => {
      if (armed.get(key) !== arming) return
      armed.delete(key)
      this.#cells[process]!.timeout(key)
    })
  }

  #befall(fault: TimedFault): void {
    if ('link' in fault) {
      const [a, b] = fault.link.map((id) => this.#indexOf.get(id)!) as [number, number]
      const kind = fault.kind === 'cut' ? KIND.linkDown : KIND.linkUp
      this.#note(kind, a, '', b, 0)
      this.#note(kind, b, '', a, 0)
    } else {
      const cell = this.#cell(fault.process)
      if (cell.up === (fault.kind === 'recover')) return
      if (fault.kind === 'recover') return cell.recover()
      this.#armed[cell.index]!.clear()
      cell.crash()
    }
    const text = fault.kind
    this.#fired[text] = (this.#fired[text] ?? 0) + 1
  }
}
