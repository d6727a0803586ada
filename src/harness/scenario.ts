/**
 * A scenario: a run that is worth reading, as a text file. First its options as
 * on the command line, over as many lines as they need; then everything that
 * happened in the simulator; then the verdict:
 *
 *   # Comments say what to look for.
 *   chandy-lamport --peers 3 --seed 2 --spendings 2 --faults 'latency 1-20ms'
 *   ----
 *    0   0.000  p00  starts
 *   …
 *   ----
 *   valid, quiescent after 31.620 ms
 *   …
 *
 * The idea is that of the data-driven tests of etcd (etcd-io/raft, `testdata/`):
 * what follows the first rule is written by the program and reviewed as a diff.
 */
import { parseArgs } from 'node:util'
import { catalogue } from '../algorithms/index.ts'
import { breakable } from '../faults/cut-down.ts'
import { parseTime } from '../faults/quantity.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { buildTopology } from '../topology/topology.ts'
import { parseDelivery } from './delivery.ts'
import { type Breakable, type Plan, planRun } from './plan.ts'
import { simulated } from './simulated.ts'
import { eventLines, verdictLines } from './transcript.ts'

const RULE = '----'

/**
 * Runs a scenario and gives its text anew: the part above the first rule stays, the rest is what
 * happened.
 */
export async function playScenario(text: string): Promise<string> {
  const lines = text.split('\n')
  const rule = lines.indexOf(RULE)
  const head = rule < 0 ? text.trimEnd().split('\n') : lines.slice(0, rule)
  const run = await simulated(await planScenario(head))
  return [...head, RULE, ...eventLines(run.history), RULE, ...verdictLines(run), ''].join('\n')
}

/** The run that the head of a scenario asks for. */
export async function planScenario(head: readonly string[]): Promise<Plan> {
  const [name = '', ...words] = shellWords(head.filter((line) => !line.startsWith('#')).join(' '))
  const entry = await entryOf(name, words[words.indexOf('--over') + 1], words.includes('--over'))
  const values = read(words, Object.keys(entry.options))
  const one = (option: string) => values[option] as string | undefined
  const seed = wholeNumber('seed', one('seed'))
  const peers = wholeNumber('peers', one('peers'))
  return planRun({
    entry,
    options: optionsOf(entry, one),
    topology: buildTopology(one('topology') ?? entry.topology.default, peers, seed),
    runtime: 'simulator',
    seed,
    broken: ((values.break ?? []) as Breakable[]).map(known),
    requests: (values.request ?? []) as string[],
    ...(values.faults === undefined ? {} : { faults: one('faults')! }),
    ...(values.latency === undefined ? {} : { latency: one('latency')! }),
    ...(values.channels === undefined ? {} : { channels: parseDelivery(one('channels')!) }),
    ...(values.for === undefined ? {} : { forMs: parseTime(one('for')!) / 1000 }),
  })
}

const ONCE = ['peers', 'seed', 'topology', 'over', 'faults', 'latency', 'channels', 'for']
const REPEATED = ['break', 'request']

function read(words: string[], ofEntry: readonly string[]): Record<string, string | string[] | undefined> {
  const option = (multiple: boolean) => (name: string) => [name, { type: 'string', multiple }] as const
  const once = [...ONCE, ...ofEntry.map(kebab)].map(option(false))
  const options = Object.fromEntries([...once, ...REPEATED.map(option(true))])
  try {
    return parseArgs({ args: words, options, strict: true }).values as ReturnType<typeof read>
  } catch (error) {
    throw new UsageError(`scenario: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function entryOf(
  name: string,
  over: string | undefined,
  superimposed: boolean,
): Promise<CatalogueEntry> {
  const { entry } = await loaded(name)
  if (!('upon' in entry)) {
    if (!superimposed) return entry
    throw new UsageError(`scenario: ${name} runs by itself, not over another algorithm`)
  }
  const { entry: basic } = await loaded(over !== undefined && superimposed ? over : entry.over)
  if ('upon' in basic) throw new UsageError(`scenario: ${basic.name} is itself superimposed`)
  return entry.upon(basic)
}

function loaded(name: string) {
  const load = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (load !== undefined) return load()
  throw new UsageError(
    `scenario: it begins with an algorithm: ${Object.keys(catalogue).join(', ')}; not '${name}'`,
  )
}

function optionsOf(
  entry: CatalogueEntry,
  given: (option: string) => string | undefined,
): Record<string, unknown> {
  const values = Object.entries(entry.options).map(([name, { shape, default: byDefault }]) => {
    const text = given(kebab(name))
    const value = text === undefined ? byDefault : shape.parse(text)
    if (text === undefined || shape.fits(value)) return [name, value] as const
    throw new UsageError(`scenario: --${kebab(name)} ${text} must be a ${shape.label}`)
  })
  return Object.fromEntries(values)
}

/** A golden run is one run: what the command line would draw or assume must be said. */
function wholeNumber(option: string, text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new UsageError(`scenario: it says --${option} and a whole number`)
}

function known(assumption: Breakable): Breakable {
  if (breakable.includes(assumption)) return assumption
  throw new UsageError(`scenario: --break ${assumption}: there are ${breakable.join(', ')}`)
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Words as a shell parts them: by blanks, but not within quotes, which it takes away. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double))
}
