/** The promises of the chain, judged by what processes say that they adopt. */
import { lies } from '../../checkers/liars.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { Place, ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import { type Block, LIMITS } from './block.ts'
import { flawIn } from './chain.ts'
import { justice, silence } from './peers-checker.ts'
import type { Blockchain } from './vocabulary.ts'

interface Settings {
  readonly difficulty: number
  readonly depth: number
  readonly consensusMs: number
  readonly silentMs: number
}

/** Rounds of consensus that a network has after a cut before it is called whole again. */
const ROUNDS_TO_HEAL = 4

export const blockchainProperties = (settings: Settings): Property<Blockchain>[] => [
  validChain(settings),
  chainGrowth,
  commonPrefix(settings),
  convergence,
  chainQuality,
  refusal,
  justice,
  silence(settings),
  forkResolved,
  minedByMany,
]

type Event = HistoryEvent<Blockchain>
type Adopted = Extract<Blockchain['indication'], { type: 'adopted' }>

const adoptedIn = (event: Event): Adopted | null =>
  event.kind === 'indicate' && event.indication.type === 'adopted' ? event.indication : null

/** The hashes of each process's chain, from the first block up. */
type Chains = Map<ProcessId, string[]>

const none = (places: readonly Place[]): Chains => new Map(places.map(({ self }) => [self, []]))

/** What has become of the chain of a process: a crash forgets it. */
function follow(chains: Chains, event: Event): void {
  if (event.kind === 'crash') chains.set(event.at, [])
  const adopted = adoptedIn(event)
  if (adopted === null) return
  const hashes = adopted.blocks.map(({ hash }: Block) => hash)
  chains.get(event.at)!.splice(adopted.height, Number.POSITIVE_INFINITY, ...hashes)
}

const SEEN = ['indicate', 'crash'] as const

const validChain = ({ difficulty }: Settings) =>
  property<Blockchain, { chains: Chains }>({
    name: 'VALID CHAIN',
    kind: 'always',
    sees: SEEN,
    initial: (places) => ({ chains: none(places) }),
    upon({ chains }, event) {
      const adopted = adoptedIn(event)
      const chain = chains.get(event.at)!
      if (adopted !== null) {
        const { height, blocks } = adopted
        const isOnTop = height <= chain.length && blocks.length > 0
        const wrong = isOnTop
          ? flawIn(chain[height - 1] ?? null, blocks, difficulty)
          : `there are only ${chain.length} blocks below it`
        if (wrong !== null) {
          const explanation = `${event.at} adopted what is no block ${height}: ${wrong}`
          return { explanation, witnesses: [event.position] }
        }
      }
      follow(chains, event)
      return undefined
    },
  })

const chainGrowth = property<Blockchain, { heights: Map<ProcessId, { height: number; at: number }> }>({
  name: 'CHAIN GROWTH',
  kind: 'always',
  sees: SEEN,
  initial: () => ({ heights: new Map() }),
  upon({ heights }, event) {
    if (event.kind === 'crash') heights.delete(event.at)
    const adopted = adoptedIn(event)
    if (adopted === null) return undefined
    const height = adopted.height + adopted.blocks.length
    const before = heights.get(event.at)
    heights.set(event.at, { height, at: event.position })
    if (before === undefined || height >= before.height) return undefined
    const explanation = `${event.at} went from a chain of ${before.height} blocks to one of ${height}`
    return { explanation, witnesses: [before.at, event.position] }
  },
})

interface Prefix {
  readonly chains: Chains
  readonly settled: { hash: string; by: ProcessId; at: number }[] // by height, once they are under enough
  readonly buried: Map<ProcessId, number> // so many of its chain have been compared
  readonly cut: Set<string>
  readonly down: Set<ProcessId>
  healedNs: number
}

/** Judged while no link is down, but for those of processes that have crashed. */
const commonPrefix = ({ depth, consensusMs }: Settings) =>
  property<Blockchain, Prefix>({
    name: 'COMMON PREFIX',
    kind: 'always',
    sees: ['indicate', 'crash', 'recover', 'linkDown', 'linkUp'],
    initial: (places) => ({
      chains: none(places),
      settled: [],
      buried: new Map(),
      cut: new Set(),
      down: new Set(),
      healedNs: -Infinity,
    }),
    upon(memory, event) {
      const { chains, settled, buried, cut, down } = memory
      linked(memory, event)
      const adopted = adoptedIn(event)
      if (event.kind === 'crash') down.add(event.at)
      if (event.kind === 'crash') buried.set(event.at, 0)
      if (event.kind === 'recover') down.delete(event.at)
      follow(chains, event)
      if (adopted === null) return undefined
      const own = buried.get(event.at) ?? 0
      if (adopted.height < own) buried.set(event.at, adopted.height)
      const isWhole = cut.size === 0 && event.timeNs - memory.healedNs > ROUNDS_TO_HEAL * consensusMs * 1e6
      if (!isWhole) return undefined
      const chain = chains.get(event.at)!
      const firm = chain.length - depth
      for (let height = Math.min(own, adopted.height); height < firm; height++) {
        const hash = chain[height]!
        const other = settled[height]
        if (other === undefined) settled[height] = { hash, by: event.at, at: event.position }
        else if (other.hash !== hash) {
          const explanation =
            `at height ${height}, under ${depth} blocks, ${event.at} has ${hash.slice(0, 8)}… ` +
            `and ${other.by} has ${other.hash.slice(0, 8)}…`
          return { explanation, witnesses: [other.at, event.position] }
        }
      }
      buried.set(event.at, Math.max(0, firm))
      return undefined
    },
  })

