/**
 * From what the operator asked for to an experiment that can be run: every mistake is found here,
 * before anything starts.
 */
import { channelAssumptions } from '../checkers/channels.ts'
import { type breakable, cutDown } from '../faults/cut-down.ts'
import { checkFaults, formatFaults, parseFaults, placed } from '../faults/plan.ts'
import { Prng } from '../lib/prng.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { Asked, CatalogueEntry } from '../model/catalogue.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import type { Property } from '../model/property.ts'
import type { Delivery, Experiment } from '../runtimes/experiment.ts'
import type { Topology } from '../topology/topology.ts'
import { deliveryText, isFifo } from './delivery.ts'
import { parseRequest } from './request.ts'
import { checkService, played } from './service.ts'

/** A run with more events than this ends, unknown: at about 200 B an event it is a few GB. */
const EVENTS_MAX = 10_000_000

export type Breakable = (typeof breakable)[number]

/** What was asked for; what is missing comes from the catalogue entry. */
export interface Asking {
  readonly entry: CatalogueEntry
  readonly options: Readonly<Record<string, unknown>>
  readonly topology: Topology
  readonly runtime: 'libp2p' | 'simulator'
  readonly seed: number
  readonly faults?: string // the whole plan, instead of the entry's own
  readonly latency?: string // added to it
  readonly broken: readonly Breakable[]
  readonly streams?: 'channel' | 'exchange'
  readonly channels?: Delivery // of the simulator, instead of what the entry assumes
  readonly requests: readonly string[] // instead of the workload
  readonly forMs?: number
  readonly watchStates?: boolean
  readonly takeUpEveryStep?: boolean
}

export interface Plan {
  readonly entry: CatalogueEntry
  readonly options: Readonly<Record<string, unknown>>
  readonly topology: Topology
  readonly seed: number
  readonly faultsText: string
  readonly notes: readonly string[]
  readonly broken: readonly Breakable[] // assumptions that this run lifts
  readonly assumptions: readonly Property<Signature>[] // about channels, watched in every run
  readonly experiment: Omit<Experiment<any>, 'recorder' | 'progress'>
}

export function planRun(asking: Asking): Plan {
  const { entry, options, topology, seed } = asking
  const wrong = entry.topology.fits(topology.places)
  if (wrong !== null) {
    throw new UsageError(`${entry.name} does not fit the topology ${topology.name}: ${wrong}`)
  }
  const notes: string[] = []
  const streams = asking.streams ?? (asking.broken.includes('fifo') ? 'exchange' : entry.streams)
  const broken = new Set<Breakable>(asking.broken)
  if (asking.runtime === 'libp2p' && streams === 'exchange' && entry.assumes.fifo) {
    if (!broken.has('fifo'))
      notes.push(`${entry.name} assumes FIFO channels; a stream for each message is not FIFO`)
    broken.add('fifo')
  }
  const delivery = deliveryOf(asking, broken, notes)
  const wanted = parseFaults(askedFor(asking))
  checkFaults(wanted, topology.ids)
  const {
    plan: faults,
    removed,
    notes: also,
  } = cutDown(wanted, entry.assumes, [...broken], {
    name: entry.name,
    processes: topology.ids.length,
    messages: entry.shapes.message,
    ...(asking.runtime === 'libp2p' ? { streams } : {}),
  })
  checkService(asking, faults)
  return {
    entry,
    options,
    topology,
    seed,
    faultsText: formatFaults(faults),
    notes: [
      ...notes,
      ...removed,
      ...also,
      ...[...broken].map((assumption) => `broken on purpose: ${assumption}`),
    ],
    broken: [...broken],
    assumptions: channelAssumptions(without(entry.assumes, broken)),
    experiment: {
      ...played(asking),
      places: topology.places,
      streams,
      channels: entry.channels,
      delivery,
      shapes: entry.shapes,
      requests: workload(asking),
      faults: placed(faults, topology),
      seed,
      ends: asking.forMs === undefined ? entry.ends : { atMs: asking.forMs },
      eventsMax: EVENTS_MAX,
      watchStates: asking.watchStates ?? true,
      takeUpEveryStep: asking.takeUpEveryStep ?? false,
    },
  }
}

/** The order in which the simulator's channels deliver; what it takes away is said, and not watched. */
function deliveryOf({ entry, runtime, channels }: Asking, broken: Set<Breakable>, notes: string[]): Delivery {
  if (channels === undefined) return entry.assumes.fifo && !broken.has('fifo') ? 'fifo' : 'unordered'
  const text = deliveryText(channels)
  if (runtime === 'libp2p') {
    const instead = 'a stream of libp2p delivers in order, and --streams exchange is what does not'
    throw new UsageError(`--channels ${text} is for --runtime simulator: ${instead}`)
  }
  if (entry.assumes.fifo && !isFifo(channels) && !broken.has('fifo')) {
    notes.push(`${entry.name} assumes FIFO channels; these are ${text}`)
    broken.add('fifo')
  }
  return channels
}

/** The faults that show an entry best, among processes of these names. */
export const ownFaults = ({ faults = '' }: CatalogueEntry, ids: readonly ProcessId[]): string =>
  typeof faults === 'string' ? faults : faults(ids)

const askedFor = ({ entry, topology, faults = ownFaults(entry, topology.ids), latency }: Asking): string =>
  [faults, latency ? latencyRule(latency) : ''].filter(Boolean).join(', ')

function latencyRule(text: string): string {
  const rule = `latency ${text}`
  try {
    parseFaults(rule)
  } catch {
    throw new UsageError(`--latency ${text}: write a time, a range or a mean: 5ms, 2-10ms, exponential 20ms`)
  }
  return rule
}

function without(
  assumes: CatalogueEntry['assumes'],
  broken: ReadonlySet<Breakable>,
): CatalogueEntry['assumes'] {
  return {
    ...assumes,
    fifo: assumes.fifo && !broken.has('fifo'),
    reliable: assumes.reliable && !broken.has('reliable'),
    noDuplicates: assumes.noDuplicates && !broken.has('noDuplicates'),
  }
}

function workload({ entry, options, topology, seed, requests }: Asking): readonly Asked<Signature>[] {
  if (requests.length > 0)
    return requests.map((text, nth) => parseRequest(text, { entry, ids: topology.ids, nth }))
  return entry.workload(new Prng(seed, 'workload'), topology.places, options)
}
