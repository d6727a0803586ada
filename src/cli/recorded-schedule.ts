/** The schedule that a recorded run went through, read from its folder. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../harness/plan.ts'
import type { Schedule } from '../harness/schedule.ts'
import { scheduleOf } from '../harness/schedule-of.ts'
import { UsageError } from '../lib/usage-error.ts'
import { readEventsFile } from '../trace-format/block-codec.ts'
import type { RunRecord } from '../trace-format/run.ts'
import { EVENTS, RECORD, recordIn } from '../trace-server/run-folder.ts'
import { type Prepared, prepare } from './prepare.ts'

/** A run's folder: a path to one, or its name under `--runs`; null if there is none. */
export function runFolder(word: string, runs: string): string | null {
  const isRun = (folder: string) => existsSync(join(folder, RECORD)) && statSync(folder).isDirectory()
  return [word, join(runs, word)].find(isRun) ?? null
}

export async function recordedSchedule(folder: string): Promise<{ schedule: Schedule; notes: string[] }> {
  const record = recordIn(folder)
  if (typeof record === 'string') throw new UsageError(`${folder}: ${record}`)
  const { run, outcome } = record
  if (run.runtime === 'otlp') {
    throw new UsageError(`${folder} holds spans of another program, whose algorithm is not known here`)
  }
  const { plan, named } = await planned(folder, record)
  const { blocks, cutOff } = eventsIn(folder)
  const schedule = scheduleOf(plan, blocks, outcome?.ended ?? 'interrupted', named)
  const notes = cutOff ? [`${EVENTS} is cut off: what stands before is replayed`] : []
  return { schedule: { ...schedule, about: `the run ${run.id}` }, notes }
}

function eventsIn(folder: string): ReturnType<typeof readEventsFile> {
  try {
    return readEventsFile(readFileSync(join(folder, EVENTS)))
  } catch (error) {
    throw new UsageError(`${join(folder, EVENTS)} cannot be read: ${(error as Error).message}`)
  }
}

type Fail = (why: string) => never

/** The session that a command asks for. */
export async function preparedAgain(command: string, fail: Fail): Promise<Prepared> {
  const [, rest] = /^npm run testbed -- (.*)$/s.exec(command) ?? fail('it is none of the testbed')
  const words = shellWords(rest!)
  if (words[0] === 'replay') fail(`it is a replay itself: npm run testbed -- ${rest}`)
  return prepare(words).catch((error: unknown) =>
    fail(error instanceof Error ? error.message : String(error)),
  )
}

/** A record says how its run was asked for; from that it is planned again. */
async function planned(folder: string, { run }: RunRecord) {
  const fail: Fail = (why) => {
    throw new UsageError(`${folder} cannot be planned again from its command, '${run.command}': ${why}`)
  }
  const prepared = await preparedAgain(run.command, fail)
  const at = prepared.plans.findIndex(({ entry }) => entry.name === run.algorithm)
  const plan: Plan = prepared.plans[at] ?? fail(`it runs no ${run.algorithm}`)
  if (plan.topology.ids.join() !== run.processes.join()) fail('its processes are others now')
  const { over } = prepared.general
  const algorithm = prepared.words[at] ?? plan.entry.name
  const beneath = over ?? plan.entry.beneath
  const isOver = plan.entry.beneath !== undefined && beneath !== undefined
  return { plan, named: { algorithm, ...(isOver ? { over: beneath } : {}) } }
}

/** Words as a shell parts them: by blanks, but not within quotes, which it takes away. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? []
  return words.map((word) => word.replace(/'([^']*)'/g, '$1'))
}
