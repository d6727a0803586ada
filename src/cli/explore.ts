/** `explore`: every schedule of a small case, exhaustively. */
import { writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Command, Option } from 'commander'
import {
  counterexample,
  type Explored,
  type ExploreResult,
  ExploreRun,
  type Exploring,
} from '../harness/explore.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { stepName } from '../model/step.ts'
import { Unavailable } from '../runtimes/experiment.ts'
import type { ChannelKind } from '../runtimes/simulator/explore/contents.ts'
import { TooManyWays } from '../runtimes/simulator/explore/dice.ts'
import { ReadsClock } from '../runtimes/simulator/explore/processes.ts'
import { addAlgorithmOptions, givenOptions, quiet, usage, wholeNumber } from './arguments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { loadOurs } from './load.ts'
import { Printer } from './print.ts'

interface Options {
  peers?: number
  topology?: string
  channels?: ChannelKind
  crashes: number
  loss: boolean
  over?: string
  properties: boolean
  statesMax?: number
  memoryMax?: number // MB
  save?: string
  json: boolean
  progress: boolean
}

/** States between two looks at the keyboard: some ms. */
const STATES_A_TURN = 5_000
const MB = 1024 ** 2

export async function exploreCommand(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const { entry, exploring, options, command } = await read(argv)
  const printer = new Printer(options.json ? process.stderr : process.stdout, options.progress)
  const beganMs = performance.now()
  const run = begun(entry, exploring)
  const { name } = run.topology
  const { channels, crashes, loss } = run.exploration
  printer.line(`${printer.bold(entry.name)}  ${printer.dim(entry.summary)}`)
  const conditions = [
    `every schedule of ${run.topology.ids.length} processes, ${name}`,
    `channels: ${WORDS[channels]}`,
    ...(crashes > 0 ? [`at most ${crashes} may crash`] : []),
    ...(loss ? ['any message may be lost'] : []),
  ]
  printer.line(`  ${conditions.join('; ')}`)
  for (const note of run.notes) printer.line(`  ${note}`)
  while (!blamed(entry, () => run.advance(STATES_A_TURN))) {
    const { configurations, open } = run.explorer
    printer.progress('states', configurations.size - open, configurations.size)
    await nextTurn()
    if (signal.aborted) break
  }
  printer.done()
  const result = run.result()
  const seconds = (performance.now() - beganMs) / 1000
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(entry, result, seconds), null, 2)}\n`)
  print(printer, result, seconds, command)
  if (options.save !== undefined) save(printer, options.save, result, entry.name, options.over)
  if (signal.aborted) {
    printer.line(`  interrupted: ${result.open} states were found and not gone on from`)
    return EXIT.interrupted
  }
  return exitOf(result)
}

const WORDS: Record<ChannelKind, string> = { fifo: 'FIFO', bag: 'not FIFO', set: 'sets' }

/** What may be written after `explore`; an algorithm adds its own options. */
export const exploreProgram = (): Command =>
  quiet(new Command('npm run testbed -- explore'))
    .description('every schedule of a small case, exhaustively')
    .argument('<algorithm>', 'a name of the catalogue, or a file: ./mine.ts')
    .option('--peers <n>', 'how many processes (default: as the entry’s small scope says)', count)
    .option('--topology <kind>', 'who has a channel to whom (default: likewise)')
    .addOption(
      new Option(
        '--channels <kind>',
        'fifo; bag: anything on its way may come next; set: what was sent stays (default: as assumed)',
      ).choices(['fifo', 'bag', 'set']),
    )
    .option('--crashes <n>', 'processes that may crash, at any moment', natural, 0)
    .option('--loss', 'any message may be lost', false)
    .option('--over <algorithm>', 'what a superimposed algorithm such as chandy-lamport runs upon')
    .option('--no-properties', 'states alone: what the counts of other model checkers are')
    .option('--states-max <n>', 'stop after so many states (default: 50 million)', count)
    .option('--memory-max <MB>', 'stop when the states take more (default: 1024)', count)
    .option('--save <file>', 'write the shortest counterexample as a schedule, for replay')
    .option('--json', 'one JSON document on standard output', false)
    .option('--no-progress', 'no progress line')
    .addHelpText('after', EXAMPLES)

async function read(argv: readonly string[]) {
  const program = exploreProgram()
  const over = argv[argv.indexOf('--over') + 1]
  const word = argv.find((each, i) => !each.startsWith('-') && (i === 0 || !argv[i - 1]!.startsWith('--')))
  const entry = word === undefined ? null : await loadOurs(word, argv.includes('--over') ? over : undefined)
  if (entry !== null) addAlgorithmOptions(program, [entry])
  usage(program, () => program.parse([...argv], { from: 'user' }))
  if (entry === null) throw new UsageError('which algorithm? npm run testbed -- explore chang-roberts')
  const options = program.opts<Options & Record<string, unknown>>()
  const exploring: Exploring = {
    entry,
    options: givenOptions(entry, options),
    crashes: options.crashes,
    loss: options.loss,
    watch: options.properties,
    ...(options.peers === undefined ? {} : { peers: options.peers }),
    ...(options.topology === undefined ? {} : { topology: options.topology }),
    ...(options.channels === undefined ? {} : { channels: options.channels }),
    ...(options.statesMax === undefined ? {} : { statesMax: options.statesMax }),
    ...(options.memoryMax === undefined ? {} : { bytesMax: options.memoryMax * MB }),
  }
  return { entry, exploring, options, command: ['npm run testbed -- explore', ...argv].join(' ') }
}

const EXAMPLES = `
Examples:
  npm run testbed -- explore chang-roberts                     holds in all reachable states
  npm run testbed -- explore chandy-lamport --channels bag     the shortest ways to break it
  npm run testbed -- explore lamport-mutex --no-properties     as TLC counts: 724274 states
  npm run testbed -- explore abd-register --crashes 1

