/**
 * The processes of an exploration. What a process is between two steps, its
 * state, its armed timers and its store, is a number; what a step makes of it is
 * worked out once and remembered: of the steps of a large exploration one in
 * many hundreds runs a handler.
 */
import { assert } from '../../../lib/assert.ts'
import { canonical, fromCanonical } from '../../../lib/canonical.ts'
import type { Random } from '../../../lib/prng.ts'
import {
  type Algorithm,
  type Context,
  type Place,
  type ProcessEvent,
  type ProcessId,
  react,
  type Signature,
} from '../../../model/process.ts'
import { HandlerThrew } from '../../experiment.ts'
import { everyWay } from './dice.ts'
import { Interner } from './interner.ts'

/** A timer that is set and has not gone off, in the order of setting. */
interface Armed {
  readonly key: string // canonical text
  readonly minMs: number
  readonly maxMs: number
}

/** A process between two steps. */
export interface Local {
  readonly state: string // canonical text; '' while it is down
  readonly timers: readonly Armed[]
  readonly stored: string | null
}

/** What a step does to the world, in the order of doing. */
export type Act =
  | { readonly act: 'send'; readonly to: ProcessId; readonly message: number }
  | { readonly act: 'indicate'; readonly indication: unknown }
  | { readonly act: 'setTimer'; readonly timer: unknown; readonly minMs: number; readonly maxMs: number }
  | { readonly act: 'cancelTimer'; readonly timer: unknown }
  | { readonly act: 'store'; readonly stable: unknown }

/** One way in which a step can end. */
export interface Outcome {
  readonly id: number // no two outcomes have the same
  readonly local: number
  readonly acts: readonly Act[]
  readonly choices: readonly number[] // what its dice showed
  readonly channels: readonly number[] // of its sends, in order
  readonly messages: readonly number[] // the same: their texts
}

/** What can happen at a process, by number. */
export interface Happens {
  readonly kind: ProcessEvent<Signature>['kind']
  readonly text: string // of the request, message, timer, or what had been stored
  readonly from: ProcessId // of a message
}

/** A clock has infinitely many readings. */
export class ReadsClock extends Error {
  override readonly name = 'ReadsClock'
}

const RADIX = 2 ** 26

export class Processes {
  readonly places: readonly Place[]
  readonly messages = new Interner()
  readonly #algorithm: Algorithm<any>
  readonly #channelOf: (from: number, to: ProcessId) => number
  readonly #locals: { readonly ids: Interner; readonly all: Local[] }[]
  readonly #events = new Interner()
  readonly #happens: Happens[] = []
  readonly #outcomes: Map<number, readonly Outcome[]>[]
  readonly #timeouts: Map<number, readonly number[]>[]
  #ways = 0

  /** @param channelOf the number of a channel; -1 where there is none */
  constructor(
    algorithm: Algorithm<any>,
    places: readonly Place[],
    channelOf: (from: number, to: ProcessId) => number,
  ) {
    this.#algorithm = algorithm
    this.places = places
    this.#channelOf = channelOf
    this.#locals = places.map(() => ({ ids: new Interner(), all: [] }))
    this.#outcomes = places.map(() => new Map())
    this.#timeouts = places.map(() => new Map())
  }

  local(process: number, local: number): Local {
    return this.#locals[process]!.all[local]!
  }

