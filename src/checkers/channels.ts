/**
 * What channels are assumed to do, as properties like any promise: of every
 * algorithm, over any signature. An assumption that breaks without a fault in
 * the plan is a bug of the runtime, and must not pass for one of the algorithm.
 *
 * The names are those of C. Cachin, R. Guerraoui and L. Rodrigues,
 * "Introduction to Reliable and Secure Distributed Programming", 2nd ed., 2011,
 * §2.4: NO CREATION, NO DUPLICATION, RELIABLE DELIVERY, FIFO DELIVERY.
 *
 * Memory holds what is in transit and one entry a channel, no more.
 */
import type { Assumptions } from '../model/catalogue.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Finding, type Property, property } from '../model/property.ts'

/** Rides on each message: where it was sent, and to whom. */
interface Origin {
  readonly position: number
  readonly from: ProcessId
  readonly to: ProcessId
}

/**
 * Message ids are `sender#n`, counted from 0 (model/history.ts): the number of
 * the last one tells which messages of a sender there have been, in one entry.
 */
type LastSent = Map<ProcessId, number>

const split = (messageId: string): [sender: ProcessId, number: number] => {
  const at = messageId.lastIndexOf('#')
  return [messageId.slice(0, at), Number(messageId.slice(at + 1))]
}

function noteSent(last: LastSent, messageId: string): void {
  const [sender, number] = split(messageId)
  last.set(sender, Math.max(number, last.get(sender) ?? -1))
}

function wasSent(last: LastSent, messageId: string): boolean {
  const [sender, number] = split(messageId)
  return number <= (last.get(sender) ?? -1)
}

/** Every delivery has a send, on that channel. */
export const noCreation = (): Property<any> =>
  property<Signature, LastSent, Origin>({
    name: 'NO CREATION',
    kind: 'always',
    sees: ['send', 'deliver'],
    initial: () => new Map(),
    tag: (_, { position, at, to }) => ({ position, from: at, to }),
    upon(last, event, origin) {
      if (event.kind === 'send') noteSent(last, event.messageId)
      if (event.kind !== 'deliver') return undefined
      const { at, from, messageId, position } = event
      if (origin === undefined) {
        // What was sent but is in transit no more is no creation: that is for NO DUPLICATION.
        if (wasSent(last, messageId)) return undefined
        return found(`${at} got ${messageId} from ${from}, which nobody had sent`, position)
      }
      if (origin.from === from && origin.to === at) return undefined
      const sent = `${origin.from} had sent it to ${origin.to}`
      return found(`${at} got ${messageId} from ${from}, but ${sent}`, origin.position, position)
    },
  })

interface Transit {
  readonly copies: Map<string, number> // message → copies in transit
  readonly last: LastSent
}

/** No message is delivered more often than there are copies of it. */
export const noDuplication = (): Property<any> =>
  property<Signature, Transit, number>({
    name: 'NO DUPLICATION',
    kind: 'always',
    sees: ['send', 'duplicate', 'lost', 'deliver'],
    initial: () => ({ copies: new Map(), last: new Map() }),
    tag: (_, { position }) => position,
    upon({ copies, last }, event, sentAt) {
      switch (event.kind) {
        case 'send':
          noteSent(last, event.messageId)
          copies.set(event.messageId, 1)
          return undefined
        case 'duplicate':
          copies.set(event.messageId, (copies.get(event.messageId) ?? 0) + 1)
          return undefined
        case 'lost':
          takeOne(copies, event.messageId)
          return undefined
        case 'deliver': {
          // What was never sent is no duplicate: that is for NO CREATION.
          if (takeOne(copies, event.messageId) || !wasSent(last, event.messageId)) return undefined
          const { at, from, messageId, position } = event
          const witnesses = sentAt === undefined ? [position] : [sentAt, position]
          return found(`${at} got ${messageId} from ${from} once too often`, ...witnesses)
        }
        default:
          return undefined
      }
    },
  })

function takeOne(copies: Map<string, number>, messageId: string): boolean {
  const left = copies.get(messageId)
  if (left === undefined) return false
  if (left === 1) copies.delete(messageId)
  else copies.set(messageId, left - 1)
  return true
}

interface Copies {
  readonly left: number
  readonly delivered: boolean // one was
}

interface Order {
  readonly sent: Map<string, number> // channel → messages sent on it
  /** Channel → the message delivered on it that was sent last. */
  readonly last: Map<string, { number: number; messageId: string; position: number }>
  readonly copied: Map<string, Copies> // message → its copies in transit, where there are several
}

