/**
 * A process as both runtimes keep it: its state, its store, its step counter.
 * Runs one handler at a time, records what the handler does, and leaves to its
 * world what becomes of it. No clock, network or dice of its own.
 */
import { assert } from '../lib/assert.ts'
import { canonical, fromCanonical } from '../lib/canonical.ts'
import { hash32, mix32 } from '../lib/hash.ts'
import { Prng } from '../lib/prng.ts'
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
import type { Recorder } from '../trace-format/recorder.ts'
import { MAX_HOPS } from '../trace-format/span-ids.ts'
import { type Experiment, HandlerThrew, MESSAGE_BYTES_MAX } from './experiment.ts'
import { StateColumn } from './state-column.ts'

/** A message on its way, with what its envelope carries. */
export interface Sent {
  readonly from: number // index of the process
  readonly to: number
  readonly number: number // among the messages of its sender, from 0
  readonly type: string // of the message, for fault rules
  readonly text: string // the message as JSON
  readonly seq: number // of the send
  readonly lamport: number
  readonly operation: Operation
  readonly hop: number
}

/** The step that opened an operation; see `span-ids.ts`. */
export interface Operation {
  readonly process: number
  readonly seq: number
}

/** What a cell leaves to its runtime. */
export interface World {
  /** Global time since the run began, in ns. */
  readonly timeNs: () => number
  /** Time by the clock of a process. */
  readonly localNs: (process: number) => number
  /** Called when a handler has sent and the send is recorded. */
  readonly transmit: (sent: Sent) => void
  readonly arm: (process: number, key: string, minMs: number, maxMs: number) => void
  readonly disarm: (process: number, key: string) => void
}

export class Cell<S extends Signature> {
  readonly id: ProcessId
  readonly index: number
  up = false
  incarnation = 0
  readonly #experiment: Experiment<S>
  readonly #world: World
  readonly #recorder: Recorder
  readonly #place: Place
  readonly #context: Context<S>
  #states: StateColumn | null = null
  readonly #dice = new Prng(0)
  readonly #diceSeed: number
  #diceStep = -1
  #state!: S['state']
  #upon!: Upon<S>
  #stored: string | null = null
  #sent = 0
  #steps = 0
  #running = false
  #localMs = 0
  #operation: Operation = { process: 0, seq: 0 }
  #hop = 0

  constructor(experiment: Experiment<S>, index: number, world: World, indexOf: (id: ProcessId) => number) {
    this.#experiment = experiment
    this.#world = world
    this.#recorder = experiment.recorder
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
    this.#step({ kind: 'start' }, KIND.start, '')
  }

  /** Comes back after a crash, with nothing but what it had stored. */
  recover(): void {
    this.#initialise()
    const text = this.#stored ?? 'null'
    this.#step({ kind: 'recover', stored: fromCanonical(text) as S['stable'] | null }, KIND.recover, text)
  }

  crash(): void {
    this.up = false
    this.incarnation++
    this.#add(KIND.crash, '')
  }

  ask(request: S['request']): void {
    const text = JSON.stringify(request)
    this.#step({ kind: 'request', request: JSON.parse(text) }, KIND.request, text)
  }

  timeout(key: string): void {
    this.#step({ kind: 'timeout', timer: fromCanonical(key) as S['timer'] }, KIND.timeout, key)
  }

  /** `message` must be fresh: the handler may keep it. */
  deliver(
    sent: Pick<Sent, 'from' | 'number' | 'lamport' | 'operation' | 'hop'>,
    message: S['message'],
  ): void {
    const from = this.#experiment.places[sent.from]!.self
    this.#operation = sent.operation
    this.#hop = sent.hop
    this.#step({ kind: 'message', message, from }, KIND.deliver, '', sent)
  }

  #initialise(): void {
    this.up = true
    this.#state = this.#experiment.algorithm.initial(this.#place)
    this.#upon = this.#experiment.algorithm.upon(this.#context, this.#state)
    if (this.#experiment.watchStates) this.#states = new StateColumn(this.#recorder)
  }

