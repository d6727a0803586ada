import type { Asked } from '../model/catalogue.ts'
import type { FaultPlan } from '../model/fault.ts'
import type { Algorithm, Place, ProcessId, Signature } from '../model/process.ts'
import type { Service } from '../model/service.ts'
import type { AnyShapes } from '../model/shape.ts'
import type { Journal } from './journal.ts'

/** The longest message, in bytes of its JSON: what a process on a real host takes in one frame. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024

/**
 * The order in which a channel delivers: that of sending, any, or a message is overtaken by at most
 * so many of those sent after it.
 */
export type Delivery = 'fifo' | 'unordered' | { readonly overtaking: number }

/** All that a runtime needs for one run. */
export interface Experiment<S extends Signature> {
  readonly algorithm: Algorithm<S>
  readonly service?: Service // runs in its place
  readonly places: readonly Place[]
  readonly streams: 'channel' | 'exchange' // how libp2p carries messages
  readonly channels: 'fixed' | 'on demand'
  readonly delivery: Delivery // what the simulator's channels promise
  readonly shapes: { readonly message: AnyShapes }
  readonly requests: readonly Asked<S>[]
  readonly faults: FaultPlan
  readonly seed: number
  /** When it ends if not by quiescence; `afterMs` counts from the last request and the last timed fault. */
  readonly ends: 'quiescent' | { readonly afterMs: number } | { readonly atMs: number }
  readonly eventsMax: number // a run that records more ends, unknown
  readonly recorder: Journal
  readonly watchStates: boolean // fill the state column
  readonly takeUpEveryStep?: boolean // before each step take the process up again from the text of its state
  readonly progress?: (phase: string, done: number, of: number) => void
}

export interface Ended {
  readonly how:
    | 'quiescent'
    | 'time over'
    | 'event limit'
    | 'overload'
    | 'interrupted'
    | 'failed'
    | 'schedule over' // of a replay: something could still happen
  readonly durationNs: number // global time of the run when it ended
  readonly faultsFired: Readonly<Record<string, number>> // by the rule's text
  readonly digest?: string // of the history, in hex; of a simulated run
}

/** A link that the machine would not make, or another service it refused (exit 69). */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** A handler threw: our bug (exit 70). The run is over; the history holds the event. */
export class HandlerThrew extends Error {
  override readonly name = 'HandlerThrew'
  readonly process: ProcessId

  constructor(process: ProcessId, event: string, cause: unknown) {
    super(
      `${process} threw while handling ${event}: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
    this.process = process
    this.cause = cause
  }
}

/** When a run that is not told to wait for quiescence ends, in ms since `start`; null for quiescence. */
export function endMs<S extends Signature>({ ends, requests, faults }: Experiment<S>): number | null {
  if (ends === 'quiescent') return null
  if ('atMs' in ends) return ends.atMs
  const over = faults.rules.map(({ window }) => ({ atMs: window?.toMs ?? window?.fromMs ?? 0 }))
  const last = [...requests, ...faults.timed, ...over].reduce((late, { atMs }) => Math.max(late, atMs), 0)
  return last + ends.afterMs
}
