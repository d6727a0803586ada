/** What the operator may write after `npm run testbed --`, and what it means. */
import { randomInt } from 'node:crypto'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { breakable } from '../faults/cut-down.ts'
import { faultForms, scopeForms } from '../faults/forms.ts'
import { DELIVERY_FORMS, parseDelivery } from '../harness/delivery.ts'
import { ownFaults } from '../harness/plan.ts'
import { requestForms } from '../harness/request.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import type { Delivery } from '../runtimes/experiment.ts'
import { topologies } from '../topology/kinds.ts'
import { processIds } from '../topology/topology.ts'

/** The general options, as commander hands them over. */
export interface General {
  peers?: number
  topology?: string
  transport: 'tcp' | 'memory'
  security: 'noise' | 'plaintext'
  streams?: 'channel' | 'exchange'
  channels?: Delivery
  runtime: 'libp2p' | 'simulator'
  seed: number
  over?: string
  faults?: string
  latency?: string
  break: ('fifo' | 'reliable' | 'noDuplicates' | 'crashes')[]
  for?: number
  request: string[]
  port?: number
  otlp: string | boolean
  runs: string
  html?: string
  interactive?: boolean // undefined: nobody said
  exit: boolean
  json: boolean
  verbose: boolean
  progress: boolean
}

/** Processes when nobody says how many. */
export const DEFAULT_PEERS = 20

/** The command with its general options; algorithms add their own. */
export function command(name: string): Command {
  const program = new Command(name)
    .argument('[algorithm...]', 'names of the catalogue, or a file: ./mine.ts')
    .option('--peers <n>', `how many processes (default: ${DEFAULT_PEERS})`, peerCount)
    .option(
      '--topology <kind>',
      `${Object.keys(topologies).join(', ')} or a file of links (default: as the algorithm asks)`,
    )
    .addOption(choice('--transport <kind>', ['tcp', 'memory'], 'tcp', 'how libp2p hosts reach one another'))
    .addOption(choice('--security <kind>', ['noise', 'plaintext'], 'noise', 'plaintext proves no identities'))
    .addOption(
      new Option('--streams <kind>', 'one long-lived stream a channel, or one stream a message').choices([
        'channel',
        'exchange',
      ]),
    )
    .option('--channels <order>', `how the simulator’s channels deliver: ${DELIVERY_FORMS}`, delivery)
    .addOption(choice('--runtime <kind>', ['libp2p', 'simulator'], 'libp2p', 'real hosts, or virtual time'))
    .option(
      '--seed <n>',
      'decides keys, topology, workload, faults (default: drawn, and printed)',
      seedNumber,
    )
    .option('--over <algorithm>', 'what a superimposed algorithm such as chandy-lamport runs upon')
    .option(
      '--faults <plan>',
      'instead of the algorithm’s own conditions; see below; swarm: what a sweep draws for this seed',
    )
    .option('--latency <time>', 'adds a latency rule: 5ms, 2-10ms, exponential 20ms')
    .addOption(
      new Option('--break <assumption...>', 'lift an assumption, to see what it is for')
        .choices([...breakable])
        .default([], 'none'),
    )
    .option('--for <time>', 'end the run after this time: 500ms, 10s', duration)
    .option(
      '--request <request>',
      'instead of the workload, once or more: "p00 ping p05", "p00 ping target=p05 @50ms"',
      collect,
      [],
    )
    .option(
      '--port <n>',
      'port of the viewer; taken by another program it is an error (default: 8700 or the next free)',
      port,
    )
    .option(
      '--otlp <url>',
      'OTLP/HTTP endpoint that also gets the spans (default: $OTEL_EXPORTER_OTLP_ENDPOINT or localhost:4318)',
    )
    .option('--no-otlp', 'send spans to no other program')
    .option('--runs <folder>', 'where runs are kept', 'runs')
    .option('--html <file>', 'also write the runs and the viewer as one page that needs no server')
    .option('--exit', 'do not go on serving the viewer when the run is over', false)
    .option('--json', 'one JSON document on standard output (see docs/json.md); implies --exit', false)
    .option('--verbose', 'also print every property and every operation', false)
    .option('--no-progress', 'no progress line')
  return quiet(holding(program))
}

const holding = (program: Command): Command =>
  program
    .option(
      '--interactive',
      'hold the last run open: what is typed at it is done (see below); without a terminal only if said',
    )
    .option('--no-interactive', 'a run ends where it ends, also on a terminal')

/** Errors come as exceptions, and help goes to standard output, whatever happens to the process. */
export function quiet(program: Command): Command {
  return program
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError(true)
    .helpOption('--help', 'this text')
}

/** Adds the options of the algorithms that will run; two that share a name must mean the same. */
export function addAlgorithmOptions(program: Command, entries: readonly CatalogueEntry[]): void {
  for (const { name, options } of entries) {
    for (const [option, { shape, default: byDefault, help }] of Object.entries(options)) {
      const flag = `--${kebab(option)}`
      if (program.options.some(({ long }) => long === flag)) continue
      const defaultText = byDefault === null ? '' : ` (default: ${JSON.stringify(byDefault)})`
      program.option(`${flag} <value>`, `${name}: ${help}${defaultText}`, (text) => {
        const value = shape.parse(text)
        if (shape.fits(value)) return value
        throw new InvalidArgumentError(`It must be a ${shape.label}.`)
      })
    }
  }
}

