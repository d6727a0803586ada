/**
 * Whether there is a shorter one: all that can happen with the same processes, channels, faults and
 * requests, breadth first, up to the length of a counterexample. What it finds is shorter and breaks
 * the promise in the same way, or there is none.
 */
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry, Input } from '../../model/catalogue.ts'
import type { ProcessId, Tagged } from '../../model/process.ts'
import type { Step } from '../../model/step.ts'
import { HandlerThrew } from '../../runtimes/experiment.ts'
import { TooManyWays } from '../../runtimes/simulator/explore/dice.ts'
import { ReadsClock } from '../../runtimes/simulator/explore/processes.ts'
import { ExploreRun, type Exploring } from '../explore.ts'
import { brokenBy, planSchedule } from '../replayed.ts'
import type { Schedule } from '../schedule.ts'
import { findingShape } from './shape.ts'
import type { Shrunk } from './shrink.ts'

/** A second or so; where there are more nothing is proved. */
const STATES_MAX = 100_000
const STATES_A_TURN = 1_000

/** The shortest, and how it is known to be; as it was where that cannot be known. */
export function shortest(
  shrunk: Shrunk,
  entry: CatalogueEntry,
  statesMax = STATES_MAX,
): Shrunk & { readonly provedShortest?: string } {
  const exploring = caseOf(shrunk.schedule, entry)
  if (exploring === null) return shrunk
  const { smallScope: _, ...anyScope } = entry
  const watched: CatalogueEntry = {
    ...anyScope,
    properties: (options) => entry.properties(options).filter(({ name }) => name === shrunk.property),
  }
  try {
    const exploration = new ExploreRun({ ...exploring, entry: watched, statesMax })
    const isWhole = goneThrough(exploration, shrunk.steps)
    const [found] = exploration.result().properties
    const proof = `no shorter way is there, among ${exploration.explorer.configurations.size} states`
    if (found?.steps == null) return isWhole ? { ...shrunk, provedShortest: proof } : shrunk
    if (found.steps.length >= shrunk.steps) return { ...shrunk, provedShortest: proof }
    const explanation = found.finding?.explanation ?? ''
    if (findingShape(explanation) !== findingShape(shrunk.finding.explanation)) return shrunk
    const schedule = { ...shrunk.schedule, steps: found.steps }
    const broken = brokenBy(schedule, entry)
    const origins = found.steps.map(() => -1) // of another run than the one that was shortened
    return {
      ...shrunk,
      ...{ schedule: { ...schedule, broken }, steps: found.steps.length, origins, provedShortest: proof },
    }
  } catch (error) {
    const cannot = [ReadsClock, TooManyWays, UsageError, HandlerThrew].some((kind) => error instanceof kind)
    if (cannot || /throws dice as it starts/.test(String(error))) return shrunk
    throw error
  }
}

/** Until the promise is broken, or there is nothing left to find that would be shorter. */
function goneThrough(exploration: ExploreRun, steps: number): boolean {
  const { explorer } = exploration
  for (;;) {
    const isOver = exploration.advance(STATES_A_TURN)
    if (explorer.found.some((found) => found !== null)) return true
    if (isOver) return explorer.limit === null
    // Breadth first: what is found now is as far away as that.
    if (explorer.depth > steps) return true
  }
}

/** The case that a schedule is of; null for what an exploration does not know. */
function caseOf(schedule: Schedule, entry: CatalogueEntry): Omit<Exploring, 'entry'> | null {
  const { steps, channels, byzantine, startsMs } = schedule
  const unknown: readonly Step['do'][] = ['duplicate', 'cut', 'heal']
  if (byzantine !== undefined || startsMs !== undefined) return null
  if (steps.some((step) => unknown.includes(step.do) || step.atMs !== undefined)) return null
  const crashes = steps.filter((step) => step.do === 'crash').length
  if (steps.some((step) => step.do === 'recover') && entry.assumes.crashes !== 'recover') return null
  const plan = planSchedule(schedule, entry)
  return {
    options: plan.options,
    topology: plan.topology,
    channels: channels === 'fifo' ? 'fifo' : 'bag',
    crashes,
    loss: steps.some((step) => step.do === 'lose'),
    inputs: inputsOf(steps),
  }
}

/** Each request as often as the schedule makes it, at any moment. */
function inputsOf(steps: readonly Step[]): Input<any>[] {
  const inputs = new Map<string, { at: ProcessId; request: Tagged; times: number }>()
  for (const step of steps) {
    if (step.do !== 'request') continue
    const key = `${step.at} ${JSON.stringify(step.request)}`
    const input = inputs.get(key) ?? { at: step.at, request: step.request, times: 0 }
    inputs.set(key, { ...input, times: input.times + 1 })
  }
  return [...inputs.values()].map(({ at, request, times }) => ({ at, times, requests: () => [request] }))
}
