import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { optional, positive, processId } from '../../model/shape.ts'
import { isBidirectional, isConnected } from '../../topology/predicates.ts'
import { echoProperties } from './checker.ts'
import { type Echo, echo } from './echo.ts'
import { treeReport } from './report.ts'

interface Options {
  initiator: ProcessId | null
}

export const entry: CatalogueEntry<Echo, Options> = {
  name: 'echo',
  summary: 'a wave through the whole network and back: a spanning tree, and a count of all',
  options: {
    initiator: {
      shape: optional(processId),
      default: null,
      help: 'who begins; without it one drawn by the seed',
    },
  },
  make: () => echo,
  assumes: { fifo: false, reliable: true, noDuplicates: false, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'random-regular:4',
    fits: (places) =>
      isBidirectional(places) && isConnected(places)
        ? null
        : 'echoes come back the way the wave went, from everyone; use grid, tree, complete or random-regular',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { initiate: {} },
    message: { explorer: {}, echo: { processes: positive } },
    timer: {},
  },
  faults: 'latency 2-12ms',
  workload(random, places, { initiator }) {
    const ids = places.map(({ self }) => self)
    if (initiator !== null && !ids.includes(initiator)) {
      throw new UsageError(`--initiator ${initiator}: the processes are ${ids[0]} … ${ids.at(-1)}`)
    }
    return [{ to: initiator ?? random.pick(ids), request: { type: 'initiate' }, atMs: 0 }]
  },
  properties: echoProperties,
  report: () => treeReport,
  ends: 'quiescent',
  // Three processes, each a neighbour of the others: as in MCEcho of tlaplus/Examples.
  smallScope: {
    peers: 3,
    topology: 'complete',
    inputs: ([first]) => [{ at: first!.self, times: 1, requests: () => [{ type: 'initiate' }] }],
  },
}
