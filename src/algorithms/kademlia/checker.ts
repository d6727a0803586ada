/** The promises of Kademlia about lookups and tables; those about values are in value-checker.ts. */
import { sha256 } from '../../lib/sha256.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import { idOf } from './identity.ts'
import { valueProperties } from './value-checker.ts'
import type { Choices, Kademlia } from './vocabulary.ts'
import { asking, calmMs, distance, nearest, newWorld, SEEN, type World, watch } from './world.ts'
import type { Id } from './xor-metric.ts'

export { calmMs }

export const kademliaProperties = (choices: Choices): Property<Kademlia>[] => [
  closest(choices),
  hops(choices),
  answered(choices),
  buckets(choices),
  proved(choices),
  kept,
  ...valueProperties(choices),
  quietly(choices),
]

interface Calm {
  readonly world: World
  readonly asked: Map<string, number> // what was asked in quiet times, and when
  judged: number
}

const initialCalm = (): Calm => ({ world: newWorld(), asked: new Map(), judged: 0 })

/** What was found in quiet times: nobody came or went for so long, and until it was found. */
function inQuiet(
  choices: Choices,
  memory: Calm,
  event: Parameters<Property<Kademlia>['upon']>[1],
): { target: Id; processes: ProcessId[]; hops: number } | undefined {
  const { world, asked } = memory
  watch(world, event, choices.answerMs)
  if (event.kind === 'request' && event.request.type === 'find') {
    const isQuiet = event.timeNs - world.troubleNs >= 1e6 * calmMs(choices)
    if (isQuiet && world.joined.size + world.down.size === world.ids.size) {
      asked.set(event.request.id, event.timeNs)
    }
  }
  if (event.kind !== 'indicate' || event.indication.type !== 'found') return undefined
  const sinceNs = asked.get(event.indication.id)
  asked.delete(event.indication.id)
  if (sinceNs === undefined || world.troubleNs > sinceNs) return undefined
  memory.judged++
  return event.indication
}

const closest = (choices: Choices) =>
  property<Kademlia, Calm>({
    name: 'CLOSEST',
    kind: 'always',
    sees: ['request', ...SEEN],
    initial: initialCalm,
    upon(memory, event) {
      const found = inQuiet(choices, memory, event)
      if (found === undefined) return undefined
      const truly = nearest(memory.world, found.target, choices.k)
      const missed = truly.find((process) => !found.processes.includes(process))
      const isTrue = truly.join() === found.processes.join()
      if (isTrue) return undefined
      const what = `${event.at} looked up ${found.target.slice(0, 8)}…`
      const explanation = `${what} and missed ${missed}, one of the ${truly.length} nearest`
      return { explanation, witnesses: [event.position] }
    },
  })

/** One hop more than the theorem: the k nearest are meant, and not only the nearest. */
const HOPS_MORE = 1

const hops = (choices: Choices) =>
  property<Kademlia, Calm>({
    name: 'HOPS',
    kind: 'always',
    sees: ['request', ...SEEN],
    initial: initialCalm,
    upon(memory, event) {
      const found = inQuiet(choices, memory, event)
      if (found === undefined) return undefined
      const n = memory.world.joined.size
      const most = Math.ceil(Math.log2(n)) + HOPS_MORE
      if (found.hops <= most) return undefined
      const explanation = `a lookup of ${event.at} took ${found.hops} hops, more than ${most} among ${n}`
      return { explanation, witnesses: [event.position] }
    },
  })

interface Asked {
  readonly open: Map<string, { by: ProcessId; at: number }>
  readonly done: Map<string, number>
  readonly joined: Set<ProcessId>
  readonly down: Set<ProcessId>
  readonly boots: readonly ProcessId[]
}

const answered = ({ boots }: Choices) =>
  property<Kademlia, Asked>({
    name: 'ANSWERED',
    kind: 'eventually',
    sees: ['request', 'indicate', 'crash', 'recover'],
    initial: (places) => ({
      open: new Map(),
      done: new Map(),
      joined: new Set(),
      down: new Set(),
      boots: places.slice(0, boots).map(({ self }) => self),
    }),
    upon({ open, done, joined, down }, event) {
      if (event.kind === 'recover') down.delete(event.at)
      if (event.kind === 'request') open.set(event.request.id, { by: event.at, at: event.position })
      if (event.kind === 'crash') {
        joined.delete(event.at)
        down.add(event.at)
        for (const [id, { by }] of open) if (by === event.at) open.delete(id) // it has forgotten
      }
      if (event.kind !== 'indicate') return undefined
      if (event.indication.type === 'joined') joined.add(event.at)
      if (!('id' in event.indication)) return undefined
      const { id } = event.indication
      const first = done.get(id)
      if (first !== undefined) {
        return { explanation: `${event.at} answered ${id} twice`, witnesses: [first, event.position] }
      }
      done.set(id, event.position)
      open.delete(id)
      return undefined
    },
    atEnd({ open, joined, down, boots }) {
      const canJoin = (process: ProcessId) => boots.some((boot) => boot !== process && !down.has(boot))
      const left = [...open].filter(([, { by }]) => joined.has(by) || canJoin(by))
      if (left.length === 0) return undefined
      const explanation = `never answered: ${left.map(([id, { by }]) => `${id} of ${by}`).join(', ')}`
      return { explanation, witnesses: left.map(([, { at }]) => at) }
    },
  })

