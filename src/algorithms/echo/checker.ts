/** The promises of the wave, each seen from outside, and what a run should show. */
import type { Place, ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Echo } from './echo.ts'

export const echoProperties = (): Property<Echo>[] => [
  spanningTree,
  childIffParent,
  decidesAfterAll,
  counted,
  termination,
  oneEachWay,
  crossed,
]

interface Reach {
  readonly neighbours: Map<ProcessId, readonly ProcessId[]>
  readonly at: Map<ProcessId, number> // who has been reached, or has been asked, and where
}

/** A parent that was there before leads back to the initiator in finitely many steps: it is a tree. */
const spanningTree = property<Echo, Reach>({
  name: 'SPANNING TREE',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: (places) => ({
    neighbours: new Map(places.map(({ self, incoming }) => [self, [...incoming]])),
    at: new Map(),
  }),
  upon({ neighbours, at }, event) {
    if (event.kind === 'request' && !at.has(event.at)) at.set(event.at, event.position)
    if (event.kind !== 'indicate' || event.indication.type !== 'reached') return undefined
    const { parent } = event.indication
    const before = at.get(event.at)
    at.set(event.at, event.position)
    const wrong = (why: string, ...witnesses: number[]) => ({
      explanation: `${event.at} has ${parent} as its parent, ${why}`,
      witnesses: [...witnesses, event.position],
    })
    if (before !== undefined) return wrong('but it had been reached before', before)
    if (!neighbours.get(event.at)!.includes(parent)) return wrong('which is no neighbour')
    return at.has(parent) ? undefined : wrong('which nobody had reached')
  },
})

const childIffParent = property<Echo, { parents: Map<ProcessId, ProcessId> }>({
  name: 'CHILD IFF PARENT',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ parents: new Map() }),
  upon({ parents }, event) {
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'reached') parents.set(event.at, event.indication.parent)
    if (event.indication.type !== 'done') return undefined
    const says = event.indication.children.join(', ') || 'none'
    const are = [...parents].filter(([, parent]) => parent === event.at).map(([child]) => child)
    const is = are.sort().join(', ') || 'none'
    if (says === is) return undefined
    const explanation = `${event.at} takes for its children: ${says}. Its children are: ${is}`
    return { explanation, witnesses: [event.position] }
  },
})

const decidesAfterAll = property<Echo, { all: ProcessId[]; done: Set<ProcessId> }>({
  name: 'DECIDES AFTER ALL',
  kind: 'always',
  sees: ['indicate'],
  initial: (places) => ({ all: places.map(({ self }) => self), done: new Set() }),
  upon({ all, done }, event) {
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'done') done.add(event.at)
    if (event.indication.type !== 'decided' || done.size === all.length) return undefined
    const missing = all.filter((process) => !done.has(process)).join(', ')
    return { explanation: `${event.at} decides, but ${missing} is not done`, witnesses: [event.position] }
  },
})

const counted = property<Echo, { n: number }>({
  name: 'COUNT',
  kind: 'always',
  sees: ['indicate'],
  initial: ({ length: n }) => ({ n }),
  upon({ n }, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'decided') return undefined
    const { processes } = event.indication
    if (processes === n) return undefined
    const explanation = `${event.at} has counted ${processes} processes; there are ${n}`
    return { explanation, witnesses: [event.position] }
  },
})

/** Positions of what happened first. */
interface Decision {
  asked: number | null
  decided: number | null
}

const termination = property<Echo, Decision>({
  name: 'TERMINATION',
  kind: 'eventually',
  sees: ['request', 'indicate'],
  initial: () => ({ asked: null, decided: null }),
  upon(memory, event) {
    if (event.kind === 'request') memory.asked ??= event.position
    if (event.kind !== 'indicate' || event.indication.type !== 'decided') return undefined
    const first = memory.decided
    memory.decided ??= event.position
    if (first === null) return undefined
    return { explanation: `${event.at} decides a second time`, witnesses: [first, event.position] }
  },
  atEnd({ asked, decided }) {
    if (asked === null || decided !== null) return undefined
    return { explanation: 'the initiator never decides', witnesses: [asked] }
  },
})

interface Traffic {
  readonly channels: string[]
  readonly sent: Map<string, number> // channel → where
  decided: boolean
}

/** An explorer, or on a link of the tree an echo back: 2m messages on m links. */
const oneEachWay = property<Echo, Traffic>({
  name: 'ONE MESSAGE EACH WAY',
  kind: 'always',
  sees: ['send', 'indicate'],
  initial: (places) => ({ channels: channelsOf(places), sent: new Map(), decided: false }),
  upon(memory, event) {
    if (event.kind === 'indicate') memory.decided ||= event.indication.type === 'decided'
    if (event.kind !== 'send') return undefined
    const channel = `${event.at}→${event.to}`
    const first = memory.sent.get(channel)
    memory.sent.set(channel, event.position)
    if (first === undefined) return undefined
    return { explanation: `${channel} carries a second message`, witnesses: [first, event.position] }
  },
  atEnd({ channels, sent, decided }) {
    const without = decided ? channels.find((channel) => !sent.has(channel)) : undefined
    if (without === undefined) return undefined
    return { explanation: `${without} has carried no message`, witnesses: [] }
  },
})

const channelsOf = (places: readonly Place[]) =>
  places.flatMap(({ self, outgoing }) => outgoing.map((to) => `${self}→${to}`))

const crossed = property<Echo, { explored: Set<string>; seen: boolean }>({
  name: 'TWO EXPLORERS CROSSED',
  kind: 'sometimes',
  sees: ['send'],
  initial: () => ({ explored: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind !== 'send' || event.message.type !== 'explorer') return undefined
    memory.explored.add(`${event.at}→${event.to}`)
    memory.seen ||= memory.explored.has(`${event.to}→${event.at}`)
    return undefined
  },
  atEnd: ({ seen }) => (seen ? undefined : { explanation: 'every link is one of the tree', witnesses: [] }),
})
