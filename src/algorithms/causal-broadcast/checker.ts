/** The promises of causal broadcast, and what a run should show. */
import { agreement, noCreation, noDuplication, validity } from '../../checkers/broadcast.ts'
import { causalOrder } from '../../checkers/causal-order.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { CausalBroadcast } from './causal-broadcast.ts'

export const names = {
  broadcasts: (event: HistoryEvent<CausalBroadcast>) =>
    event.kind === 'request' && event.request.id !== '' ? `${event.at}:${event.request.id}` : null,
  delivers: (event: HistoryEvent<CausalBroadcast>) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? event.indication.id : null,
}

export const causalProperties = (): Property<CausalBroadcast>[] => [
  causalOrder({ name: 'CAUSAL ORDER', ...names }),
  validity(names),
  noDuplication(names),
  noCreation(names),
  agreement(names),
  hadToWait,
]

/** A copy came, and another message was delivered before it: it had waited for that. */
const hadToWait = property<
  CausalBroadcast,
  { came: Map<ProcessId, Set<string>>; last: string; seen: boolean }
>({
  name: 'A MESSAGE HAD TO WAIT',
  kind: 'sometimes',
  sees: ['deliver', 'indicate'],
  initial: (places) => ({
    came: new Map(places.map(({ self }) => [self, new Set()])),
    last: '',
    seen: false,
  }),
  upon(memory, event) {
    const came = memory.came.get(event.at)!
    if (event.kind === 'deliver') {
      memory.last = `${event.message.origin}:${event.message.id}`
      came.add(memory.last)
    }
    const id = names.delivers(event)
    if (id !== null) memory.seen ||= came.has(id) && id !== memory.last
    return undefined
  },
  atEnd: ({ seen }) =>
    seen
      ? undefined
      : { explanation: 'all came in an order in which they could be delivered', witnesses: [] },
})