type Tables = { ids: Map<ProcessId, Id>; of: Map<ProcessId, Map<number, Set<ProcessId>>> }

const buckets = ({ k }: Choices) =>
  property<Kademlia, Tables>({
    name: 'BUCKETS',
    kind: 'always',
    sees: ['indicate', 'crash'],
    initial: () => ({ ids: new Map(), of: new Map() }),
    upon({ ids, of }, event) {
      if (event.kind === 'crash') of.delete(event.at)
      if (event.kind !== 'indicate') return undefined
      const { indication, at, position } = event
      if (indication.type === 'numbered') ids.set(at, idOf(at, indication.nonce))
      if (indication.type === 'left') of.get(at)?.get(indication.bucket)?.delete(indication.process)
      if (indication.type !== 'entered') return undefined
      const { process, nonce, bucket } = indication
      const table = of.get(at) ?? new Map<number, Set<ProcessId>>()
      const members = table.get(bucket) ?? new Set()
      of.set(at, table.set(bucket, members.add(process)))
      if (members.size > k) {
        const explanation = `bucket ${bucket} of ${at} holds ${members.size}, and k is ${k}`
        return { explanation, witnesses: [position] }
      }
      const d = distance(ids.get(at)!, idOf(process, nonce))
      const highest = d.toString(2).length - 1 // 2^i ≤ d < 2^(i+1): i + 1 binary digits
      if (d > 0n && highest === bucket) return undefined
      const range = `[2^${highest}, 2^${highest + 1})`
      const explanation = `${at} has ${process} in bucket ${bucket}; their distance is in ${range}`
      return { explanation, witnesses: [position] }
    },
  })

const proved = ({ difficulty }: Choices) =>
  property<Kademlia, Record<string, never>>({
    name: 'PROVED',
    kind: 'always',
    sees: ['indicate'],
    initial: () => ({}),
    upon(_, event) {
      if (event.kind !== 'indicate' || event.indication.type !== 'entered') return undefined
      const { process, nonce } = event.indication
      const work = BigInt(`0x${sha256(idOf(process, nonce))}`) >> BigInt(256 - difficulty)
      if (work === 0n) return undefined
      const explanation = `${event.at} took in ${process}, whose nonce ${nonce} proves nothing`
      return { explanation, witnesses: [event.position] }
    },
  })

const kept = property<
  Kademlia,
  { questions: World['questions']; silent: Map<ProcessId, ProcessId | undefined> }
>({
  name: 'KEPT',
  kind: 'always',
  sees: ['send', 'deliver', 'request', 'timeout', 'cancelTimer', 'indicate', 'crash'],
  initial: () => ({ questions: new Map(), silent: new Map() }),
  upon({ questions, silent }, event) {
    const vain = asking(questions, event)
    // What a step is about: nobody has been silent, but in a step that begins by finding that out.
    if (event.kind === 'deliver' || event.kind === 'request') silent.delete(event.at)
    if (event.kind === 'timeout') silent.set(event.at, vain)
    if (event.kind !== 'indicate' || event.indication.type !== 'left') return undefined
    const { process } = event.indication
    if (silent.get(event.at) === process) return undefined
    const explanation = `${event.at} struck off ${process}, which had not failed to answer`
    return { explanation, witnesses: [event.position] }
  },
})

const quietly = (choices: Choices) =>
  property<Kademlia, Calm>({
    name: 'A LOOKUP IN QUIET TIMES',
    kind: 'sometimes',
    sees: ['request', ...SEEN],
    initial: initialCalm,
    upon(memory, event) {
      inQuiet(choices, memory, event)
      return undefined
    },
    atEnd: ({ judged }) =>
      judged > 0 ? undefined : { explanation: 'somebody always came or went, or was silent', witnesses: [] },
  })
