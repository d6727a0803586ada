/**
 * The specification TwoPhase, of J. Gray and L. Lamport, "Consensus on Transaction Commit", ACM TODS
 * 31(1), 2006, action by action, over channels from which nothing is ever taken. It has as many
 * states as TLC finds (MCTwoPhase in the manifest of tlaplus/Examples) and Stateright (examples/2pc.rs),
 * which shows that it is the grain and not the explorer that makes the algorithm here have others:
 * there participants prepare unasked, abort without a word, and the coordinator may abort at any time.
 */
import { expect, test } from 'vitest'
import { explore } from '../../harness/explore.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { Algorithm, Place, Signature } from '../../model/process.ts'
import { entry as twoPhaseCommit } from './index.ts'

interface TwoPhase extends Signature {
  request: { type: 'TMCommit' | 'TMAbort' | 'RMPrepare' | 'RMChooseToAbort' }
  message: { type: 'Prepared' | 'Commit' | 'Abort' }
  timer: never
  indication: never
  state: { is: 'working' | 'init' | 'prepared' | 'committed' | 'aborted'; prepared: Set<string> }
  stable: never
}

const COORDINATOR = 'p00'

const twoPhase: Algorithm<TwoPhase> = {
  initial: ({ self }) => ({ is: self === COORDINATOR ? 'init' : 'working', prepared: new Set() }),
  upon({ outgoing, send }, state) {
    const enter = (is: TwoPhase['state']['is'], type?: TwoPhase['message']['type']) => {
      state.is = is
      if (type !== undefined) for (const to of outgoing) send(to, { type })
    }
    return {
      request: {
        TMCommit: () => enter('committed', 'Commit'),
        TMAbort: () => enter('aborted', 'Abort'),
        RMPrepare: () => enter('prepared', 'Prepared'),
        RMChooseToAbort: () => enter('aborted'),
      },
      message: {
        Prepared(_, from) {
          if (state.is === 'init') state.prepared.add(from)
        },
        Commit: () => enter('committed'),
        Abort: () => enter('aborted'),
      },
    }
  },
}

function asked({ is, prepared }: TwoPhase['state'], participants: number): TwoPhase['request']['type'][] {
  if (is === 'init') return prepared.size === participants ? ['TMCommit', 'TMAbort'] : ['TMAbort']
  return is === 'working' ? ['RMPrepare', 'RMChooseToAbort'] : []
}

const specified = {
  ...twoPhaseCommit,
  name: 'TwoPhase',
  options: {},
  make: () => twoPhase,
  properties: () => [],
  smallScope: {
    peers: 4,
    topology: 'star',
    inputs: (places: readonly Place[]) =>
      places.map(({ self }) => ({
        at: self,
        times: Number.POSITIVE_INFINITY,
        requests: (state: TwoPhase['state']) => asked(state, places.length - 1).map((type) => ({ type })),
      })),
  },
} as unknown as CatalogueEntry

test.each([
  [3, { states: 288, depth: 11 }],
  [5, { states: 8832 }],
])('%i participants', (participants, counts) => {
  const found = explore({ entry: specified, channels: 'set', peers: participants + 1 })
  expect(found).toMatchObject(counts)
})
