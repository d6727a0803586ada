/** `sweep`: thousands of seeds, each with faults of its own, on all cores. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { SERVICES, SIMULATED } from '../algorithms/index.ts'
import { THROWS } from '../harness/shrink/trial.ts'
import type { Conditions, Failure } from '../harness/sweep/case.ts'
import { type Shortened, shortened } from '../harness/sweep/shortened.ts'
import { failuresOf, type Tally } from '../harness/sweep/tally.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { addAlgorithmOptions, algorithmOptions, kebab, quiet, usage, wholeNumber } from './arguments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { loadOurs } from './load.ts'
import { Printer } from './print.ts'
import { sweepSeeds } from './sweep-pool.ts'

interface Options {
  seeds: number
  from: number
  peers: readonly [number, number]
  topology?: string
  faults: string
  over?: string
  jobs: number
  eventsMax: number
  shrink: boolean
  runs: string
  json: boolean
  progress: boolean
}

/** What a sweep of one algorithm came to. */
interface Swept {
  readonly word: string
  readonly entry: CatalogueEntry
  readonly conditions: Conditions
  readonly tally: Tally
  readonly unseen: readonly string[] // sometimes-properties that no seed showed
  readonly seconds: number
  readonly examples: ReadonlyMap<Failure, Shortened | string>
}

export const sweepProgram = (): Command =>
  quiet(new Command('npm run testbed -- sweep'))
    .description('thousands of seeds, each with faults of its own, in virtual time')
    .argument('<algorithm>', 'a name of the catalogue, a file: ./mine.ts, or all')
    .option('--seeds <n>', 'how many', count, 1_000)
    .option('--from <seed>', 'the first seed', natural, 1)
    .option('--peers <n>', 'how many processes, or a range such as 2-7; the seed draws', range, [
      2, 7,
    ] as const)
    .option('--topology <kind>', 'who has a channel to whom (default: as the algorithm asks)')
    .option('--faults <plan>', 'swarm: drawn anew for each seed; own: the entry’s; or a plan', 'swarm')
    .option('--over <algorithm>', 'what a superimposed algorithm such as chandy-lamport runs upon')
    .option('--jobs <n>', 'threads', count, availableParallelism())
    .option('--events-max <n>', 'a seed that records more has no end', count, 200_000)
    .option('--no-shrink', 'do not shorten the first failure of each kind')
    .option('--runs <folder>', 'counterexamples are written below', 'runs')
    .option('--json', 'one JSON document on standard output', false)
    .option('--no-progress', 'no progress line')
    .addHelpText('after', EXAMPLES)

const EXAMPLES = `
Examples:
  npm run testbed -- sweep chandy-lamport                      1000 seeds with faults drawn for each
  npm run testbed -- sweep all --seeds 10000
  npm run testbed -- sweep ./mine.ts --peers 5 --seeds 100000
  npm run testbed -- sweep bank --faults 'latency exponential 30ms'

Exit codes: 0 no failure, 1 violated, 2 a seed without a verdict, 64 usage, 70 our bug, 130 interrupted.`

const count = (text: string) => wholeNumber(text, 1, Number.MAX_SAFE_INTEGER, 'a whole number of 1 or more')
const natural = (text: string) => wholeNumber(text, 0, 2 ** 32 - 1, 'a whole number from 0 to 4294967295')

function range(text: string): readonly [number, number] {
  const [, least, most = least] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  const [from, to] = [Number(least), Number(most)]
  if (least === undefined || from < 1 || to < from) {
    throw new InvalidArgumentError('It must be a number of processes, or a range such as 2-7.')
  }
  return [from, to]
}

