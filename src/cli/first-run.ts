/**
 * The run that a counterexample was shortened from, made again: a schedule says the command that repeats
 * it. It is made in virtual time, where the same command gives the same history, so that both can be laid
 * beside each other.
 */
import { conduct, type Execute, type RunIdentity } from '../harness/conduct.ts'
import type { Schedule } from '../harness/schedule.ts'
import { keptEvents } from '../harness/shrink/kept-events.ts'
import { type Simulated, simulated } from '../harness/simulated.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { Stored, Tracing } from '../tracing.ts'
import type { FirstRun } from './prepare.ts'
import { preparedAgain } from './recorded-schedule.ts'

/** Null where a schedule names none; a sentence where it cannot be made again. */
export async function firstRunOf(schedule: Schedule, replayed: Simulated): Promise<FirstRun | string | null> {
  const origin = schedule.shortenedFrom
  if (origin === undefined) return null
  const { command, eventsMax, processes, digest } = origin
  const cannot = (why: string) => `the run it was shortened from cannot be made again: ${why}`
  try {
    const { plans, general } = await preparedAgain(command, (why) => {
      throw new UsageError(why)
    })
    const [planned] = plans
    if (general.runtime !== 'simulator' || planned === undefined) return cannot('it is none in virtual time')
    const plan = { ...planned, experiment: { ...planned.experiment, eventsMax } }
    const strangers = processes.filter((id) => !plan.topology.ids.includes(id))
    if (strangers.length > 0) return cannot(`it has no ${strangers.join(', ')}`)
    const run = await simulated(plan)
    const { events, digest: now } = run.conducted.outcome
    const isSame = digest === undefined || digest === now
    return {
      ...{ plan, command, events },
      kept: { processes, events: isSame ? keptEvents(schedule, replayed, run) : [] },
      note: isSame ? null : 'the run it was shortened from is another now: the algorithm has changed since',
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return cannot(error.message)
  }
}

/** Makes the run and keeps it, before the short form of it is made. */
export async function keepFirst(
  { plan, command }: FirstRun,
  identity: Omit<RunIdentity, 'command' | 'runtime' | 'peerIds'>,
  execute: Execute,
  tracing: Tracing,
): Promise<Stored> {
  const whole = { ...identity, command, runtime: 'simulator', peerIds: [] }
  const { run, outcome } = await conduct(plan, whole, execute, tracing)
  return tracing.end(run, outcome)
}
