/** What the promises of Kademlia go by: who is who, who is up, and whether all has been quiet. */
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { idOf } from './identity.ts'
import type { Choices, Kademlia } from './vocabulary.ts'
import type { Id } from './xor-metric.ts'

type Event = HistoryEvent<Kademlia>

export interface World {
  readonly ids: Map<ProcessId, Id>
  readonly joined: Set<ProcessId>
  readonly backNs: Map<ProcessId, number> // when each came back last
  readonly down: Set<ProcessId>
  readonly questions: Map<ProcessId, Map<number, ProcessId>> // of each, whom it asked what is open
  troubleNs: number // when somebody came or went last, or there was such a mistake
  mistakeNs: number // when somebody who was up was taken for dead
}

export const newWorld = (): World => ({
  ids: new Map(),
  joined: new Set(),
  backNs: new Map(),
  down: new Set(),
  questions: new Map(),
  troubleNs: 0,
  mistakeNs: Number.MIN_SAFE_INTEGER,
})

/** What `watch` looks at. */
export const SEEN = ['indicate', 'crash', 'recover', 'send', 'timeout', 'cancelTimer', 'fault'] as const

const QUESTIONS = new Set(['ping', 'findNode', 'findValue', 'store'])

/** Whom a process asked in vain, if that is what the event says. */
export function asking(questions: World['questions'], event: Event): ProcessId | undefined {
  if (event.kind === 'crash') questions.delete(event.at)
  if (event.kind === 'send' && QUESTIONS.has(event.message.type)) {
    const open = questions.get(event.at) ?? new Map<number, ProcessId>()
    questions.set(event.at, open.set(event.message.rpc, event.to))
  }
  if (event.kind !== 'cancelTimer' && event.kind !== 'timeout') return undefined
  if (event.timer.type !== 'unanswered') return undefined
  const asked = questions.get(event.at)?.get(event.timer.rpc)
  questions.get(event.at)?.delete(event.timer.rpc)
  return event.kind === 'timeout' ? asked : undefined
}

export function watch(world: World, event: Event, answerMs: number): void {
  const { timeNs } = event
  const silent = asking(world.questions, event)
  if (silent !== undefined) {
    const since = world.backNs.get(silent) ?? Number.MIN_SAFE_INTEGER
    if (!world.down.has(silent) && since < timeNs - 2e6 * answerMs) {
      world.mistakeNs = timeNs
      world.troubleNs = timeNs
    }
  }
  if (event.kind === 'crash') {
    world.joined.delete(event.at)
    world.down.add(event.at)
    world.troubleNs = timeNs
  }
  if (event.kind === 'recover') {
    world.down.delete(event.at)
    world.backNs.set(event.at, timeNs)
    world.troubleNs = timeNs
  }
  if (event.kind === 'fault') world.troubleNs = timeNs
  if (event.kind !== 'indicate') return
  if (event.indication.type === 'numbered') world.ids.set(event.at, idOf(event.at, event.indication.nonce))
  if (event.indication.type !== 'joined') return
  world.joined.add(event.at)
  world.troubleNs = timeNs
}

/**
 * After so long without trouble all tables are complete. A process refreshes after 1 to 1.5 times
 * `refreshMs`: the first time it strikes off who is gone, the second it looks up who else there is;
 * and those must have done so whom it asks.
 */
export const calmMs = ({ refreshMs }: Choices): number => 4 * refreshMs

/** By arithmetic on whole numbers, which has nothing in common with the metric of the algorithm. */
export const distance = (a: Id, b: Id): bigint => BigInt(`0x${a}`) ^ BigInt(`0x${b}`)

/** Those who have joined and are up, the k nearest to a target. */
export function nearest({ ids, joined }: World, target: Id, k: number): ProcessId[] {
  const far = [...joined].map((process) => ({ process, d: distance(ids.get(process)!, target) }))
  far.sort((a, b) => (a.d < b.d ? -1 : 1))
  return far.slice(0, k).map(({ process }) => process)
}
