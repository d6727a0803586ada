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
import { lineChart } from '../harness/line-chart.ts'
import type { Plan } from '../harness/plan.ts'
import { type Simulated, simulated } from '../harness/simulated.ts'
import { Bug } from '../lib/assert.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { quiet, usage, wholeNumber } from './arguments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { checkMachine } from './limits.ts'
import { loadEntry } from './load.ts'
import { Printer } from './print.ts'

interface Options {
  peers: number
  latency: number
  seed: number
  runtime?: 'libp2p' | 'simulator'
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
      new Option('--runtime <kind>', 'virtual time, or real hosts; default: as the group asks').choices([
        'simulator',
        'libp2p',
      ]),
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
  npm run testbed -- compare dht --peers 20                    always on real hosts: one is libp2p’s own

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
  const { peers, latency: latencyMs, seed, runtime = group.runtime ?? 'simulator' } = options
  const conditions: Conditions = { peers, latencyMs, seed, runtime }
  const { planned, leftOut } = await plansOf(group, conditions)
  const printer = new Printer(options.json ? process.stderr : process.stdout, options.progress)
  if (leftOut.length > 0) {
    printer.line(printer.dim(`left out, as libp2p’s own: ${leftOut.join(', ')}; --runtime libp2p has them`))
  }
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
  if (options.svg !== undefined) write(options.svg, lineChart(...group.charts(measured, conditions)))
  if (options.json)
    process.stdout.write(`${JSON.stringify(documentOf(name, conditions, measured), null, 2)}\n`)
  return EXIT.valid
}

/** All of them before the first run, so that a mistake is found before anything is started. */
async function plansOf(group: Group, conditions: Conditions) {
  const planned: { member: Member; plans: [string, Plan][] }[] = []
  const leftOut: string[] = []
  for (const member of group.members) {
    const entry: CatalogueEntry = await loadEntry(member.algorithm, undefined)
    if (entry.service !== undefined && conditions.runtime === 'simulator') {
      leftOut.push(member.label)
      continue
    }
    const plans = group
      .trials(conditions)
      .map((trial): [string, Plan] => [trial.name, planOf(entry, member, trial, conditions)])
    for (const [, { topology }] of plans) {
      if (conditions.runtime === 'libp2p') checkMachine(topology.ids.length, topology.links.length, 'tcp')
    }
    planned.push({ member, plans })
  }
  return { planned, leftOut }
}

async function comparedRun(plan: Plan, runtime: string, signal: AbortSignal): Promise<Compared> {
  const { conducted, history } = await ran(plan, runtime, signal)
  if (conducted.failure !== null)
    throw new Bug(`${plan.entry.name}: ${conducted.failure.message}`, { cause: conducted.failure })
  return { plan, conducted, history, memory: reported(plan, history) }
}

async function ran(plan: Plan, runtime: string, signal: AbortSignal): Promise<Simulated> {
  if (runtime === 'simulator') return simulated(plan)
  const { hosted } = await import('../harness/hosted.ts') // and with it libp2p
  return hosted(plan, { transport: 'tcp', security: 'noise', signal })
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
