/**
 * How fast the simulator is, with the digest and three promises on, one thread: events of the
 * history a second by the number of processes, seeds a second, and memory. One JSON line a figure.
 *
 *   node bench/ours/simulator.ts                    all, each in a process of its own
 *   node bench/ours/simulator.ts events bank 100    one: algorithm, processes
 *   node bench/ours/simulator.ts seeds              5 processes, about 2,000 events a run
 *   node bench/ours/simulator.ts flood 100000       one rumour over so many processes, and what it takes
 *
 * Both wall clock and CPU time are told: on a machine that does other things the latter is nearer to
 * the truth.
 */
import { spawnSync } from 'node:child_process'
import { catalogue } from '../../src/algorithms/index.ts'
import { judgedRun } from '../../src/harness/judged-run.ts'
import { type Plan, planRun } from '../../src/harness/plan.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { buildTopology, PROCESSES_MAX, type Topology } from '../../src/topology/topology.ts'

const SIZES = [5, 20, 100, 1000, 10_000]
/** A figure is of so many seconds of CPU time at least. */
const LEAST_S = Number(process.env.LEAST_S ?? 2)
const PROMISES = 3

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

function tell(figure: object): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`)
}

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
  const { events, cpuS, wallS, runs } = measure((seed) => judgedRun(withSeed(plan, seed)).events)
  tell({
    figure: 'events',
    algorithm: name,
    processes: n,
    eventsARun: Math.round(events / runs),
    eventsACpuSecond: Math.round(events / cpuS),
    eventsASecond: Math.round(events / wallS),
    rssMb: rssMb(),
  })
}

async function seeds(): Promise<void> {
  const entry = await entryOf('bank')
  const given = { spendings: 80 }
  const { events, cpuS, wallS, runs } = measure(
    (seed) => judgedRun(planOf(entry, buildTopology('complete', 5, seed), given, seed)).events,
  )
  tell({
    figure: 'seeds',
    algorithm: 'bank',
    processes: 5,
    eventsARun: Math.round(events / runs),
    seedsACpuSecond: Math.round(runs / cpuS),
    seedsASecond: Math.round(runs / wallS),
    rssMb: rssMb(),
  })
}

async function flood(n: number): Promise<void> {
  const entry = await entryOf('flooding')
  const [cpu, began] = [process.cpuUsage(), performance.now()]
  const topology = buildTopology('random-regular:8', n, 1, undefined, PROCESSES_MAX)
  const { events, ended } = judgedRun(planOf(entry, topology, { broadcasts: 1 }, 1))
  const { user, system } = process.cpuUsage(cpu)
  tell({
    figure: 'flood',
    processes: n,
    events,
    ended,
    cpuS: (user + system) / 1e6,
    wallS: (performance.now() - began) / 1000,
    rssMb: rssMb(),
  })
}

const [what, ...words] = process.argv.slice(2)
if (what === 'events') await events(words[0] ?? 'bank', Number(words[1] ?? 20))
else if (what === 'seeds') await seeds()
else if (what === 'flood') await flood(Number(words[0] ?? 10_000))
else {
  const figures = [
    ...['bank', 'flooding'].flatMap((name) =>
      SIZES.filter((n) => name === 'flooding' || n <= 100).map((n) => ['events', name, String(n)]),
    ),
    ['seeds'],
    ['flood', '10000'],
    ['flood', '100000'],
  ]
  for (const figure of figures) {
    const { status } = spawnSync(process.execPath, [import.meta.filename, ...figure], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
