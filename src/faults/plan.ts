/**
 * A fault plan from its text: faults separated by `,` or `;`, or `none`. The
 * runtimes see rules, asked for the fate of each message, timed events, and
 * processes that lie.
 */
import { UsageError } from '../lib/usage-error.ts'
import { type FaultPlan, type FaultRule, type Liar, noFaults } from '../model/fault.ts'
import type { ProcessId } from '../model/process.ts'
import { checkDivision } from './division.ts'
import { endUs, type Fault, type FaultOf, processesOf } from './fault.ts'
import { faultText } from './fault-text.ts'
import { parseFault } from './grammar.ts'
import { ruleOf } from './rules.ts'
import { eventsOf, type Timed, type Where } from './timed.ts'

export type { Where } from './timed.ts'

export function parseFaults(text: string): FaultPlan {
  const parts = text.split(/[,;]/).filter((part) => part.trim() !== '')
  if (parts.length === 0 || (parts.length === 1 && parts[0]!.trim() === 'none')) return noFaults
  if (parts.some((part) => part.trim() === 'none')) {
    throw new UsageError(`--faults '${text}': 'none' stands alone; leave it out or the others`)
  }
  const place = (i: number) => (parts.length === 1 ? '' : `, fault ${i + 1} of ${parts.length},`)
  return planOf(parts.map((part, i) => parseFault(part, place(i))))
}

/** The faults of a plan, as data. Each part's text says all of its fault. */
export function faultsOf({ rules, timed, liars = [] }: FaultPlan): Fault[] {
  const texts = rules.map(({ text }) => text)
  const others = [...timed, ...liars].map(({ text }) => text).filter((text) => !texts.includes(text))
  return [...texts, ...new Set(others)].map((text) => parseFault(text))
}

/** @param where without it partitions do not know whom they part; see `placed` */
export function planOf(faults: readonly Fault[], where: Where | null = null): FaultPlan {
  const rules: FaultRule[] = []
  const timed = new Map<string, Timed>() // a timed fault said twice is one
  const liars = new Map<string, Liar>()
  for (const fault of faults) {
    const text = faultText(fault)
    if (fault.kind === 'byzantine') liars.set(text, liarOf(text, fault))
    else if (isTimed(fault)) {
      if (timed.has(text)) continue
      for (const [other, earlier] of timed) {
        if (overlap(earlier, fault))
          throw new UsageError(`--faults: '${text}' overlaps '${other}'; make them one`)
      }
      timed.set(text, fault)
      if (fault.kind === 'cut' || fault.kind === 'partition') rules.push(ruleOf(fault, where?.ids ?? null))
    } else rules.push(ruleOf(fault, null))
  }
  const events = eventsOf([...timed.values()], where)
  return { rules, timed: events, ...(liars.size === 0 ? {} : { liars: [...liars.values()] }) }
}

/** The plan in its place: partitions know whom they part, and which links that cuts. */
export function placed(plan: FaultPlan, where: Where): FaultPlan {
  const parts = plan.rules.some(({ text }) => text.startsWith('partition'))
  return parts ? planOf(faultsOf(plan), where) : plan
}

const TIMED: readonly Fault['kind'][] = ['cut', 'partition', 'crash', 'pause', 'slow', 'clock']

const isTimed = (fault: Fault): fault is Timed => TIMED.includes(fault.kind)

function liarOf(text: string, fault: FaultOf<'byzantine'>): Liar {
  const { process, does, type, field, atUs, forUs } = fault
  return {
    text,
    process,
    does,
    type,
    field,
    fromMs: atUs / 1000,
    toMs: forUs === null ? null : endUs(fault) / 1000,
  }
}

/** Two of a kind that say two things of one: clocks may be put on twice, and partitions be different. */
function overlap(a: Timed, b: Timed): boolean {
  const of = subjectOf(a)
  return of !== null && of === subjectOf(b) && a.atUs < endUs(b) && b.atUs < endUs(a)
}

function subjectOf(fault: Timed): string | null {
  switch (fault.kind) {
    case 'clock':
      return null
    case 'cut':
      return faultText({ ...fault, held: false, atUs: 0, forUs: null })
    case 'partition':
      return faultText({ ...fault, held: false, atUs: 0, forUs: null })
    default:
      return `${fault.kind} ${fault.process}`
  }
}

/** The canonical text of a plan; it reads back to an equal plan. */
export const formatFaults = (plan: FaultPlan): string => faultsOf(plan).map(faultText).join(', ') || 'none'

/** Refuses a plan that names a process that there is not, or parts nobody from anybody. */
export function checkFaults(plan: FaultPlan, ids: readonly ProcessId[]): void {
  for (const fault of faultsOf(plan)) {
    const place = `--faults '${faultText(fault)}'`
    const stranger = processesOf(fault).find((id) => !ids.includes(id))
    if (stranger !== undefined) {
      const range = ids.length === 1 ? `only ${ids[0]}` : `${ids[0]} to ${ids.at(-1)}`
      throw new UsageError(`${place}: there is no process ${stranger}, ${range}`)
    }
    if (fault.kind === 'partition') checkDivision(fault.division, ids, place)
  }
}
