/**
 * One run of an algorithm on a mesh of real hosts. Handlers run one at a time
 * as frames, timers and requests come; what they send goes through the fault
 * rules, message by message, and then onto a stream.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { judge } from '../../faults/judge.ts'
import { Prng } from '../../lib/prng.ts'
import type { Signature } from '../../model/process.ts'
import { KIND, NOBODY } from '../../trace-format/events.ts'
import { Cell, type Sent, type World } from '../cell.ts'
import { type Ended, type Experiment, endMs, Unavailable } from '../experiment.ts'
import { Channel } from './channel.ts'
import { type Answer, sendOn, serve } from './exchange.ts'
import { CHANNEL_PROTOCOL } from './hosts.ts'
import type { Mesh } from './mesh.ts'
import { Schedule } from './schedule.ts'
import { Timers } from './timers.ts'
import { Transit } from './transit.ts'
import { decodeFrame, encodeFrame, FrameReader } from './wire.ts'

/** A process with more than this waiting to leave is handed no request. */
const PACE_BYTES = 256 * 1024
/** More than this waiting to leave ends the run: it cannot keep up, and would only fill memory. */
const OVERLOAD_BYTES = 64 * 1024 * 1024

export interface RunOptions {
  readonly tag: string // of the run, in trace ids
  readonly signal?: AbortSignal
  /** Called when all channels are up, just before `start`: global time 0 is `startedAtMs`, Unix time. */
  readonly begun?: (startedAtMs: number) => void
}

/** Runs an experiment to its end on hosts that are linked. The mesh may be used again afterwards. */
export function runOnMesh<S extends Signature>(
  mesh: Mesh,
  experiment: Experiment<S>,
  options: RunOptions,
): Promise<Ended> {
  return new MeshRun(mesh, experiment, options).run()
}

class MeshRun<S extends Signature> implements World {
  readonly #mesh: Mesh
  readonly #experiment: Experiment<S>
  readonly #options: RunOptions
  readonly #ids: readonly string[]
  readonly #indexOf: Map<string, number>
  readonly #cells: Cell<S>[]
  readonly #timers: Timers[]
  readonly #channels = new Map<number, Channel>()
  readonly #inbound = new Map<number, Stream>() // channel → the stream its receiver reads
  readonly #openings = new Map<number, Promise<void>>() // channels that the first send opens
  readonly #exchanges = new Set<Stream>()
  readonly #transit: Transit
  readonly #faultDice: Prng
  readonly #timerDice: Prng
  readonly #schedule: Schedule
  readonly #fired: Record<string, number> = {}
  readonly #ended = Promise.withResolvers<Ended['how']>()
  #answer: { process: number; peer: number; answer: Answer } | null = null
  #epochMs = 0 // performance.now at `start`
  #over = false
  #checking = false

  constructor(mesh: Mesh, experiment: Experiment<S>, options: RunOptions) {
    this.#mesh = mesh
    this.#experiment = experiment
    this.#options = options
    const { places, seed } = experiment
    this.#ids = places.map(({ self }) => self)
    this.#indexOf = new Map(this.#ids.map((id, index) => [id, index]))
    this.#transit = new Transit(places.length)
    this.#faultDice = new Prng(seed, 'faults')
    this.#timerDice = new Prng(seed, 'timers')
    this.#timers = places.map(() => new Timers(this.#nowMs))
    this.#schedule = new Schedule(this.#nowMs, (error) => this.#fail(error))
    this.#cells = places.map(
      (_, index) => new Cell(experiment, index, this, (id) => this.#indexOf.get(id) ?? -1),
    )
  }

