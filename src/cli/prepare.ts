/** From the words on the command line to plans; every mistake of the operator is found here. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { DEFAULT_ALGORITHMS } from '../algorithms/index.ts'
import type { Execute } from '../harness/conduct.ts'
import { type Plan, planRun } from '../harness/plan.ts'
import { swarmFor } from '../harness/sweep/case.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { buildTopology, isEdgeFile, type Topology } from '../topology/topology.ts'
import type { ShortenedFrom } from '../trace-format/run.ts'
import {
  addAlgorithmOptions,
  algorithmOptions,
  command,
  DEFAULT_PEERS,
  drawSeed,
  entryHelp,
  type General,
  generalHelp,
  usage,
} from './arguments.ts'
import { checkOutlets } from './check-outlets.ts'
import { checkMachine } from './limits.ts'
import { loadEntry } from './load.ts'

export interface Prepared {
  readonly plans: readonly Plan[]
  readonly general: General & { seed: number }
  readonly words: readonly string[] // the algorithms, as they were written
  readonly ids: readonly string[]
  readonly links: readonly (readonly [number, number])[] // of all plans
  readonly replay?: Replaying // what decides instead of the seed
}

/** A run by a schedule. */
export interface Replaying {
  readonly execute: Execute
  readonly command: string // repeats it
  readonly lines: readonly string[] // what a person is told of it before the verdict
  readonly document: () => object // and a program besides
  readonly first: FirstRun | null // that it is the short form of
}

/** The run that a schedule was shortened from, as it can be made again. */
export interface FirstRun {
  readonly plan: Plan
  readonly command: string
  readonly events: number
  readonly kept: Omit<ShortenedFrom, 'run'>
  readonly note: string | null // what a reader should know of it
}

/** Reads the arguments; commander itself prints and throws for `--help`. */
export async function prepare(argv: readonly string[]): Promise<Prepared> {
  const program = command('npm run testbed --')
  const words = wordsOf(argv)
  const over = written(argv, '--over')
  const entries: CatalogueEntry[] = []
  for (const word of words.length > 0 ? words : DEFAULT_ALGORITHMS) {
    const superimposed = over !== undefined && (words.length === 1 || word === 'chandy-lamport')
    entries.push(await loadEntry(word, superimposed ? over : undefined))
  }
  const service = entries.find((entry) => entry.service !== undefined)
  if (service !== undefined && entries.length > 1)
    throw new UsageError(`${service.name} needs hosts of its own: run it alone, then the others`)
  addAlgorithmOptions(program, entries)
  program.addHelpText('after', words.length > 0 ? entries.map(entryHelp).join('\n') : generalHelp())
  usage(program, () => program.parse([...argv], { from: 'user' }))
  const prepared = plansOf(program, entries, words)
  if (service !== undefined && prepared.general.interactive === true)
    throw new UsageError(
      `--interactive: ${service.name} is a service of libp2p's own, and cannot be held open yet; ` +
        'ask and break it with --request and --faults',
    )
  await checkOutlets(prepared.general)
  return prepared
}

function plansOf(program: Command, entries: readonly CatalogueEntry[], words: readonly string[]): Prepared {
  const given = program.opts<General & Record<string, unknown>>()
  const general = { ...given, seed: given.seed ?? drawSeed() }
  const plans = entries.map((entry) => {
    const topology = topologyOf(entry, general)
    return planRun({
      entry,
      options: algorithmOptions(entry, given),
      topology,
      runtime: general.runtime,
      seed: general.seed,
      broken: general.break,
      requests: general.request,
      ...(general.faults === undefined ? {} : { faults: faultsOf(entry, topology, given, general) }),
      ...(general.latency === undefined ? {} : { latency: general.latency }),
      ...(general.streams === undefined ? {} : { streams: general.streams }),
      ...(general.channels === undefined ? {} : { channels: general.channels }),
      ...(general.for === undefined ? {} : { forMs: general.for }),
    })
  })
  const links = new Map(
    plans.flatMap(({ topology }) => topology.links.map((link) => [link.join(), link] as const)),
  )
  const { ids } = plans[0]!.topology
  if (general.runtime === 'libp2p') checkMachine(ids.length, links.size, general.transport)
  return { plans, general, words, ids, links: [...links.values()].sort(([a, b], [c, d]) => a - c || b - d) }
}

/** `swarm` is what a sweep draws for this seed. */
function faultsOf(
  entry: CatalogueEntry,
  topology: Topology,
  given: Record<string, unknown>,
  { faults, seed }: General,
): string {
  if (faults !== 'swarm') return faults ?? ''
  return swarmFor(entry, topology, seed, algorithmOptions(entry, given))
}

function topologyOf(entry: CatalogueEntry, general: General & { seed: number }): Topology {
  const text = general.topology ?? entry.topology.default
  const peers = general.peers ?? (isEdgeFile(text) ? null : DEFAULT_PEERS)
  const hosts = peers ?? 0
  // A million rows of a complete topology would fill the memory before they could be refused.
  if (general.runtime === 'libp2p')
    checkMachine(hosts, /^complete/.test(text) ? (hosts * (hosts - 1)) / 2 : 0, general.transport)
  return buildTopology(text, peers, general.seed, readEdgeFile)
}

function readEdgeFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error((error as Error).message.replace(/^\w+: /, '')) // the topology says of which file
  }
}

/**
 * The algorithms named: the words before the first option, and after options none that could be a
 * value of one.
 */
function wordsOf(argv: readonly string[]): string[] {
  const general = command('')
  const words: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') break
    if (!word.startsWith('-')) {
      words.push(word)
      continue
    }
    if (word.includes('=')) continue
    const option = general.options.find(({ long, short }) => long === word || short === word)
    const takesValue = option ? option.required : i + 1 < argv.length && !argv[i + 1]!.startsWith('-')
    if (takesValue) i++
    while (option?.variadic && i + 1 < argv.length && !argv[i + 1]!.startsWith('-')) i++
  }
  return words
}

function written(argv: readonly string[], option: string): string | undefined {
  const at = argv.findIndex((word) => word === option || word.startsWith(`${option}=`))
  if (at < 0) return undefined
  return argv[at]!.includes('=') ? argv[at]!.slice(option.length + 1) : argv[at + 1]
}
