/**
 * AC1 to AC5, from what the processes announce. Whoever crashes without
 * recovering blocks those that voted yes, which two phases cannot avoid: the
 * algorithm assumes that all recover.
 */
import { atomicCommitment } from '../../checkers/commit.ts'
import { type Property, property } from '../../model/property.ts'
import type { TwoPhaseCommit } from './two-phase-commit.ts'

export const commitProperties = (): Property<TwoPhaseCommit>[] => [
  ...atomicCommitment<TwoPhaseCommit>({
    asks: (event) => event.kind === 'request' && event.request.type === 'commit',
    votes: (event) =>
      event.kind === 'indicate' && event.indication.type === 'voted' ? event.indication.vote : null,
    decides: (event) =>
      event.kind === 'indicate' && event.indication.type === 'decided' ? event.indication.decision : null,
  }),
  committed,
]

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
