/** The promises of gossip, and what a run should show. */
import { agreement, noCreation, noDuplication, validity } from '../../checkers/broadcast.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Choices, Gossip } from './gossip.ts'

export const names = {
  broadcasts: (event: HistoryEvent<Gossip>) =>
    event.kind === 'request' && event.request.id !== '' ? `${event.at}:${event.request.id}` : null,
  delivers: (event: HistoryEvent<Gossip>) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? event.indication.id : null,
}

export const gossipProperties = (choices: Choices): Property<Gossip>[] => [
  noDuplication(names),
  noCreation(names),
  ...(choices.antiEntropyMs > 0 ? [validity(names), agreement(names)] : []),
  interest,
  ...(choices.stop === 'counter' && choices.feedback ? [patience(choices.k)] : []),
  diedOut,
]

/** Who tells a rumour has delivered it, and stops once. */
const interest = property<Gossip, { hot: Map<ProcessId, Set<string>> }>({
  name: 'INTEREST',
  kind: 'always',
  sees: ['indicate', 'crash'],
  initial: (places) => ({ hot: new Map(places.map(({ self }) => [self, new Set()])) }),
  upon({ hot }, event) {
    const own = hot.get(event.at)!
    if (event.kind === 'crash') own.clear()
    if (event.kind !== 'indicate' || event.indication.type === 'fail') return undefined
    const { type, id } = event.indication
    if (type === 'deliver') own.add(id)
    else if (!own.delete(id)) {
      const explanation = `${event.at} loses interest in ${id}, in which it had none`
      return { explanation, witnesses: [event.position] }
    }
    return undefined
  },
})

/** By the answers that came: each names what its sender had known. */
const patience = (k: number) =>
  property<Gossip, { vain: Map<ProcessId, Map<string, number>> }>({
    name: 'PATIENCE',
    kind: 'always',
    sees: ['deliver', 'indicate', 'crash'],
    initial: (places) => ({ vain: new Map(places.map(({ self }) => [self, new Map()])) }),
    upon({ vain }, event) {
      const own = vain.get(event.at)!
      if (event.kind === 'crash') own.clear()
      if (event.kind === 'deliver' && event.message.type === 'answer') {
        for (const id of event.message.known) own.set(id, (own.get(id) ?? 0) + 1)
      }
      if (event.kind !== 'indicate' || event.indication.type !== 'lostInterest') return undefined
      const times = own.get(event.indication.id) ?? 0
      if (times >= k) return undefined
      const what = `${event.at} lost interest in ${event.indication.id}`
      const explanation = `${what} after ${times} useless contacts, not ${k}`
      return { explanation, witnesses: [event.position] }
    },
  })

const diedOut = property<Gossip, { hot: Map<string, number>; seen: boolean }>({
  name: 'A RUMOUR DIED OUT',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ hot: new Map(), seen: false }),
  upon(memory, event) {
    if (event.kind !== 'indicate' || event.indication.type === 'fail') return undefined
    const { type, id } = event.indication
    const tellers = (memory.hot.get(id) ?? 0) + (type === 'deliver' ? 1 : -1)
    memory.hot.set(id, tellers)
    memory.seen ||= tellers === 0
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'every rumour was still told when the run ended', witnesses: [] },
})
