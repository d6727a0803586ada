/**
 * The journal of a run that is only judged: what happens is shown to the properties that look at
 * such events, counted, and forgotten. No text is made of anything.
 */
import { canonical, fromCanonical } from '../lib/canonical.ts'
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import type { Journal } from '../runtimes/journal.ts'
import type { Carried, Sent, Timer } from '../runtimes/sent.ts'
import { EVENT_KINDS, KIND } from '../trace-format/events.ts'
import type { ChannelWatch } from './channel-watch.ts'
import type { Monitors, Tagging } from './monitors.ts'

export class JudgingJournal implements Journal {
  /** The first thing that a property threw: from then on nothing is shown to any. */
  failure: Error | null = null
  readonly counts = new Uint32Array(EVENT_KINDS.length) // of events, by kind
  readonly #ids: readonly string[]
  readonly #monitors: readonly Monitors<Signature>[]
  readonly #channels: ChannelWatch
  readonly #sees: boolean[] // by kind: whether anybody does
  readonly #seq: Uint32Array
  readonly #lamport: Uint32Array
  readonly #fields = new Map<string, string[]>() // of indications, by type: their fields in order
  #length = 0

  constructor(ids: readonly string[], monitors: readonly Monitors<Signature>[], channels: ChannelWatch) {
    this.#ids = ids
    this.#monitors = monitors.filter(({ size }) => size > 0)
    this.#channels = channels
    this.#sees = EVENT_KINDS.map((_, kind) => monitors.some((all) => all.sees(kind)))
    this.#seq = new Uint32Array(ids.length)
    this.#lamport = new Uint32Array(ids.length)
  }

  get length(): number {
    return this.#length
  }

  seqOf(process: number): number {
    return this.#seq[process]!
  }

  lamportOf(process: number): number {
    return this.#lamport[process]!
  }

