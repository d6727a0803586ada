/** Every schedule of a small case of an algorithm, and what becomes of its promises in all of them. */
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry, Input } from '../model/catalogue.ts'
import type { Signature } from '../model/process.ts'
import type { Finding, Property } from '../model/property.ts'
import type { Step } from '../model/step.ts'
import type { ChannelKind } from '../runtimes/simulator/explore/contents.ts'
import { type Exploration, Explorer } from '../runtimes/simulator/explore/explorer.ts'
import { stepsOf } from '../runtimes/simulator/explore/steps.ts'
import { buildTopology, type Topology } from '../topology/topology.ts'
import { SCHEDULE_FORMAT, type Schedule } from './schedule.ts'

/** About the memory of a small machine; what handlers and properties leave comes on top. */
const BYTES_MAX = 1024 ** 3
const STATES_MAX = 50_000_000

export interface Exploring {
  readonly entry: CatalogueEntry
  readonly options?: Readonly<Record<string, unknown>>
  readonly peers?: number
  readonly topology?: string | Topology
  readonly channels?: ChannelKind // without it what the entry assumes: fifo, or a bag
  readonly crashes?: number
  readonly loss?: boolean
  readonly inputs?: readonly Input<any>[] // instead of the small scope's
  readonly watch?: boolean // false: states alone, without the properties
  readonly statesMax?: number
  readonly bytesMax?: number
}

export interface Explored {
  readonly property: string
  readonly kind: Property<Signature>['kind']
  readonly verdict: 'holds' | 'violated' | 'unknown' | 'seen' | 'not seen'
  readonly finding: Finding | null
  /** A shortest counterexample. */
  readonly steps: readonly Step[] | null
}

export interface ExploreResult {
  readonly topology: Topology
  readonly options: Readonly<Record<string, unknown>>
  readonly channels: ChannelKind
  readonly states: number // distinct, with what the properties remember
  readonly transitions: number
  readonly depth: number // states on the longest of the shortest ways, the first among them, as TLC counts
  readonly open: number // found and not gone on from, at a limit
  readonly limit: 'states' | 'memory' | null
  readonly handlers: number // steps for which one ran
  readonly bytes: number // that the states take
  readonly properties: readonly Explored[]
  readonly notes: readonly string[]
}

/** An exploration under way. */
export class ExploreRun {
  readonly topology: Topology
  readonly options: Readonly<Record<string, unknown>>
  readonly exploration: Exploration
  readonly notes: readonly string[]
  readonly explorer: Explorer

  constructor(exploring: Exploring) {
    const { entry, channels = entry.assumes.fifo ? 'fifo' : 'bag', crashes = 0 } = exploring
    const scope = entry.smallScope
    if (scope === undefined && exploring.inputs === undefined) throw new UsageError(noScope(entry))
    const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
    this.options = { ...Object.fromEntries(defaults), ...scope?.options, ...exploring.options }
    const shape = exploring.topology ?? scope?.topology ?? entry.topology.default
    this.topology =
      typeof shape === 'string' ? buildTopology(shape, exploring.peers ?? scope?.peers ?? 3, 1) : shape
    const wrong = entry.topology.fits(this.topology.places)
    if (wrong !== null)
      throw new UsageError(`${entry.name} does not fit the topology ${this.topology.name}: ${wrong}`)
    const { crashes: worst } = entry.assumes
    const properties = exploring.watch === false ? [] : entry.properties(this.options)
    const leftOut = properties.filter(({ needs }) => needs !== undefined)
    this.notes = [
      ...(entry.assumes.fifo && channels !== 'fifo'
        ? [`${entry.name} assumes FIFO channels; these are not`]
        : []),
      ...(entry.assumes.reliable && exploring.loss
        ? [`${entry.name} assumes reliable channels; these lose`]
        : []),
      ...(worst === 'none' && crashes > 0 ? [`${entry.name} assumes that nobody crashes`] : []),
      ...leftOut.map(
        ({ name, needs }) => `${name} needs ${needs}, which an exploration has not: see a sweep`,
      ),
    ]
    this.exploration = {
      algorithm: entry.make(this.options),
      places: this.topology.places,
      onDemand: entry.channels === 'on demand',
      channels,
      inputs: exploring.inputs ?? scope!.inputs(this.topology.places, this.options),
      properties: properties.filter(({ needs }) => needs === undefined),
      within: scope?.within,
      crashes,
      recovers: worst === 'recover' && crashes > 0,
      loss: exploring.loss ?? false,
      statesMax: exploring.statesMax ?? STATES_MAX,
      bytesMax: exploring.bytesMax ?? BYTES_MAX,
    }
    this.explorer = new Explorer(this.exploration)
  }

  /** Goes on from so many states; true at the end. */
  advance(states: number): boolean {
    return this.explorer.advance(states)
  }

  result(): ExploreResult {
    const { explorer, exploration, topology, options, notes } = this
    const { transitions, configurations, depth, open, limit } = explorer
    const isWhole = open === 0 && limit === null
    return {
      topology,
      options,
      channels: exploration.channels,
      states: configurations.size,
      transitions,
      depth: depth + 1,
      open,
      limit,
      handlers: explorer.processes.size.steps,
      bytes: configurations.bytes,
      properties: explorer.watching.properties.map((property, i) => judged(explorer, property, i, isWhole)),
      notes,
    }
  }
}

/**
 * A counterexample as a schedule file. Channels that keep what was sent (`set`) have none: what is
 * delivered twice was sent once.
 */
export function counterexample(
  { topology, options, channels }: ExploreResult,
  { property, finding, steps }: Explored,
  named: { readonly algorithm: string; readonly over?: string },
): Schedule | null {
  if (steps === null || channels === 'set') return null
  return {
    format: SCHEDULE_FORMAT,
    about: `${property}: ${finding?.explanation ?? ''}. No shorter schedule breaks it.`,
    ...named,
    options,
    peers: topology.ids.length,
    topology: topology.channels.map(([from, to]) => `${from}>${to}`),
    seed: 1,
    channels: channels === 'fifo' ? 'fifo' : 'unordered',
    broken: [],
    steps,
  }
}

/** The whole of an exploration, at once. */
export function explore(exploring: Exploring): ExploreResult {
  const run = new ExploreRun(exploring)
  while (!run.advance(100_000));
  return run.result()
}

function noScope({ name }: CatalogueEntry): string {
  return (
    `${name} has no small scope: nothing says what may be asked of its processes; ` +
    'an entry says it in smallScope'
  )
}

function judged(
  explorer: Explorer,
  { name, kind }: Property<Signature>,
  i: number,
  isWhole: boolean,
): Explored {
  const found = explorer.found[i] ?? null
  const common = { property: name, kind, finding: found?.finding ?? null }
  if (kind === 'sometimes') {
    const verdict = explorer.seen[i] ? 'seen' : isWhole ? 'not seen' : 'unknown'
    return { ...common, verdict, steps: null }
  }
  if (found === null) return { ...common, verdict: isWhole ? 'holds' : 'unknown', steps: null }
  const way = explorer.wayTo(found.at)
  return { ...common, verdict: 'violated', steps: stepsOf(explorer, found.move ? [...way, found.move] : way) }
}
