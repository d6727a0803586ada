import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { Place, ProcessId } from '../../model/process.ts'
import { natural, oneOf, optional, positive, processId, type Shape, tagged } from '../../model/shape.ts'
import { detectionProperties } from './checker.ts'
import { detectionReport } from './report.ts'
import { type Safra, safra, successor } from './safra.ts'
import { isActive, type Work, type WorkOptions, work } from './work.ts'

interface Options extends WorkOptions {
  initiator: ProcessId | null
}

/** A process that has received more than it sent has a count below zero. */
const integer: Shape<number> = {
  label: 'whole number',
  fits: (value): value is number => Number.isSafeInteger(value),
  parse: natural.parse,
}

const itemShape = { generations: natural }

export const entry: CatalogueEntry<Safra<Work>, Options> = {
  name: 'safra',
  summary: 'finds out that a computation has ended, which no process can see by itself: a token goes round',
  options: {
    items: { shape: natural, default: 2, help: 'how many items of work a process begins with, at most' },
    generations: { shape: natural, default: 4, help: 'how many generations of items may come of one' },
    children: { shape: natural, default: 2, help: 'how many items are made of one, at most' },
    workMs: { shape: positive, default: 20, help: 'how many ms an item takes, at most' },
    initiator: { shape: optional(processId), default: null, help: 'who is asked to detect; without it p00' },
  },
  make: (options) => safra(work(options), isActive),
  assumes: { fifo: false, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) =>
      isCircle(places)
        ? null
        : 'the token goes from each process to the next; use complete, ring or shuffled-ring, and 2 or more',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { detect: {}, basic: { request: tagged<Work['request']>({ give: itemShape }) } },
    message: {
      token: { sum: integer, colour: oneOf('white', 'black') },
      basic: { message: tagged<Work['message']>({ item: itemShape }) },
    },
    timer: { basic: { timer: tagged<Work['timer']>({ done: {} }) } },
  },
  faults: 'latency 2-12ms',
  workload(_, places, { initiator }) {
    const ids = places.map(({ self }) => self)
    if (initiator !== null && !ids.includes(initiator)) {
      throw new UsageError(`--initiator ${initiator}: the processes are ${ids[0]} … ${ids.at(-1)}`)
    }
    return [{ to: initiator ?? ids[0]!, request: { type: 'detect' }, atMs: 0 }]
  },
  properties: detectionProperties,
  report: () => detectionReport,
  ends: 'quiescent',
  // One item that p00 begins with, and what may come of it in two generations: the least in which it takes
  // the colours to be right, for the sum may be zero while somebody whom the token has passed is active.
  smallScope: {
    peers: 3,
    options: { items: 0, generations: 2, children: 2 },
    inputs: ([first], { generations }) => {
      const give: Work['request'] = { type: 'give', generations }
      const requests: Safra<Work>['request'][] = [{ type: 'detect' }, { type: 'basic', request: give }]
      return requests.map((request) => ({
        at: first!.self,
        times: 1,
        requests: ({ detecting }) => (detecting === 'no' ? [request] : []), // no work from outside after that
      }))
    },
  },
}

/** Whether the token, handed on by each to its successor, comes by everyone and back. */
function isCircle(places: readonly Place[]): boolean {
  if (places.length < 2 || places.some(({ outgoing }) => outgoing.length === 0)) return false
  const next = new Map(places.map((place) => [place.self, successor(place)]))
  const met = new Set<ProcessId>()
  let at = places[0]!.self
  while (!met.has(at)) {
    met.add(at)
    at = next.get(at)!
  }
  return met.size === places.length && at === places[0]!.self
}
