import type { ProcessId, Signature } from './process.ts'

/** When and where an event happened. */
export interface Stamp {
  readonly at: ProcessId // for what happens to a message on its way: its sender
  readonly position: number // in the order of recording, from 0
  readonly seq: number // among the events of the same process, from 1
  readonly lamport: number // logical time, from 1; L. Lamport, CACM 21(7), 1978
  readonly timeNs: number // global time since the run began
  readonly localNs: number // the same by the process's own clock
}

/** What happened. A send, its deliveries and its loss share a `messageId` (`sender#n`). */
export type Happening<S extends Signature> =
  | { kind: 'start' | 'crash' }
  | { kind: 'recover'; stored: S['stable'] | null }
  | { kind: 'request'; request: S['request'] }
  | { kind: 'timeout'; timer: S['timer'] }
  | { kind: 'setTimer'; timer: S['timer']; minMs: number; maxMs: number }
  | { kind: 'cancelTimer'; timer: S['timer'] }
  | { kind: 'send'; to: ProcessId; messageId: string; message: S['message'] }
  | { kind: 'deliver'; from: ProcessId; messageId: string; message: S['message'] }
  | { kind: 'lost'; to: ProcessId; messageId: string; message: S['message']; cause: string }
  | { kind: 'duplicate'; to: ProcessId; messageId: string; message: S['message'] }
  | { kind: 'indicate'; indication: S['indication'] }
  | { kind: 'store'; stable: S['stable'] }
  | { kind: 'resume'; step: number; hop: number } // a service goes on with an earlier step, by its `seq`
  | { kind: 'linkUp' | 'linkDown'; peer: ProcessId }
  | { kind: 'refuse'; from: ProcessId; cause: string } // a frame from outside that is no message
  | { kind: 'throw'; stack: string } // a handler threw: our bug
  | { kind: 'fault'; what: string; peer: ProcessId | null } // of the plan, and no other event shows it

export type HistoryEvent<S extends Signature> = Stamp & Happening<S>

/** A run, as an outside observer saw it: all events in one order consistent with happens-before. */
export type History<S extends Signature> = readonly HistoryEvent<S>[]
