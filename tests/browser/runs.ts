/**
 * The runs that the tests look at: made by the command line as a person makes them, and one by hand
 * that nobody would make who means well.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeBigRun } from '../../bench/viewer/big-run.ts'
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import { RunData } from '../../web/model/run-data.ts'
import { type Document, json, recordIn, testbed } from '../end-to-end/testing.ts'
import { writeHostileRun } from './hostile-run.ts'

export interface Run {
  readonly id: string
  readonly data: RunData
}

export interface Runs {
  readonly real: Run // a snapshot on 20 libp2p hosts, all promises kept
  readonly violated: Run // a snapshot in the simulator over channels that are not FIFO
  readonly crashed: Run // with losses and a process that was down for a while
  readonly short: Run // a counterexample, replayed
  readonly original: Run // that it was shortened from
  readonly hostile: Run
  readonly big: Run // 200 processes, more events than a page keeps with what they say
}

export async function makeRuns(folder: string): Promise<Runs> {
  const keep = ['--runs', folder, '--port', '0', '--no-otlp', '--exit']
  const [real, violated, crashed, pair] = await Promise.all([
    made(['chandy-lamport', '--peers', '20', '--seed', '7', ...keep], 'valid'),
    madeViolated(keep),
    made(['bank', '--runtime', 'simulator', '--peers', '8', '--seed', '5', ...CRASH, ...keep], 'violated'),
    madeShort(folder, keep),
  ])
  const big = await makeBigRun({ folder, messages: BIG_MESSAGES, processes: 200 })
  return {
    ...{ real, violated, crashed, ...pair },
    hostile: readRun(writeHostileRun(folder)),
    big: readRun(join(folder, big)),
  }
}

/** Some five events each. */
const BIG_MESSAGES = 60_000

const CRASH = [
  ...['--break', 'reliable', '--break', 'crashes'],
  ...['--faults', 'loss 10%, crash p03 at 50ms for 60ms'],
]

async function made(args: readonly string[], verdict: string): Promise<Run> {
  const { runs } = await json(args)
  const run = runs[0]!
  if (run.verdict !== verdict) throw new Error(`${args.join(' ')} was to be ${verdict}, not ${run.verdict}`)
  return readRun(collected(run.folder))
}

/** What a sweep finds and shortens, and the run that it found. */
async function madeShort(folder: string, keep: readonly string[]): Promise<Pick<Runs, 'short' | 'original'>> {
  const sweep = ['sweep', './tests/browser/hasty-ring.ts', '--seeds', '1', '--peers', '6-7', '--runs', folder]
  const { code, stdout, stderr } = await testbed([...sweep, '--no-progress', '--json'])
  if (code !== 1) throw new Error(`the hasty ring was to be found out:\n${stderr}`)
  const [{ failures }] = JSON.parse(stdout)
  const found = failures.find(({ what }: { what: string }) => what === 'MAXIMUM')
  const document = (await json(['replay', found.schedule, ...keep])) as Document & {
    shortenedFrom: { folder: string }
  }
  return { short: readRun(document.runs[0]!.folder), original: readRun(document.shortenedFrom.folder) }
}

/** As if a collector had taken all spans of it. */
function collected(folder: string): string {
  const { sinks = [], ...rest } = recordIn(folder)
  const { made = 0 } = sinks[0] ?? {}
  const counts = { made, accepted: made, refused: 0, dropped: 0 }
  const jaeger = { sink: 'otlp', where: `${JAEGER}/v1/traces`, ...counts, ui: JAEGER }
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...rest, sinks: [...sinks, jaeger] }))
  return folder
}

export const JAEGER = 'http://jaeger.example'

const SEEDS_MOST = 20

/** Not every order of messages breaks the snapshot: the first seed that does. */
async function madeViolated(keep: readonly string[]): Promise<Run> {
  for (let seed = 1; seed <= SEEDS_MOST; seed++) {
    const args = ['chandy-lamport', '--runtime', 'simulator', '--peers', '6', '--break', 'fifo']
    const { runs, verdict } = await json([...args, '--seed', `${seed}`, ...keep])
    if (verdict === 'violated') return readRun(dated(runs[0]!.folder))
  }
  throw new Error(`no seed up to ${SEEDS_MOST} breaks a snapshot over channels that are not FIFO`)
}

/** A day that stays: pictures are taken of this run. */
const DAY_MS = Date.UTC(2026, 0, 31, 12)

function dated(folder: string): string {
  const { run, ...rest } = recordIn(folder)
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ run: { ...run, startedAtMs: DAY_MS }, ...rest }))
  return folder
}

function readRun(folder: string): Run {
  const { blocks } = readEventsFile(new Uint8Array(readFileSync(join(folder, 'events.bin'))))
  return { id: basename(folder), data: RunData.of(recordIn(folder), blocks) }
}

/** The first event that is so; the run must have one. */
export function eventWhere({ id, data }: Run, is: (position: number) => boolean): number {
  for (let i = 0; i < data.length; i++) if (is(i)) return i
  throw new Error(`run ${id} has no such event`)
}

/** The first message that is so, by its number in `messages`. */
export function messageWhere({ id, data }: Run, is: (message: number) => boolean): number {
  for (let m = 0; m < data.messages.length; m++) if (is(m)) return m
  throw new Error(`run ${id} has no such message`)
}

/** What the page calls a process of an event. */
export const processOf = ({ data }: Run, position: number): string => data.processes[data.process(position)]!
