/**
 * One run of an algorithm on a mesh of real hosts. Handlers run one at a time
 * as frames, timers and requests come; what they send goes through the fault
 * rules, message by message, and then onto a stream.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { Bug } from '../../lib/assert.ts'
import { Prng } from '../../lib/prng.ts'
import type { Signature } from '../../model/process.ts'
import { KIND, NOBODY } from '../../trace-format/events.ts'
import { Cell, type World } from '../cell.ts'
import type { Ended, Experiment } from '../experiment.ts'
import { runBy } from '../run-by.ts'
import type { Sent, Timer } from '../sent.ts'
import { drawDelayUs } from '../timer-delay.ts'
import { Acts } from './acts.ts'
import { AlarmClock } from './alarm-clock.ts'
import { wronglySent } from './blame.ts'
import type { Carriage } from './carriage.ts'
import { Channels } from './channels.ts'
import { Crashes } from './crashes.ts'
import { Ending } from './ending.ts'
import { Correspondence, decodeFrame, type Received } from './envelope.ts'
import { Exchanges } from './exchanges.ts'
import { Faults } from './faults.ts'
import { CHANNEL_PROTOCOL } from './hosts.ts'
import type { Mesh } from './mesh.ts'
import { Pacing } from './pacing.ts'
import type { RunOptions } from './run-options.ts'
import { Schedule } from './schedule.ts'
import { Timers } from './timers.ts'
import { Transit } from './transit.ts'

/** More than this waiting to leave ends the run: it cannot keep up, and would only fill memory. */
const OVERLOAD_BYTES = 64 * 1024 * 1024

/** Runs an experiment to its end on hosts that are linked. The mesh may be used again afterwards. */
export function runOnMesh<S extends Signature>(
  mesh: Mesh,
  experiment: Experiment<S>,
  options: RunOptions,
): Promise<Ended> {
  return new MeshRun(mesh, experiment, options).run()
}

class MeshRun<S extends Signature> implements World, Carriage {
  readonly textTravels = true
  readonly clock = new AlarmClock(() => performance.now() - this.#epochMs)
  readonly #mesh: Mesh
  readonly #experiment: Experiment<S>
  readonly #options: RunOptions
  readonly #correspondence: Correspondence
  readonly #ids: readonly string[]
  readonly #indexOf: (id: string) => number
  readonly #cells: Cell<S>[]
  readonly #timers: Timers[]
  readonly #channels: Channels
  readonly #exchanges: Exchanges
  readonly #transit: Transit
  readonly #timerDice: Prng
  readonly #schedule: Schedule
  readonly #crashes: Crashes<S>
  readonly #faults: Faults<S>
  readonly #pacing: Pacing<S>
  readonly #ending: Ending<S>
  readonly #acts: Acts<S>
  readonly #ended = Promise.withResolvers<Ended['how']>()
  #epochMs = performance.now() // of `start`, once that is
  #nowNs = 0 // as read last
  #begun = false
  #over = false

  constructor(mesh: Mesh, experiment: Experiment<S>, options: RunOptions) {
    this.#mesh = mesh
    this.#experiment = experiment
    this.#options = options
    const { places, seed, shapes } = experiment
    this.#ids = places.map(({ self }) => self)
    const indices = new Map(this.#ids.map((id, index) => [id, index]))
    this.#indexOf = (id) => indices.get(id) ?? -1
    this.#correspondence = new Correspondence(this.#ids, shapes.message, options.tag)
    this.#channels = new Channels(this.#correspondence, this)
    this.#exchanges = new Exchanges(this.#correspondence, this)
    this.#transit = new Transit(places.length)
    this.#timerDice = new Prng(seed, 'timers')
    this.#timers = places.map(() => new Timers(this.clock))
    this.#schedule = new Schedule(this.clock, (error) => this.#fail(error))
    this.#faults = this.#makeFaults()
    const lied = (index: number) => (text: string, what: string, to: string) =>
      this.#faults.struck(index, text, what, to)
    this.#cells = places.map(
      (_, index) => new Cell(runBy(experiment, index, lied(index)), index, this, this.#indexOf),
    )
    this.#pacing = this.#makePacing()
    this.#ending = this.#makeEnding()
    this.#acts = this.#makeActs()
    this.#crashes = new Crashes({
      mesh,
      experiment,
      cells: this.#cells,
      timers: this.#timers,
      channels: this.#channels,
      exchanges: this.#exchanges,
      isOver: this.isOver,
      crashed: (process) => this.#faults.crashed(process),
      recordDials: () => this.#recordDials(),
      step: (run) => this.#step(run),
    })
  }