  note(kind: number, process: number, timeNs: number, localNs: number, value?: unknown, peer = -1): number {
    const position = this.#count(kind, process)
    if (kind === KIND.crash) this.#channels.crashed(process)
    if (!this.#sees[kind]) return position
    if (kind === KIND.indicate) {
      const seen = {
        kind: 'indicate',
        at: this.#ids[process]!,
        position,
        seq: this.#seq[process]!,
        lamport: this.#lamport[process]!,
        timeNs,
        localNs,
        indication: this.#told(value),
      }
      this.#show(kind, seen, null)
      return position
    }
    const stamp = this.#stamp(kind, process, position, timeNs, localNs)
    this.#show(kind, { ...stamp, ...particulars(kind, value, this.#ids[peer] ?? '') }, null)
    return position
  }

  timerSet(
    process: number,
    timeNs: number,
    localNs: number,
    timer: Timer,
    minMs: number,
    maxMs: number,
  ): number {
    const position = this.#count(KIND.setTimer, process)
    if (!this.#sees[KIND.setTimer]) return position
    const stamp = this.#stamp(KIND.setTimer, process, position, timeNs, localNs)
    this.#show(KIND.setTimer, { ...stamp, timer: fromCanonical(timer.key), minMs, maxMs }, null)
    return position
  }

  timer(kind: number, process: number, timeNs: number, localNs: number, timer: Timer): number {
    const position = this.#count(kind, process)
    if (!this.#sees[kind]) return position
    const stamp = this.#stamp(kind, process, position, timeNs, localNs)
    this.#show(kind, { ...stamp, timer: fromCanonical(timer.key) }, null)
    return position
  }

  sent(sent: Sent, timeNs: number, localNs: number): number {
    const position = this.#count(KIND.send, sent.from)
    if (this.#sees[KIND.send]) {
      const at = this.#ids[sent.from]!
      const seen = {
        kind: 'send',
        at,
        position,
        seq: this.#seq[sent.from]!,
        lamport: this.#lamport[sent.from]!,
        timeNs,
        localNs,
        to: this.#ids[sent.to]!,
        messageId: sent.idOf(at),
        message: sent.message,
      }
      this.#show(KIND.send, seen, sent)
    }
    return position
  }

  delivered(process: number, timeNs: number, localNs: number, carried: Carried): number {
    const sent = carried as Sent // in the simulator what is delivered is what was sent
    if (sent.lamport > this.#lamport[process]!) this.#lamport[process] = sent.lamport
    const position = this.#count(KIND.deliver, process)
    this.#channels.delivered(process, sent)
    if (this.#sees[KIND.deliver]) {
      const from = this.#ids[sent.from]!
      const seen = {
        kind: 'deliver',
        at: this.#ids[process]!,
        position,
        seq: this.#seq[process]!,
        lamport: this.#lamport[process]!,
        timeNs,
        localNs,
        from,
        messageId: sent.idOf(from),
        message: sent.message,
      }
      this.#show(KIND.deliver, seen, sent)
    }
    return position
  }

  lost(sent: Sent, timeNs: number, localNs: number, cause: string): number {
    const position = this.#count(KIND.lost, sent.from)
    this.#channels.lost(sent)
    if (!this.#sees[KIND.lost]) return position
    const stamp = this.#stamp(KIND.lost, sent.from, position, timeNs, localNs)
    this.#show(KIND.lost, { ...stamp, ...this.#named(sent), cause }, sent)
    return position
  }

  duplicated(sent: Sent, timeNs: number, localNs: number): number {
    const position = this.#count(KIND.duplicate, sent.from)
    sent.copies++
    if (!this.#sees[KIND.duplicate]) return position
    const stamp = this.#stamp(KIND.duplicate, sent.from, position, timeNs, localNs)
    this.#show(KIND.duplicate, { ...stamp, ...this.#named(sent) }, sent)
    return position
  }

  took(): void {}

  state(): void {}

  #count(kind: number, process: number): number {
    this.counts[kind]!++
    this.#seq[process]!++
    this.#lamport[process]!++
    return this.#length++
  }

  #stamp(kind: number, process: number, position: number, timeNs: number, localNs: number) {
    const [seq, lamport] = [this.#seq[process]!, this.#lamport[process]!]
    return { kind: EVENT_KINDS[kind]!, at: this.#ids[process]!, position, seq, lamport, timeNs, localNs }
  }

  #named(sent: Sent) {
    const { to, message } = sent
    return { to: this.#ids[to]!, messageId: sent.idOf(this.#ids[sent.from]!), message }
  }

  /**
   * An indication, of which the state goes on changing, as a reader of the columns finds it: with
   * its keys in the order of its text. Most hold no other values.
   */
  #told(value: unknown): unknown {
    const record = value as Record<string, unknown> & { type: string }
    let fields = this.#fields.get(record.type)
    if (fields === undefined) {
      fields = Object.keys(record).sort()
      this.#fields.set(record.type, fields)
    }
    const told: Record<string, unknown> = {}
    for (let i = 0; i < fields.length; i++) {
      const field = record[fields[i]!]
      if (field === undefined || (typeof field === 'object' && field !== null))
        return fromCanonical(canonical(value))
      told[fields[i]!] = field
    }
    let more = fields.length
    for (const _ in record) more--
    return more === 0 ? told : fromCanonical(canonical(value))
  }

  /** Never throws: it is called in the middle of a step, whose fault it would not be. */
  #show(kind: number, seen: object, message: Tagging | null): void {
    if (this.failure !== null) return
    try {
      const event = seen as HistoryEvent<Signature>
      for (let i = 0; i < this.#monitors.length; i++) this.#monitors[i]!.along(kind, event, message)
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** What an event says that is of no message and no timer, as a reader of the columns finds it. */
function particulars(kind: number, value: unknown, peer: string): object {
  switch (kind) {
    case KIND.request:
      return { request: value }
    case KIND.store:
      return { stable: fromCanonical(canonical(value)) }
    case KIND.recover:
      return { stored: fromCanonical(canonical(value)) }
    case KIND.linkUp:
    case KIND.linkDown:
      return { peer }
    case KIND.refuse:
      return { from: peer, cause: value }
    case KIND.throw:
      return { stack: value }
    case KIND.fault:
      return { what: value, peer: peer === '' ? null : peer }
    default:
      return {}
  }
}
