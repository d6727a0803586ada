/**
 * The model of computation: asynchronous message passing between processes.
 *
 * A process is its state, its store and its armed timers, and nothing else. It
 * only reacts to events; a reaction runs to completion, and all it can do to
 * the world is recorded through its context. An algorithm says what state a
 * process begins with and how it reacts in any state, so that a process can be
 * taken up again from its state alone: by the explorer, the replayer, the viewer.
 *
 * Three ways into being:
 *   begin    `initial`, then `upon.start`
 *   recover  after a crash: `initial`, then `upon.recover(what was stored)`; timers are gone, never `start`
 *   take up  `upon(context, state)`, no event
 */
import type { Random } from '../lib/prng.ts'

/** `p00`, `p01` …: zero-padded to one width, so that text order is number order. */
export type ProcessId = string

/** Whatever crosses the border of a process: plain JSON data, told apart by `type`. */
export interface Tagged {
  readonly type: string
}

/** The vocabulary of one algorithm. A kind it has not is `never`. */
export interface Signature {
  request: Tagged // asked of a process by the world outside
  message: Tagged // sent by one process to another
  timer: Tagged // set by a process for itself
  indication: Tagged // announced by a process to the world outside
  state: object // all that a process remembers until it crashes
  stable: object // what it keeps through a crash
}

/** A process's place in the topology, in a fixed order. */
export interface Place {
  readonly self: ProcessId
  readonly incoming: readonly ProcessId[] // channels into self, named by their sender
  readonly outgoing: readonly ProcessId[] // channels out of self, named by their receiver
}

/** All that a handler can do to the world, or learn of it. Usable only while a handler runs. */
export interface Context<S extends Signature> extends Place {
  /** Never throws and never blocks. The value is copied: the sender may go on changing its own. */
  readonly send: (to: ProcessId, message: S['message']) => void
  readonly indicate: (indication: S['indication']) => void
  /**
   * Goes off once, after a delay drawn from [minMs, maxMs], never early. Setting an equal timer re-
   * arms it.
   */
  readonly setTimer: (timer: S['timer'], minMs: number, maxMs?: number) => void
  readonly cancelTimer: (timer: S['timer']) => void
  /** Local clock in ms: that of the event being handled. */
  readonly now: () => number
  /** Fresh in each step, from (seed, process, step). */
  readonly random: Random
  /** Durable when the handler returns. */
  readonly store: (stable: S['stable']) => void
}

/** One handler per event type; forgetting one is a compile error. */
export type Handlers<Event extends Tagged, Origin extends unknown[]> = {
  readonly [Type in Event['type']]: (event: Extract<Event, { type: Type }>, ...origin: Origin) => void
}

type Group<Name extends string, Event extends Tagged, Origin extends unknown[]> = [Event] extends [never]
  ? unknown
  : { readonly [N in Name]: Handlers<Event, Origin> }

export type Upon<S extends Signature> = Group<'request', S['request'], []> &
  Group<'message', S['message'], [channel: ProcessId]> &
  Group<'timeout', S['timer'], []> & {
    readonly start?: () => void
    readonly recover?: (stored: S['stable'] | null) => void
  }

export interface Algorithm<S extends Signature> {
  readonly initial: (place: Place) => S['state']
  readonly upon: (context: Context<S>, state: S['state']) => Upon<S>
}

/** What can happen at a process. */
export type ProcessEvent<S extends Signature> =
  | { kind: 'start' }
  | { kind: 'recover'; stored: S['stable'] | null }
  | { kind: 'request'; request: S['request'] }
  | { kind: 'message'; message: S['message']; from: ProcessId }
  | { kind: 'timeout'; timer: S['timer'] }

// TypeScript cannot see that `handlers[event.type]` takes exactly `event`
// (a correlated union). This is the only cast in the model.
type Table = Record<string, Record<string, (...args: unknown[]) => unknown> | undefined>

function dispatch(handlers: object, kind: string, event: Tagged, origin?: ProcessId): void {
  const handler = (handlers as Table)[kind]?.[event.type]
  if (handler === undefined) throw new Error(`no ${kind} handler for '${event.type}'`)
  const result = origin === undefined ? handler(event) : handler(event, origin)
  if (result !== undefined) refuseLater(result, `the ${kind} handler for '${event.type}'`)
}

/** A handler runs to completion: what comes after an `await` would be no part of the step. */
function refuseLater(result: unknown, name: string): void {
  if (!(result instanceof Promise)) return
  result.catch(() => {}) // it is refused whatever becomes of it
  throw new Error(`${name} is asynchronous; a step is one piece`)
}

/** Lets a process react to what happened. */
export function react<S extends Signature>(upon: Upon<S>, event: ProcessEvent<S>): void {
  switch (event.kind) {
    case 'start':
      return refuseLater(upon.start?.(), 'start')
    case 'recover':
      return refuseLater(upon.recover?.(event.stored), 'recover')
    case 'request':
      return dispatch(upon, 'request', event.request)
    case 'message':
      return dispatch(upon, 'message', event.message, event.from)
    case 'timeout':
      return dispatch(upon, 'timeout', event.timer)
  }
}