function linked(memory: Prefix, event: Event): void {
  if (event.kind !== 'linkDown' && event.kind !== 'linkUp') return
  const { cut, down } = memory
  const link = `${event.at} ${event.peer}`
  if (event.kind === 'linkDown' && !down.has(event.peer) && !down.has(event.at)) cut.add(link)
  if (event.kind === 'linkUp' && cut.delete(link)) memory.healedNs = event.timeNs
}

const convergence = property<Blockchain, { chains: Chains; down: Set<ProcessId>; liars: Set<ProcessId> }>({
  name: 'CONVERGENCE',
  kind: 'eventually',
  sees: ['indicate', 'crash', 'recover', 'fault'],
  initial: (places) => ({ chains: none(places), down: new Set(), liars: new Set() }),
  upon({ chains, down, liars }, event) {
    if (lies(event)) liars.add(event.at)
    if (event.kind === 'crash') down.add(event.at)
    if (event.kind === 'recover') down.delete(event.at)
    follow(chains, event)
    return undefined
  },
  atEnd({ chains, down, liars }) {
    const up = [...chains].filter(([process]) => !down.has(process) && !liars.has(process))
    const tops = new Map<string, ProcessId[]>()
    for (const [process, chain] of up) {
      const top = `${chain.length} blocks, ${(chain.at(-1) ?? 'nothing').slice(0, 8)}`
      tops.set(top, [...(tops.get(top) ?? []), process])
    }
    if (tops.size <= 1) return undefined
    const said = [...tops].map(
      ([top, by]) => `${top}: ${by.slice(0, 5).join(', ')}${by.length > 5 ? ' …' : ''}`,
    )
    return { explanation: `there are ${tops.size} chains at the end; ${said.join('; ')}`, witnesses: [] }
  },
})

interface Quality {
  readonly liars: Set<ProcessId>
  readonly asked: Map<string, { by: ProcessId; at: number }>
  readonly chains: Map<ProcessId, string[][]> // the messages of each block
}

const chainQuality = property<Blockchain, Quality>({
  name: 'CHAIN QUALITY',
  kind: 'eventually',
  sees: [...SEEN, 'fault'],
  initial: (places) => ({
    liars: new Set(),
    asked: new Map(),
    chains: new Map(places.map(({ self }) => [self, []])),
  }),
  upon({ liars, asked, chains }, event) {
    if (lies(event)) liars.add(event.at)
    if (event.kind === 'crash') {
      chains.set(event.at, [])
      for (const [message, { by }] of asked) if (by === event.at) asked.delete(message)
    }
    if (event.kind !== 'indicate') return undefined
    const { at, position, indication } = event
    if (indication.type === 'accepted') asked.set(indication.message, { by: at, at: position })
    const adopted = adoptedIn(event)
    if (adopted === null) return undefined
    const chain = chains.get(at)!
    chain.splice(adopted.height, Number.POSITIVE_INFINITY, ...adopted.blocks.map(({ messages }) => messages))
    const all = chain.flat()
    if (new Set(all).size === all.length) return undefined
    const twice = all.find((message, i) => all.indexOf(message) < i)
    return { explanation: `${at} has a chain with '${twice}' in it twice`, witnesses: [position] }
  },
  atEnd({ liars, asked, chains }) {
    const left = [...asked].filter(
      ([message, { by }]) => !liars.has(by) && !chains.get(by)!.some((all) => all.includes(message)),
    )
    if (left.length === 0) return undefined
    const named = left.map(([message, { by }]) => `${message} of ${by}`)
    const explanation = `not in the chain: ${named.join(', ')}`
    return { explanation, witnesses: left.map(([, { at }]) => at) }
  },
})

/** What is asked is accepted or refused in the same step; what keeps to no limit is never accepted. */
const refusal = property<Blockchain, { open: Map<ProcessId, { message: string; at: number }> }>({
  name: 'REFUSAL',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: () => ({ open: new Map() }),
  upon({ open }, event) {
    const before = open.get(event.at)
    if (event.kind === 'request') {
      const { request } = event
      if (request.type === 'mine') open.set(event.at, { message: request.message, at: event.position })
      if (before === undefined) return undefined
      const explanation = `${event.at} has said nothing to '${before.message}'`
      return { explanation, witnesses: [before.at] }
    }
    if (event.kind !== 'indicate' || before === undefined) return undefined
    open.delete(event.at)
    const { length } = before.message
    const isWithin = length >= 1 && length <= LIMITS.message
    if (isWithin || event.indication.type !== 'accepted') return undefined
    const explanation = `${event.at} accepted a message of ${length} characters`
    return { explanation, witnesses: [before.at, event.position] }
  },
})

const forkResolved = property<Blockchain, { heights: Map<ProcessId, number>; seen: boolean }>({
  name: 'A FORK WAS RESOLVED',
  kind: 'sometimes',
  sees: SEEN,
  initial: () => ({ heights: new Map(), seen: false }),
  upon(memory, event) {
    if (event.kind === 'crash') memory.heights.delete(event.at)
    const adopted = adoptedIn(event)
    if (adopted === null) return undefined
    if (adopted.height < (memory.heights.get(event.at) ?? 0)) memory.seen = true
    memory.heights.set(event.at, adopted.height + adopted.blocks.length)
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'nobody ever gave up a block for another', witnesses: [] },
})

const minedByMany = property<Blockchain, { miners: Set<ProcessId> }>({
  name: 'SEVERAL MINED',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ miners: new Set() }),
  upon({ miners }, event) {
    for (const { minedBy } of adoptedIn(event)?.blocks ?? []) if (miners.size < 2) miners.add(minedBy)
    return undefined
  },
  atEnd: ({ miners }) =>
    miners.size > 1 ? undefined : { explanation: 'no two processes mined a block', witnesses: [] },
})
