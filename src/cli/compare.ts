/** `compare`: algorithms that answer the same question, in one table and one picture. */
import { writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseTime } from '../faults/quantity.ts'
import {
  type Compared,
  type Conditions,
  type Group,
  type Measured,
  type Member,
  planOf,
  reported,
} from '../harness/compare.ts'
import { groups } from '../harness/compare-groups.ts'
import { conduct, type Execute } from '../harness/conduct.ts'
import { historyOf } from '../harness/history.ts'
import { lineChart } from '../harness/line-chart.ts'
import type { Plan } from '../harness/plan.ts'
import { Bug } from '../lib/assert.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { simulate } from '../runtimes/simulator/simulator.ts'
import type { Block } from '../trace-format/events.ts'
import { quiet, usage, wholeNumber } from './arguments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { checkMachine } from './limits.ts'
import { loadEntry } from './load.ts'
import { Printer } from './print.ts'

interface Options {
  peers: number
  latency: number
  seed: number
  runtime: 'libp2p' | 'simulator'
  svg?: string
  json: boolean
  progress: boolean
}

export const compareProgram = (): Command =>
  quiet(new Command('npm run testbed -- compare'))
    .description('algorithms that answer the same question, in one table and one picture')
    .argument('<group>', Object.keys(groups).join(', '))
    .option('--peers <n>', 'how many processes', count, 25)
    .option('--latency <time>', 'of every message, in ms or as 100ms', milliseconds, 100)
    .option('--seed <n>', 'decides who asks, topologies and dice', seedNumber, 1)
    .addOption(
      new Option('--runtime <kind>', 'virtual time, or real hosts')
        .choices(['simulator', 'libp2p'])
        .default('simulator'),
    )
    .option('--svg <file>', 'writes the picture')
    .option('--json', 'one JSON document on standard output', false)
    .option('--no-progress', 'no progress line')
    .addHelpText('after', EXAMPLES)

const EXAMPLES = `
Examples:
  npm run testbed -- compare broadcast --peers 25 --latency 100
  npm run testbed -- compare broadcast --svg reach.svg
  npm run testbed -- compare broadcast --runtime libp2p        on real hosts, in real time

Exit codes: 0 compared, 64 usage, 69 unavailable, 70 our bug, 130 interrupted.`

const count = (text: string) => wholeNumber(text, 2, 10_000, 'a whole number of 2 or more')
const seedNumber = (text: string) => wholeNumber(text, 0, 2 ** 32 - 1, 'a whole number from 0 to 4294967295')

function milliseconds(text: string): number {
  try {
    const ms = /^\d+$/.test(text) ? Number(text) : parseTime(text) / 1000
    if (ms >= 1) return ms
  } catch {} // said below
  throw new InvalidArgumentError('It must be a time of 1 ms or more, such as 100 or 100ms.')
}

export async function compare(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const program = compareProgram()
  usage(program, () => program.parse([...argv], { from: 'user' }))
  const options = program.opts<Options>()
  const name = program.args[0]!
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined
  if (group === undefined)
    throw new UsageError(
      `compare ${name}: there is no such group; there are ${Object.keys(groups).join(', ')}`,
    )
  const { peers, latency: latencyMs, seed, runtime } = options
  const conditions: Conditions = { peers, latencyMs, seed, runtime }
  const planned = await plansOf(group, conditions)
  const printer = new Printer(options.json ? process.stderr : process.stdout, options.progress)
  const measured: Measured<unknown>[] = []
  for (const [i, { member, plans }] of planned.entries()) {
    printer.progress(`comparing ${name}`, i, planned.length)
    const runs: Record<string, Compared> = {}
    for (const [trial, plan] of plans) {
      if (signal.aborted) return EXIT.interrupted
      runs[trial] = await comparedRun(plan, runtime, signal)
      await nextTurn()
    }
    measured.push({ member, measure: group.measure(runs) })
  }
  printer.done()
  if (signal.aborted) return EXIT.interrupted
  printer.table(group.table(measured, conditions))
  if (options.svg !== undefined) write(options.svg, lineChart(group.chart(measured, conditions)))
  if (options.json)
    process.stdout.write(`${JSON.stringify(documentOf(name, conditions, measured), null, 2)}\n`)
  return EXIT.valid
}

/** All of them before the first run, so that a mistake is found before anything is started. */
async function plansOf(group: Group, conditions: Conditions) {
  const planned: { member: Member; plans: [string, Plan][] }[] = []
  for (const member of group.members) {
    const entry: CatalogueEntry = await loadEntry(member.algorithm, undefined)
    const plans = group
      .trials(conditions)
      .map((trial): [string, Plan] => [trial.name, planOf(entry, member, trial, conditions)])
    for (const [, { topology }] of plans) {
      if (conditions.runtime === 'libp2p') checkMachine(topology.ids.length, topology.links.length, 'tcp')
    }
    planned.push({ member, plans })
  }
  return planned
}

/** No trace is sent of it, and no run kept. */
const TAG = '0000000000000001'

async function comparedRun(plan: Plan, runtime: string, signal: AbortSignal): Promise<Compared> {
  const blocks: Block[] = []
  const listener = { begin: () => {}, block: (block: Block) => void blocks.push(block) }
  const { ids, links } = plan.topology
  const identity = { id: plan.entry.name, tag: TAG, runtime, peerIds: [], command: '' }
  const conducted = await within(runtime, { ids, links, seed: plan.seed, signal }, (execute) =>
    conduct(plan, identity, execute, listener),
  )
  if (conducted.failure !== null)
    throw new Bug(`${plan.entry.name}: ${conducted.failure.message}`, { cause: conducted.failure })
  return { plan, conducted, memory: reported(plan, historyOf(blocks, ids)) }
}

interface Hosts {
  readonly ids: readonly string[]
  readonly links: readonly (readonly [number, number])[]
  readonly seed: number
  readonly signal: AbortSignal
}

async function within<T>(runtime: string, hosts: Hosts, run: (execute: Execute) => Promise<T>): Promise<T> {
  if (runtime === 'simulator') {
    return run(async (experiment, { begun }) => {
      begun(0)
      return simulate(experiment)
    })
  }
  const { Mesh } = await import('../runtimes/libp2p/mesh.ts')
  const { runOnMesh } = await import('../runtimes/libp2p/run.ts')
  const progress = () => {}
  const mesh = await Mesh.open({ ...hosts, transport: 'tcp', security: 'noise', progress })
  try {
    return await run((experiment, hooks) => runOnMesh(mesh, experiment, { ...hooks, signal: hosts.signal }))
  } finally {
    await mesh.close()
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`--svg ${path}: it cannot be written: ${(error as Error).message}`)
  }
}

const documentOf = (group: string, conditions: Conditions, measured: readonly Measured<unknown>[]) => ({
  group,
  ...conditions,
  members: measured.map(({ member: { label, algorithm, topology }, measure }) => ({
    ...{ label, algorithm, topology },
    ...(measure as object),
  })),
})
