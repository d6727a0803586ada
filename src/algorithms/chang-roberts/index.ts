import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry, Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { natural, processId } from '../../model/shape.ts'
import { isUnidirectionalRing } from '../../topology/predicates.ts'
import { type ChangRoberts, changRoberts } from './chang-roberts.ts'
import { electionProperties } from './checker.ts'

interface Options {
  initiators: number
}

export const entry: CatalogueEntry<ChangRoberts, Options> = {
  name: 'chang-roberts',
  summary: 'elects the greatest process of a ring as its leader',
  options: {
    initiators: { shape: natural, default: 0, help: 'how many stand at once, drawn by the seed; 0 for all' },
  },
  make: () => changRoberts,
  assumes: { fifo: false, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'shuffled-ring',
    fits: (places) =>
      isUnidirectionalRing(places)
        ? null
        : 'it takes a unidirectional ring; use --topology ring or shuffled-ring',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { elect: {} },
    message: { election: { candidate: processId }, elected: { leader: processId } },
    timer: {},
  },
  faults: 'latency 2-12ms',
  workload(random, places, { initiators }) {
    if (initiators > places.length) {
      throw new UsageError(
        `--initiators ${initiators}: there are ${places.length} processes; 0 takes all of them`,
      )
    }
    const rest = places.map(({ self }) => self)
    const drawn = (): ProcessId => rest.splice(random.below(rest.length), 1)[0]!
    const chosen = initiators === 0 ? rest : Array.from({ length: initiators }, drawn).sort()
    return chosen.map((to) => ({ to, request: { type: 'elect' as const }, atMs: 0 }))
  },
  properties: electionProperties,
  report: () => nominations,
  ends: 'quiescent',
  smallScope: {
    peers: 3,
    inputs: (places) =>
      places.map(({ self }) => ({ at: self, times: 1, requests: () => [{ type: 'elect' as const }] })),
  },
}

/** What the election cost, beside the bounds of the paper. */
const nominations: Report<ChangRoberts, { n: number; asked: number; sent: number; leader: ProcessId }> = {
  initial: ({ length: n }) => ({ n, asked: 0, sent: 0, leader: '–' }),
  upon(memory, event) {
    if (event.kind === 'request') memory.asked++
    if (event.kind === 'send' && event.message.type === 'election') memory.sent++
    if (event.kind === 'indicate') memory.leader = event.indication.leader
  },
  tables({ n, asked, sent, leader }) {
    const harmonic = Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((sum, term) => sum + term, 0)
    return [
      {
        title: 'Election',
        columns: ['leader', 'stood', 'nominations', 'n·Hn, the mean', 'n(n+1)/2, the most'],
        rows: [[leader, asked, sent, (n * harmonic).toFixed(1), (n * (n + 1)) / 2]],
      },
    ]
  },
}
