/**
 * A plan run in virtual time, from beginning to end, with all that it left: what golden runs and
 * tests look at.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import { simulate } from '../runtimes/simulator/simulator.ts'
import type { Block } from '../trace-format/events.ts'
import { type Conducted, conduct } from './conduct.ts'
import { historyOf } from './history.ts'
import type { Plan } from './plan.ts'

export interface Simulated {
  readonly plan: Plan
  readonly conducted: Conducted
  readonly blocks: readonly Block[]
  readonly history: readonly HistoryEvent<Signature>[]
}

/** No traces are kept of such a run; the tag is only what the format demands. */
const TAG = '0000000000000001'

/** @param eventsMax a run that records more ends, unknown: so that a broken algorithm cannot run for ever */
export async function simulated(plan: Plan, eventsMax = plan.experiment.eventsMax): Promise<Simulated> {
  const { entry, seed, topology, experiment } = plan
  const identity = { id: `${entry.name}-${seed}`, tag: TAG, runtime: 'simulator', peerIds: [], command: '' }
  const blocks: Block[] = []
  const conducted = await conduct(
    { ...plan, experiment: { ...experiment, eventsMax } },
    identity,
    async (bounded, { begun }) => {
      begun(0)
      return simulate(bounded)
    },
    { begin: () => {}, block: (block) => void blocks.push(block) },
  )
  return { plan, conducted, blocks, history: historyOf(blocks, topology.ids) }
}
