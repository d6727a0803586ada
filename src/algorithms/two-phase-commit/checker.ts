/**
 * AC1 to AC5 of Bernstein, Hadzilacos and Goodman, §7.3, from what the processes announce.
 *
 * AC5 speaks of runs in which all failures are repaired. If a process is down at
 * the end, it is asked of those that have voted yes and are up: they are blocked,
 * which two phases cannot avoid, and why the algorithm assumes that whoever
 * crashes recovers.
 */
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Decision, TwoPhaseCommit } from './two-phase-commit.ts'

export const commitProperties = (): Property<TwoPhaseCommit>[] => [
  agreement,
  noWayBack,
  commitNeedsAll,
  allYesCommits,
  termination,
  committed,
]

interface Said {
  readonly decision: Decision
  readonly position: number
}

const agreement = property<TwoPhaseCommit, { first: (Said & { by: ProcessId }) | null }>({
  name: 'AC1 AGREEMENT',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ first: null }),
  upon(memory, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'decided') return undefined
    const { decision } = event.indication
    memory.first ??= { by: event.at, decision, position: event.position }
    const { first } = memory
    if (decision === first.decision) return undefined
    const explanation = `${event.at} decides to ${decision}, ${first.by} has decided to ${first.decision}`
    return { explanation, witnesses: [first.position, event.position] }
  },
})

const noWayBack = property<TwoPhaseCommit, { said: Map<ProcessId, Said> }>({
  name: 'AC2 NO WAY BACK',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ said: new Map() }),
  upon({ said }, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'decided') return undefined
    const { decision } = event.indication
    const before = said.get(event.at)
    said.set(event.at, before ?? { decision, position: event.position })
    if (before === undefined) return undefined
    const explanation = `${event.at} decides to ${decision} after it has decided to ${before.decision}`
    return { explanation, witnesses: [before.position, event.position] }
  },
})

const commitNeedsAll = property<TwoPhaseCommit, { all: ProcessId[]; yes: Set<ProcessId> }>({
  name: 'AC3 COMMIT',
  kind: 'always',
  sees: ['indicate'],
  initial: (places) => ({ all: places.map(({ self }) => self), yes: new Set() }),
  upon({ all, yes }, event) {
    if (event.kind !== 'indicate') return undefined
    const { indication } = event
    if (indication.type === 'voted' && indication.vote === 'yes') yes.add(event.at)
    if (indication.type !== 'decided' || indication.decision === 'abort') return undefined
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

/** A failure is a crash or a lost message. One that comes late is none, whatever a timeout makes of it. */
const allYesCommits = property<TwoPhaseCommit, Votes>({
  name: 'AC4 ALL YES',
  kind: 'always',
  sees: ['indicate', 'crash', 'lost'],
  initial: (places) => ({ missing: new Set(places.map(({ self }) => self)), failed: false, aborted: null }),
  upon(memory, event) {
    if (event.kind === 'crash' || event.kind === 'lost') memory.failed = true
    if (event.kind !== 'indicate') return undefined
    const { indication } = event
    if (indication.type === 'voted' && indication.vote === 'yes') memory.missing.delete(event.at)
    if (indication.type === 'decided' && indication.decision === 'abort') memory.aborted ??= event.position
    return undefined
  },
  atEnd({ missing, failed, aborted }) {
    if (missing.size > 0 || failed || aborted === null) return undefined
    return { explanation: 'all have voted yes and nothing has failed, but they abort', witnesses: [aborted] }
  },
})

interface Standing {
  readonly undecided: Set<ProcessId>
  readonly uncertain: Set<ProcessId> // of these, who has voted yes
  readonly down: Set<ProcessId>
  asked: number | null
}

const termination = property<TwoPhaseCommit, Standing>({
  name: 'AC5 TERMINATION',
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
    if (event.kind === 'request' && event.request.type === 'commit') memory.asked ??= event.position
    if (event.kind !== 'indicate') return undefined
    if (event.indication.type === 'decided') undecided.delete(event.at)
    if (event.indication.type === 'voted' && event.indication.vote === 'yes') uncertain.add(event.at)
    else uncertain.delete(event.at)
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

const committed = property<TwoPhaseCommit, { seen: boolean }>({
  name: 'COMMITTED',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ seen: false }),
  upon(memory, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'decided') return undefined
    memory.seen ||= event.indication.decision === 'commit'
    return undefined
  },
  atEnd: ({ seen }) => (seen ? undefined : { explanation: 'to abort is always safe', witnesses: [] }),
})
