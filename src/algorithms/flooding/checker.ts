import type { Place, ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Flooding } from './flooding.ts'

/** The promises of flooding, and what a run should show. */
export const floodingProperties = (): Property<Flooding>[] => [
  reach,
  noDuplication,
  noCreation,
  cost,
  duplicateCame,
]

const reach = property<Flooding, { all: ProcessId[]; heard: Map<string, Set<ProcessId>> }>({
  name: 'REACH',
  kind: 'eventually',
  sees: ['request', 'indicate'],
  initial: (places) => ({ all: places.map(({ self }) => self), heard: new Map() }),
  upon({ heard }, event) {
    if (event.kind === 'request' && !heard.has(event.request.id)) heard.set(event.request.id, new Set())
    if (event.kind === 'indicate') heard.get(event.indication.id)?.add(event.at)
    return undefined
  },
  atEnd({ all, heard }) {
    for (const [id, by] of heard) {
      const missing = all.filter((process) => !by.has(process))
      if (missing.length > 0)
        return { explanation: `${missing.join(', ')} never heard of ${id}`, witnesses: [] }
    }
    return undefined
  },
})

const noDuplication = property<Flooding, { delivered: Map<string, number> }>({
  name: 'NO DUPLICATION',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ delivered: new Map() }),
  upon({ delivered }, event) {
    if (event.kind !== 'indicate') return undefined
    const key = `${event.at} ${event.indication.id}`
    const first = delivered.get(key)
    delivered.set(key, first ?? event.position)
    if (first === undefined) return undefined
    const explanation = `${event.at} delivered ${event.indication.id} twice`
    return { explanation, witnesses: [first, event.position] }
  },
})

const noCreation = property<Flooding, { asked: Set<string> }>({
  name: 'NO CREATION',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: () => ({ asked: new Set() }),
  upon({ asked }, event) {
    if (event.kind === 'request') asked.add(event.request.id)
    if (event.kind !== 'indicate' || asked.has(event.indication.id)) return undefined
    const explanation = `${event.at} delivered ${event.indication.id}, which nobody broadcast`
    return { explanation, witnesses: [event.position] }
  },
})

/** Each process sends on all its links but the one it heard on; the initiator on all. */
export const messagesOf = (places: readonly Place[]): number =>
  places.reduce((sum, { outgoing }) => sum + outgoing.length, 0) - (places.length - 1)

const cost = property<
  Flooding,
  { due: number; all: number; sent: Map<string, number>; heard: Map<string, number> }
>({
  name: 'COST',
  kind: 'always',
  sees: ['send', 'indicate'],
  initial: (places) => ({ due: messagesOf(places), all: places.length, sent: new Map(), heard: new Map() }),
  upon({ due, sent, heard }, event) {
    if (event.kind === 'indicate') heard.set(event.indication.id, (heard.get(event.indication.id) ?? 0) + 1)
    if (event.kind !== 'send') return undefined
    const { id } = event.message
    const count = (sent.get(id) ?? 0) + 1
    sent.set(id, count)
    if (count !== due + 1) return undefined
    return {
      explanation: `${id} took more than 2|E| − (n − 1) = ${due} messages`,
      witnesses: [event.position],
    }
  },
  atEnd({ due, all, sent, heard }) {
    for (const [id, count] of sent) {
      if (heard.get(id) === all && count < due) {
        return { explanation: `${id} took ${count} messages; 2|E| − (n − 1) is ${due}`, witnesses: [] }
      }
    }
    return undefined
  },
})

const duplicateCame = property<Flooding, { heard: Set<string>; seen: boolean }>({
  name: 'A RUMOUR CAME TWICE',
  kind: 'sometimes',
  sees: ['deliver'],
  initial: () => ({ heard: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind !== 'deliver') return undefined
    const key = `${event.at} ${event.message.id}`
    if (memory.heard.has(key)) memory.seen = true
    memory.heard.add(key)
    return undefined
  },
  atEnd: ({ seen }) =>
    seen
      ? undefined
      : { explanation: 'nobody heard anything twice: there was nothing to suppress', witnesses: [] },
})
