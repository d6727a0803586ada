/**
 * Reads blocks as plain events. A delivery, a loss and a duplicate say only
 * which message they are of; the reader knows from the send what it says. One
 * reader therefore reads a history from its first block on, in order; or from
 * a later one, when it is told of what was sent before.
 */
import { type Block, EVENT_KINDS, type EventKind, hasPayload, KIND, NOBODY } from './events.ts'
import { InTransit, messageKey } from './in-transit.ts'

export interface RunEvent {
  readonly kind: EventKind
  readonly process: number
  readonly peer: number | null
  readonly number: number // of the message
  readonly position: number
  readonly seq: number
  readonly lamport: number
  readonly timeNs: number
  readonly localNs: number
  readonly extra: number // see EVENT_KINDS
  readonly text: string // its payload as JSON text; '' where the kind has none
  readonly payload: unknown // the same parsed; undefined where the kind has none
  /**
   * The message sent, delivered, lost or duplicated: one object for all these.
   * Undefined if its send was not read.
   */
  readonly message: unknown
  readonly type: string // of the request, message, timer or indication, or of the basic one it carries
}

interface Message {
  readonly message: unknown
  readonly type: string
}

const UNKNOWN: Message = { message: undefined, type: '' }

export class EventReader {
  readonly #inTransit = new InTransit<Message>()
  readonly #sentBefore = new Map<number, Message>()

  /** Messages of which neither arrival nor loss was read yet. */
  get inTransit(): number {
    return this.#inTransit.size
  }

  /** Tells what a message says that was sent before the first block read; `text` is the send's payload. */
  know(sender: number, number: number, text: string): void {
    const message = parsed(text)
    this.#sentBefore.set(messageKey(sender, number), { message, type: innermostType(message) })
  }

  *read(block: Block): Generator<RunEvent> {
    let payloads = 0
    for (let i = 0; i < block.length; i++) {
      const text = hasPayload(block.kind[i]!) ? block.payloads[payloads++]! : ''
      const payload = text === '' ? undefined : parsed(text)
      const { message, type } = this.#carried(block, i, payload)
      yield {
        kind: EVENT_KINDS[block.kind[i]!]!,
        process: block.process[i]!,
        peer: block.peer[i] === NOBODY ? null : block.peer[i]!,
        number: block.number[i]!,
        position: block.first + i,
        seq: block.seq[i]!,
        lamport: block.lamport[i]!,
        timeNs: block.timeNs[i]!,
        localNs: block.localNs[i]!,
        extra: block.extra[i]!,
        text,
        payload,
        message,
        type,
      }
    }
  }

  #carried(block: Block, i: number, payload: unknown): Message {
    const number = block.number[i]!
    switch (block.kind[i]) {
      case KIND.send: {
        const sent = { message: payload, type: innermostType(payload) }
        this.#inTransit.sent(block.process[i]!, number, sent)
        return sent
      }
      case KIND.deliver:
        return this.#inTransit.gone(block.peer[i]!, number) ?? this.#before(block.peer[i]!, number)
      case KIND.lost:
        return this.#inTransit.gone(block.process[i]!, number) ?? this.#before(block.process[i]!, number)
      case KIND.duplicate:
        return (
          this.#inTransit.duplicated(block.process[i]!, number) ?? this.#before(block.process[i]!, number)
        )
      case KIND.request:
      case KIND.timeout:
      case KIND.cancelTimer:
      case KIND.indicate:
        return { message: undefined, type: innermostType(payload) }
      case KIND.setTimer:
        return { message: undefined, type: Array.isArray(payload) ? innermostType(payload[0]) : '' }
      default:
        return UNKNOWN
    }
  }

  #before(sender: number, number: number): Message {
    return this.#sentBefore.get(messageKey(sender, number)) ?? UNKNOWN
  }
}

/** Payloads are JSON; of a damaged file the text itself is all that can be shown. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const CARRIED = ['message', 'request', 'timer', 'indication'] as const

/** A tagged value, or what it carries as `basic`, however deep. */
export function innermost(value: unknown): unknown {
  let inner = value
  while (isRecord(inner) && inner.type === 'basic') {
    const field = CARRIED.find((name) => Object.hasOwn(inner as object, name))
    if (field === undefined) break
    inner = inner[field]
  }
  return inner
}

/** The type of what `innermost` finds; '' if it has none. */
export function innermostType(value: unknown): string {
  const inner = innermost(value)
  return isRecord(inner) && typeof inner.type === 'string' ? inner.type : ''
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