/** The values of an entry's options: as given, else its defaults. */
export function algorithmOptions(
  entry: CatalogueEntry,
  given: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry.options).map(([name, option]) => [name, given[name] ?? option.default]),
  )
}

/** The options of an entry that were written; the others are left to whoever knows better. */
export function givenOptions(entry: CatalogueEntry, given: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(entry.options).filter((name) => given[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, given[name]]))
}

/** Turns commander's complaints into ours; help and version are no complaints and pass. */
export function usage<T>(program: Command, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error
    const said = error.message.replace(/^error: /, '').replace(/\n\(/, ' (')
    throw new UsageError(`${said.replace(/\.$/, '')}. ${program.name()} --help lists what there is`)
  }
}

export function generalHelp(): string {
  const row = (form: string, does: string) => `  ${form.padEnd(38)}${does}`
  const rows = [
    ...faultForms.map(({ example, does }) => row(example, does)),
    ...scopeForms.map(({ form, does }) => row(`… ${form}`, does)),
  ]
  return [
    '',
    'Faults, separated by commas:',
    ...rows,
    '  docs/faults.md                        all forms, what each breaks, and one run of each',
    '',
    'At a run that is held open (--interactive, or on a terminal where it comes to rest by itself):',
    '  p03 put colour blue                   a request, as after --request; the answers are told',
    '  crash p03 · recover p03 · cut p00-p01 · heal p00->p01 · help · quit',
    '',
    'Examples:',
    '  npm run testbed                                      ping-pong, then a snapshot, on 20 hosts',
    '  npm run testbed -- --peers 5 ping-pong --pings 10',
    '  npm run testbed -- chandy-lamport --snapshots 3 --seed 7',
    "  npm run testbed -- chandy-lamport --streams exchange --faults 'jitter 0-20ms'   breaks it",
    "  npm run testbed -- abd-register --request 'p03 write blue' --request 'p01 read @99'",
    '  npm run testbed -- flooding --interactive            then type: crash p03',
    '  npm run testbed -- ./mine.ts --peers 5               an algorithm of your own',
    '  npm run -s testbed -- --json > result.json',
    '  npm run testbed -- list                              what there is to run',
    '',
    'Environment:',
    '  OTEL_EXPORTER_OTLP_ENDPOINT   where spans are sent besides the viewer, as --otlp',
    '  JAEGER_UI_URL                 where links to traces lead (default: http://localhost:16686)',
    '  TESTBED_VIEWER_URL            a viewer that gets the runs if it is there (default: port 8700)',
    '  NO_COLOR                      no colours',
    '',
    'Exit codes: 0 valid, 1 violated, 2 unknown, 64 usage, 69 unavailable, 70 our bug, 130 interrupted.',
  ].join('\n')
}

export function entryHelp(entry: CatalogueEntry): string {
  const { assumes } = entry
  const assumptions = [
    assumes.fifo && 'FIFO channels',
    assumes.reliable && 'reliable channels',
    assumes.noDuplicates && 'no duplicates',
    assumes.crashes === 'none' && 'no crashes',
  ].filter(Boolean)
  return [
    '',
    `${entry.name}: ${entry.summary}`,
    `  assumes   ${assumptions.join(', ') || 'nothing of its channels'}`,
    `  topology  ${entry.topology.default}`,
    `  requests  ${requestForms(entry).join('\n            ') || 'none'}`,
    ...(entry.faults === undefined ? [] : [`  shown under ${ownFaults(entry, processIds(DEFAULT_PEERS))}`]),
  ].join('\n')
}

export const drawSeed = (): number => randomInt(1, 1_000_000)

export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const choice = (flags: string, choices: string[], byDefault: string, description: string) =>
  new Option(flags, description).choices(choices).default(byDefault)

const collect = (text: string, before: string[]) => [...before, text]

export function wholeNumber(text: string, least: number, most: number, what: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new InvalidArgumentError(`It must be ${what}.`)
}

const peerCount = (text: string) =>
  wholeNumber(text, 1, Number.MAX_SAFE_INTEGER, 'a whole number of 1 or more, such as 20')

function delivery(text: string): Delivery {
  try {
    return parseDelivery(text)
  } catch {
    throw new InvalidArgumentError(`It must be one of ${DELIVERY_FORMS}.`)
  }
}

const seedNumber = (text: string) => wholeNumber(text, 0, 2 ** 32 - 1, 'a whole number from 0 to 4294967295')

export const port = (text: string): number =>
  wholeNumber(text, 0, 65_535, 'a port, 1 to 65535, or 0 for any free one')

function duration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text)
  if (parts === null) throw new InvalidArgumentError('It must be a time such as 500ms, 10s or 2m.')
  return Number(parts[1]) * { ms: 1, s: 1000, m: 60_000 }[(parts[2] ?? 'ms') as 'ms' | 's' | 'm']
}
