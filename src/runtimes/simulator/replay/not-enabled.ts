/** The sentence on a step that cannot happen: why, and what could happen instead, the nearest first. */
import { UsageError } from '../../../lib/usage-error.ts'
import { processOf, type Step, stepName } from '../../../model/step.ts'

/** Of what could happen so much is named; a person looks through no more. */
const NAMED_MAX = 6

/** A step of a schedule that cannot happen where it stands. */
export class NotEnabled extends UsageError {
  readonly step: Step
  readonly why: string
  readonly enabled: readonly Step[] // the nearest first

  constructor(step: Step, why: string, enabled: readonly Step[], where = '') {
    const near = nearestFirst(step, enabled)
    super(`${where}'${stepName(step)}' cannot happen: ${why}. ${instead(near)}`)
    this.step = step
    this.why = why
    this.enabled = near
  }
}

function instead(near: readonly Step[]): string {
  if (near.length === 0) return 'Nothing is on its way and no timer is armed'
  const more = near.length > NAMED_MAX ? `, and ${near.length - NAMED_MAX} more` : ''
  return `Enabled here: ${near.slice(0, NAMED_MAX).map(stepName).join(', ')}${more}`
}

function nearestFirst(step: Step, enabled: readonly Step[]): Step[] {
  const near = (other: Step) => nearness(step, other)
  return [...enabled].sort((a, b) => near(b) - near(a)) // stable: among equals as they were
}

/** The same channel, then the same process, then the same type. */
function nearness(step: Step, other: Step): number {
  let score = 0
  if ('from' in step && 'from' in other) {
    score += 8
    if (step.from === other.from && step.to === other.to) score += 4
    if (step.type === other.type) score += 1
  }
  if (step.do === 'timeout' && other.do === 'timeout') {
    score += 8
    if (step.timer.type === other.timer.type) score += 1
  }
  if (processOf(step) === processOf(other)) score += 2
  return score
}
