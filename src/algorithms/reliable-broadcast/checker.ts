/** The promises of reliable broadcast, and what a run should show. */
import { agreement, noCreation, noDuplication, uniformAgreement, validity } from '../../checkers/broadcast.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { type Property, property } from '../../model/property.ts'
import type { Choices, ReliableBroadcast } from './reliable-broadcast.ts'

export const names = {
  broadcasts: (event: HistoryEvent<ReliableBroadcast>) =>
    event.kind === 'request' && event.request.id !== '' ? `${event.at}:${event.request.id}` : null,
  delivers: (event: HistoryEvent<ReliableBroadcast>) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? event.indication.id : null,
}

export const reliableProperties = ({ uniform }: Choices): Property<ReliableBroadcast>[] => [
  validity(names),
  noDuplication(names),
  noCreation(names),
  agreement(names),
  ...(uniform ? [uniformAgreement(names)] : []),
  cost,
  secondHand,
]

/** Everyone passes a message on once, to all the others. */
const cost = property<
  ReliableBroadcast,
  { n: number; crashed: boolean; sent: Map<string, number>; delivered: Map<string, number> }
>({
  name: 'COST',
  kind: 'always',
  sees: ['send', 'indicate', 'crash'],
  initial: ({ length: n }) => ({ n, crashed: false, sent: new Map(), delivered: new Map() }),
  upon(memory, event) {
    if (event.kind === 'crash') memory.crashed = true
    const got = names.delivers(event)
    if (got !== null) memory.delivered.set(got, (memory.delivered.get(got) ?? 0) + 1)
    if (event.kind !== 'send') return undefined
    const { id } = event.message
    const count = (memory.sent.get(id) ?? 0) + 1
    memory.sent.set(id, count)
    const due = memory.n * (memory.n - 1)
    if (count !== due + 1) return undefined
    return { explanation: `${id} took more than n(n − 1) = ${due} messages`, witnesses: [event.position] }
  },
  atEnd({ n, crashed, sent, delivered }) {
    for (const [id, count] of sent) {
      if (crashed || delivered.get(id) !== n || count === n * (n - 1)) continue
      return { explanation: `${id} took ${count} messages; n(n − 1) is ${n * (n - 1)}`, witnesses: [] }
    }
    return undefined
  },
})

/** What passing on is for: the first copy came from somebody else than who broadcast it. */
const secondHand = property<ReliableBroadcast, { came: Set<string>; seen: boolean }>({
  name: 'SOMEBODY HEARD IT SECOND-HAND',
  kind: 'sometimes',
  sees: ['deliver'],
  initial: () => ({ came: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind !== 'deliver') return undefined
    const { id } = event.message
    const copy = `${event.at} ${id}`
    const isOwn = id.startsWith(`${event.at}:`)
    memory.seen ||= !isOwn && !memory.came.has(copy) && !id.startsWith(`${event.from}:`)
    memory.came.add(copy)
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'all had it from who broadcast it first', witnesses: [] },
})
