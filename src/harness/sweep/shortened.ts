/** A failing seed made short: run again with a record, as a schedule, and shrunk. */
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { type Named, scheduleOf } from '../schedule-of.ts'
import { writeCounterexample } from '../shrink/counterexample.ts'
import { shortest } from '../shrink/prove.ts'
import { type Shrunk, shrink } from '../shrink/shrink.ts'
import { simulated } from '../simulated.ts'
import { type Conditions, type Failure, planOfSeed } from './case.ts'

export interface Shortened {
  readonly shrunk: Shrunk
  readonly proved: string | null // a clause on whether it is the shortest
  readonly files: { readonly schedule: string; readonly picture: string; readonly test: string }
}

/** What a failing seed is to people. */
export interface Wanted {
  readonly named: Named
  readonly command: string // repeats it
  readonly folder: string // where the counterexample goes
}

/** @returns a sentence, if it cannot be shortened */
export async function shortened(
  entry: CatalogueEntry,
  { seed, what }: Failure,
  conditions: Conditions,
  { named, command, folder }: Wanted,
): Promise<Shortened | string> {
  const plan = planOfSeed(entry, seed, conditions)
  const run = await simulated(plan, conditions.eventsMax)
  const { ended, events, digest } = run.conducted.outcome
  const schedule = scheduleOf(plan, run.blocks, ended, named)
  const shrunk = shrink({ plan, schedule, property: what })
  if (typeof shrunk === 'string') return shrunk
  const best = shortest(shrunk, entry)
  const proved = best.provedShortest ?? null
  const files = await writeCounterexample(folder, best, {
    entry,
    shortenedFrom: {
      ...{ command, events, eventsMax: conditions.eventsMax },
      ...(digest === undefined ? {} : { digest }),
      ...{ processes: best.processes, steps: best.origins },
    },
    ...(proved === null ? {} : { provedShortest: proved }),
  })
  return { shrunk: best, proved, files }
}
