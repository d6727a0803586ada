/** How long it takes to make a failure of about a thousand events short. */

import { entry as bank } from '../../src/algorithms/bank/index.ts'
import { entry as snapshots } from '../../src/algorithms/chandy-lamport/index.ts'
import { scheduleOf } from '../../src/harness/schedule-of.ts'
import { shrink } from '../../src/harness/shrink/shrink.ts'
import { trial } from '../../src/harness/testing.ts'
import { answer, task } from '../answer.ts'

const { property, processes } = task<{ property: string; processes: number }>()
const entry = snapshots.upon(bank)

for (let seed = 1; ; seed++) {
  const run = await trial(entry, seed, { peers: processes, broken: ['fifo'] })
  const { properties, ended, events } = run.conducted.outcome
  if (properties.every(({ name, verdict }) => name !== property || verdict !== 'violated')) continue
  const schedule = scheduleOf(run.plan, run.blocks, ended)
  const began = performance.now()
  const shrunk = shrink({ plan: run.plan, schedule, property })
  const seconds = (performance.now() - began) / 1000
  if (typeof shrunk === 'string') throw new Error(shrunk)
  answer({ figures: { seconds, steps: shrunk.steps, events }, work: { events } })
  break
}
