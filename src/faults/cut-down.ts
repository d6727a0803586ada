/**
 * A plan may hold more than an algorithm promises to withstand. What it assumes
 * away is left out, and said, unless the operator lifts the assumption: a run
 * whose promise then breaks shows what the assumption was for.
 */
import { closestMatch } from 'leven'
import { UsageError } from '../lib/usage-error.ts'
import type { Assumptions } from '../model/catalogue.ts'
import type { FaultPlan } from '../model/fault.ts'
import { type Fault, faultText } from './grammar.ts'
import { faultsOf, planOf } from './plan.ts'

/** What `--break` may name. */
export const breakable = ['reliable', 'noDuplicates', 'crashes', 'fifo'] as const

export interface CutDown {
  readonly plan: FaultPlan
  readonly removed: readonly string[] // a sentence for each fault left out, for the report
}

/** What the sentences speak of. */
interface Whom {
  readonly name?: string
  readonly processes?: number // of which the algorithm may say how many may be down at a time
}

export function cutDown(
  plan: FaultPlan,
  assumes: Assumptions,
  broken: readonly string[],
  { name = 'the algorithm', processes }: Whom = {},
): CutDown {
  for (const word of broken) checkWord(word)
  const removed: string[] = []
  const leaveOut = (what: string, assumption: string, word: string) =>
    removed.push(`${what} left out: ${name} assumes ${assumption}; --break ${word} keeps it`)
  const kept: Fault[] = []
  for (const fault of inTime(faultsOf(plan))) {
    const text = faultText(fault)
    switch (fault.kind) {
      case 'loss':
      case 'cut':
        if (!assumes.reliable || broken.includes('reliable')) kept.push(fault)
        else leaveOut(text, 'reliable channels', 'reliable')
        break
      case 'duplicate':
        if (!assumes.noDuplicates || broken.includes('noDuplicates')) kept.push(fault)
        else leaveOut(text, 'that no message comes twice', 'noDuplicates')
        break
      case 'crash': {
        const most = processes === undefined ? undefined : assumes.faulty?.(processes)
        if (broken.includes('crashes')) kept.push(fault)
        else if (assumes.crashes === 'none') leaveOut(text, 'that no process crashes', 'crashes')
        else if (most !== undefined && downAt(kept, fault.atUs) >= most) {
          leaveOut(text, `that at most ${most} of ${processes} processes are down at a time`, 'crashes')
        } else if (assumes.crashes === 'stop' && fault.forUs !== null) {
          kept.push({ ...fault, forUs: null })
          leaveOut(`the recovery of ${text}`, 'that a crashed process stays down', 'crashes')
        } else kept.push(fault)
        break
      }
      default:
        kept.push(fault)
    }
  }
  // A crash that has lost its recovery covers later crashes of the same process.
  return { plan: planOf(withoutCovered(kept)), removed }
}

function checkWord(word: string): void {
  if ((breakable as readonly string[]).includes(word)) return
  const nearest = closestMatch(word, breakable)
  throw new UsageError(
    `--break ${word}: there is no such assumption; did you mean ${nearest}? ${breakable.join(', ')}`,
  )
}

/** Rules stay in their order, which decides who throws the dice first; crashes come by time. */
function inTime(faults: readonly Fault[]): Fault[] {
  const time = (fault: Fault) => (fault.kind === 'crash' ? fault.atUs : -1)
  return faults.toSorted((a, b) => time(a) - time(b))
}

const downAt = (faults: readonly Fault[], us: number): number =>
  new Set(
    faults.flatMap((fault) =>
      fault.kind === 'crash' && fault.atUs <= us && us < fault.atUs + (fault.forUs ?? Infinity)
        ? [fault.process]
        : [],
    ),
  ).size

function withoutCovered(faults: readonly Fault[]): Fault[] {
  const gone = new Set<string>()
  return faults.filter((fault) => {
    if (fault.kind !== 'crash') return true
    const covered = gone.has(fault.process)
    if (fault.forUs === null) gone.add(fault.process)
    return !covered
  })
}