Exit codes: 0 holds in all reachable states, 1 violated, 2 a limit struck first, 64 usage, 130 interrupted.`

const count = (text: string) => wholeNumber(text, 1, Number.MAX_SAFE_INTEGER, 'a whole number of 1 or more')
const natural = (text: string) => wholeNumber(text, 0, 1000, 'a whole number from 0 to 1000')

const begun = (entry: CatalogueEntry, exploring: Exploring) => blamed(entry, () => new ExploreRun(exploring))

/** What has no end cannot be explored, and that is no bug. */
function blamed<T>({ name }: CatalogueEntry, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof ReadsClock) {
      throw new UsageError(
        `${name} cannot be explored: ${error.message}, and time has no end; sweep it instead`,
      )
    }
    if (error instanceof TooManyWays) throw new UsageError(`${name} cannot be explored: ${error.message}`)
    throw error
  }
}

function print(printer: Printer, result: ExploreResult, seconds: number, command: string): void {
  const { states, transitions, depth, bytes, limit, open, properties } = result
  printer.line()
  const perSecond = Math.round(states / seconds)
  printer.line(
    `${states} distinct states, ${transitions + 1} generated, depth ${depth}; ` +
      printer.dim(`${seconds.toFixed(1)} s, ${perSecond} a second, ${Math.round(bytes / states)} bytes each`),
  )
  if (limit !== null) {
    printer.line(`  the limit on ${limit} is reached: ${open} states were found and not gone on from`)
  }
  for (const property of properties) printProperty(printer, property)
  const bad = properties.some(({ verdict }) => verdict === 'violated')
  if (bad) printer.line(`  ${printer.dim('repeat it')}  ${command}`)
}

/** Of several the shortest. */
function save(printer: Printer, path: string, result: ExploreResult, algorithm: string, over?: string): void {
  const broken = result.properties
    .filter(({ steps }) => steps !== null)
    .sort((a, b) => a.steps!.length - b.steps!.length)
  const named = { algorithm, ...(over === undefined ? {} : { over }) }
  const schedule = broken.length === 0 ? null : counterexample(result, broken[0]!, named)
  if (schedule === null) return printer.line('  there is no counterexample to write')
  try {
    writeFileSync(path, `${JSON.stringify(schedule, null, 1)}\n`)
  } catch (error) {
    throw new Unavailable(`--save ${path}: it cannot be written: ${(error as Error).message}`)
  }
  printer.line(`  ${printer.dim('see it happen')}  npm run testbed -- replay ${path}`)
}

function printProperty(printer: Printer, { property, verdict, finding, steps }: Explored): void {
  const word = {
    holds: 'valid',
    seen: 'valid',
    violated: 'violated',
    unknown: 'unknown',
    'not seen': 'not seen',
  }
  const says = {
    holds: 'holds in all reachable states',
    seen: 'seen',
    violated: '',
    unknown: '',
    'not seen': '',
  }
  printer.line(`  ${printer.verdict(word[verdict])}  ${property}  ${printer.dim(says[verdict])}`)
  if (verdict !== 'violated' || steps === null) return
  printer.line(`      ${finding?.explanation ?? ''}`)
  printer.line(`      no shorter way leads there than these ${steps.length} steps:`)
  for (const [i, step] of steps.entries())
    printer.line(`      ${String(i + 1).padStart(3)}  ${stepName(step)}`)
}

function exitOf({ properties, limit }: ExploreResult): ExitCode {
  if (properties.some(({ verdict }) => verdict === 'violated')) return EXIT.violated
  return limit === null ? EXIT.valid : EXIT.unknown
}

function documentOf({ name }: CatalogueEntry, result: ExploreResult, seconds: number) {
  const { topology, properties, transitions, ...rest } = result
  return {
    algorithm: name,
    peers: topology.ids.length,
    topology: topology.name,
    ...rest,
    transitions,
    generated: transitions + 1,
    seconds: Math.round(seconds * 1000) / 1000,
    properties: properties.map(({ steps, ...property }) => ({
      ...property,
      steps,
      names: steps?.map(stepName) ?? null,
    })),
  }
}
