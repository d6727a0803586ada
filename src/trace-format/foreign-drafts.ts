/** Spans of a foreign program → what happened, each with what is known of it, in no order yet. */
import { ATTRIBUTE, TEXT_MAX } from './attributes.ts'
import { type EventKind, hasPayload, isStep, KIND, NOBODY } from './events.ts'
import type { Happening } from './foreign-order.ts'
import { ForeignProcesses } from './foreign-processes.ts'
import { isNatural, isSending, type Known, kindOf, related } from './foreign-spans.ts'
import { MessageNumbers } from './message-numbers.ts'
import type { ForeignRecord, ForeignSpan } from './otlp-decode.ts'
import type { RunDescription } from './run.ts'
import { SPAN_NS_MIN } from './spans.ts'

export interface Message {
  readonly number: number // among those of its sender
  lamport: number // of its sending, once that has its place
}

/** An event before its place is known. */
export interface Draft extends Happening {
  readonly kind: EventKind
  readonly peer: number
  readonly localNs: number
  readonly payload: string
  readonly extra: number
  readonly lamport: number // as it says; 0: it says nothing
  readonly message: Message | null
  readonly state: { readonly whole: boolean; readonly text: string } | null
  readonly name: string // of its span
  after: Draft | null
}

/** What is said of one beside what its span says. */
type Told = Partial<Omit<Draft, 'kind' | 'process' | 'depth' | 'name'>>

/** A message to one process, and what became of its copies. */
interface Copies {
  readonly send: Draft
  readonly duplicates: Draft[]
  readonly gone: Draft[] // delivered or lost
}

export type ForeignRun = Pick<RunDescription, 'processes' | 'startedAtMs'>

export function draftsOf(spans: Iterable<ForeignSpan>, run: ForeignRun): Draft[] {
  return new Drafts(spans, run).all
}

/** The payload of a step that says nothing of itself but its name. */
export function stepPayload(type: string, attributes: ForeignRecord = {}): string {
  const full = Object.keys(attributes).length === 0 ? { type } : { type, attributes }
  const text = JSON.stringify(full)
  return text.length <= TEXT_MAX ? text : JSON.stringify({ type: type.slice(0, TEXT_MAX / 2) })
}

/** Of what an event within a span of ours tells. */
const WITHIN: readonly (EventKind | null)[] = ['setTimer', 'cancelTimer', 'indicate', 'store']

/** After whatever else its span says, at the same number or time. */
const LAST = 1_000_000

class Drafts {
  readonly all: Draft[] = []
  readonly #index: ReadonlyMap<string, number>
  readonly #baseNs: bigint
  readonly #numbers: MessageNumbers
  readonly #sent = new Map<Known, Map<number, Copies>>() // by receiver

