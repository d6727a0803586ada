/**
 * A fault plan from its text: faults separated by `,` or `;`, or `none`. The
 * runtimes see rules, asked for the fate of each message, and timed events.
 */
import type { Random } from '../lib/prng.ts'
import { UsageError } from '../lib/usage-error.ts'
import {
  type Assumption,
  type Envelope,
  type Fate,
  type FaultPlan,
  type FaultRule,
  noFaults,
  type TimedFault,
} from '../model/fault.ts'
import type { ProcessId } from '../model/process.ts'
import { drawUs } from './draw.ts'
import { faultForms } from './forms.ts'
import { type Fault, faultText, parseFault, processesOf, type Scope } from './grammar.ts'

type PlannedEvent = FaultPlan['timed'][number]

export function parseFaults(text: string): FaultPlan {
  const parts = text.split(/[,;]/).filter((part) => part.trim() !== '')
  if (parts.length === 0 || (parts.length === 1 && parts[0]!.trim() === 'none')) return noFaults
  if (parts.some((part) => part.trim() === 'none')) {
    throw new UsageError(`--faults '${text}': 'none' stands alone; leave it out or the others`)
  }
  return planOf(parts.map(parseFault))
}

/** The faults of a plan, as data. Each rule's text says all of it. */
export function faultsOf(plan: FaultPlan): Fault[] {
  const texts = plan.rules.map(({ text }) => text)
  const timedOnly = plan.timed.map(({ text }) => text).filter((text) => !texts.includes(text))
  return [...texts, ...new Set(timedOnly)].map(parseFault)
}

export function planOf(faults: readonly Fault[]): FaultPlan {
  const rules: FaultRule[] = []
  const timed = new Map<string, Fault & { kind: 'cut' | 'crash' }>() // a timed fault said twice is one
  for (const fault of faults) {
    const text = faultText(fault)
    if (fault.kind === 'cut' || fault.kind === 'crash') {
      if (timed.has(text)) continue
      for (const [other, earlier] of timed) {
        if (overlap(earlier, fault))
          throw new UsageError(`--faults: '${text}' overlaps '${other}'; make them one`)
      }
      timed.set(text, fault)
      if (fault.kind === 'crash') continue
    }
    rules.push({ text, breaks: breaks(fault), judge: judgeOf(fault) })
  }
  return { rules, timed: [...timed.values()].flatMap(eventsOf).sort(inTime) }
}

const breaks = ({ kind }: Fault): Assumption => faultForms.find(({ name }) => name === kind)!.breaks

const endUs = ({ atUs, forUs }: { atUs: number; forUs: number | null }) => atUs + (forUs ?? Infinity)

function overlap(a: Fault & { kind: 'cut' | 'crash' }, b: typeof a): boolean {
  return (
    a.kind === b.kind &&
    processesOf(a).join() === processesOf(b).join() &&
    a.atUs < endUs(b) &&
    b.atUs < endUs(a)
  )
}

const PASS: Fate = { fate: 'pass' }
const LOST: Fate = { fate: 'lost', cause: 'loss' }
const CUT: Fate = { fate: 'lost', cause: 'cut' }
const DUPLICATE: Fate = { fate: 'duplicate' }
const MILLION = 1_000_000

function judgeOf(fault: Exclude<Fault, { kind: 'crash' }>): FaultRule['judge'] {
  if (fault.kind === 'cut') {
    const [from, to] = [fault.atUs / 1000, endUs(fault) / 1000]
    const scope: Scope = { type: null, between: fault.link, oneWay: false }
    return (envelope) =>
      envelope.nowMs >= from && envelope.nowMs < to && concerns(scope, envelope) ? CUT : PASS
  }
  const { scope } = fault
  if ('delay' in fault) {
    const { delay } = fault
    return scoped(scope, (random) => ({ fate: 'deliver after', ms: drawUs(delay, random) / 1000 }))
  }
  const { millionths } = fault
  const fate = fault.kind === 'loss' ? LOST : DUPLICATE
  return scoped(scope, (random) => (random.chance(millionths, MILLION) ? fate : PASS))
}

/** No dice are thrown for a message the rule is not about. */
const scoped =
  (scope: Scope, draw: (random: Random) => Fate): FaultRule['judge'] =>
  (envelope, random) =>
    concerns(scope, envelope) ? draw(random) : PASS

function concerns({ type, between, oneWay }: Scope, { from, to, type: own }: Envelope): boolean {
  if (type !== null && type !== own) return false
  if (between === null) return true
  const [a, b] = between
  return (from === a && to === b) || (!oneWay && from === b && to === a)
}

function eventsOf(fault: Fault & { kind: 'cut' | 'crash' }): PlannedEvent[] {
  const also = { text: faultText(fault), breaks: breaks(fault) }
  const at = (us: number) => ({ ...also, atMs: us / 1000 })
  const over = fault.forUs === null ? null : fault.atUs + fault.forUs
  if (fault.kind === 'cut') {
    const { link } = fault
    const begin: PlannedEvent = { kind: 'cut', link, ...at(fault.atUs) }
    return over === null ? [begin] : [begin, { kind: 'heal', link, ...at(over) }]
  }
  const { process } = fault
  const begin: PlannedEvent = { kind: 'crash', process, ...at(fault.atUs) }
  return over === null ? [begin] : [begin, { kind: 'recover', process, ...at(over) }]
}

/** At one time what ends a fault comes before what begins one: a process may recover and crash again. */
const TURN: readonly TimedFault['kind'][] = ['heal', 'recover', 'cut', 'crash']

function inTime(a: PlannedEvent, b: PlannedEvent): number {
  return a.atMs - b.atMs || TURN.indexOf(a.kind) - TURN.indexOf(b.kind) || (a.text < b.text ? -1 : 1)
}

/** The canonical text of a plan; it reads back to an equal plan. */
export const formatFaults = (plan: FaultPlan): string => faultsOf(plan).map(faultText).join(', ') || 'none'

/** Refuses a plan that names a process that there is not. */
export function checkFaults(plan: FaultPlan, ids: readonly ProcessId[]): void {
  for (const fault of faultsOf(plan)) {
    const stranger = processesOf(fault).find((id) => !ids.includes(id))
    if (stranger === undefined) continue
    const range = ids.length === 1 ? `only ${ids[0]}` : `${ids[0]} to ${ids.at(-1)}`
    throw new UsageError(`--faults '${faultText(fault)}': there is no process ${stranger}, ${range}`)
  }
}
