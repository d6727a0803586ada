import { canonical, fromCanonical } from '../lib/canonical.ts'
import { copy } from '../lib/copy.ts'
import type { Tagged } from '../model/process.ts'

/** The step that opened an operation; see `span-ids.ts`. */
export interface Operation {
  readonly process: number
  readonly seq: number
}

/** What the envelope of a message tells its receiver, beside the message. */
export interface Carried {
  readonly from: number // index of the process
  readonly number: number // among the messages of its sender, from 0
  readonly lamport: number
  readonly operation: Operation
  readonly hop: number
}

/**
 * A message on its way. In virtual time it is the value that travels; on real hosts it is the text,
 * made once for the wire and for the history.
 */
export class Sent implements Carried {
  readonly from: number
  readonly to: number
  readonly number: number
  readonly type: string // of the message, for fault rules
  /** As it was when it was sent, and nobody's to change; where texts travel it is the sender's own still. */
  readonly message: Tagged
  readonly operation: Operation
  readonly hop: number
  seq = 0 // of the send
  lamport = 0
  /** What properties have put on it, one for each that puts any; see `harness/monitors.ts`. */
  tags: readonly unknown[] | null = null
  // What the simulator keeps of it.
  senderLife = 0 // incarnations of both ends when it was sent
  receiverLife = 0
  isPicked = false // to be looked at when it arrives
  // What the journal of a run that is only judged keeps of it.
  copies = 1 // on their way
  isDelivered = false // one was
  #text: string | null = null
  #id: string | null = null
  #bytes = -1

  constructor(
    from: number,
    to: number,
    number: number,
    type: string,
    message: Tagged,
    operation: Operation,
    hop: number,
  ) {
    this.from = from
    this.to = to
    this.number = number
    this.type = type
    this.message = message
    this.operation = operation
    this.hop = hop
  }

  /** The message as JSON, made when first asked for. */
  get text(): string {
    this.#text ??= JSON.stringify(this.message)
    return this.#text
  }

  /** The id of the message in the history, by the id of its sender. */
  idOf(sender: string): string {
    this.#id ??= `${sender}#${this.number}`
    return this.#id
  }

  /** Of the text in UTF-8. */
  get bytes(): number {
    if (this.#bytes < 0) this.#bytes = Buffer.byteLength(this.text)
    return this.#bytes
  }
}

/** A timer that a process has named: a value of its own, and the canonical text by which it is known. */
export class Timer {
  readonly #value: Tagged | null
  #key: string | null

  private constructor(value: Tagged | null, key: string | null) {
    this.#value = value
    this.#key = key
  }

  /** Keeps a value that nobody else has. */
  static of(value: Tagged): Timer {
    return new Timer(value, null)
  }

  /** Keeps the text alone. */
  static named(key: string): Timer {
    return new Timer(null, key)
  }

  /** Equal timers have equal keys. */
  get key(): string {
    this.#key ??= canonical(this.#value)
    return this.#key
  }

  /** The timer, nobody's to change. */
  get value(): Tagged {
    return this.#value ?? this.fresh()
  }

  /** The timer, for whoever may change it. */
  fresh(): Tagged {
    return this.#value === null ? (fromCanonical(this.key) as Tagged) : copy(this.#value)
  }
}
