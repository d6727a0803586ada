/**
 * A process as both runtimes keep it: its state, its store, its step counter.
 * Runs one handler at a time, records what the handler does, and leaves to its
 * world what becomes of it. No clock, network or dice of its own.
 */
import { assert } from '../lib/assert.ts'
import { canonical, fromCanonical } from '../lib/canonical.ts'
import { copy, copyJson } from '../lib/copy.ts'
import { hash32, mix32 } from '../lib/hash.ts'
import { Prng, type Random } from '../lib/prng.ts'
import {
  type Context,
  type Place,
  type ProcessEvent,
  type ProcessId,
  react,
  type Signature,
  type Upon,
} from '../model/process.ts'
import { innermostType } from '../model/superposition.ts'
import { KIND } from '../trace-format/events.ts'
import { MAX_HOPS } from '../trace-format/span-ids.ts'
import { type Experiment, HandlerThrew, MESSAGE_BYTES_MAX } from './experiment.ts'
import type { Journal } from './journal.ts'
import { type Carried, type Operation, Sent, Timer } from './sent.ts'
import { StateColumn } from './state-column.ts'

/** What a cell leaves to its runtime. */
export interface World {
  /** Global time since the run began, in ns. */
  readonly timeNs: () => number
  /** Time by the clock of a process. */
  readonly localNs: (process: number) => number
  /** Called when a handler has sent and the send is recorded. */
  readonly transmit: (sent: Sent) => void
  readonly arm: (process: number, timer: Timer, minMs: number, maxMs: number) => void
  readonly disarm: (process: number, timer: Timer) => void
  /** On real hosts what travels is the text of a message; elsewhere its value, copied when it is sent. */
  readonly textTravels?: boolean
  /** The dice of the step under way, where somebody says how they fall; `own` are those of the seed. */
  readonly dice?: (own: Random) => Random
  /** Called at the end of each handler; throws when the handler did what it must not. */
  readonly handled?: () => void
}

/** Up to so many neighbours looking at all is as quick as a set. */
const FEW = 8

/**
 * One for all processes: a handler runs to its end before the next, and throws fresh dice in each
 * step.
 */
const stepDice = new Prng(0)

export class Cell<S extends Signature> {
  readonly id: ProcessId
  readonly index: number
  up = false
  incarnation = 0
  readonly #experiment: Experiment<S>
  readonly #world: World
  readonly #journal: Journal
  readonly #place: Place
  readonly #context: Context<S>
  #states: StateColumn | null = null
  readonly #diceSeed: number
  #diceStep = -1
  #state!: S['state']
  #upon!: Upon<S>
  #stored: S['stable'] | null = null
  #sent = 0
  #steps = 0
  #receivers: ReadonlySet<ProcessId> | null = null // made when it sends, where they are many
  #running = false
  #localMs = 0
  #operation: Operation = { process: 0, seq: 0 }
  #hop = 0

  constructor(experiment: Experiment<S>, index: number, world: World, indexOf: (id: ProcessId) => number) {
    this.#experiment = experiment
    this.#world = world
    this.#journal = experiment.recorder
    this.#place = experiment.places[index]!
    this.id = this.#place.self
    this.index = index
    this.#diceSeed = hash32(`${experiment.seed} ${this.id}`)
    this.#context = this.#makeContext(indexOf)
  }

  /** It has crashed and is not back; before its start a process is neither up nor down. */
  get isDown(): boolean {
    return !this.up && this.incarnation > 0
  }

  /** The process's state, as canonical text. */
  get stateText(): string {
    return canonical(this.#state)
  }

  /** Comes into being for the first time. */
  begin(): void {
    this.#initialise()
    this.#step({ kind: 'start' }, KIND.start)
  }

  /** Comes back after a crash, with nothing but what it had stored. */
  recover(): void {
    this.#initialise()
    this.#step({ kind: 'recover', stored: copy(this.#stored) }, KIND.recover, this.#stored)
  }

  crash(): void {
    this.up = false
    this.incarnation++
    this.#note(KIND.crash)
  }

  ask(request: S['request']): void {
    this.#step({ kind: 'request', request: copy(request) }, KIND.request, request)
  }

  timeout(timer: Timer): void {
    this.#step({ kind: 'timeout', timer: timer.fresh() as S['timer'] }, KIND.timeout, timer)
  }

  /** `message` must be fresh: the handler may keep it. */
  deliver(carried: Carried, message: S['message']): void {
    const from = this.#experiment.places[carried.from]!.self
    this.#operation = carried.operation
    this.#hop = carried.hop
    this.#step({ kind: 'message', message, from }, KIND.deliver, carried)
  }

  #initialise(): void {
    this.up = true
    try {
      this.#state = this.#experiment.algorithm.initial(this.#place)
      this.#upon = this.#experiment.algorithm.upon(this.#context, this.#state)
    } catch (error) {
      throw new HandlerThrew(this.id, 'its own beginning', error)
    }
    if (this.#experiment.watchStates) this.#states = new StateColumn(this.#journal)
  }

  #note(kind: number, value?: unknown): void {
    const timeNs = this.#world.timeNs()
    this.#journal.note(kind, this.index, timeNs, this.#world.localNs(this.index), value)
  }