  #add(kind: number, payload: string): number {
    return this.#recorder.add(
      kind,
      this.index,
      this.#world.timeNs(),
      this.#world.localNs(this.index),
      payload,
    )
  }

  #step(
    event: ProcessEvent<S>,
    kind: number,
    payload: string,
    sent?: Pick<Sent, 'from' | 'number' | 'lamport'>,
  ): void {
    // A sentence is made when it is needed: every message passes several of these.
    if (!this.up || this.#running) assert(false, `${this.id} is asked to step while it is down or in a step`)
    const recorder = this.#recorder
    const beginNs = this.#world.timeNs()
    const localNs = this.#world.localNs(this.index)
    const position = sent
      ? recorder.add(kind, this.index, beginNs, localNs, '', sent.from, sent.number, 0, sent.lamport)
      : recorder.add(kind, this.index, beginNs, localNs, payload)
    if (sent === undefined || this.#hop >= MAX_HOPS) {
      this.#operation = { process: this.index, seq: recorder.seqOf(this.index) }
      this.#hop = 0
    }
    this.#localMs = Math.floor(localNs / 1000) / 1000
    this.#steps++
    if (this.#experiment.takeUpEveryStep) this.#takeUp()
    this.#running = true
    try {
      react(this.#upon, event)
      recorder.took(position, this.#world.timeNs() - beginNs)
      this.#states?.after(position, this.#state)
    } catch (error) {
      const what = kind === KIND.deliver ? 'a message' : `${event.kind} ${payload}`.trim()
      this.#add(KIND.throw, JSON.stringify(error instanceof Error ? error.stack : String(error)))
      throw new HandlerThrew(this.id, what, error)
    } finally {
      this.#running = false
    }
  }

  #takeUp(): void {
    this.#state = fromCanonical(canonical(this.#state)) as S['state']
    this.#upon = this.#experiment.algorithm.upon(this.#context, this.#state)
  }

  #send(to: ProcessId, receiver: number, message: S['message']): void {
    const { channels } = this.#experiment
    const isThere = channels === 'on demand' ? receiver !== this.index : this.#place.outgoing.includes(to)
    if (receiver < 0 || !isThere) assert(false, `${this.id} sent to ${to}, to which it has no channel`)
    const recorder = this.#recorder
    const text = JSON.stringify(message)
    const bytes = Buffer.byteLength(text)
    if (bytes > MESSAGE_BYTES_MAX)
      assert(false, `${this.id} sent ${bytes} bytes, more than ${MESSAGE_BYTES_MAX}`)
    const number = this.#sent++
    const now = this.#world.timeNs()
    const localNs = this.#world.localNs(this.index)
    recorder.add(KIND.send, this.index, now, localNs, text, receiver, number, bytes)
    this.#world.transmit({
      from: this.index,
      to: receiver,
      number,
      type: innermostType(message),
      text,
      seq: recorder.seqOf(this.index),
      lamport: recorder.lamportOf(this.index),
      operation: this.#operation,
      hop: this.#hop + 1,
    })
  }

  #makeContext(indexOf: (id: ProcessId) => number): Context<S> {
    const running = (verb: string) => {
      if (!this.#running) assert(false, `${this.id} called ${verb} outside a handler`)
    }
    const dice = () => {
      running('random')
      if (this.#diceStep !== this.#steps) {
        this.#diceStep = this.#steps
        this.#dice.reseed(mix32(this.#diceSeed ^ Math.imul(this.#steps, 0x9e3779b9)))
      }
      return this.#dice
    }
    return {
      ...this.#place,
      send: (to, message) => {
        running('send')
        this.#send(to, indexOf(to), message)
      },
      indicate: (indication) => {
        running('indicate')
        this.#add(KIND.indicate, canonical(indication))
      },
      setTimer: (timer, minMs, maxMs = minMs) => {
        running('setTimer')
        const isTime = minMs >= 0 && maxMs >= minMs && Number.isFinite(maxMs)
        assert(isTime, `${this.id} set a timer from ${minMs} to ${maxMs} ms`)
        const key = canonical(timer)
        this.#add(KIND.setTimer, `[${key},${minMs},${maxMs}]`)
        this.#world.arm(this.index, key, minMs, maxMs)
      },
      cancelTimer: (timer) => {
        running('cancelTimer')
        const key = canonical(timer)
        this.#add(KIND.cancelTimer, key)
        this.#world.disarm(this.index, key)
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
        this.#stored = canonical(stable)
        this.#add(KIND.store, this.#stored)
      },
    }
  }
}
