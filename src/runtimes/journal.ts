import type { Carried, Sent, Timer } from './sent.ts'

/**
 * Where a process and its world write down what happens, as values: the columns of a run that
 * somebody looks at make texts of them (`trace-format/recorder.ts`); a run that is only judged
 * hands them on and keeps nothing. Whatever is given is read before the call returns, but for
 * what is said to be nobody's to change.
 *
 * Each of these numbers an event among those of its process, and all but `took` and `state`
 * return its position. Times count from the beginning of the run, in ns: global and by the
 * clock of the process.
 */
export interface Journal {
  /** Events so far. */
  readonly length: number
  /** The sequence number of the last event of a process. */
  seqOf(process: number): number
  /** The Lamport time of the last event of a process. */
  lamportOf(process: number): number
  /**
   * What is of no message and no timer. `value`: what was stored for `recover` (or null) and
   * `store`, the request, the indication, the stack for `throw`, the cause for `refuse`.
   */
  note(
    kind: number,
    process: number,
    timeNs: number,
    localNs: number,
    value?: unknown,
    peer?: number,
    extra?: number,
  ): number
  timerSet(
    process: number,
    timeNs: number,
    localNs: number,
    timer: Timer,
    minMs: number,
    maxMs: number,
  ): number
  /** `timeout` or `cancelTimer`. */
  timer(kind: number, process: number, timeNs: number, localNs: number, timer: Timer): number
  sent(sent: Sent, timeNs: number, localNs: number): number
  delivered(process: number, timeNs: number, localNs: number, message: Carried): number
  /** One copy is lost. */
  lost(sent: Sent, timeNs: number, localNs: number, cause: string): number
  /** One copy more is on its way. */
  duplicated(sent: Sent, timeNs: number, localNs: number): number
  /** How long the handler of a step took. */
  took(position: number, ns: number): void
  /** The state of the process after the step at `position`. */
  state(position: number, whole: boolean, text: string): void
}