  async run(): Promise<Ended> {
    const { signal, begun } = this.#options
    const interrupt = () => this.#ended.resolve('interrupted')
    const awake = setInterval(() => {}, 60_000) // the memory transport holds no handle: Node would exit
    this.#ended.promise.catch(() => {}) // a failure while channels open is thrown below
    this.#mesh.listener = {
      onStream: (protocol, stream, connection, at) => this.#onStream(protocol, stream, connection, at),
      onLinkDown: (at, peer) => this.#onLinkDown(at, peer),
    }
    signal?.addEventListener('abort', interrupt)
    if (signal?.aborted) interrupt()
    try {
      await Promise.race([this.#openChannels(), this.#ended.promise])
      this.#epochMs = performance.now()
      begun?.(performance.timeOrigin + this.#epochMs)
      this.#recordDials()
      if (!signal?.aborted) this.#start()
      const how = await this.#ended.promise
      return { how, durationNs: this.timeNs(), faultsFired: this.#fired }
    } finally {
      this.#over = true
      signal?.removeEventListener('abort', interrupt)
      clearInterval(awake)
      this.#stop()
    }
  }

  readonly #nowMs = () => performance.now() - this.#epochMs

  readonly timeNs = () => Math.round(this.#nowMs() * 1e6)

  readonly localNs = () => this.timeNs()

  arm(process: number, key: string, minMs: number, maxMs: number): void {
    const widthUs = Math.round((maxMs - minMs) * 1000)
    const delayMs = minMs + (widthUs > 0 ? this.#timerDice.below(widthUs + 1) / 1000 : 0)
    this.#timers[process]!.arm(key, delayMs, () => this.#step(() => this.#cells[process]!.timeout(key)))
  }

  disarm(process: number, key: string): void {
    this.#timers[process]!.disarm(key)
  }

  /** A handler has sent: what becomes of the message is decided here. */
  transmit(sent: Sent): void {
    const [from, to] = [this.#ids[sent.from]!, this.#ids[sent.to]!]
    const { rules } = this.#experiment.faults
    const envelope = { from, to, type: sent.type, nowMs: this.#nowMs() }
    const { lost, delaysMs, fired } = judge(rules, envelope, this.#faultDice)
    for (const text of fired) this.#count(text)
    const answer = this.#takeAnswer(sent)
    if (lost !== null) {
      answer?.(null)
      return this.#lose(sent, lost)
    }
    this.#transit.add(sent, delaysMs.length)
    for (let copy = 1; copy < delaysMs.length; copy++)
      this.#note(KIND.duplicate, sent.from, '', sent.to, sent.number)
    const frame = encodeFrame(sent, this.#ids, this.#options.tag)
    for (const [copy, delayMs] of delaysMs.entries()) {
      if (this.#experiment.streams === 'channel') this.#sendOnChannel(sent, frame, delayMs)
      else this.#sendOnExchange(sent, frame, delayMs, copy === 0 ? answer : null)
    }
  }

  async #openChannels(): Promise<void> {
    const { places, streams, channels, progress } = this.#experiment
    if (streams !== 'channel' || channels !== 'fixed') return
    const of = places.reduce((sum, { outgoing }) => sum + outgoing.length, 0)
    let done = 0
    for (const [from, { outgoing }] of places.entries()) {
      if (this.#over) return
      await Promise.all(outgoing.map((to) => this.#openChannel(from, this.#indexOf.get(to)!)))
      done += outgoing.length
      progress?.('channels', done, of)
    }
  }

  async #openChannel(from: number, to: number): Promise<void> {
    const name = `${this.#ids[from]}→${this.#ids[to]}`
    const connection = this.#mesh.connection(from, to) ?? (await this.#dial(from, to))
    const channel = new Channel(name, this.#nowMs)
    this.#channels.set(this.#key(from, to), channel)
    await channel.open(connection)
  }

  /** An algorithm that sends on demand may send beyond the topology. */
  async #dial(from: number, to: number): Promise<Connection> {
    await this.#mesh.dial(from, to)
    this.#recordDials()
    const connection = this.#mesh.connection(from, to)
    if (connection === undefined) throw new Unavailable(`no link ${this.#ids[from]}–${this.#ids[to]}`)
    return connection
  }

  #start(): void {
    const { requests, faults } = this.#experiment
    for (const cell of this.#cells) this.#step(() => cell.begin())
    for (const { to, request, atMs } of requests) {
      const process = this.#indexOf.get(to)!
      const calm = () => this.#waiting(process) <= PACE_BYTES
      this.#schedule.at(atMs, calm, () => {
        if (this.#cells[process]!.up) this.#step(() => this.#cells[process]!.ask(request))
      })
    }
    for (const fault of faults.timed) {
      this.#schedule.at(fault.atMs, null, async () => {
        if ('link' in fault) this.#cutOrHeal(fault.kind, fault.link)
        else if (fault.kind === 'crash') await this.#crash(this.#indexOf.get(fault.process)!)
        else await this.#recover(this.#indexOf.get(fault.process)!)
      })
    }
    const bound = endMs(this.#experiment)
    if (bound !== null) this.#schedule.bound(bound, () => this.#ended.resolve('time over'))
    this.#schedule.idle = () => this.#settle()
    this.#settle()
  }

  /** Every way into a process goes through here: a handler that throws ends the run. */
  #step(run: () => void): void {
    if (this.#over) return
    try {
      run()
    } catch (error) {
      return this.#fail(error)
    }
    if (this.#experiment.recorder.length >= this.#experiment.eventsMax) this.#ended.resolve('event limit')
    this.#settle()
  }

  #fail(error: unknown): void {
    this.#over = true
    this.#ended.reject(error)
  }

  /** Quiescent: nothing in transit, no timer armed, no request or fault to come. Looked at once a turn. */
  #settle(): void {
    if (this.#checking || this.#transit.count > 0) return
    this.#checking = true
    setImmediate(() => {
      this.#checking = false
      if (this.#transit.count > 0 || this.#schedule.size > 0) return
      if (this.#timers.some(({ size }) => size > 0)) return
      this.#ended.resolve('quiescent')
    })
  }

  #key(from: number, to: number): number {
    return from * this.#ids.length + to
  }

  #note(kind: number, process: number, payload: string, peer: number, number = 0, extra = 0): void {
    if (this.#over) return
    const timeNs = this.timeNs()
    this.#experiment.recorder.add(kind, process, timeNs, timeNs, payload, peer, number, extra)
  }

  #count(fault: string): void {
    this.#fired[fault] = (this.#fired[fault] ?? 0) + 1
  }

  #lose(sent: Sent, cause: string): void {
    this.#note(KIND.lost, sent.from, JSON.stringify(cause), sent.to, sent.number)
    this.#settle()
  }

  /** A message in transit that can no longer arrive. */
  #giveUp(sent: Sent, cause: string): void {
    if (this.#transit.take(sent.from, sent.number)) this.#lose(sent, cause)
  }

  #waiting(process: number): number {
    let bytes = 0
    for (let to = 0; to < this.#ids.length; to++)
      bytes += this.#channels.get(this.#key(process, to))?.bytes ?? 0
    return bytes
  }

  #sendOnChannel(sent: Sent, frame: Buffer, delayMs: number): void {
    const key = this.#key(sent.from, sent.to)
    const channel = this.#channels.get(key)
    if (channel?.isOpen) {
      channel.send(frame, delayMs)
      if (channel.bytes > OVERLOAD_BYTES) this.#ended.resolve('overload')
    } else if (this.#experiment.channels === 'on demand' && this.#cells[sent.to]!.up) {
      const opening = this.#openings.get(key) ?? this.#openChannel(sent.from, sent.to)
      this.#openings.set(key, opening)
      opening
        .finally(() => this.#openings.delete(key))
        .then(() => this.#channels.get(key)?.send(frame, delayMs))
        .catch(() => this.#giveUp(sent, 'link'))
    } else {
      this.#giveUp(sent, 'link')
    }
  }

  /** Sends on a stream of its own, or as the answer on the stream of the message that is being handled. */
  #sendOnExchange(sent: Sent, frame: Buffer, delayMs: number, answer: Answer | null): void {
    const leave = () => {
      if (this.#over || !this.#transit.has(sent)) return // lost in the meantime
      if (answer) return answer(frame)
      const listener = this.#exchangeListener(sent.to, sent.from)
      const connection = this.#mesh.connection(sent.from, sent.to)
      Promise.resolve(connection ?? this.#dial(sent.from, sent.to))
        .then((open) => sendOn(open, frame, listener, (stream) => this.#keepExchange(stream, sent)))
        .catch(() => this.#giveUp(sent, 'link'))
    }
    if (delayMs > 0) setTimeout(leave, delayMs)
    else leave()
  }

  /** The stream of a message; if it closes before the message has arrived, the message is lost. */
  #keepExchange(stream: Stream, sent: Sent | null): void {
    this.#exchanges.add(stream)
    stream.addEventListener('close', () => {
      this.#exchanges.delete(stream)
      if (sent && stream.status !== 'closed' && !this.#over) this.#giveUp(sent, 'link')
    })
  }

  #exchangeListener(from: number, at: number) {
    return {
      onFrame: (body: Uint8Array, answer: Answer | null) => {
        this.#answer = answer && { process: at, peer: from, answer }
        this.#receive(from, at, body)
        this.#answer?.answer(null)
        this.#answer = null
      },
      onGarbage: (why: string) => this.#note(KIND.refuse, at, JSON.stringify(why), from),
    }
  }

  #takeAnswer(sent: Sent): Answer | null {
    const open = this.#answer
    if (open === null || open.process !== sent.from || open.peer !== sent.to) return null
    this.#answer = null
    return open.answer
  }

  #onStream(protocol: string, stream: Stream, connection: Connection, at: number): void {
    const from = this.#mesh.processOf(connection)
    const refuse = (why: string) => {
      this.#note(KIND.refuse, at, JSON.stringify(why), from ?? NOBODY)
      stream.abort(new Error(why))
    }
    if (this.#over) return stream.abort(new Error('the run is over'))
    if (from === undefined)
      return refuse(`a stream of ${connection.remotePeer}, which is no process of this run`)
    if (protocol !== CHANNEL_PROTOCOL) {
      this.#keepExchange(stream, null)
      return serve(stream, this.#exchangeListener(from, at))
    }
    const key = this.#key(from, at)
    if (this.#inbound.has(key)) return refuse('a second stream for one channel')
    this.#inbound.set(key, stream)
    stream.addEventListener('close', () => this.#inbound.get(key) === stream && this.#inbound.delete(key))
    const reader = new FrameReader((body) => {
      if (!this.#receive(from, at, body)) stream.abort(new Error('a frame was refused'))
    })
    stream.addEventListener('message', ({ data }) => {
      if (this.#inbound.get(key) !== stream) return
      const wrong = reader.push(data.subarray())
      if (wrong !== null) refuse(wrong)
    })
    this.#channels.get(key)?.attached()
  }

  #receive(from: number, at: number, body: Uint8Array): boolean {
    if (this.#over || !this.#cells[at]!.up) return false
    const { length } = this.#ids
    const { message: shapes } = this.#experiment.shapes
    const received = decodeFrame(body, this.#ids[from]!, this.#ids[at]!, length, shapes)
    if (typeof received === 'string') {
      this.#note(KIND.refuse, at, JSON.stringify(received), from)
      return false
    }
    this.#transit.take(from, received.number)
    this.#step(() => this.#cells[at]!.deliver({ ...received, from }, received.message))
    return true
  }

  #recordDials(): void {
    for (const { from, to, beganMs, tookMs } of this.#mesh.dials.splice(0)) {
      const endNs = Math.round((beganMs + tookMs - this.#epochMs) * 1e6)
      const { recorder } = this.#experiment
      recorder.add(KIND.linkUp, from, endNs, endNs, '', to, 0, Math.max(1, Math.round(tookMs * 1000)))
      recorder.add(KIND.linkUp, to, endNs, endNs, '', from)
    }
  }

  #onLinkDown(at: number, peer: number): void {
    if (this.#over) return
    this.#note(KIND.linkDown, at, '', peer)
    this.#closeChannel(at, peer)
    this.#closeChannel(peer, at)
  }

  #closeChannel(from: number, to: number): void {
    const key = this.#key(from, to)
    this.#channels.get(key)?.close()
    this.#channels.delete(key)
    this.#inbound.delete(key)
    for (const sent of this.#transit.takeAll(from, to)) this.#lose(sent, 'link')
  }

  async #crash(process: number): Promise<void> {
    const cell = this.#cells[process]!
    if (!cell.up) return
    this.#count('crash')
    this.#timers[process]!.clear()
    cell.crash()
    for (let other = 0; other < this.#ids.length; other++) this.#closeChannel(other, process)
    await this.#mesh.crash(process)
    // What the network had of its messages has come by now or never will.
    for (let other = 0; other < this.#ids.length; other++) this.#closeChannel(process, other)
  }

  async #recover(process: number): Promise<void> {
    const cell = this.#cells[process]!
    if (cell.up) return
    this.#count('recover')
    await this.#mesh.recover(process)
    this.#recordDials()
    const { places, streams, channels } = this.#experiment
    if (streams === 'channel' && channels === 'fixed') {
      const { incoming, outgoing } = places[process]!
      const up = (id: string) => this.#cells[this.#indexOf.get(id)!]!.up
      await Promise.all([
        ...incoming.filter(up).map((id) => this.#openChannel(this.#indexOf.get(id)!, process)),
        ...outgoing.filter(up).map((id) => this.#openChannel(process, this.#indexOf.get(id)!)),
      ])
    }
    this.#step(() => cell.recover())
  }

  #cutOrHeal(kind: 'cut' | 'heal', link: readonly [string, string]): void {
    const [a, b] = link.map((id) => this.#indexOf.get(id)!) as [number, number]
    const event = kind === 'cut' ? KIND.linkDown : KIND.linkUp
    this.#note(event, a, '', b)
    this.#note(event, b, '', a)
    this.#count(kind)
  }

  #stop(): void {
    this.#schedule.clear()
    for (const timers of this.#timers) timers.clear()
    for (const channel of this.#channels.values()) channel.close()
    for (const stream of [...this.#inbound.values(), ...this.#exchanges])
      stream.abort(new Error('the run is over'))
    this.#mesh.listener = null
  }
}
