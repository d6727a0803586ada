/**
 * Atomic commitment: all decide alike, and to commit only if nobody is against it.
 *
 *   P. Bernstein, V. Hadzilacos and N. Goodman, "Concurrency Control and Recovery in Database
 *   Systems", 1987, §7.3: AC1 to AC5, here by what the processes say of themselves.
 *
 * AC5 speaks of runs in which all failures are repaired. If a process is down at
 * the end, it is asked of those that have voted yes and are up: they are blocked.
 * Memory: what each process said last. Cost: O(1) an event, O(n) a commit.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export type Decision = 'commit' | 'abort'

export interface Committing<S extends Signature> {
  /** Whether this asks for a decision. */
  readonly asks: (event: HistoryEvent<S>) => boolean
  /** The vote that its process gives by an event. */
  readonly votes: (event: HistoryEvent<S>) => 'yes' | 'no' | null
  readonly decides: (event: HistoryEvent<S>) => Decision | null
}

export const atomicCommitment = <S extends Signature>(of: Committing<S>): Property<S>[] => [
  sameDecision(of),
  noWayBack(of),
  commitNeedsAll(of),
  allYesCommits(of),
  decision(of),
]

interface Said {
  readonly decision: Decision
  readonly position: number
}

/** AC1: all processes that reach a decision reach the same one. */
export const sameDecision = <S extends Signature>({ decides }: Committing<S>, name = 'AC1 AGREEMENT') =>
  property<S, { first: (Said & { by: ProcessId }) | null }>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: () => ({ first: null }),
    upon(memory, event) {
      const decision = decides(event)
      if (decision === null) return undefined
      memory.first ??= { by: event.at, decision, position: event.position }
      const { first } = memory
      if (decision === first.decision) return undefined
      const explanation = `${event.at} decides to ${decision}, ${first.by} has decided to ${first.decision}`
      return { explanation, witnesses: [first.position, event.position] }
    },
  })

/** AC2: a process cannot reverse its decision. It may say it again, as after a recovery. */
export const noWayBack = <S extends Signature>({ decides }: Committing<S>, name = 'AC2 NO WAY BACK') =>
  property<S, { said: Map<ProcessId, Said> }>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: () => ({ said: new Map() }),
    upon({ said }, event) {
      const decision = decides(event)
      if (decision === null) return undefined
      const before = said.get(event.at)
      said.set(event.at, before ?? { decision, position: event.position })
      if (before === undefined || before.decision === decision) return undefined
      const explanation = `${event.at} decides to ${decision} after it has decided to ${before.decision}`
      return { explanation, witnesses: [before.position, event.position] }
    },
  })

/** AC3: to commit can only be decided if all processes voted yes. */
export const commitNeedsAll = <S extends Signature>(
  { votes, decides }: Committing<S>,
  name = 'AC3 COMMIT',
): Property<S> =>
  property<S, { all: ProcessId[]; yes: Set<ProcessId> }>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: (places) => ({ all: places.map(({ self }) => self), yes: new Set() }),
    upon({ all, yes }, event) {
      if (votes(event) === 'yes') yes.add(event.at)
      if (decides(event) !== 'commit') return undefined
      const without = all.filter((process) => !yes.has(process)).join(', ')
      if (without === '') return undefined
      const explanation = `${event.at} commits without a yes of ${without}`
      return { explanation, witnesses: [event.position] }
    },
  })

interface Votes {
  readonly missing: Set<ProcessId> // who has not voted yes
  failed: boolean
  aborted: number | null // where
}

/**
 * AC4: if there are no failures and all voted yes, the decision is to commit. A failure is a crash or a
 * lost message. A message that comes late is none, whatever a timeout makes of it.
 */
export const allYesCommits = <S extends Signature>(
  { votes, decides }: Committing<S>,
  name = 'AC4 ALL YES',
): Property<S> =>
  property<S, Votes>({
    name,
    kind: 'always',
    sees: ['indicate', 'crash', 'lost'],
    initial: (places) => ({
      missing: new Set(places.map(({ self }) => self)),
      failed: false,
      aborted: null,
    }),
    upon(memory, event) {
      if (event.kind === 'crash' || event.kind === 'lost') memory.failed = true
      if (votes(event) === 'yes') memory.missing.delete(event.at)
      if (decides(event) === 'abort') memory.aborted ??= event.position
      return undefined
    },
    atEnd({ missing, failed, aborted }) {
      if (missing.size > 0 || failed || aborted === null) return undefined
      return {
        explanation: 'all have voted yes and nothing has failed, but they abort',
        witnesses: [aborted],
      }
    },
  })

interface Standing {
  readonly undecided: Set<ProcessId>
  readonly uncertain: Set<ProcessId> // of these, who has voted yes
  readonly down: Set<ProcessId>
  asked: number | null
}

/** AC5: if all failures are repaired, all processes decide in the end. */
export const decision = <S extends Signature>(
  { asks, votes, decides }: Committing<S>,
  name = 'AC5 TERMINATION',
): Property<S> =>
  property<S, Standing>({
    name,
    kind: 'eventually',
    sees: ['request', 'indicate', 'crash', 'recover'],
    initial: (places) => ({
      undecided: new Set(places.map(({ self }) => self)),
      uncertain: new Set(),
      down: new Set(),
      asked: null,
    }),
    upon(memory, event) {
      const { undecided, uncertain, down } = memory
      if (event.kind === 'crash') down.add(event.at)
      if (event.kind === 'recover') down.delete(event.at)
      if (asks(event)) memory.asked ??= event.position
      if (votes(event) === 'yes') uncertain.add(event.at)
      if (decides(event) === null) return undefined
      undecided.delete(event.at)
      uncertain.delete(event.at)
      return undefined
    },
    atEnd({ undecided, uncertain, down, asked }) {
      if (asked === null) return undefined
      const up = (processes: Set<ProcessId>) =>
        [...processes].filter((process) => !down.has(process)).join(', ')
      const [blocked, without] = [up(uncertain), up(undecided)]
      const [who, why] =
        down.size > 0
          ? [blocked, `blocked while ${[...down].sort().join(', ')} is down: ${blocked}`]
          : [without, `no decision at ${without}`]
      return who === '' ? undefined : { explanation: why, witnesses: [asked] }
    },
  })
