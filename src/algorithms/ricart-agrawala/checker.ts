/**
 * The promises of the paper (§3: mutual exclusion, no deadlock, no starvation), its cost, and what a
 * run should show.
 */
import {
  everyRequestIsGranted,
  messagesEach,
  mutualExclusion,
  sectionsInOrder,
} from '../../checkers/mutual-exclusion.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { RicartAgrawala } from './ricart-agrawala.ts'

export const mutexProperties = (): Property<RicartAgrawala>[] => [
  exclusion,
  inTurn,
  inOrder,
  everyRequestIsGranted(resource),
  messagesEach(resource, `${price.formula} MESSAGES`, price.each),
  deferred,
]

export const resource = {
  asks: (event: HistoryEvent<RicartAgrawala>) => event.kind === 'request' && event.request.type === 'acquire',
  competes: (event: HistoryEvent<RicartAgrawala>) =>
    event.kind === 'indicate' && event.indication.type === 'requested',
  enters: (event: HistoryEvent<RicartAgrawala>) =>
    event.kind === 'indicate' && event.indication.type === 'granted',
  leaves: (event: HistoryEvent<RicartAgrawala>) =>
    event.kind === 'indicate' && event.indication.type === 'released',
  inside: 'held the resource',
}
/** A request to each of the others, and a reply from each. */
export const price = { formula: '2(n − 1)', each: (n: number) => 2 * (n - 1) }
const exclusion = mutualExclusion<RicartAgrawala>({ name: 'MUTUAL EXCLUSION', ...resource })
/** What is proved of real hosts as well, where the order of the record is only one of many. */
const inTurn = sectionsInOrder<RicartAgrawala>({ name: 'ONE HAPPENED BEFORE THE OTHER', ...resource })

interface Turn {
  readonly number: number
  readonly process: ProcessId
  readonly position: number
}

/** Each time it is granted, it is to a greater number than the time before. */
const inOrder = property<RicartAgrawala, { open: Map<ProcessId, number>; last: Turn | null }>({
  name: 'IN ORDER',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ open: new Map(), last: null }),
  upon(memory, event) {
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'requested') memory.open.set(event.at, event.indication.number)
    if (event.indication.type !== 'granted') return undefined
    const { last } = memory
    const turn = { number: memory.open.get(event.at)!, process: event.at, position: event.position }
    memory.last = turn
    const inTurn =
      last === null ||
      last.number < turn.number ||
      (last.number === turn.number && last.process < turn.process)
    if (inTurn) return undefined
    const had = `after ${last.process} had it for ${last.number}`
    const explanation = `${event.at} got the resource for ${turn.number}, ${had}`
    return { explanation, witnesses: [last.position, event.position] }
  },
})

const deferred = property<RicartAgrawala, { open: Set<ProcessId>; seen: boolean }>({
  name: 'A REPLY WAS DEFERRED',
  kind: 'sometimes',
  sees: ['send', 'indicate', 'request', 'deliver', 'timeout'],
  initial: () => ({ open: new Set(), seen: false }),
  upon(memory, event) {
    // A reply is deferred if it is sent in the step of a release, not of the request it answers.
    if (event.kind !== 'send' && event.kind !== 'indicate') memory.open.delete(event.at)
    if (event.kind === 'indicate' && event.indication.type === 'released') memory.open.add(event.at)
    if (event.kind === 'send' && event.message.type === 'reply') memory.seen ||= memory.open.has(event.at)
    return undefined
  },
  atEnd: ({ seen }) => (seen ? undefined : { explanation: 'nobody had to wait for another', witnesses: [] }),
})