export async function sweep(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const { words, entries, options, given } = await read(argv)
  const printer = new Printer(options.json ? process.stderr : process.stdout, options.progress)
  const swept: Swept[] = []
  if (argv.includes('all')) {
    printer.line(printer.dim(`left out, as libp2p’s own services on real hosts: ${SERVICES.join(', ')}`))
  }
  for (const [i, entry] of entries.entries()) {
    if (signal.aborted) break
    swept.push(await sweepOne(words[i]!, entry, algorithmOptions(entry, given), options, printer, signal))
  }
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(swept, options), null, 2)}\n`)
  if (swept.length > 1) printer.table(summary(swept))
  if (signal.aborted) return EXIT.interrupted
  return codeOf(swept)
}

async function read(argv: readonly string[]) {
  const program = sweepProgram()
  const over = argv.includes('--over') ? argv[argv.indexOf('--over') + 1] : undefined
  const word = argv.find((each, i) => !each.startsWith('-') && (i === 0 || !argv[i - 1]!.startsWith('--')))
  const words = word === 'all' ? SIMULATED : word === undefined ? [] : [word]
  const entries: CatalogueEntry[] = []
  for (const each of words) entries.push(await loadOurs(each, words.length === 1 ? over : undefined))
  addAlgorithmOptions(program, entries)
  usage(program, () => program.parse([...argv], { from: 'user' }))
  if (words.length === 0) throw new UsageError('which algorithm? npm run testbed -- sweep all')
  const given = program.opts<Options & Record<string, unknown>>()
  if (given.from + given.seeds - 1 > 2 ** 32 - 1) throw new UsageError('--seeds: seeds go up to 4294967295')
  return { words, entries, options: given as Options, given }
}

async function sweepOne(
  word: string,
  entry: CatalogueEntry,
  values: Record<string, unknown>,
  options: Options,
  printer: Printer,
  signal: AbortSignal,
): Promise<Swept> {
  const { seeds, from, jobs, peers, topology, faults, eventsMax, over } = options
  const conditions: Conditions = {
    ...{ options: values, peers, faults, eventsMax },
    ...(topology === undefined ? {} : { topology }),
  }
  const beganMs = performance.now()
  const secondsNow = () => (performance.now() - beganMs) / 1000
  const tally = await sweepSeeds({
    ...{ word, over, conditions, jobs, signal, seeds: [from, from + seeds - 1] },
    progress: (done, { failures }) => {
      const rate = done / secondsNow()
      const left = Math.ceil((seeds - done) / rate)
      const bad = Object.keys(failures).length
      const found = bad > 0 ? `, ${bad} kinds of failure` : ''
      const also = `, ${Math.round(rate)} a second, ${left} s left${found}`
      printer.progress(`${entry.name}: seeds`, done, seeds, also)
    },
  })
  const seconds = secondsNow()
  const examples = new Map<Failure, Shortened | string>()
  if (options.shrink && !signal.aborted) {
    for (const { first } of failuresOf(tally)) {
      const isShrinkable = first.kind === 'violated' || first.what === THREW
      if (!isShrinkable) continue
      const folder = join(options.runs, 'counterexamples', folderOf(entry, first, [...examples.keys()]))
      const named = { algorithm: word, ...(over === undefined ? {} : { over }) }
      const what = first.what === THREW ? THROWS : first.what
      const command = commandOf(word, entry, first, values, over)
      examples.set(first, await shortened(entry, { ...first, what }, conditions, { named, command, folder }))
    }
  }
  const unseen = Object.keys(tally.seen).filter((name) => tally.seen[name] === 0)
  const swept = { word, entry, conditions, tally, unseen, seconds, examples }
  print(printer, swept, options)
  return swept
}

/** Of several failures of one seed each but the first says in its name which it is. */
function folderOf({ name }: CatalogueEntry, { seed, what }: Failure, others: readonly Failure[]): string {
  const isFirst = others.every((other) => other.seed !== seed)
  const slug = what.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return isFirst ? `${name}-${seed}` : `${name}-${seed}-${slug}`
}

/** As `case.ts` calls it. */
const THREW = 'a handler threw'

function print(
  printer: Printer,
  { entry, conditions, tally, unseen, seconds, examples, word }: Swept,
  options: Options,
): void {
  const { seeds, events, unknown, fired } = tally
  const failures = failuresOf(tally)
  printer.line()
  const mark = failures.length > 0 ? 'violated' : unknown > 0 ? 'unknown' : 'valid'
  const rate = `${seconds.toFixed(1)} s, ${Math.round(seeds / seconds)} seeds a second`
  printer.line(
    `${printer.bold(entry.name)}  ${printer.verdict(mark)}  ` +
      `${seeds} seeds, ${events} events  ${printer.dim(rate)}`,
  )
  const kinds = Object.entries(fired).sort(([a], [b]) => (a < b ? -1 : 1))
  if (kinds.length > 0) {
    printer.line(`  faults fired: ${kinds.map(([kind, times]) => `${kind} × ${times}`).join(', ')}`)
  }
  for (const name of unseen) printer.line(`  warning: no seed showed ${name}: these runs prove little`)
  if (unknown > 0) printer.line(`  ${unknown} seeds came to no verdict`)
  for (const { first, seeds: times } of failures) {
    printer.line(
      `  ${printer.verdict('violated').replace('violated', '')}${first.what}, in ${times} of ${seeds} seeds`,
    )
    printer.line(`      ${first.explanation.split('\n', 1)[0]}`)
    printer.line(
      `      ${printer.dim('repeat it')}  ${commandOf(word, entry, first, conditions.options, options.over)}`,
    )
    const example = examples.get(first)
    if (typeof example === 'string') printer.line(`      ${example}`)
    else if (example !== undefined) {
      const { shrunk, proved, files } = example
      const how = proved === null ? '' : `, ${proved}`
      printer.line(`      shortened from ${shrunk.stepsBefore} steps to ${shrunk.steps}${how}`)
      printer.line(`      ${printer.dim('drawn')}  ${files.picture}`)
      printer.line(`      ${printer.dim('see it')}  npm run testbed -- replay ${files.schedule}`)
    }
  }
}

/** The ordinary command that repeats a seed. */
export function commandOf(
  word: string,
  entry: CatalogueEntry,
  { seed, peers, topology, faults }: Failure,
  values: Readonly<Record<string, unknown>>,
  over?: string,
): string {
  const changed = Object.entries(entry.options).filter(([name, option]) => values[name] !== option.default)
  return [
    `npm run testbed -- ${word} --runtime simulator --seed ${seed}`,
    ...(peers === 0 ? [] : [`--peers ${peers} --topology ${topology} --faults '${faults}'`]),
    ...changed.map(([name]) => `--${kebab(name)} ${values[name]}`),
    ...(over === undefined ? [] : [`--over ${over}`]),
  ].join(' ')
}

const summary = (swept: readonly Swept[]) => ({
  title: 'Sweep',
  columns: ['algorithm', 'seeds', 'events', 'seeds/s', 'faults fired', 'not seen', 'failures'],
  rows: swept.map(({ entry, tally, unseen, seconds }) => [
    entry.name,
    tally.seeds,
    tally.events,
    Math.round(tally.seeds / seconds),
    Object.values(tally.fired).reduce((sum, times) => sum + times, 0),
    unseen.length,
    failuresOf(tally).length,
  ]),
})

function codeOf(swept: readonly Swept[]): ExitCode {
  const failures = swept.flatMap(({ tally }) => failuresOf(tally))
  if (failures.some(({ first }) => first.kind === 'bug')) return EXIT.bug
  if (failures.length > 0) return EXIT.violated
  return swept.some(({ tally }) => tally.unknown > 0) ? EXIT.unknown : EXIT.valid
}

function documentOf(swept: readonly Swept[], options: Options) {
  return swept.map(({ word, entry, conditions, tally, unseen, seconds, examples }) => ({
    algorithm: entry.name,
    seeds: tally.seeds,
    from: options.from,
    events: tally.events,
    unknown: tally.unknown,
    seconds: Math.round(seconds * 1000) / 1000,
    faultsFired: tally.fired,
    seen: tally.seen,
    notSeen: unseen,
    failures: failuresOf(tally).map(({ first, seeds }) => {
      const example = examples.get(first)
      return {
        ...first,
        seeds,
        command: commandOf(word, entry, first, conditions.options, options.over),
        ...(example === undefined || typeof example === 'string'
          ? {}
          : {
              steps: example.shrunk.steps,
              stepsBefore: example.shrunk.stepsBefore,
              proved: example.proved,
              ...example.files,
            }),
      }
    }),
  }))
}
