/**
 * A run of a service of libp2p's own. Every host starts it, the links of the topology are dialled, and
 * when all have joined the plan begins: its requests and faults count from then on. What the services
 * say to each other is seen on their streams, and goes through the fault rules.
 */
import type { PeerId, Stream } from '@libp2p/interface'
import { assert } from '../../../lib/assert.ts'
import type { Asked } from '../../../model/catalogue.ts'
import type { ProcessId, Signature, Tagged } from '../../../model/process.ts'
import type { Service } from '../../../model/service.ts'
import { KIND } from '../../../trace-format/events.ts'
import { type Ended, type Experiment, endMs, Unavailable } from '../../experiment.ts'
import type { Sent } from '../../sent.ts'
import { AlarmClock } from '../alarm-clock.ts'
import { Faults } from '../faults.ts'
import type { Mesh } from '../mesh.ts'
import type { RunOptions } from '../run-options.ts'
import { Schedule } from '../schedule.ts'
import { Transit } from '../transit.ts'
import { enveloped, envelopeOf } from './envelope.ts'
import { ServiceHistory } from './history.ts'
import { services } from './index.ts'
import type { Names, PlayedService, Player } from './service.ts'
import type { End, Leaving, Tap } from './tap.ts'
import { current, type Step, Thread } from './threads.ts'

/** All that join together do so in a second or two; a machine that takes longer than this is too busy. */
const JOIN_MS = 60_000
/** How long what a dead stream had under way may still come; it is a matter of one turn of the loop. */
const LATE_MS = 1000
/** So many messages of a stream are looked through at a time for those that have come. */
const CARRIED_MAX = 64

/** Runs a service on hosts that were made for it, without links; they are of no use afterwards. */
export function runServiceOnMesh<S extends Signature>(
  mesh: Mesh,
  tap: Tap,
  experiment: Experiment<S>,
  options: RunOptions,
): Promise<Ended> {
  const { service } = experiment
  assert(service, 'an experiment with a service')
  return new ServiceRun(mesh, tap, experiment, service, options).run()
}

interface Life {
  readonly player: Player
  readonly end: AbortController
}

class ServiceRun<S extends Signature> {
  readonly #clock = new AlarmClock(() => performance.now() - this.#epochMs)
  readonly #mesh: Mesh
  readonly #tap: Tap
  readonly #experiment: Experiment<S>
  readonly #options: RunOptions
  readonly #service: PlayedService
  readonly #settings: Service['settings']
  readonly #ids: readonly ProcessId[]
  readonly #history: ServiceHistory
  readonly #transit: Transit
  readonly #faults: Faults<S>
  readonly #schedule: Schedule
  readonly #names: Names
  readonly #lives: (Life | null)[]
  readonly #threads = new WeakMap<object, Thread>() // of a process's own streams
  readonly #handled = new WeakMap<object, Step>() // what came last on a stream of somebody else
  readonly #carried = new WeakMap<Stream, Sent[]>()
  readonly #dialled = new Set<string>()
  readonly #ended = Promise.withResolvers<Ended['how']>()
  #befalling: Promise<void> = Promise.resolve()
  #epochMs = performance.now()
  #joinedMs = 0
  #unanswered = 0
  #over = false
  #checking = false

