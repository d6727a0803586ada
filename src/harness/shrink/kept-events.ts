/**
 * Which events of a counterexample are those of the run that it was shortened from, by what came to the
 * processes: the shrinker knows of each step which of the first schedule it is. What handlers did then
 * follows from that, and is not looked at here.
 */
import { type Step, stepName } from '../../model/step.ts'
import type { Schedule } from '../schedule.ts'
import { type Named, scheduleOf, stepPositions } from '../schedule-of.ts'
import type { Simulated } from '../simulated.ts'

type Pairs = readonly (readonly [here: number, there: number])[]

/** @param replayed the run of the schedule */
export function keptEvents(schedule: Schedule, replayed: Simulated, original: Simulated): Pairs {
  const { steps: origins = [], processes = [] } = schedule.shortenedFrom ?? {}
  // Steps that were put in or taken out by hand since are not counted on.
  if (origins.length !== schedule.steps.length) return []
  const there = stepPositions(original.blocks)
  const { ids } = replayed.plan.topology
  // Where a process of a ring was taken out, what it received went to the one behind it.
  const isSameProcess = (own: number, its: number) =>
    processes[ids.indexOf(replayed.history[own]!.at)] === original.history[its]!.at
  const here = positionsOf(schedule, replayed)
  return origins.flatMap((origin, i) => {
    const [own, its] = [here[i]!, there[origin] ?? -1]
    return own !== -1 && its !== -1 && isSameProcess(own, its) ? [[own, its] as const] : []
  })
}

/** Of each step the position of its event; -1 of what leaves none, as a link that is cut. */
function positionsOf({ steps, algorithm }: Schedule, { plan, blocks, conducted }: Simulated): number[] {
  const named: Named = { algorithm }
  const happened = scheduleOf(plan, blocks, conducted.outcome.ended, named).steps
  const positions = stepPositions(blocks)
  let next = 0
  return steps.map((step) => {
    // What stands between is what a crash took along.
    let at = next
    while (at < happened.length && !isSame(step, happened[at]!)) at++
    if (at === happened.length) return -1
    next = at + 1
    return positions[at]!
  })
}

/** A step may leave out what is plain: of a message its type and its number. */
function isSame(step: Step, happened: Step): boolean {
  if (step.do !== happened.do) return false
  if (!('from' in step) || !('from' in happened)) return stepName(step) === stepName(happened)
  const fields = ['from', 'to', 'type', 'nth'] as const
  return fields.every((field) => step[field] === undefined || step[field] === happened[field])
}