  async run(): Promise<Ended> {
    const { signal, begun } = this.#options
    const interrupt = () => this.#ending.interrupt()
    const awake = setInterval(() => {}, 60_000) // the memory transport holds no handle: Node would exit
    this.#ended.promise.catch(() => {}) // a failure while channels open is thrown below
    signal?.addEventListener('abort', interrupt)
    if (signal?.aborted) interrupt()
    try {
      await this.#mesh.restore()
      this.#mesh.listener = {
        onStream: (protocol, stream, connection, at) => this.#onStream(protocol, stream, connection, at),
        onLinkDown: (at, peer) => this.#onLinkDown(at, peer),
      }
      await Promise.race([this.#channels.openAll(this.#experiment, this.isOver), this.#ended.promise])
      this.#epochMs = performance.now()
      begun?.(performance.timeOrigin + this.#epochMs)
      this.#begun = true
      this.#recordDials()
      if (!this.#over) this.#start()
      this.#options.holder?.opened(this.#acts)
      const how = await this.#ended.promise
      return this.#endedBy(how)
    } finally {
      this.#over = true
      this.#acts.stop()
      signal?.removeEventListener('abort', interrupt)
      await this.#stop()
      clearInterval(awake)
    }
  }

  readonly timeNs = () => {
    this.#nowNs = Math.round(this.clock.nowMs() * 1e6)
    return this.#nowNs
  }

  /** The clock of an event is not read twice. */
  readonly localNs = (process: number) => this.#faults.localNs(process, this.#nowNs)

  readonly isOver = () => this.#over

  arm(process: number, timer: Timer, minMs: number, maxMs: number): void {
    const delayUs = drawDelayUs(minMs, maxMs, this.#timerDice)
    const dueMs = this.clock.nowMs() + this.#faults.globalMs(process, delayUs)
    const goOff = () => this.#step(() => this.#cells[process]!.timeout(timer))
    this.#timers[process]!.arm(timer.key, dueMs, goOff, (due) => this.#faults.come(process, due))
  }

  disarm(process: number, timer: Timer): void {
    this.#timers[process]!.disarm(timer.key)
  }

  /** A handler has sent: what becomes of the message is decided here. */
  transmit(sent: Sent): void {
    const { from, to } = sent
    const { streams } = this.#experiment
    const { lost, delaysMs, lateMs } = this.#faults.judge(sent, this.#nowNs / 1e6) // of the send
    const answer = this.#exchanges.takeAnswer(sent)
    if (lost !== null) {
      if (answer !== null) this.#exchanges.hangUp(answer)
      return this.#lose(sent, lost)
    }
    for (let copy = 1; copy < delaysMs.length; copy++) this.#copied(sent)
    this.#transit.add(sent, delaysMs.length)
    if (!this.#reaches(from, to)) {
      if (answer !== null) this.#exchanges.hangUp(answer)
      for (let copy = 0; copy < delaysMs.length; copy++) this.giveUp(sent)
      return
    }
    for (let copy = 0; copy < delaysMs.length; copy++) {
      const delayMs = delaysMs[copy]!
      const held =
        streams === 'channel'
          ? this.#channels.send(sent, delayMs)
          : this.#exchanges.send(sent, delayMs + lateMs[copy]!, copy === 0 ? answer : null)
      if (held > OVERLOAD_BYTES) this.#end('overload')
    }
  }

  async link(from: number, to: number): Promise<Connection> {
    const connection = await this.#mesh.link(from, to)
    if (this.#begun) this.#recordDials()
    return connection
  }

  receive(from: number, at: number, bytes: Buffer, start: number, end: number): boolean {
    if (this.#over || this.#cells[at]!.isDown) return false
    const received = decodeFrame(bytes, start, end, from, at, this.#correspondence)
    if (typeof received === 'string') {
      const wrong = wronglySent(this.#transit, from, at, this.#correspondence.shapes)
      if (wrong !== null) this.#fail(new Bug(`${this.#ids[from]} ${wrong}`))
      this.refuse(at, from, received)
      return false
    }
    if (this.#faults.mayWait && this.#transit.has(received)) {
      const answer = this.#exchanges.setAside()
      const handle = () => this.#exchanges.during(answer, () => this.#deliver(at, received))
      this.#faults.come(at, { handle })
      return true
    }
    if (this.#deliver(at, received)) return true
    this.refuse(at, from, `${this.#ids[from]}#${received.number} is not on its way here`)
    return false
  }

  /** False when no such message is on its way. */
  #deliver(at: number, received: Received): boolean {
    if (!this.#transit.take(received.from, at, received.number)) return false
    this.#step(() => this.#cells[at]!.deliver(received, received.message))
    return true
  }

  refuse(at: number, from: number, why: string): void {
    this.#note(KIND.refuse, at, from, why)
  }

  readonly isAlone = () => this.#transit.count === 1

  isInTransit(sent: Sent): boolean {
    return this.#transit.has(sent)
  }

  giveUp(sent: Sent): void {
    if (this.#transit.take(sent.from, sent.to, sent.number)) this.#lose(sent, this.#cause(sent))
  }

  giveUpAll(from: number, to: number): void {
    for (const sent of this.#transit.takeAll(from, to)) this.#lose(sent, this.#cause(sent))
  }

  /** Whether a message can be sent at all; opens the channel where sending does that. */
  #reaches(from: number, to: number): boolean {
    const { streams, channels } = this.#experiment
    if (this.#cells[to]!.isDown) return false
    if (streams === 'exchange' || this.#channels.has(from, to)) return true
    if (channels === 'fixed') return false
    this.#channels.open(from, to).catch(() => {}) // what was sent on it is lost by then
    return true
  }

  #start(): void {
    const { requests, faults } = this.#experiment
    for (const cell of this.#cells) this.#step(() => cell.begin())
    for (const [atMs, due] of Map.groupBy(requests, (asked) => asked.atMs)) {
      this.#schedule.at(atMs, () => this.#pacing.handIn(due, this.#indexOf))
    }
    for (const fault of faults.timed) this.#schedule.at(fault.atMs, () => this.#faults.befall(fault))
    this.#schedule.idle = () => this.#ending.settle()
    this.#ending.begin()
  }

  #endedBy(how: Ended['how']): Ended {
    return { how, durationNs: this.timeNs(), faultsFired: { ...this.#faults.fired } }
  }

  #makePacing(): Pacing<S> {
    return new Pacing({
      clock: this.clock,
      processes: this.#ids.length,
      isOver: this.isOver,
      waiting: (process) => this.#channels.waiting(process) + this.#exchanges.waiting(process),
      ask: (process, request) => {
        const cell = this.#cells[process]!
        const handle = () => cell.up && this.#step(() => cell.ask(request))
        if (this.#faults.mayWait) this.#faults.come(process, { handle })
        else handle()
      },
      settle: () => this.#ending.settle(),
    })
  }

  #makeEnding(): Ending<S> {
    return new Ending({
      experiment: this.#experiment,
      clock: this.clock,
      isOver: this.isOver,
      inTransit: () => this.#transit.count,
      isToCome: () =>
        this.#schedule.size > 0 ||
        this.#timers.some(({ size }) => size > 0) ||
        !(this.#pacing.isIdle && this.#faults.isIdle),
      end: (how) => this.#end(how),
      holder: this.#options.holder,
      ended: (how) => this.#endedBy(how),
    })
  }

  #makeActs(): Acts<S> {
    return new Acts({
      schedule: this.#schedule,
      faults: this.#faults,
      ending: this.#ending,
      nowMs: this.clock.nowMs,
      isUp: (id) => this.#cells[this.#indexOf(id)]!.up,
      ask: (asked) => this.#pacing.handIn([asked], this.#indexOf),
    })
  }

  #makeFaults(): Faults<S> {
    return new Faults({
      experiment: this.#experiment,
      clock: this.clock,
      crashes: () => this.#crashes,
      isUp: (process) => this.#cells[process]!.up,
      isOver: this.isOver,
      note: (kind, process, peer, value) => this.#note(kind, process, peer, value),
      settle: () => this.#ending.settle(),
    })
  }

  /** Every way into a process goes through here: a handler that throws ends the run. */
  #step(run: () => void): void {
    if (this.#over) return
    try {
      run()
    } catch (error) {
      return this.#fail(error)
    }
    if (this.#experiment.recorder.length >= this.#experiment.eventsMax) this.#end('event limit')
    this.#ending.settle()
  }

  /** From here on nothing more happens: what is under way is not recorded. */
  #end(how: Ended['how']): void {
    this.#over = true
    this.#ended.resolve(how)
  }

  #fail(error: unknown): void {
    this.#over = true
    this.#ended.reject(error)
  }

  #note(kind: number, process: number, peer: number, value?: unknown): void {
    if (this.#over) return
    const timeNs = this.timeNs()
    this.#experiment.recorder.note(kind, process, timeNs, this.localNs(process), value, peer)
  }

  #copied(sent: Sent): void {
    if (this.#over) return
    this.#experiment.recorder.duplicated(sent, this.timeNs(), this.localNs(sent.from))
  }

  #lose(sent: Sent, cause: string): void {
    const timeNs = this.timeNs()
    if (!this.#over) this.#experiment.recorder.lost(sent, timeNs, this.localNs(sent.from), cause)
    this.#ending.settle()
  }

  #cause({ from, to }: Sent): string {
    return this.#cells[from]!.isDown || this.#cells[to]!.isDown ? 'crash' : 'link'
  }

  #onStream(protocol: string, stream: Stream, connection: Connection, at: number): void {
    const from = this.#mesh.processOf(connection)
    if (this.#over) return stream.abort(new Error('the run is over'))
    if (from === undefined) {
      const why = `a stream of ${connection.remotePeer}, which is no process of this run`
      this.refuse(at, NOBODY, why)
      return stream.abort(new Error(why))
    }
    if (protocol === CHANNEL_PROTOCOL) this.#channels.onStream(stream, from, at)
    else this.#exchanges.onStream(stream, from, at)
  }

  #recordDials(): void {
    const { recorder } = this.#experiment
    for (const { from, to, beganMs, tookMs } of this.#mesh.dials.splice(0)) {
      const endNs = Math.round((beganMs + tookMs - this.#epochMs) * 1e6)
      recorder.note(KIND.linkUp, from, endNs, endNs, null, to, Math.max(1, Math.round(tookMs * 1000)))
      recorder.note(KIND.linkUp, to, endNs, endNs, null, from)
    }
  }

  #onLinkDown(at: number, peer: number): void {
    if (this.#over) return
    this.#note(KIND.linkDown, at, peer)
    this.#crashes.part(at, peer)
  }

  /** Leaves the hosts as they were, for the next run: nothing of this one may reach it. */
  async #stop(): Promise<void> {
    this.clock.stop()
    await Promise.all([this.#channels.stop(), this.#exchanges.stop(), this.#crashes.settled()])
    this.#mesh.listener = null
  }
}
