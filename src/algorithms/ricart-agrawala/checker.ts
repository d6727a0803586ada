/**
 * The promises of the paper (§3: mutual exclusion, no deadlock, no starvation), its cost, and what a
 * run should show.
 */
import { mutualExclusion, sectionsInOrder } from '../../checkers/mutual-exclusion.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { RicartAgrawala } from './ricart-agrawala.ts'

export const mutexProperties = (): Property<RicartAgrawala>[] => [
  exclusion,
  inTurn,
  inOrder,
  granted,
  messages,
  deferred,
]

const resource = {
  enters: (event: HistoryEvent<RicartAgrawala>) =>
    event.kind === 'indicate' && event.indication.type === 'granted',
  leaves: (event: HistoryEvent<RicartAgrawala>) =>
    event.kind === 'indicate' && event.indication.type === 'released',
  inside: 'held the resource',
}
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

/** How many of the clients of each process wait, or hold the resource. */
const granted = property<RicartAgrawala, { waiting: Map<ProcessId, number>; holders: Set<ProcessId> }>({
  name: 'EVERY REQUEST IS GRANTED',
  kind: 'eventually',
  sees: ['request', 'indicate'],
  initial: () => ({ waiting: new Map(), holders: new Set() }),
  upon({ waiting, holders }, event) {
    const add = (by: number) => {
      const count = (waiting.get(event.at) ?? 0) + by
      if (count === 0) waiting.delete(event.at)
      else waiting.set(event.at, count)
    }
    if (event.kind === 'request' && event.request.type === 'acquire') add(1)
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'released') holders.delete(event.at)
    if (event.indication.type !== 'granted') return undefined
    holders.add(event.at)
    add(-1)
    return undefined
  },
  atEnd({ waiting, holders }) {
    if (waiting.size === 0 || holders.size > 0) return undefined // who never releases it owes the others
    const who = [...waiting.keys()].sort().join(', ')
    return { explanation: `nobody holds the resource; waiting in vain: ${who}`, witnesses: [] }
  },
})

/** A request to each of the others, and a reply from each. */
const messages = property<RicartAgrawala, { each: number; owed: number; open: number }>({
  name: '2(n − 1) MESSAGES',
  kind: 'eventually',
  sees: ['send', 'indicate'],
  initial: ({ length: n }) => ({ each: 2 * (n - 1), owed: 0, open: 0 }),
  upon(memory, event) {
    if (event.kind === 'send') memory.owed--
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'requested') memory.open++
    if (event.indication.type === 'requested') memory.owed += memory.each
    if (event.indication.type === 'released') memory.open--
    return undefined
  },
  atEnd({ each, owed, open }) {
    if (open > 0 || owed === 0) return undefined
    const off = `${Math.abs(owed)} ${owed > 0 ? 'fewer' : 'more'}`
    return {
      explanation: `it was held at the price of ${off} messages than ${each} each time`,
      witnesses: [],
    }
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
