/**
 * How many hops a lookup takes among many processes of `kademlia`, as a table and a picture:
 *
 *   node bench/hops.ts 100 1000 10000
 *
 * All join through one, refresh their tables once, and then somebody looks up a number, a thousand
 * times. Every message is sent, in the simulator; nothing is recorded but what is announced, for the
 * history of ten thousand would not fit into memory. The seed is 1: the same picture on every machine.
 */
import { writeFileSync } from 'node:fs'
import { idOf } from '../src/algorithms/kademlia/identity.ts'
import { entry, type Options } from '../src/algorithms/kademlia/index.ts'
import { keyId } from '../src/algorithms/kademlia/operations.ts'
import type { Kademlia } from '../src/algorithms/kademlia/vocabulary.ts'
import { judgedRun } from '../src/harness/judged-run.ts'
import { type Line, lineChart } from '../src/harness/line-chart.ts'
import { planRun } from '../src/harness/plan.ts'
import { Prng } from '../src/lib/prng.ts'
import type { CatalogueEntry } from '../src/model/catalogue.ts'
import type { ProcessId } from '../src/model/process.ts'
import { property } from '../src/model/property.ts'
import { buildTopology, processIds } from '../src/topology/topology.ts'

const SEED = 1
const [JOIN_MS, REFRESH_MS] = [10_000, 20_000]
/** A table is refreshed after 1 to 1.5 times `refreshMs`; then its lookups take a moment. */
const FIND_AT_MS = JOIN_MS + 1.8 * REFRESH_MS
const [EVERY_MS, AFTER_MS] = [2, 2000]

type Found = Extract<Kademlia['indication'], { type: 'found' }>

export interface Hops {
  readonly peers: number
  readonly events: number
  readonly found: number
  readonly exact: number // of these, those that name the true k nearest of all
  readonly asked: number // by a lookup, mean
  readonly counts: readonly (readonly [hops: number, lookups: number])[]
}

/** Nothing is promised here: it listens. */
function listening(ids: Map<ProcessId, string>, found: Found[]): CatalogueEntry<Kademlia, Options> {
  const listener = property<Kademlia, null>({
    name: 'LISTENS',
    kind: 'always',
    sees: ['indicate'],
    initial: () => null,
    upon(_, event) {
      if (event.kind !== 'indicate') return undefined
      const { indication, at } = event
      if (indication.type === 'numbered') ids.set(at, idOf(at, indication.nonce))
      if (indication.type === 'found') found.push(indication)
      return undefined
    },
  })
  // A channel is opened by whoever sends: all that joining takes is a link to somebody who is in.
  return { ...entry, topology: { default: 'star', fits: () => null }, properties: () => [listener] }
}

export function hopsAmong(peers: number, finds: number): Hops {
  const ids = new Map<ProcessId, string>()
  const found: Found[] = []
  const dice = new Prng(SEED, 'hops')
  const names = processIds(peers)
  const requests = Array.from({ length: finds }, (_, i) => {
    const target = keyId(`somewhere ${dice.below(2 ** 31)}`)
    return `${dice.pick(names)} find id=f${i} target=${target} @${FIND_AT_MS + i * EVERY_MS}ms`
  })
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const never = 10 * FIND_AT_MS
  const times = { joinMs: JOIN_MS, refreshMs: REFRESH_MS, replicateMs: never, republishMs: never }
  const plan = planRun({
    entry: listening(ids, found),
    options: { ...Object.fromEntries(defaults), ...times },
    topology: buildTopology('star', peers, SEED),
    runtime: 'simulator',
    seed: SEED,
    faults: 'latency 2-12ms',
    broken: [],
    requests,
    forMs: FIND_AT_MS + finds * EVERY_MS + AFTER_MS,
    watchStates: false,
  })
  const { failure, events } = judgedRun(plan, { eventsMax: 1e9 })
  if (failure !== null) throw failure
  const counts = new Map<number, number>()
  for (const { hops } of found) counts.set(hops, (counts.get(hops) ?? 0) + 1)
  return {
    peers,
    events,
    found: found.length,
    exact: found.filter((one) => isExact(one, ids)).length,
    asked: found.reduce((sum, { asked }) => sum + asked, 0) / Math.max(1, found.length),
    counts: [...counts].sort(([a], [b]) => a - b),
  }
}

/** By sorting all of them. */
function isExact({ target, processes }: Found, ids: ReadonlyMap<ProcessId, string>): boolean {
  const distance = (id: string) => BigInt(`0x${id}`) ^ BigInt(`0x${target}`)
  const all = [...ids].map(([process, id]) => ({ process, far: distance(id) }))
  all.sort((a, b) => (a.far < b.far ? -1 : 1))
  const named = new Set(processes)
  return all.slice(0, processes.length).every(({ process }) => named.has(process))
}

export const hopsChart = (all: readonly Hops[]): string =>
  lineChart({
    title: 'Hops of a lookup, k = 20, α = 3',
    xLabel: 'hops until the last of the k nearest was heard of',
    yLabel: 'share of all lookups',
    joined: 'straight',
    lines: all.map(({ peers, counts, found }): Line => {
      const most = counts.at(-1)?.[0] ?? 0
      const of = new Map(counts)
      const points = Array.from(
        { length: most + 2 },
        (_, hops) => [hops, (of.get(hops) ?? 0) / found] as const,
      )
      return { label: `${peers} processes`, points }
    }),
  })

export function hopsTable(all: readonly Hops[]): string[] {
  return all.map(({ peers, found, exact, asked, counts, events }) => {
    const mean = counts.reduce((sum, [hops, many]) => sum + hops * many, 0) / found
    const shares = counts.map(([hops, many]) => `${hops}: ${many}`).join(', ')
    const cells = [peers, found, exact, mean.toFixed(2), counts.at(-1)![0], Math.ceil(Math.log2(peers))]
    return `| ${[...cells, asked.toFixed(1), shares, events].join(' | ')} |`
  })
}

if (import.meta.main) {
  const all: Hops[] = []
  for (const peers of process.argv.slice(2).map(Number)) {
    all.push(hopsAmong(peers, 1000))
    process.stdout.write(`${hopsTable(all).at(-1)}\n`)
  }
  writeFileSync(new URL('../docs/pictures/kademlia-hops.svg', import.meta.url), hopsChart(all))
}
