import { canonical } from '../lib/canonical.ts'
import { type Block, columnsOf, hasPayload, KIND, NOBODY, type StateSample } from './events.ts'

/** Events a block holds. At 37 bytes an event a block is 150 kB: one hand-over every few ms in a flood. */
export const BLOCK_LENGTH = 4096

/** What is written of a message when it is sent, and of its copies. */
interface Message {
  readonly from: number
  readonly to: number
  readonly number: number
}

/**
 * Writes a history. Numbers the events of each process, keeps its Lamport
 * clock, and hands over each block when it is full or when asked to.
 */
export class Recorder {
  #columns = columnsOf(BLOCK_LENGTH)
  #payloads: string[] = []
  #states: StateSample[] = []
  #first = 0
  #length = 0
  readonly #seq: Uint32Array
  readonly #lamport: Uint32Array
  readonly #handOver: (block: Block) => void

  constructor(processes: number, handOver: (block: Block) => void) {
    this.#seq = new Uint32Array(processes)
    this.#lamport = new Uint32Array(processes)
    this.#handOver = handOver
  }

  /** Events recorded so far. */
  get length(): number {
    return this.#first + this.#length
  }

  /** The sequence number of the last event of a process. */
  seqOf(process: number): number {
    return this.#seq[process]!
  }

  /** The Lamport time of the last event of a process. */
  lamportOf(process: number): number {
    return this.#lamport[process]!
  }

  /**
   * Records an event and returns its position. `timeNs` and `localNs` count
   * from the beginning of the run; `seen` is the Lamport time that a delivered
   * message brings; for the other columns see EVENT_KINDS.
   */
  add(
    kind: number,
    process: number,
    timeNs: number,
    localNs: number,
    payload = '',
    peer = NOBODY,
    number = 0,
    extra = 0,
    seen = 0,
  ): number {
    if (this.#length === BLOCK_LENGTH) this.flush()
    const i = this.#length++
    const c = this.#columns
    c.kind[i] = kind
    c.process[i] = process
    c.peer[i] = peer
    c.number[i] = number
    c.extra[i] = extra
    c.timeNs[i] = timeNs
    c.localNs[i] = localNs
    c.seq[i] = ++this.#seq[process]!
    const own = this.#lamport[process]!
    c.lamport[i] = this.#lamport[process] = Math.max(own, seen) + 1
    if (hasPayload(kind)) this.#payloads.push(payload)
    return this.#first + i
  }

  /** Records an event that is of no message and no timer; a value becomes its text. */
  note(
    kind: number,
    process: number,
    timeNs: number,
    localNs: number,
    value?: unknown,
    peer = NOBODY,
    extra = 0,
  ): number {
    return this.add(kind, process, timeNs, localNs, payloadOf(kind, value), peer, 0, extra)
  }

  /** Records that a process sets a timer. */
  timerSet(
    process: number,
    timeNs: number,
    localNs: number,
    { key }: { readonly key: string },
    minMs: number,
    maxMs: number,
  ): number {
    return this.add(KIND.setTimer, process, timeNs, localNs, `[${key},${minMs},${maxMs}]`)
  }

  /** Records that a timer went off or was cancelled. */
  timer(
    kind: number,
    process: number,
    timeNs: number,
    localNs: number,
    { key }: { readonly key: string },
  ): number {
    return this.add(kind, process, timeNs, localNs, key)
  }

  /** Records a send; `text` is the message as JSON. */
  sent(
    message: Message & { readonly text: string; readonly bytes: number },
    timeNs: number,
    localNs: number,
  ): number {
    const { from, to, number, text, bytes } = message
    return this.add(KIND.send, from, timeNs, localNs, text, to, number, bytes)
  }

  /** Records that a process gets a message; `lamport` is the time that it brings. */
  delivered(
    process: number,
    timeNs: number,
    localNs: number,
    { from, number, lamport }: { readonly from: number; readonly number: number; readonly lamport: number },
  ): number {
    return this.add(KIND.deliver, process, timeNs, localNs, '', from, number, 0, lamport)
  }

  /** Records that one copy of a message is lost. */
  lost({ from, to, number }: Message, timeNs: number, localNs: number, cause: string): number {
    return this.add(KIND.lost, from, timeNs, localNs, JSON.stringify(cause), to, number)
  }

  /** Records that one copy more of a message is on its way. */
  duplicated({ from, to, number }: Message, timeNs: number, localNs: number): number {
    return this.add(KIND.duplicate, from, timeNs, localNs, '', to, number)
  }

  /** Notes how long the handler of a step took, unless its block is already handed over. */
  took(position: number, ns: number): void {
    if (position >= this.#first) this.#columns.extra[position - this.#first] = Math.min(ns, 0xffff_ffff)
  }

  /** Adds the state of the process after the step at `position`. */
  state(position: number, whole: boolean, text: string): void {
    this.#states.push({ position, whole, text })
  }

  /** Hands over what is recorded and not yet handed over. */
  flush(): void {
    if (this.#length === 0 && this.#states.length === 0) return
    const length = this.#length
    const c = this.#columns
    const cut = <T extends { subarray(from: number, to: number): T }>(column: T) => column.subarray(0, length)
    const block: Block = {
      first: this.#first,
      length,
      kind: cut(c.kind),
      process: cut(c.process),
      peer: cut(c.peer),
      number: cut(c.number),
      seq: cut(c.seq),
      lamport: cut(c.lamport),
      extra: cut(c.extra),
      timeNs: cut(c.timeNs),
      localNs: cut(c.localNs),
      payloads: this.#payloads,
      states: this.#states,
    }
    this.#first += length
    this.#length = 0
    this.#columns = columnsOf(BLOCK_LENGTH)
    this.#payloads = []
    this.#states = []
    this.#handOver(block)
  }
}

/** A request stays as it was written: what it is made of may have an order that somebody chose. */
function payloadOf(kind: number, value: unknown): string {
  if (!hasPayload(kind)) return ''
  return kind === KIND.request ? JSON.stringify(value) : canonical(value)
}
