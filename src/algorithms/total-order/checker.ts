/** The promises of total order broadcast, and what a run should show. */
import { noCreation, noDuplication, validity } from '../../checkers/broadcast.ts'
import { causalOrder } from '../../checkers/causal-order.ts'
import { totalOrder } from '../../checkers/total-order.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Choices, TotalOrder } from './total-order.ts'

export const names = {
  broadcasts: (event: HistoryEvent<TotalOrder>) =>
    event.kind === 'request' && event.request.id !== '' ? `${event.at}:${event.request.id}` : null,
  delivers: (event: HistoryEvent<TotalOrder>) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? event.indication.id : null,
}

export const totalOrderProperties = ({ by }: Choices): Property<TotalOrder>[] => [
  totalOrder({ name: 'TOTAL ORDER', delivers: names.delivers }),
  causalOrder({ name: 'CAUSAL ORDER', ...names }),
  validity(names),
  noDuplication(names),
  noCreation(names),
  cost(by),
  hadToWait,
]

/** What one broadcast of a process takes, of n. */
export const messagesOf = (by: Choices['by'], n: number, isFirst: boolean): number =>
  by === 'lamport' ? n * (n - 1) : isFirst ? n - 1 : n

const cost = (by: Choices['by']) =>
  property<TotalOrder, { n: number; first: ProcessId; asked: Set<string>; due: number; sent: number }>({
    name: 'COST',
    kind: 'eventually',
    sees: ['request', 'send'],
    initial: (places) => ({
      n: places.length,
      first: places.map(({ self }) => self).sort()[0]!,
      asked: new Set(),
      due: 0,
      sent: 0,
    }),
    upon(memory, event) {
      const { n, first, asked } = memory
      if (event.kind === 'send') memory.sent++
      const id = names.broadcasts(event)
      if (id === null || asked.has(id)) return undefined
      asked.add(id)
      memory.due += messagesOf(by, n, event.at === first)
      return undefined
    },
    atEnd: ({ due, sent }) =>
      due === sent ? undefined : { explanation: `it took ${sent} messages; ${due} are due`, witnesses: [] },
  })

/** Something was on its way, or here, and another message was delivered first that came after it. */
const hadToWait = property<TotalOrder, { came: Map<ProcessId, string[]>; seen: boolean }>({
  name: 'A MESSAGE HAD TO WAIT',
  kind: 'sometimes',
  sees: ['request', 'deliver', 'indicate'],
  initial: (places) => ({ came: new Map(places.map(({ self }) => [self, []])), seen: false }),
  upon(memory, event) {
    const came = memory.came.get(event.at)!
    const asked = names.broadcasts(event)
    if (asked !== null) came.push(asked)
    if (event.kind === 'deliver' && 'id' in event.message && event.message.type !== 'submit') {
      came.push(event.message.id)
    }
    const id = names.delivers(event)
    if (id === null) return undefined
    const at = came.indexOf(id)
    memory.seen ||= at > 0
    if (at >= 0) came.splice(at, 1)
    return undefined
  },
  atEnd: ({ seen }) =>
    seen
      ? undefined
      : { explanation: 'each was delivered in the order in which all had come', witnesses: [] },
})
