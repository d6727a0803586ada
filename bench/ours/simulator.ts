/**
 * How fast the simulator is, with the digest and three promises on, one thread: events of the
 * history a second, seeds a second, and memory. By CPU time, which on a machine that does other
 * things is nearer to the truth than the wall clock.
 */

import { catalogue } from '../../src/algorithms/index.ts'
import { judgedRun } from '../../src/harness/judged-run.ts'
import { type Plan, planRun } from '../../src/harness/plan.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { buildTopology, PROCESSES_MAX, type Topology } from '../../src/topology/topology.ts'
import { answer, task } from '../answer.ts'

/** A figure is of so many seconds of CPU time at least. */
const { what, algorithm, processes, leastS: LEAST_S } = task<Task>()
const PROMISES = 3

interface Task {
  readonly what: 'events' | 'seeds' | 'flood'
  readonly algorithm: string
  readonly processes: number
  readonly leastS: number
}

type Options = Record<string, unknown>

async function entryOf(name: string): Promise<CatalogueEntry> {
  const { entry } = await catalogue[name]!()
  return 'over' in entry ? entry.upon(await entryOf(entry.over)) : entry
}

function planOf(entry: CatalogueEntry, topology: Topology, given: Options, seed: number): Plan {
  const options = Object.fromEntries(Object.entries(entry.options).map(([name, { default: d }]) => [name, d]))
  return planRun({
    entry: { ...entry, properties: (all) => entry.properties(all).slice(0, PROMISES) },
    options: { ...options, ...given },
    topology,
    runtime: 'simulator',
    seed,
    broken: [],
    requests: [],
  })
}

/** The same run with other dice: what it takes to plan it is no part of the figure. */
const withSeed = (plan: Plan, seed: number): Plan => ({
  ...plan,
  seed,
  experiment: { ...plan.experiment, seed },
})

/** Runs, seed after seed, until it has taken long enough; the best of five parts is the machine's own. */
function measure(run: (seed: number) => number): {
  events: number
  runs: number
  cpuS: number
  wallS: number
} {
  run(1)
  const parts = []
  let seed = 1
  for (let part = 0; part < 5; part++) {
    const [cpu, began] = [process.cpuUsage(), performance.now()]
    let events = 0
    let runs = 0
    let cpuS = 0
    while (cpuS < LEAST_S / 5) {
      events += run(++seed)
      runs++
      const { user, system } = process.cpuUsage(cpu)
      cpuS = (user + system) / 1e6
    }
    parts.push({ events, runs, cpuS, wallS: (performance.now() - began) / 1000 })
  }
  return parts.reduce((best, part) => (part.events / part.cpuS > best.events / best.cpuS ? part : best))
}

const rssMb = () => Math.round(process.resourceUsage().maxRSS / 1024)

async function events(name: string, n: number): Promise<void> {
  const entry = await entryOf(name)
  const topology = buildTopology(
    name === 'flooding' ? `random-regular:${Math.min(8, n - 1)}` : entry.topology.default,
    n,
    1,
  )
  const given: Options =
    name === 'flooding'
      ? { broadcasts: Math.max(1, Math.ceil(2000 / n)) }
      : { spendings: Math.max(2, Math.ceil(4000 / n)) }
  const plan = planOf(entry, topology, given, 1)
  const { events, cpuS } = measure((seed) => judgedRun(withSeed(plan, seed)).events)
  answer({ figures: { perSecond: events / cpuS, rssMb: rssMb() }, work: {} })
}

async function seeds(): Promise<void> {
  const entry = await entryOf('bank')
  const given = { spendings: 80 }
  const { cpuS, runs } = measure(
    (seed) => judgedRun(planOf(entry, buildTopology('complete', 5, seed), given, seed)).events,
  )
  answer({ figures: { perSecond: runs / cpuS, rssMb: rssMb() }, work: {} })
}

async function flood(n: number): Promise<void> {
  const entry = await entryOf('flooding')
  const topology = buildTopology('random-regular:8', n, 1, undefined, PROCESSES_MAX)
  const { events, ended } = judgedRun(planOf(entry, topology, { broadcasts: 1 }, 1))
  if (ended !== 'quiescent') throw new Error(`the flood ended: ${ended}`)
  answer({ figures: { rssMb: rssMb(), events }, work: {} })
}

if (what === 'events') await events(algorithm, processes)
else if (what === 'seeds') await seeds()
else await flood(processes)
