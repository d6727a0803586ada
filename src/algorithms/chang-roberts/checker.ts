import { type Election, extremumLeads, greatest, oneLeader } from '../../checkers/leader-election.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { ChangRoberts } from './chang-roberts.ts'

const election = (name: string): Election<ChangRoberts> => ({
  name,
  learns: (event) => (event.kind === 'indicate' ? event.indication : null),
})

/** The promises of the election, and what a run should show. */
export const electionProperties = (): Property<ChangRoberts>[] => [
  oneLeader(election('AGREEMENT')),
  extremumLeads(election('MAXIMUM'), greatest),
  termination,
  messageBound,
  extinguished,
]

const termination = property<
  ChangRoberts,
  { all: ProcessId[]; asked: boolean; said: Map<ProcessId, number> }
>({
  name: 'TERMINATION',
  kind: 'eventually',
  sees: ['request', 'indicate'],
  initial: (places) => ({ all: places.map(({ self }) => self), asked: false, said: new Map() }),
  upon(memory, event) {
    if (event.kind === 'request') memory.asked = true
    if (event.kind !== 'indicate') return undefined
    const first = memory.said.get(event.at)
    memory.said.set(event.at, first ?? event.position)
    if (first === undefined) return undefined
    return { explanation: `${event.at} indicated a leader twice`, witnesses: [first, event.position] }
  },
  atEnd({ all, asked, said }) {
    const silent = all.filter((process) => !said.has(process))
    if (!asked || silent.length === 0) return undefined
    return { explanation: `${silent.join(', ')} never learnt who leads`, witnesses: [] }
  },
})

/** Chang and Roberts, §2: the most are sent when all stand and each nomination is passed on the farthest. */
const messageBound = property<ChangRoberts, { bound: number; sent: number }>({
  name: 'AT MOST n(n+1)/2 NOMINATIONS',
  kind: 'always',
  sees: ['send'],
  initial: ({ length: n }) => ({ bound: (n * (n + 1)) / 2, sent: 0 }),
  upon(memory, event) {
    if (event.kind !== 'send' || event.message.type !== 'election') return undefined
    if (++memory.sent !== memory.bound + 1) return undefined
    const explanation = `${memory.sent} nominations were sent; the bound is ${memory.bound}`
    return { explanation, witnesses: [event.position] }
  },
})

const extinguished = property<ChangRoberts, { pending: Set<ProcessId>; seen: boolean }>({
  name: 'A NOMINATION WAS EXTINGUISHED',
  kind: 'sometimes',
  sees: ['deliver', 'request', 'send', 'indicate'],
  initial: () => ({ pending: new Set(), seen: false }),
  upon(memory, event) {
    // A nomination that was delivered and after which the process did nothing is out.
    if (event.kind === 'deliver' || event.kind === 'request') {
      if (memory.pending.delete(event.at)) memory.seen = true
      if (event.kind === 'deliver' && event.message.type === 'election') memory.pending.add(event.at)
    }
    if (event.kind === 'send' || event.kind === 'indicate') memory.pending.delete(event.at)
    return undefined
  },
  atEnd: ({ seen }) => (seen ? undefined : { explanation: 'every nomination was passed on', witnesses: [] }),
})
