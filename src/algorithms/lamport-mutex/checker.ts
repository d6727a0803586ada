/** The three conditions of the paper (page 561), its cost, and what a run should show. */
import {
  everyRequestIsGranted,
  messagesEach,
  mutualExclusion,
  sectionsInOrder,
} from '../../checkers/mutual-exclusion.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Choices, LamportMutex } from './lamport-mutex.ts'

export const mutexProperties = ({ stamps }: Choices): Property<LamportMutex>[] => [
  exclusion,
  inTurn,
  ...(stamps === 'all' ? [inOrder] : []),
  everyRequestIsGranted(resource),
  messagesEach(resource, `${price.formula} MESSAGES`, price.each),
  contended,
]

export const resource = {
  asks: (event: HistoryEvent<LamportMutex>) => event.kind === 'request' && event.request.type === 'acquire',
  competes: (event: HistoryEvent<LamportMutex>) =>
    event.kind === 'indicate' && event.indication.type === 'requested',
  enters: (event: HistoryEvent<LamportMutex>) =>
    event.kind === 'indicate' && event.indication.type === 'granted',
  leaves: (event: HistoryEvent<LamportMutex>) =>
    event.kind === 'indicate' && event.indication.type === 'released',
  inside: 'held the resource',
}
/** A request, an acknowledgement and a release to or from each of the others. */
export const price = { formula: '3(n − 1)', each: (n: number) => 3 * (n - 1) }
const exclusion = mutualExclusion<LamportMutex>({ name: 'MUTUAL EXCLUSION', ...resource })
/** What is proved of real hosts as well, where the order of the record is only one of many. */
const inTurn = sectionsInOrder<LamportMutex>({ name: 'ONE HAPPENED BEFORE THE OTHER', ...resource })

/** Of each process, how many of its requests there are: of those that happened before something. */
type Past = Map<ProcessId, number>

interface Order {
  readonly past: Map<ProcessId, Past> // of each process, at this moment
  readonly before: Map<ProcessId, Past> // of its open request, when it was made
  readonly granted: Past
}

/** By happens-before itself, which rides on the messages; the algorithm's own clocks are not believed. */
export const inOrder = property<LamportMutex, Order, Past>({
  name: 'IN ORDER',
  kind: 'always',
  sees: ['send', 'deliver', 'indicate'],
  initial: (places) => ({
    past: new Map(places.map(({ self }) => [self, new Map()])),
    before: new Map(),
    granted: new Map(),
  }),
  tag: ({ past }, { at }) => new Map(past.get(at)!),
  upon({ past, before, granted: done }, event, ridden) {
    const own = past.get(event.at)!
    if (event.kind === 'deliver') {
      for (const [of, count] of ridden ?? []) own.set(of, Math.max(count, own.get(of) ?? 0))
    }
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'requested') {
      before.set(event.at, new Map(own))
      own.set(event.at, (own.get(event.at) ?? 0) + 1)
    }
    if (event.indication.type !== 'granted') return undefined
    const earlier = [...(before.get(event.at) ?? [])].find(([of, count]) => (done.get(of) ?? 0) < count)
    before.delete(event.at)
    done.set(event.at, (done.get(event.at) ?? 0) + 1)
    if (earlier === undefined) return undefined
    const ahead = `${event.at} got the resource ahead of ${earlier[0]}`
    return { explanation: `${ahead}, whose request happened before its own`, witnesses: [event.position] }
  },
})

const contended = property<LamportMutex, { open: Set<ProcessId>; seen: boolean }>({
  name: 'TWO WANTED IT AT ONCE',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ open: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'requested') memory.open.add(event.at)
    if (event.indication.type === 'released') memory.open.delete(event.at)
    memory.seen ||= memory.open.size > 1
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'one was always done before the next', witnesses: [] },
})
