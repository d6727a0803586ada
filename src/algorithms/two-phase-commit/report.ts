import type { Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { TwoPhaseCommit } from './two-phase-commit.ts'

interface Part {
  vote: string
  votedNs: number
  decision: string
  decidedNs: number | null
  crashes: number
}

interface Transaction {
  readonly parts: Map<ProcessId, Part>
  beganNs: number
  nowNs: number
  sent: number
  writes: number
}

/** Who voted and decided what, how long each was uncertain, and what it cost. */
export const votesReport: Report<TwoPhaseCommit, Transaction> = {
  initial: (places) => ({
    parts: new Map(
      places.map(({ self }) => [self, { vote: '–', votedNs: 0, decision: '–', decidedNs: null, crashes: 0 }]),
    ),
    beganNs: 0,
    nowNs: 0,
    sent: 0,
    writes: 0,
  }),
  upon(memory, event) {
    const part = memory.parts.get(event.at)!
    memory.nowNs = event.timeNs
    if (event.kind === 'request' && event.request.type === 'commit') memory.beganNs = event.timeNs
    if (event.kind === 'send') memory.sent++
    if (event.kind === 'store') memory.writes++
    if (event.kind === 'crash') part.crashes++
    if (event.kind !== 'indicate') return
    const { indication } = event
    if (indication.type === 'voted') {
      part.vote = indication.vote
      part.votedNs = event.timeNs
    } else {
      part.decision = indication.decision
      part.decidedNs = event.timeNs
    }
  },
  tables({ parts, beganNs, nowNs, sent, writes }) {
    const ms = (ns: number) => (ns / 1e6).toFixed(1)
    const rows = [...parts].map(([process, { vote, votedNs, decision, decidedNs, crashes }]) => [
      process,
      vote,
      decision,
      decidedNs === null ? 'never' : ms(decidedNs - beganNs),
      vote === 'yes' ? ms((decidedNs ?? nowNs) - votedNs) : '–',
      crashes,
    ])
    return [
      {
        title: 'The transaction',
        columns: ['process', 'vote', 'decision', 'after ms', 'from yes to decision ms', 'crashes'],
        rows,
        summary: `${sent} messages, 3(n − 1) = ${3 * (parts.size - 1)}; ${writes} records in the logs`,
      },
    ]
  },
}
