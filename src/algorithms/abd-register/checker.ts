/** The promises of the register, for a workload in which no value is written twice. */
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Finding, type Property, property } from '../../model/property.ts'
import type { AbdRegister, OperationId } from './abd-register.ts'

export const registerProperties = (): Property<AbdRegister>[] => [
  atomicity,
  termination,
  noInvention,
  twoRounds,
  readMetWrite,
  quorumDisagreed,
]

/** An operation that proves something. */
interface Mark {
  readonly id: OperationId
  readonly deed: 'wrote' | 'read' | 'had'
  readonly at: number // its event
}

interface Order {
  readonly open: Map<OperationId, { readonly asked: Mark; readonly ended: readonly string[] }>
  /** Values of which an operation was answered, with the first such. */
  readonly ended: Map<string, Mark>
  /** To each value those that had ended when some operation of it was asked. */
  readonly after: Map<string, Map<string, Mark>>
}

/**
 * P. Gibbons and E. Korach, "Testing Shared Memories", SIAM J. Computing 26(4), 1997, §4: where each
 * value is written once, there is an order of all operations just if no two values come before each
 * other. A value comes before another if one of its operations, its write or a read that returned it,
 * was answered before one of the other's was asked. What was never read and never answered comes
 * before nothing. (No time is compared: what had ended is remembered with each operation.)
 */
const atomicity = property<AbdRegister, Order>({
  name: 'ATOMICITY',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: () => ({
    open: new Map(),
    ended: new Map([[nameOf(null), { id: 'the beginning', deed: 'had', at: -1 }]]),
    after: new Map([[nameOf(null), new Map()]]),
  }),
  upon({ open, ended, after }, event) {
    if (event.kind === 'request') {
      const { request } = event
      const deed = request.type === 'write' ? 'wrote' : 'read'
      const asked: Mark = { id: request.id, deed, at: event.position }
      open.set(request.id, { asked, ended: [...ended.keys()] })
      if (request.type === 'write') {
        after.set(nameOf(request.value), new Map([...ended.keys()].map((other) => [other, asked])))
      }
      return undefined
    }
    if (event.kind !== 'indicate') return undefined
    const { id } = event.indication
    const value = nameOf(event.indication.value)
    const operation = open.get(id)
    const earlier = after.get(value)
    if (operation === undefined || earlier === undefined) return undefined // that is for other promises
    open.delete(id)
    if (!ended.has(value)) ended.set(value, { ...operation.asked, at: event.position })
    for (const other of operation.ended) {
      if (other === value) continue
      if (!earlier.has(other)) earlier.set(other, operation.asked)
      const later = after.get(other)!.get(value)
      if (later === undefined) continue
      return bothFirst(value, ended.get(value)!, operation.asked, other, ended.get(other)!, later)
    }
    return undefined
  },
})

function bothFirst(
  value: string,
  end: Mark,
  asked: Mark,
  other: string,
  otherEnd: Mark,
  otherAsked: Mark,
): Finding {
  const before = (end: Mark, a: string, asked: Mark, b: string) =>
    `${end.id} ${end.deed} ${a} before ${asked.id} was asked, which ${asked.deed} ${b}`
  return {
    explanation: `${before(otherEnd, other, asked, value)}; ${before(end, value, otherAsked, other)}`,
    witnesses: [otherEnd, asked, end, otherAsked]
      .map(({ at }) => at)
      .filter((at) => at >= 0)
      .sort((a, b) => a - b),
  }
}

const nameOf = (value: string | null) => (value === null ? 'nothing' : `'${value}'`)

const termination = property<
  AbdRegister,
  {
    open: Map<OperationId, { by: ProcessId; at: number }>
    answered: Map<OperationId, number>
    down: Set<ProcessId>
  }
