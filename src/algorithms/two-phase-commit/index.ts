import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { Place, ProcessId } from '../../model/process.ts'
import { natural, oneOf } from '../../model/shape.ts'
import { commitProperties } from './checker.ts'
import { votesReport } from './report.ts'
import { type Patience, type TwoPhaseCommit, twoPhaseCommit } from './two-phase-commit.ts'

interface Options extends Patience {
  refusals: number
}

/** Long enough after the last fault for whoever is uncertain to ask several times. */
const ENDS_AFTER_MS = 2000

/** Some refuse before they are asked to vote, some too late, when they have promised already. */
const WORK_MS = 10

export const entry: CatalogueEntry<TwoPhaseCommit, Options> = {
  name: 'two-phase-commit',
  summary: 'all commit or all abort: p00 collects the votes, and then tells everyone',
  options: {
    refusals: { shape: natural, default: 0, help: 'how many are not willing to commit, drawn by the seed' },
    timeoutMs: { shape: natural, default: 200, help: 'how long p00 waits for votes, in ms; 0: for ever' },
    askMs: {
      shape: natural,
      default: 200,
      help: 'how often the uncertain ask for the decision, in ms; 0: only when they recover',
    },
  },
  make: twoPhaseCommit,
  assumes: { fifo: false, reliable: true, noDuplicates: false, crashes: 'recover', synchrony: 'synchronous' },
  topology: { default: 'complete', fits },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { commit: {}, refuse: {} },
    message: {
      voteRequest: {},
      vote: { vote: oneOf('yes', 'no') },
      decision: { decision: oneOf('commit', 'abort') },
      decisionRequest: {},
    },
    timer: { votes: {}, decision: {} },
  },
  faults: 'latency 2-12ms',
  workload(random, places, { refusals }) {
    if (refusals > places.length) {
      throw new UsageError(`--refusals ${refusals}: there are ${places.length} processes`)
    }
    const rest = places.map(({ self }) => self)
    const unwilling = (): ProcessId => rest.splice(random.below(rest.length), 1)[0]!
    const begin = { to: places[0]!.self, request: { type: 'commit' as const }, atMs: WORK_MS / 2 }
    const refuse = () => ({
      to: unwilling(),
      request: { type: 'refuse' as const },
      atMs: random.below(WORK_MS),
    })
    return [begin, ...Array.from({ length: refusals }, refuse)]
  },
  properties: commitProperties,
  report: () => votesReport,
  ends: { afterMs: ENDS_AFTER_MS },
  // Without timeouts, whose questions would fill the channels for ever; each may refuse until it votes.
  smallScope: {
    peers: 3,
    options: { timeoutMs: 0, askMs: 0 },
    inputs: (places) =>
      places.map(({ self }, i) => ({
        at: self,
        times: Number.POSITIVE_INFINITY,
        requests: ({ phase, coordinating }) => [
          ...(i === 0 && !coordinating ? [{ type: 'commit' as const }] : []),
          ...(phase === 'working' ? [{ type: 'refuse' as const }] : []),
        ],
      })),
  },
}

function fits([first, ...others]: readonly Place[]): string | null {
  const all = others.every(({ self }) => first!.incoming.includes(self) && first!.outgoing.includes(self))
  return all ? null : 'p00 asks everyone for a vote; use --topology star or complete'
}
