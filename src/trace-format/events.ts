/**
 * The events of a run as columns: what runtimes record, workers receive, run
 * files hold and the viewer draws. Knows nothing of any algorithm: what an
 * event carries is JSON text.
 */

/** The kinds of events, by their code. Codes are part of the file format: append only. */
export const EVENT_KINDS = [
  'start',
  'recover', // payload: what had been stored, or null
  'crash',
  'request', // payload: the request
  'send', // peer: receiver; number: of the message; extra: bytes of the message as JSON; payload: the message
  'deliver', // peer: sender; number: of the message; extra: ns the handler took
  'lost', // process: sender; peer: receiver; number: of the message; payload: the cause
  'duplicate', // process: sender; peer: receiver; number: of the message
  'setTimer', // payload: [timer, minMs, maxMs]
  'cancelTimer', // payload: the timer
  'timeout', // payload: the timer
  'indicate', // payload: the indication
  'store', // payload: what is stored
  'linkUp', // peer: the other end; extra: µs it took to dial, 0 at the end that was dialled
  'linkDown', // peer: the other end
  'refuse', // peer: sender; payload: why the frame is no message
  'throw', // payload: the stack of the exception
  'fault', // payload: what the fault plan did to the process; peer: of a message, its receiver
  'resume', // payload: [step, operation's process, its seq, hop]: an earlier step goes on after a wait
] as const

export type EventKind = (typeof EVENT_KINDS)[number]

export const KIND = Object.fromEntries(EVENT_KINDS.map((kind, code) => [kind, code])) as Record<
  EventKind,
  number
>

/**
 * Events that begin a step: what follows at the same process, up to its next such event, was done
 * by their handler. A handler of ours runs to its end; a service of libp2p's own waits in the middle
 * of a step while others come, and `resume` says which goes on.
 */
const STEP_KINDS: readonly EventKind[] = ['start', 'recover', 'request', 'deliver', 'timeout', 'resume']
const WITH_PAYLOAD: readonly EventKind[] = [
  'recover',
  'request',
  'send',
  'lost',
  'setTimer',
  'cancelTimer',
  'timeout',
  'indicate',
  'store',
  'refuse',
  'throw',
  'fault',
  'resume',
]

const flags = (kinds: readonly EventKind[]) => EVENT_KINDS.map((kind) => kinds.includes(kind))
const stepFlags = flags(STEP_KINDS)
const payloadFlags = flags(WITH_PAYLOAD)

/** What `resume` says; of a file of somebody else's it may be anything. */
export function resumed(payload: unknown): { step: number; by: number; seq: number; hop: number } {
  const parts = Array.isArray(payload) ? payload.map((part) => Math.trunc(Number(part)) || 0) : []
  const [step = 0, by = 0, seq = 0, hop = 0] = parts
  return { step, by, seq, hop }
}

export const isStep = (code: number): boolean => stepFlags[code]!
export const hasPayload = (code: number): boolean => payloadFlags[code]!

/** No process: the value of `peer` where an event has none. */
export const NOBODY = 0xffff

/**
 * A state of more text than this (1 kB of JSON takes about 2.5 µs) costs more than the step it follows:
 * after such a sample none is written up to the next whole one. A reader who sees the long text finds
 * the states between by taking the process up again.
 */
export const STEP_TEXT_MAX = 1024

/** A state of a process after a step: of `changed` top-level fields only, or whole. */
export interface StateSample {
  readonly position: number // of the step
  readonly whole: boolean
  readonly text: string // canonical JSON: the whole state, or a record of the fields that changed
}

/** A stretch of a history. All columns have `length` entries and share one buffer. */
export interface Block {
  readonly first: number // position of its first event
  readonly length: number
  readonly kind: Uint8Array // code in EVENT_KINDS
  readonly process: Uint16Array
  readonly peer: Uint16Array
  readonly number: Uint32Array // of the message, among those of its sender, from 0
  readonly seq: Uint32Array // among the events of the process, from 1
  readonly lamport: Uint32Array
  readonly extra: Uint32Array // see EVENT_KINDS; for every kind that begins a step: ns the handler took
  readonly timeNs: Float64Array // global, since the run began
  readonly localNs: Float64Array // by the process's own clock
  readonly payloads: readonly string[] // one for each event whose kind has a payload, in order
  readonly states: readonly StateSample[]
}

type Column = 'kind' | 'process' | 'peer' | 'number' | 'seq' | 'lamport' | 'extra' | 'timeNs' | 'localNs'
export type BlockColumns = Pick<Block, Column>

/** Columns for `capacity` events in one buffer, widest first so that each is aligned. */
export function columnsOf(capacity: number): BlockColumns {
  const buffer = new ArrayBuffer(capacity * 37)
  const c = capacity
  return {
    timeNs: new Float64Array(buffer, 0, c),
    localNs: new Float64Array(buffer, 8 * c, c),
    number: new Uint32Array(buffer, 16 * c, c),
    seq: new Uint32Array(buffer, 20 * c, c),
    lamport: new Uint32Array(buffer, 24 * c, c),
    extra: new Uint32Array(buffer, 28 * c, c),
    process: new Uint16Array(buffer, 32 * c, c),
    peer: new Uint16Array(buffer, 34 * c, c),
    kind: new Uint8Array(buffer, 36 * c, c),
  }
}