  constructor(mesh: Mesh, tap: Tap, experiment: Experiment<S>, service: Service, options: RunOptions) {
    this.#mesh = mesh
    this.#tap = tap
    this.#experiment = experiment
    this.#options = options
    this.#service = services[service.name]!
    this.#settings = service.settings
    this.#ids = experiment.places.map(({ self }) => self)
    const timeNs = () => Math.round(this.#clock.nowMs() * 1e6)
    this.#history = new ServiceHistory(this.#ids.length, experiment.recorder, timeNs)
    this.#transit = new Transit(this.#ids.length)
    this.#schedule = new Schedule(this.#clock, (error) => this.#fail(error))
    this.#lives = this.#ids.map(() => null)
    this.#names = this.#makeNames()
    this.#faults = new Faults({
      experiment,
      clock: this.#clock,
      crashes: () => ({ befall: (kind, process, happened) => this.#befall(kind, process, happened) }),
      isUp: (process) => this.#lives[process] !== null,
      isOver: () => this.#over,
      note: (kind, process, peer, value) => this.#history.note(process, kind, value, peer),
      settle: () => this.#settle(),
    })
  }

  async run(): Promise<Ended> {
    const { signal, begun } = this.#options
    const interrupt = () => this.#end('interrupted')
    const awake = setInterval(() => {}, 60_000) // the memory transport holds no handle: Node would exit
    this.#ended.promise.catch(() => {}) // thrown below
    signal?.addEventListener('abort', interrupt)
    if (signal?.aborted) interrupt()
    try {
      this.#epochMs = performance.now()
      begun?.(performance.timeOrigin + this.#epochMs)
      this.#listen()
      await Promise.race([this.#joinAll(), this.#ended.promise])
      if (!this.#over) this.#plan()
      const how = await this.#ended.promise
      return { how, durationNs: Math.round(this.#clock.nowMs() * 1e6), faultsFired: this.#faults.fired }
    } finally {
      this.#over = true
      this.#tap.listener = null
      this.#mesh.listener = null
      this.#clock.stop()
      for (const life of this.#lives) life?.end.abort()
      signal?.removeEventListener('abort', interrupt)
      await this.#befalling.catch(() => {})
      clearInterval(awake)
    }
  }

  #listen(): void {
    this.#tap.listener = {
      sent: (end, body) => this.#sent(end, body),
      came: (end, body) => this.#came(end, body),
      at: (ms, act) => void this.#clock.at(ms, act),
    }
    this.#mesh.listener = {
      onStream: (_, stream) => stream.abort(new Error('a service runs here')),
      onLinkUp: (at, peer) => {
        if (!this.#over && !this.#dialled.has(`${at} ${peer}`))
          this.#history.note(at, KIND.linkUp, null, peer)
      },
      onLinkDown: (at, peer) => this.#parted(at, peer),
    }
  }

  async #joinAll(): Promise<void> {
    const all = [...this.#ids.keys()]
    for (const process of all) this.#lives[process] = this.#begin(process, 'start')
    for (const process of all) await this.#dialAbove(process)
    const late = AbortSignal.timeout(JOIN_MS)
    for (const { end } of this.#lives.filter((life) => life !== null))
      late.addEventListener('abort', () => end.abort(), { once: true })
    await Promise.all(all.map((process) => this.#join(process)))
    if (late.aborted) throw new Unavailable(`not everybody had joined after ${JOIN_MS / 1000} s`)
    this.#joinedMs = this.#clock.nowMs()
  }

  #begin(process: number, kind: 'start' | 'recover'): Life {
    const first = this.#history.opens(process, kind, null)
    const end = new AbortController()
    const player: Player = {
      host: this.#mesh.host(process),
      names: this.#names,
      settings: this.#settings,
      signal: end.signal,
      background: new Thread(process, first),
      indicate: (cause, indication) => {
        if (!this.#over && !end.signal.aborted) this.#history.indicates(process, indication, cause)
      },
    }
    return { player, end }
  }

  async #join(process: number): Promise<void> {
    const { player } = this.#lives[process]!
    await current.run(player.background, () => this.#service.join(player))
  }

  /** The links of the topology, as everywhere the lower dials. */
  async #dialAbove(process: number): Promise<void> {
    const { outgoing, incoming } = this.#experiment.places[process]!
    const others = new Set([...outgoing, ...incoming].map((id) => this.#ids.indexOf(id)))
    for (const other of [...others].filter((index) => index > process).sort((a, b) => a - b))
      await this.#dial(process, other)
  }

  async #dial(from: number, to: number): Promise<void> {
    if (this.#over || this.#mesh.connection(from, to)) return
    for (const pair of [`${from} ${to}`, `${to} ${from}`]) this.#dialled.add(pair)
    const { tookMs } = await this.#mesh.dial(from, to)
    for (const pair of [`${from} ${to}`, `${to} ${from}`]) this.#dialled.delete(pair)
    if (this.#over) return
    this.#history.note(from, KIND.linkUp, null, to, Math.max(1, Math.round(tookMs * 1000)))
    this.#history.note(to, KIND.linkUp, null, from)
  }

  #plan(): void {
    const { requests, faults } = this.#experiment
    const at = (ms: number, act: () => void | Promise<void>) => this.#schedule.at(this.#joinedMs + ms, act)
    for (const asked of requests) at(asked.atMs, () => this.#ask(asked))
    for (const fault of faults.timed) at(fault.atMs, () => this.#faults.befall(fault))
    const bound = endMs(this.#experiment)
    if (bound !== null) this.#clock.at(this.#joinedMs + bound, () => this.#end('time over'))
    this.#schedule.idle = () => this.#settle()
    this.#settle()
  }

  #ask({ to, request }: Asked<S>): void {
    const process = this.#ids.indexOf(to)
    const life = this.#lives[process]
    if (!life || this.#over) return // nobody is there to be asked
    const thread = new Thread(process, this.#history.opens(process, 'request', request))
    this.#unanswered++
    current
      .run(thread, () => this.#service.ask(life.player, request, thread))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#unanswered--
        this.#settle()
      })
  }

  /** A service has sent: what becomes of it is decided here. */
  #sent(end: End, body: Uint8Array): readonly Leaving[] {
    const { process, connection, stream, isOwn } = end
    const to = this.#mesh.processOf(connection)
    const life = this.#lives[process]
    if (this.#over || life === null || life === undefined || to === undefined) return []
    const message = this.#service.read(body, !isOwn, this.#names)
    const cause = isOwn ? this.#causeOf(life, stream, message, to) : this.#handled.get(stream)
    const sent = this.#history.sent(process, to, message, cause ?? life.player.background.first)
    const nowMs = this.#clock.nowMs()
    const { lost, delaysMs } = this.#faults.judge(sent, nowMs - this.#joinedMs)
    if (lost !== null) {
      this.#history.lost(sent, lost)
      return []
    }
    for (let copy = 1; copy < delaysMs.length; copy++) this.#history.copied(sent)
    this.#transit.add(sent, delaysMs.length)
    this.#carries(stream, sent)
    const told = enveloped(body, sent, this.#options.tag)
    if (this.#history.length >= this.#experiment.eventsMax) this.#end('event limit')
    return delaysMs.map((ms) => ({ body: told, atMs: ms === 0 ? null : nowMs + ms }))
  }

  /** In one process a context may come along with a message: a thread of another's is none of ours. */
  #causeOf({ player }: Life, stream: object, message: Tagged, to: number): Step {
    const { background } = player
    const own = current.getStore()
    const isOwn = own?.process === background.process && this.#service.threads === 'one a request'
    const thread = isOwn ? own! : background
    thread.asked++
    this.#threads.set(stream, thread)
    return thread.causeOf(this.#service.follows(message, this.#ids[to]!))
  }

  /** Something has come: recorded just before the service gets it. */
  #came(end: End, body: Uint8Array): void {
    const { process, connection, stream, isOwn } = end
    const from = this.#mesh.processOf(connection)
    const life = this.#lives[process]
    if (this.#over || !life || from === undefined) return
    const carried = envelopeOf(body, from, this.#options.tag)
    if (carried === null || !this.#transit.take(from, process, carried.number)) return
    const step = this.#history.delivered(process, carried)
    const { background } = life.player
    const thread = isOwn ? (this.#threads.get(stream) ?? background) : background
    thread.knows(this.#service.tells(this.#service.read(body, isOwn, this.#names)), step)
    if (isOwn) thread.last = step
    else this.#handled.set(stream, step)
    this.#settle()
  }

  /** A stream may live for one message or for thousands: what has come is forgotten now and then. */
  #carries(stream: Stream, sent: Sent): void {
    const before = this.#carried.get(stream)
    if (before === undefined) {
      this.#carried.set(stream, [sent])
      stream.addEventListener('close', () => this.#forsaken(this.#carried.get(stream)!), { once: true })
    } else if (before.push(sent) % CARRIED_MAX === 0) {
      this.#carried.set(
        stream,
        before.filter((each) => this.#transit.has(each)),
      )
    }
  }

  /** Their stream is closed or reset: what has not come in a while never will. */
  #forsaken(carried: readonly Sent[]): void {
    const left = carried.filter((each) => this.#transit.has(each))
    if (left.length === 0 || this.#over) return
    this.#clock.at(this.#clock.nowMs() + LATE_MS, () => {
      for (const sent of left) {
        while (this.#transit.take(sent.from, sent.to, sent.number)) this.#history.lost(sent, 'reset')
      }
      this.#settle()
    })
  }

  #parted(at: number, peer: number, cause = 'link'): void {
    if (this.#over) return
    if (cause === 'link') this.#history.note(at, KIND.linkDown, null, peer)
    for (const [from, to] of [
      [at, peer],
      [peer, at],
    ] as const) {
      for (const sent of this.#transit.takeAll(from, to)) this.#history.lost(sent, cause)
    }
    this.#settle()
  }

  /** Crashes and recoveries one after another, as everywhere. */
  #befall(kind: 'crash' | 'recover', process: number, happened: () => void): Promise<void> {
    this.#befalling = this.#befalling.then(async () => {
      const life = this.#lives[process]
      if (this.#over || (life === null) === (kind === 'crash')) return
      happened()
      if (life) {
        this.#lives[process] = null
        this.#history.crashed(process)
        life.end.abort()
        await this.#mesh.crash(process)
        for (const other of this.#ids.keys()) this.#parted(process, other, 'crash')
        return
      }
      await this.#mesh.recover(process)
      if (this.#over) return
      this.#lives[process] = this.#begin(process, 'recover')
      await this.#dialNeighbours(process)
      await this.#join(process)
    })
    return this.#befalling
  }

  async #dialNeighbours(process: number): Promise<void> {
    const { outgoing, incoming } = this.#experiment.places[process]!
    const others = [...new Set([...outgoing, ...incoming])].sort().map((id) => this.#ids.indexOf(id))
    for (const other of others) if (this.#lives[other]) await this.#dial(process, other)
  }

  #makeNames(): Names {
    const text = (multihash: Uint8Array) => Buffer.from(multihash).toString('hex')
    const peers = this.#ids.map((_, process): PeerId => this.#mesh.host(process).peerId)
    const names = new Map(peers.map((peer, i) => [text(peer.toMultihash().bytes), this.#ids[i]!]))
    return {
      of: (peer) => names.get(text(peer instanceof Uint8Array ? peer : peer.toMultihash().bytes)) ?? null,
      peer: (id) => peers[this.#ids.indexOf(id)] ?? null,
    }
  }

  #end(how: Ended['how']): void {
    this.#over = true
    this.#ended.resolve(how)
  }

  #fail(error: unknown): void {
    this.#over = true
    this.#ended.reject(error)
  }

  /** Quiescent: everything asked is answered, nothing in transit, nothing to come. Looked at once a turn. */
  #settle(): void {
    if (this.#checking || this.#experiment.ends !== 'quiescent') return
    this.#checking = true
    setImmediate(() => {
      this.#checking = false
      if (this.#over || this.#joinedMs === 0 || this.#unanswered > 0) return
      if (this.#schedule.size === 0 && this.#transit.count === 0) this.#end('quiescent')
    })
  }
}
