/** The promises of Plumtree, and what a run should show. */
import { agreement, noCreation, noDuplication, validity } from '../../checkers/broadcast.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { type Property, property } from '../../model/property.ts'
import type { Plumtree } from './plumtree.ts'

export const names = {
  broadcasts: (event: HistoryEvent<Plumtree>) =>
    event.kind === 'request' && event.request.id !== '' ? `${event.at}:${event.request.id}` : null,
  delivers: (event: HistoryEvent<Plumtree>) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? event.indication.id : null,
}

export const plumtreeProperties = (): Property<Plumtree>[] => [
  noDuplication(names),
  noCreation(names),
  validity(names),
  agreement(names),
  onceALink,
  pruned,
  tookATree,
]

const onceALink = property<Plumtree, { sent: Map<string, number>; grafts: Map<string, number> }>({
  name: 'ONCE A LINK',
  kind: 'always',
  sees: ['send', 'deliver'],
  initial: () => ({ sent: new Map(), grafts: new Map() }),
  upon({ sent, grafts }, event) {
    if (event.kind === 'deliver' && event.message.type === 'graft') {
      const channel = `${event.at}→${event.from} ${event.message.id}`
      grafts.set(channel, (grafts.get(channel) ?? 0) + 1)
    }
    if (event.kind !== 'send' || event.message.type !== 'gossip') return undefined
    const channel = `${event.at}→${event.to} ${event.message.id}`
    const times = (sent.get(channel) ?? 0) + 1
    sent.set(channel, times)
    const asked = grafts.get(channel) ?? 0
    if (times <= 1 + asked) return undefined
    const what = `${event.at} sent ${event.message.id} to ${event.to} ${times} times`
    const explanation = `${what}, and was asked ${asked} times`
    return { explanation, witnesses: [event.position] }
  },
})

const pruned = property<Plumtree, { seen: boolean }>({
  name: 'A LINK WAS PRUNED',
  kind: 'sometimes',
  sees: ['send'],
  initial: () => ({ seen: false }),
  upon(memory, event) {
    if (event.kind === 'send') memory.seen ||= event.message.type === 'prune'
    return undefined
  },
  atEnd: ({ seen }) => (seen ? undefined : { explanation: 'nothing came twice', witnesses: [] }),
})

/** n − 1 messages are the fewest that can tell n − 1 others. */
const tookATree = property<
  Plumtree,
  { others: number; whole: Map<string, number>; reached: Map<string, number> }
>({
  name: 'A BROADCAST TOOK A TREE',
  kind: 'sometimes',
  sees: ['send', 'indicate'],
  initial: (places) => ({ others: places.length - 1, whole: new Map(), reached: new Map() }),
  upon({ whole, reached }, event) {
    const id = names.delivers(event)
    if (id !== null) reached.set(id, (reached.get(id) ?? 0) + 1)
    if (event.kind === 'send' && event.message.type === 'gossip') {
      whole.set(event.message.id, (whole.get(event.message.id) ?? 0) + 1)
    }
    return undefined
  },
  atEnd: ({ others, whole, reached }) =>
    [...reached].some(([id, count]) => count === others + 1 && (whole.get(id) ?? 0) === others)
      ? undefined
      : { explanation: 'every broadcast took more than n − 1 whole messages', witnesses: [] },
})
