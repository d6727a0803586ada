/** One event in plain words and values, for the pane that shows all of it. */
import type { EventKind } from '../../src/trace-format/events.ts'
import type { EventStore } from './event-store.ts'
import { parsed } from './json.ts'
import { upTo } from './search.ts'

export interface EventDetails {
  readonly position: number
  readonly kind: EventKind
  readonly process: number
  readonly peer: number // or -1
  readonly timeNs: number
  readonly localNs: number
  readonly lamport: number
  readonly seq: number
  readonly type: string // of its message, request, timer or indication; '' if it has none
  readonly payload: unknown // undefined where it has none; of a delivery, loss or duplicate: see `message`
  readonly message: MessageDetails | null
  readonly handlerNs: number | null // of a step: how long its handler ran
  readonly step: number // position of the step it belongs to, itself if it begins one; -1 for none
  readonly causes: readonly number[] // positions of what led to it directly
  readonly effects: readonly number[] // of a step: what its handler did; of a send: where it ended
}

export interface MessageDetails {
  readonly index: number // in `messages`
  readonly id: string // sender#n
  readonly content: unknown
  readonly text: string // JSON
  readonly bytes: number
  readonly sendAt: number
  readonly deliverAt: number // or -1
  readonly lostAt: number // or -1
  readonly latencyNs: number | null
  readonly fate: 'delivered' | 'lost' | 'in transit'
  readonly cause: string | null // why it was lost
}

export function describeEvent(data: EventStore, i: number): EventDetails {
  const text = data.payloadText(i)
  const payload = text === '' ? undefined : parsed(text)
  const message = data.messageOf(i) === -1 ? null : describeMessage(data, data.messageOf(i))
  return {
    position: i,
    kind: data.kind(i),
    process: data.process(i),
    peer: data.peer(i),
    timeNs: data.timeNs(i),
    localNs: data.localNs(i),
    lamport: data.lamport(i),
    seq: data.seq(i),
    type: data.typeOf(i),
    payload,
    message,
    handlerNs: data.isStep(i) ? data.extra(i) : null,
    step: data.stepOf(i),
    causes: causesOf(data, i),
    effects: effectsOf(data, i),
  }
}

const causeText = (text: string) => (text === '' ? '' : String(parsed(text)))

export function describeMessage(data: EventStore, message: number): MessageDetails {
  const { messages } = data
  const sendAt = messages.sendAt[message]!
  const deliverAt = messages.deliverAt[message]!
  const lostAt = messages.lostAt[message]!
  const text = data.payloadText(sendAt)
  return {
    index: message,
    id: `${data.processes[data.process(sendAt)]}#${data.number(sendAt)}`,
    content: text === '' ? undefined : parsed(text),
    text,
    bytes: data.extra(sendAt),
    sendAt,
    deliverAt,
    lostAt,
    latencyNs: deliverAt === -1 ? null : data.timeNs(deliverAt) - data.timeNs(sendAt),
    fate: deliverAt !== -1 ? 'delivered' : lostAt !== -1 ? 'lost' : 'in transit',
    cause: lostAt === -1 ? null : causeText(data.payloadText(lostAt)),
  }
}

function causesOf(data: EventStore, i: number): number[] {
  const message = data.messageOf(i)
  const kind = data.kind(i)
  if (message !== -1 && kind !== 'send') return [data.messages.sendAt[message]!]
  if (kind === 'timeout') return found(data.armedBy(i))
  if (kind === 'resume') return found(data.resumedBy(i))
  if (kind === 'recover') return found(lastOwn(data, i, (at) => data.kind(at) === 'crash'))
  return data.stepOf(i) === i ? [] : found(data.stepOf(i))
}

const found = (position: number) => (position === -1 ? [] : [position])

function lastOwn(data: EventStore, before: number, is: (position: number) => boolean): number {
  const own = data.ofProcess(data.process(before))
  for (let k = upTo(own, (at) => at < before) - 1; k >= 0; k--) if (is(own[k]!)) return own[k]!
  return -1
}

function effectsOf(data: EventStore, i: number): number[] {
  if (data.kind(i) === 'send') return endsOf(data, i)
  if (data.stepOf(i) !== i) return []
  const own = data.ofProcess(data.process(i))
  const effects: number[] = []
  for (let k = upTo(own, (at) => at <= i); k < own.length && !data.isStep(own[k]!); k++) {
    if (data.stepOf(own[k]!) === i) effects.push(own[k]!)
  }
  return effects
}

/** Where the copies of a message ended; a duplicate is a row of its own, further down. */
function endsOf(data: EventStore, send: number): number[] {
  const { messages } = data
  const first = data.messageOfSend(send)
  const ends: number[] = []
  for (let m = first; m < messages.length; m++) {
    if (m !== first && messages.copyOf[m] !== first) continue
    const end = Math.max(messages.deliverAt[m]!, messages.lostAt[m]!)
    if (end !== -1) ends.push(end)
  }
  return ends
}