>({
  name: 'TERMINATION',
  kind: 'eventually',
  sees: ['request', 'indicate', 'crash'],
  initial: () => ({ open: new Map(), answered: new Map(), down: new Set() }),
  upon({ open, answered, down }, event) {
    if (event.kind === 'request') open.set(event.request.id, { by: event.at, at: event.position })
    if (event.kind === 'crash') down.add(event.at)
    if (event.kind !== 'indicate') return undefined
    const { id } = event.indication
    const first = answered.get(id)
    if (first !== undefined) {
      return { explanation: `${event.at} answered ${id} twice`, witnesses: [first, event.position] }
    }
    answered.set(id, event.position)
    open.delete(id)
    return undefined
  },
  atEnd({ open, down }) {
    const left = [...open].filter(([, { by }]) => !down.has(by))
    if (left.length === 0) return undefined
    const explanation = `never answered: ${left.map(([id, { by }]) => `${id} of ${by}`).join(', ')}`
    return { explanation, witnesses: left.map(([, { at }]) => at) }
  },
})

const noInvention = property<AbdRegister, { written: Set<string>; writes: Map<OperationId, string> }>({
  name: 'NO INVENTION',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: () => ({ written: new Set(), writes: new Map() }),
  upon({ written, writes }, event) {
    if (event.kind === 'request' && event.request.type === 'write') {
      written.add(event.request.value)
      writes.set(event.request.id, event.request.value)
    }
    if (event.kind !== 'indicate') return undefined
    const { id, value } = event.indication
    const due = writes.get(id)
    if (due !== undefined ? value === due : value === null || written.has(value)) return undefined
    const explanation =
      due === undefined
        ? `${id} read ${nameOf(value)}, which nobody was asked to write`
        : `${id} was to write ${nameOf(due)} and says ${nameOf(value)}`
    return { explanation, witnesses: [event.position] }
  },
})

/** Lynch and Shvartsman, §4: a query and a propagation, each to all other processes. */
const twoRounds = property<
  AbdRegister,
  { others: number; asked: Map<ProcessId, { due: number; sent: number }> }
>({
  name: 'TWO ROUNDS',
  kind: 'always',
  sees: ['request', 'send'],
  initial: (places) => ({
    others: places.length - 1,
    asked: new Map(places.map(({ self }) => [self, { due: 0, sent: 0 }])),
  }),
  upon({ others, asked }, event) {
    const count = asked.get(event.at)!
    if (event.kind === 'request') count.due += 2 * others
    if (event.kind !== 'send' || isAnswer(event.message)) return undefined
    if (++count.sent <= count.due) return undefined
    const explanation = `${event.at} asked others ${count.sent} times; its operations need ${count.due}`
    return { explanation, witnesses: [event.position] }
  },
})

const isAnswer = ({ type }: AbdRegister['message']) => type === 'answer' || type === 'ack'

const readMetWrite = property<
  AbdRegister,
  { reads: Set<OperationId>; writes: Set<OperationId>; seen: boolean }
>({
  name: 'A READ MET A WRITE',
  kind: 'sometimes',
  sees: ['request', 'indicate'],
  initial: () => ({ reads: new Set(), writes: new Set(), seen: false }),
  upon(memory, event) {
    const { reads, writes } = memory
    if (event.kind === 'request') (event.request.type === 'read' ? reads : writes).add(event.request.id)
    if (event.kind === 'indicate') {
      reads.delete(event.indication.id)
      writes.delete(event.indication.id)
    }
    if (reads.size > 0 && writes.size > 0) memory.seen = true
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'no read was under way together with a write', witnesses: [] },
})

type Answered = { phase: number; number: number; writer: ProcessId | null }

const quorumDisagreed = property<AbdRegister, { last: Map<ProcessId, Answered>; seen: boolean }>({
  name: 'COPIES DIFFERED',
  kind: 'sometimes',
  sees: ['deliver'],
  initial: () => ({ last: new Map(), seen: false }),
  upon(memory, event: HistoryEvent<AbdRegister>) {
    if (event.kind !== 'deliver' || event.message.type !== 'answer') return undefined
    const { phase, number, writer } = event.message
    const other = memory.last.get(event.at)
    if (other?.phase === phase && (other.number !== number || other.writer !== writer)) memory.seen = true
    memory.last.set(event.at, { phase, number, writer })
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'all who answered a query held the same', witnesses: [] },
})