  /** Different locals of all processes together, and handlers run. */
  get size(): { readonly locals: number; readonly steps: number } {
    const locals = this.#locals.reduce((sum, { all }) => sum + all.length, 0)
    return { locals, steps: this.#outcomes.reduce((sum, { size }) => sum + size, 0) }
  }

  event(kind: Happens['kind'], text: string, from: ProcessId = ''): number {
    const id = this.#events.id(`${kind} ${from} ${text}`)
    if (id === this.#happens.length) this.#happens.push({ kind, text, from })
    return id
  }

  happens(event: number): Happens {
    return this.#happens[event]!
  }

  /** A process that has crashed, with what it keeps. */
  crashed(process: number, local: number): number {
    return this.#keep(process, { state: '', timers: [], stored: this.local(process, local).stored })
  }

  /** Begins: `initial`, then `start`. */
  begin(process: number): readonly Outcome[] {
    return this.#run(process, null, { kind: 'start' })
  }

  /** All outcomes of what happens at a process. */
  step(process: number, local: number, event: number): readonly Outcome[] {
    const known = this.#outcomes[process]!.get(local * RADIX + event)
    if (known !== undefined) return known
    const { kind, text, from } = this.happens(event)
    const value = fromCanonical(text) as any
    const happens = {
      start: { kind },
      recover: { kind, stored: value },
      request: { kind, request: value },
      message: { kind, message: value, from },
      timeout: { kind, timer: value },
    }[kind] as ProcessEvent<Signature>
    const outcomes = this.#run(process, this.local(process, local), happens)
    this.#outcomes[process]!.set(local * RADIX + event, outcomes)
    return outcomes
  }

  /**
   * The timeouts that may come next. Of two timers the one set later cannot go off first if the
   * other must have by then: E. Michael et al., "Teaching Rigorous Distributed Systems With
   * Efficient Model Checking", EuroSys 2019, §4.
   */
  timeouts(process: number, local: number): readonly number[] {
    const known = this.#timeouts[process]!.get(local)
    if (known !== undefined) return known
    const { timers } = this.local(process, local)
    const due = timers
      .filter((timer, i) => timers.slice(0, i).every((earlier) => timer.minMs < earlier.maxMs))
      .map(({ key }) => this.event('timeout', key))
    this.#timeouts[process]!.set(local, due)
    return due
  }

  #keep(process: number, local: Local): number {
    const { ids, all } = this.#locals[process]!
    const timers = local.timers.map(({ key, minMs, maxMs }) => `${key} ${minMs} ${maxMs}`).join()
    const id = ids.id(`${local.state}\n${timers}\n${local.stored ?? ''}`)
    if (id === all.length) all.push(local)
    return id
  }

  #run(process: number, before: Local | null, event: ProcessEvent<Signature>): readonly Outcome[] {
    return everyWay((random) => this.#once(process, before, event, random)).map(({ choices, result }) => ({
      ...result,
      id: this.#ways++,
      choices,
    }))
  }

  #once(process: number, before: Local | null, event: ProcessEvent<Signature>, random: Random) {
    const place = this.places[process]!
    const step = new Step(
      place,
      random,
      event.kind === 'timeout' ? without(before!.timers, event.timer) : (before?.timers ?? []),
      before?.stored ?? null,
    )
    const fresh = before === null || event.kind === 'recover'
    const state = fresh ? this.#algorithm.initial(place) : (fromCanonical(before.state) as object)
    handle(place.self, event, () => react(this.#algorithm.upon(step.context, state), event))
    step.isOver = true
    const sends = step.acts.filter((act) => act.act === 'send')
    const local = this.#keep(process, { state: canonical(state), timers: step.timers, stored: step.stored })
    return {
      local,
      acts: step.acts.map(
        (act): Act => (act.act === 'send' ? { ...act, message: this.messages.id(act.message) } : act),
      ),
      channels: sends.map(({ to }) => {
        const channel = this.#channelOf(process, to)
        assert(channel !== -1, `${place.self} sent to ${to}, to which it has no channel`)
        return channel
      }),
      messages: sends.map(({ message }) => this.messages.id(message)),
    }
  }
}

/** A handler that throws is the algorithm's fault; one that cannot be explored is nobody's. */
function handle(process: ProcessId, event: ProcessEvent<Signature>, run: () => void): void {
  try {
    run()
  } catch (error) {
    if (error instanceof ReadsClock) throw error
    throw new HandlerThrew(process, event.kind, error)
  }
}

const without = (timers: readonly Armed[], timer: unknown) => {
  const key = canonical(timer)
  return timers.filter((armed) => armed.key !== key)
}

type Done =
  | Exclude<Act, { act: 'send' }>
  | { readonly act: 'send'; readonly to: ProcessId; readonly message: string }

/** One run of one handler. */
class Step {
  readonly acts: Done[] = []
  readonly context: Context<any>
  timers: readonly Armed[]
  stored: string | null
  isOver = false

  constructor(place: Place, random: Random, timers: readonly Armed[], stored: string | null) {
    this.timers = timers
    this.stored = stored
    const doing = (act: () => Done) => {
      assert(!this.isOver, `${place.self} used its context outside a handler`)
      this.acts.push(act())
    }
    this.context = {
      ...place,
      random,
      send: (to, message) => doing(() => ({ act: 'send', to, message: canonical(message) })),
      indicate: (indication) => doing(() => ({ act: 'indicate', indication: fresh(indication) })),
      setTimer: (timer, minMs, maxMs = minMs) =>
        doing(() => {
          this.timers = [...without(this.timers, timer), { key: canonical(timer), minMs, maxMs }]
          return { act: 'setTimer', timer: fresh(timer), minMs, maxMs }
        }),
      cancelTimer: (timer) =>
        doing(() => {
          this.timers = without(this.timers, timer)
          return { act: 'cancelTimer', timer: fresh(timer) }
        }),
      store: (stable) =>
        doing(() => {
          this.stored = canonical(stable)
          return { act: 'store', stable: fresh(stable) }
        }),
      now: () => {
        throw new ReadsClock(`${place.self} reads its clock`)
      },
    }
  }
}

const fresh = (value: unknown): unknown => fromCanonical(canonical(value))