/** Each channel delivers in the order of sending. A copy may come late: only the first delivery is judged. */
export const fifo = (): Property<any> =>
  property<Signature, Order, number>({
    name: 'FIFO DELIVERY',
    kind: 'always',
    sees: ['send', 'duplicate', 'lost', 'deliver'],
    initial: () => ({ sent: new Map(), last: new Map(), copied: new Map() }),
    tag: ({ sent }, { at, to }) => sent.get(channel(at, to)) ?? 0,
    upon({ sent, last, copied }, event, number) {
      switch (event.kind) {
        case 'send':
          sent.set(channel(event.at, event.to), (sent.get(channel(event.at, event.to)) ?? 0) + 1)
          return undefined
        case 'duplicate': {
          const copies = copied.get(event.messageId) ?? { left: 1, delivered: false }
          copied.set(event.messageId, { ...copies, left: copies.left + 1 })
          return undefined
        }
        case 'lost':
          countCopy(copied, event.messageId, false)
          return undefined
        case 'deliver': {
          const again = countCopy(copied, event.messageId, true)
          if (number === undefined || again) return undefined
          const { at, from, messageId, position } = event
          const before = last.get(channel(from, at))
          if (before === undefined || number >= before.number) {
            last.set(channel(from, at), { number, messageId, position })
            return undefined
          }
          const overtaken = `${at} got ${messageId} from ${from} after ${before.messageId}`
          return found(`${overtaken}, though it had been sent before`, before.position, position)
        }
        default:
          return undefined
      }
    },
  })

/** One copy is no longer in transit. True if another one of that message was delivered before. */
function countCopy(copied: Order['copied'], messageId: string, delivered: boolean): boolean {
  const copies = copied.get(messageId)
  if (copies === undefined) return false
  if (copies.left === 1) copied.delete(messageId)
  else copied.set(messageId, { left: copies.left - 1, delivered: copies.delivered || delivered })
  return copies.delivered
}

interface Owed {
  readonly from: ProcessId
  readonly to: ProcessId
  readonly position: number
  copies: number
  delivered: boolean
}

interface Debts {
  readonly inTransit: Map<string, Owed>
  readonly lost: Map<string, Finding> // channel → the first message lost on it
  readonly crashed: Set<ProcessId>
}

/**
 * What is sent between processes that do not crash is delivered. A loss is found
 * when it happens; what is still in transit, when the run has ended.
 */
export const reliable = (): Property<any> =>
  property<Signature, Debts>({
    name: 'RELIABLE DELIVERY',
    kind: 'eventually',
    sees: ['crash', 'send', 'duplicate', 'deliver', 'lost'],
    initial: () => ({ inTransit: new Map(), lost: new Map(), crashed: new Set() }),
    upon({ inTransit, lost, crashed }, event) {
      switch (event.kind) {
        case 'crash':
          crashed.add(event.at)
          return undefined
        case 'send': {
          const { at, to, position } = event
          inTransit.set(event.messageId, { from: at, to, position, copies: 1, delivered: false })
          return undefined
        }
        case 'duplicate': {
          const owed = inTransit.get(event.messageId)
          if (owed !== undefined) owed.copies++
          return undefined
        }
        case 'deliver':
        case 'lost': {
          const owed = inTransit.get(event.messageId)
          if (owed === undefined) return undefined
          owed.delivered ||= event.kind === 'deliver'
          if (--owed.copies > 0) return undefined
          inTransit.delete(event.messageId)
          if (owed.delivered || event.kind === 'deliver') return undefined
          if (crashed.has(owed.from) || crashed.has(owed.to)) return undefined
          const loss = `${owed.from} sent ${event.messageId} to ${owed.to}, but it was lost (${event.cause})`
          const finding = found(loss, owed.position, event.position)
          const way = channel(owed.from, owed.to)
          if (!lost.has(way)) lost.set(way, finding)
          return finding
        }
        default:
          return undefined
      }
    },
    atEnd({ inTransit, lost, crashed }) {
      const owed = [...inTransit].filter(
        ([, { from, to, delivered }]) => !delivered && !crashed.has(from) && !crashed.has(to),
      )
      if (owed.length === 0 && lost.size === 0) return undefined
      const undelivered = owed.map(([id, { from, to }]) => `${from} sent ${id} to ${to}, where it never came`)
      const sentences = [...[...lost.values()].map(({ explanation }) => explanation), ...undelivered]
      const more = sentences.length > NAMED_MAX ? `; and ${sentences.length - NAMED_MAX} more` : ''
      return found(
        sentences.slice(0, NAMED_MAX).join('; ') + more,
        ...[...lost.values()].flatMap(({ witnesses }) => witnesses),
        ...owed.map(([, { position }]) => position),
      )
    },
  })

/** A sentence that names more is read by nobody. */
const NAMED_MAX = 5

/** The assumptions on channels that an algorithm makes. That nothing is made up is assumed by all. */
export function channelAssumptions(assumes: Assumptions): Property<any>[] {
  return [
    noCreation(),
    ...(assumes.noDuplicates ? [noDuplication()] : []),
    ...(assumes.fifo ? [fifo()] : []),
    ...(assumes.reliable ? [reliable()] : []),
  ]
}

const channel = (from: ProcessId, to: ProcessId): string => `${from}→${to}`

const found = (explanation: string, ...witnesses: readonly number[]): Finding => ({ explanation, witnesses })
