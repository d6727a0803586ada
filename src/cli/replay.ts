/** `replay`: a schedule, step by step: from the shrinker, from the explorer, from a recorded run, by hand. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { picture } from '../harness/picture.ts'
import { planSchedule, replayed, replaying } from '../harness/replayed.ts'
import { readSchedule, type Schedule, writeSchedule } from '../harness/schedule.ts'
import { eventLines } from '../harness/transcript.ts'
import { canonical } from '../lib/canonical.ts'
import { UsageError } from '../lib/usage-error.ts'
import { stepLine } from '../model/step.ts'
import { Unavailable } from '../runtimes/experiment.ts'
import { type General, port, quiet, usage } from './arguments.ts'
import { checkOutlets } from './check-outlets.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { firstRunOf } from './first-run.ts'
import { loadOurs } from './load.ts'
import { Printer } from './print.ts'
import { recordedSchedule, runFolder } from './recorded-schedule.ts'
import { run } from './run.ts'

type Options = Pick<General, 'runs' | 'port' | 'otlp' | 'html' | 'exit' | 'json' | 'verbose' | 'progress'> & {
  save?: string
}

/** What a person looks through on a terminal; `--verbose` prints all. */
const EVENTS_SHOWN = 200
/** A diagram of more is no help. */
const PICTURE_MAX = { steps: 60, processes: 8 }

export const replayProgram = (): Command =>
  quiet(new Command('npm run testbed -- replay'))
    .description('a schedule, step by step: by hand, from a recorded run, from explore or sweep')
    .argument('<file>', 'a schedule (docs/schedule.md), or a run: its folder, or its name under --runs')
    .option('--save <file>', 'only write the schedule of a recorded run, to change it or to keep it')
    .option('--runs <folder>', 'where runs are kept', 'runs')
    .option('--port <n>', 'port of the viewer; taken by another program it is an error', port)
    .option('--otlp <url>', 'OTLP/HTTP endpoint that also gets the spans')
    .option('--no-otlp', 'send spans to no other program')
    .option('--html <file>', 'also write the run and the viewer as one page that needs no server')
    .option('--exit', 'do not go on serving the viewer when the run is over', false)
    .option('--json', 'one JSON document on standard output (see docs/json.md); implies --exit', false)
    .option('--verbose', `print all events and properties, also beyond ${EVENTS_SHOWN}`, false)
    .option('--no-progress', 'no progress line')
    .addHelpText('after', EXAMPLES)

const EXAMPLES = `
Examples:
  npm run testbed -- replay schedule.json                      the viewer shows it like any run
  npm run testbed -- replay schedule.json --exit --verbose
  npm run testbed -- replay runs/20260101-120000-000-echo-7    a recorded run, on real hosts or simulated
  npm run testbed -- replay runs/20260101-120000-000-echo-7 --save schedule.json
  npm run -s testbed -- replay schedule.json --json            every indication and final state

Exit codes: 0 valid, 1 violated, 2 unknown, 64 usage, also a step that cannot happen, 70 our bug.`

export async function replay(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const program = replayProgram()
  usage(program, () => program.parse([...argv], { from: 'user' }))
  const options = program.opts<Options>()
  const [file] = program.args as [string]
  const { schedule, notes } = await scheduleIn(file, options.runs)
  await loadOurs(schedule.algorithm, schedule.over) // or refuses: what no schedule repeats is not kept as one
  if (options.save !== undefined) return save(schedule, options.save, options)
  await checkOutlets(options)
  try {
    return await show(file, schedule, notes, options, signal)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${file}: ${error.message.replace(`${file}: `, '')}`)
  }
}

async function scheduleIn(word: string, runs: string): Promise<{ schedule: Schedule; notes: string[] }> {
  const folder = runFolder(word, runs)
  if (folder !== null) return recordedSchedule(folder)
  if (!existsSync(word) || statSync(word).isDirectory()) {
    const what = existsSync(word) ? `${word} holds no run` : `there is no file ${word}, nor a run in ${runs}`
    throw new UsageError(`${what}; a schedule is described in docs/schedule.md, runs are folders in ${runs}/`)
  }
  return { schedule: readSchedule(readFileSync(word, 'utf8'), word), notes: [] }
}

function save(schedule: Schedule, path: string, { json }: Options): ExitCode {
  try {
    writeFileSync(path, writeSchedule(schedule))
  } catch (error) {
    throw new Unavailable(`--save ${path}: it cannot be written: ${(error as Error).message}`)
  }
  const printer = new Printer(json ? process.stderr : process.stdout, false)
  printer.line(
    `${schedule.steps.length} steps; ${printer.dim('see them')}  npm run testbed -- replay ${path}`,
  )
  return EXIT.valid
}

async function show(
  file: string,
  schedule: Schedule,
  notes: readonly string[],
  options: Options,
  signal: AbortSignal,
): Promise<ExitCode> {
  const entry = await loadOurs(schedule.algorithm, schedule.over)
  // Once without anybody looking: a step that cannot happen is told before a run begins.
  const told = await replayed(schedule, entry)
  const planned = planSchedule(schedule, entry)
  const first = await firstRunOf(schedule, told)
  const about = typeof first === 'string' ? [first] : first?.note ? [first.note] : []
  const plan = { ...planned, notes: [...notes, ...about, ...planned.notes] }
  const { execute, states } = replaying(schedule, Date.now)
  const general = { ...SIMULATED, ...options, seed: schedule.seed, channels: schedule.channels }
  const { ids, links } = plan.topology
  return run(
    {
      plans: [plan],
      general,
      words: [schedule.algorithm],
      ids,
      links,
      replay: {
        execute,
        first: typeof first === 'string' ? null : first,
        command: `npm run testbed -- replay ${/[^\w./-]/.test(file) ? `'${file}'` : file}`,
        lines: linesOf(schedule, told, options),
        document: () => ({
          schedule: resolve(file),
          steps: schedule.steps.map(stepLine),
          indications: told.history.flatMap((event) =>
            event.kind === 'indicate' ? [indicationOf(event.at, event.localNs, event.indication)] : [],
          ),
          states: Object.fromEntries(
            states().map(({ up, text }, i) => [ids[i], { up, state: JSON.parse(text) as unknown }]),
          ),
        }),
      },
    },
    signal,
  )
}

const indicationOf = (at: string, localNs: number, indication: unknown) => ({
  at,
  atMs: localNs / 1e6,
  indication: JSON.parse(canonical(indication)) as unknown, // a Map or a Set as the canonical text has it
})

/** What a replay does not ask: it is simulated, and all is in the schedule. */
const SIMULATED = {
  transport: 'tcp',
  security: 'noise',
  runtime: 'simulator',
  break: [] as General['break'],
  request: [] as string[],
} as const

function linesOf(
  schedule: Schedule,
  { history, plan }: Awaited<ReturnType<typeof replayed>>,
  { verbose }: Options,
): string[] {
  const { ids } = plan.topology
  const drawn =
    schedule.steps.length <= PICTURE_MAX.steps && ids.length <= PICTURE_MAX.processes
      ? ['', ...picture(history, ids)]
      : []
  const events = eventLines(history)
  const shown = verbose ? events : events.slice(0, EVENTS_SHOWN)
  const more = events.length - shown.length
  const rest = more > 0 ? [`and ${more} events more; --verbose prints them`] : []
  return [...(schedule.about === undefined ? [] : [schedule.about]), ...drawn, '', ...shown, ...rest]
}