  constructor(spans: Iterable<ForeignSpan>, { processes, startedAtMs }: ForeignRun) {
    const named = new ForeignProcesses()
    this.#index = new Map(processes.map((name, i) => [name, i]))
    const wholeMs = Math.floor(startedAtMs)
    this.#baseNs = BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((startedAtMs - wholeMs) * 1e6))
    const all = related(spans, (span) => this.#index.get(named.nameOf(span) ?? '') ?? null)
    const sendings = all.filter(isSending)
    this.#numbers = new MessageNumbers(sendings, processes)
    for (const known of sendings) this.#send(known)
    for (const known of all) {
      if (!isSending(known)) this.#happened(known)
      this.#within(known)
    }
    for (const [known, sent] of this.#sent) for (const copies of sent.values()) this.#tie(known, copies)
  }

  /** A message to each process that got it, else to the one that it names; if it names none, it is a step. */
  #send(known: Known): void {
    const { span, deliveries } = known
    const receivers = new Set(deliveries.map(({ process }) => process))
    if (receivers.size === 0) {
      const named = this.#peer(span, ATTRIBUTE.messagingDestinationName, ATTRIBUTE.servicePeerName)
      if (named === NOBODY) return void this.#add(known, 'request', { payload: payloadOf(known, 'request') })
      receivers.add(named)
    }
    const sent = new Map<number, Copies>()
    this.#sent.set(known, sent)
    for (const peer of receivers) {
      const message: Message = { number: this.#numbers.take(known), lamport: 0 }
      const extra = natural(span.attributes[ATTRIBUTE.messagingBodySize])
      const send = this.#add(known, 'send', { peer, message, extra, part: 3 * sent.size })
      const lost = sent.size === 0 && span.attributes[ATTRIBUTE.messageFate] === 'lost'
      const gone = lost ? [this.#add(known, 'lost', { peer, message, part: send.part + 2 })] : []
      sent.set(peer, { send, duplicates: [], gone })
    }
  }

  /**
   * As many duplicates as copies arrived or were lost, whether spans tell of
   * them or not. A duplicate is made of a copy that is on its way, so the first
   * that goes comes after the first duplicate, the second after the second.
   */
  #tie(known: Known, { send, duplicates, gone }: Copies): void {
    const doubled = known.span.attributes[ATTRIBUTE.messageFate] === 'duplicated' && send.part === 0
    const more = Math.max(doubled ? 1 : 0, gone.length - 1 - duplicates.length)
    const { peer, message, part } = send
    const untold = Array.from({ length: more }, () =>
      this.#add(known, 'duplicate', { peer, message, part: part + 1, after: send }),
    )
    const made = [...untold, ...duplicates.toSorted(byTime)]
    for (const [i, copy] of gone.toSorted(byTime).entries()) copy.after = made[i] ?? made.at(-1) ?? send
  }

  /** What is no sending. */
  #happened(known: Known): void {
    const { span, sends } = known
    const kind = known.kind ?? (sends.length > 0 ? 'deliver' : 'request')
    const tookNs = Number(span.endUnixNs - span.startUnixNs)
    // a span of ours is never shorter than this, whatever it is of
    const shortest = known.kind === null ? 0 : SPAN_NS_MIN
    const extra = tookNs <= shortest ? 0 : Math.min(tookNs, 0xffff_ffff)
    const state = isStep(KIND[kind]) ? stateOf(span) : null
    switch (kind) {
      case 'deliver':
      case 'lost':
      case 'duplicate': {
        const its = sends.flatMap((send) => this.#copies(send, kind, known.process) ?? [])
        if (its.length === 0) this.#add(known, 'request', { payload: payloadOf(known, 'request') })
        for (const [i, { send, duplicates, gone }] of its.entries()) {
          const peer = kind === 'deliver' ? send.process : send.peer
          const handled = kind === 'deliver' && i === its.length - 1 ? { extra, state } : {}
          const { message } = send
          const draft = this.#add(known, kind, { peer, message, after: send, ...handled })
          if (kind === 'duplicate') duplicates.push(draft)
          else gone.push(draft)
        }
        return
      }
      case 'linkUp': {
        const atNs = this.#ns(span.endUnixNs)
        const peer = this.#peer(span, ATTRIBUTE.servicePeerName)
        this.#add(known, kind, { atNs, localNs: atNs, peer, extra: Math.floor(extra / 1_000) })
        return
      }
      case 'linkDown':
      case 'refuse':
      case 'fault':
        return void this.#add(known, kind, { peer: this.#peer(span, ATTRIBUTE.servicePeerName) })
      default:
        this.#add(known, kind, isStep(KIND[kind]) ? { extra, state } : {})
    }
  }

  /** A loss and a duplicate say not at whom; of a message of ours there is one only. */
  #copies(send: Known, kind: EventKind, process: number): Copies | undefined {
    const sent = this.#sent.get(send)
    return kind === 'deliver' ? sent?.get(process) : sent?.values().next().value
  }

  /** What a span of ours tells by its events, and what any span tells of an exception. */
  #within(known: Known): void {
    let seq = known.kind === null ? null : natural(known.span.attributes[ATTRIBUTE.seq])
    for (const { name, unixNs, attributes } of known.span.events) {
      const atNs = this.#ns(unixNs)
      const kind = known.kind === null ? null : kindOf(name, attributes[ATTRIBUTE.seq])
      const own = { atNs, localNs: atNs, lamport: 0, extra: 0 }
      if (kind !== null && WITHIN.includes(kind)) {
        seq = natural(attributes[ATTRIBUTE.seq])
        const type = name.slice(kind.length + 1)
        this.#add(known, kind, {
          ...own,
          seq,
          payload: json(attributes[ATTRIBUTE.payload]) ?? stepPayload(type),
        })
      } else if (name === 'exception') {
        const said = attributes[ATTRIBUTE.exceptionStacktrace] ?? attributes['exception.message'] ?? name
        this.#add(known, 'throw', { ...own, seq, part: LAST, payload: JSON.stringify(String(said)) })
      }
    }
  }

  #add(known: Known, kind: EventKind, more: Told): Draft {
    const draft = this.#draft(known, kind, more)
    this.all.push(draft)
    return draft
  }

  #draft(known: Known, kind: EventKind, more: Told): Draft {
    const { span, process, depth } = known
    const own = known.kind !== null
    const atNs = this.#ns(span.startUnixNs)
    const local = span.attributes[ATTRIBUTE.localNs]
    const localNs = own && typeof local === 'number' && Number.isFinite(local) ? local : atNs
    const seq = own ? natural(span.attributes[ATTRIBUTE.seq]) : null
    // Field by field: to spread one record into another is several times as slow.
    return {
      kind,
      process,
      depth,
      seq: more.seq === undefined ? seq : more.seq,
      part: more.part ?? 0,
      atNs: more.atNs ?? atNs,
      localNs: more.localNs ?? localNs,
      peer: more.peer ?? NOBODY,
      extra: more.extra ?? 0,
      lamport: more.lamport ?? natural(span.attributes[ATTRIBUTE.lamport]),
      payload: more.payload ?? (hasPayload(KIND[kind]) ? payloadOf(known, kind) : ''),
      message: more.message ?? null,
      state: more.state ?? null,
      after: more.after ?? null,
      name: span.name,
    }
  }

  /** Since the run began; a time that is not said is taken for its beginning. */
  #ns(unixNs: bigint): number {
    return unixNs === 0n ? 0 : Number(unixNs - this.#baseNs)
  }

  #peer({ attributes }: ForeignSpan, ...names: readonly string[]): number {
    for (const name of names) {
      const index = this.#index.get(String(attributes[name]))
      if (index !== undefined) return index
    }
    return NOBODY
  }
}

function payloadOf({ kind: own, span: { name, attributes } }: Known, kind: EventKind): string {
  if (kind === 'lost' || kind === 'refuse') return JSON.stringify(String(attributes[ATTRIBUTE.cause] ?? ''))
  const said = json(attributes[ATTRIBUTE.payload])
  if (said !== null) return said
  if (kind === 'recover') return 'null'
  const type = attributes[ATTRIBUTE.messageType]
  return stepPayload(typeof type === 'string' ? type : name, own === null ? attributes : {})
}

/** A text that is JSON; one that was cut is none. */
function json(text: unknown): string | null {
  if (typeof text !== 'string') return null
  try {
    JSON.parse(text)
    return text
  } catch {
    return null
  }
}

function stateOf({ attributes }: ForeignSpan): Draft['state'] {
  const whole = json(attributes[ATTRIBUTE.state])
  const changed = json(attributes[ATTRIBUTE.stateChanged])
  if (whole !== null) return { whole: true, text: whole }
  return changed === null ? null : { whole: false, text: changed }
}

const byTime = (a: Draft, b: Draft) => a.atNs - b.atNs || (a.seq ?? 0) - (b.seq ?? 0) || a.part - b.part

const natural = (value: unknown): number => (isNatural(value) ? value : 0)
