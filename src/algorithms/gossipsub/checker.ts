/** The promises of broadcast, of a service that nobody here has written, and what a run should show. */
import { agreement, noCreation, noDuplication, validity } from '../../checkers/broadcast.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { type Property, property } from '../../model/property.ts'
import type { Gossipsub } from './gossipsub.ts'

export const broadcasting = {
  broadcasts: (event: HistoryEvent<Gossipsub>) => (event.kind === 'request' ? event.request.id : null),
  delivers: (event: HistoryEvent<Gossipsub>) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? event.indication.id : null,
}

export const gossipsubProperties = (): Property<Gossipsub>[] => [
  validity(broadcasting),
  agreement(broadcasting),
  noDuplication(broadcasting),
  noCreation(broadcasting),
  forwarded,
]

/** Somebody passed on what it had not broadcast itself. */
const forwarded = property<Gossipsub, { from: Map<string, string>; seen: boolean }>({
  name: 'A MESSAGE WAS FORWARDED',
  kind: 'sometimes',
  sees: ['request', 'send'],
  initial: () => ({ from: new Map(), seen: false }),
  upon(memory, event) {
    if (event.kind === 'request') memory.from.set(event.request.id, event.at)
    if (event.kind === 'send')
      memory.seen ||= event.message.ids.some((id) => (memory.from.get(id) ?? event.at) !== event.at)
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'everybody had it from whoever broadcast it', witnesses: [] },
})