  /** `what` is the value of the event: see `Journal`. */
  #step(event: ProcessEvent<S>, kind: number, what?: unknown): void {
    // A sentence is made when it is needed: every message passes several of these.
    if (!this.up || this.#running) assert(false, `${this.id} is asked to step while it is down or in a step`)
    const beginNs = this.#world.timeNs()
    const localNs = this.#world.localNs(this.index)
    const position = this.#began(kind, beginNs, localNs, what)
    if (kind !== KIND.deliver || this.#hop >= MAX_HOPS) {
      this.#operation = { process: this.index, seq: this.#journal.seqOf(this.index) }
      this.#hop = 0
    }
    this.#localMs = Math.floor(localNs / 1000) / 1000
    this.#steps++
    if (this.#experiment.takeUpEveryStep) this.#takeUp()
    this.#running = true
    try {
      react(this.#upon, event)
      this.#world.handled?.()
      this.#journal.took(position, this.#world.timeNs() - beginNs)
      this.#states?.after(position, this.#state)
    } catch (error) {
      this.#note(KIND.throw, (error instanceof Error && error.stack) || String(error))
      throw new HandlerThrew(this.id, described(event.kind, what), error)
    } finally {
      this.#running = false
    }
  }

  #began(kind: number, timeNs: number, localNs: number, what: unknown): number {
    if (kind === KIND.deliver) return this.#journal.delivered(this.index, timeNs, localNs, what as Carried)
    if (kind === KIND.timeout) return this.#journal.timer(kind, this.index, timeNs, localNs, what as Timer)
    return this.#journal.note(kind, this.index, timeNs, localNs, what)
  }

  #takeUp(): void {
    this.#state = fromCanonical(canonical(this.#state)) as S['state']
    this.#upon = this.#experiment.algorithm.upon(this.#context, this.#state)
  }

  #send(to: ProcessId, receiver: number, message: S['message']): void {
    const isThere =
      this.#experiment.channels === 'on demand' ? receiver !== this.index : this.#hasChannelTo(to, receiver)
    if (receiver < 0 || !isThere) assert(false, `${this.id} sent to ${to}, to which it has no channel`)
    const { textTravels } = this.#world
    const own = textTravels ? message : copyJson(message)
    const type = innermostType(own)
    const sent = new Sent(this.index, receiver, this.#sent++, type, own, this.#operation, this.#hop + 1)
    if (textTravels) checkSize(this.id, sent)
    const timeNs = this.#world.timeNs()
    this.#journal.sent(sent, timeNs, this.#world.localNs(this.index))
    sent.seq = this.#journal.seqOf(this.index)
    sent.lamport = this.#journal.lamportOf(this.index)
    this.#world.transmit(sent)
  }

  #hasChannelTo(id: ProcessId, receiver: number): boolean {
    const { outgoing } = this.#place
    if (outgoing.length === this.#experiment.places.length - 1) return receiver !== this.index
    if (outgoing.length <= FEW) return outgoing.includes(id)
    this.#receivers ??= new Set(outgoing)
    return this.#receivers.has(id)
  }

  #setTimer(timer: S['timer'], minMs: number, maxMs: number): void {
    const isTime = minMs >= 0 && maxMs >= minMs && Number.isFinite(maxMs)
    if (!isTime) assert(false, `${this.id} set a timer from ${minMs} to ${maxMs} ms`)
    const own = this.#timer(timer)
    const timeNs = this.#world.timeNs()
    this.#journal.timerSet(this.index, timeNs, this.#world.localNs(this.index), own, minMs, maxMs)
    this.#world.arm(this.index, own, minMs, maxMs)
  }

  #cancelTimer(timer: S['timer']): void {
    const own = this.#timer(timer)
    const timeNs = this.#world.timeNs()
    this.#journal.timer(KIND.cancelTimer, this.index, timeNs, this.#world.localNs(this.index), own)
    this.#world.disarm(this.index, own)
  }

  #timer(timer: S['timer']): Timer {
    return this.#world.textTravels ? Timer.named(canonical(timer)) : Timer.of(copy(timer))
  }

  #makeContext(indexOf: (id: ProcessId) => number): Context<S> {
    const running = (verb: string) => {
      if (!this.#running) assert(false, `${this.id} called ${verb} outside a handler`)
    }
    const dice = (): Random => {
      running('random')
      if (this.#diceStep !== this.#steps) {
        this.#diceStep = this.#steps
        stepDice.reseed(mix32(this.#diceSeed ^ Math.imul(this.#steps, 0x9e3779b9)))
      }
      return this.#world.dice?.(stepDice) ?? stepDice
    }
    return {
      ...this.#place,
      send: (to, message) => {
        running('send')
        this.#send(to, indexOf(to), message)
      },
      indicate: (indication) => {
        running('indicate')
        this.#note(KIND.indicate, indication)
      },
      setTimer: (timer, minMs, maxMs = minMs) => {
        running('setTimer')
        this.#setTimer(timer, minMs, maxMs)
      },
      cancelTimer: (timer) => {
        running('cancelTimer')
        this.#cancelTimer(timer)
      },
      now: () => {
        running('now')
        return this.#localMs
      },
      random: {
        below: (bound) => dice().below(bound),
        pick: (items) => dice().pick(items),
        chance: (numerator, denominator) => dice().chance(numerator, denominator),
      },
      store: (stable) => {
        running('store')
        this.#stored = copy(stable)
        this.#note(KIND.store, this.#stored)
      },
    }
  }
}

/** What a process was handling, for the sentence that says that it threw. */
function described(kind: ProcessEvent<Signature>['kind'], what: unknown): string {
  if (kind === 'message') return 'a message'
  if (kind === 'start') return kind
  const text = what instanceof Timer ? what.key : kind === 'request' ? JSON.stringify(what) : canonical(what)
  return `${kind} ${text}`
}

/** What a host would not take in one frame. */
export function checkSize(sender: ProcessId, { bytes }: Sent): void {
  if (bytes > MESSAGE_BYTES_MAX)
    assert(false, `${sender} sent ${bytes} bytes, more than ${MESSAGE_BYTES_MAX}`)
}
