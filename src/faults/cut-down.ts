/**
 * A plan may hold more than an algorithm promises to withstand. What it assumes
 * away is left out, and said, unless the operator lifts the assumption: a run
 * whose promise then breaks shows what the assumption was for.
 */
import { closestMatch } from 'leven'
import { UsageError } from '../lib/usage-error.ts'
import type { Assumptions } from '../model/catalogue.ts'
import type { FaultPlan } from '../model/fault.ts'
import type { AnyShapes } from '../model/shape.ts'
import { type Fault, type FaultOf, hasWindow } from './fault.ts'
import { faultText } from './fault-text.ts'
import { faultsOf, planOf } from './plan.ts'
import { breaks } from './rules.ts'

/** What `--break` may name. */
export const breakable = ['reliable', 'noDuplicates', 'crashes', 'fifo', 'honest'] as const

export interface CutDown {
  readonly plan: FaultPlan
  readonly removed: readonly string[] // a sentence for each fault left out, for the report
  readonly notes: readonly string[] // what else must be said of the plan
}

/** What the sentences speak of. */
export interface Whom {
  readonly name?: string
  readonly processes?: number // of which the algorithm may say how many may be down at a time, or lie
  readonly messages?: AnyShapes // what it sends
  readonly streams?: 'channel' | 'exchange' // of real hosts; a channel of theirs cannot reorder
}

export function cutDown(
  plan: FaultPlan,
  assumes: Assumptions,
  broken: readonly string[],
  whom: Whom = {},
): CutDown {
  for (const word of broken) checkWord(word)
  const cut = new Cut(assumes, broken, whom)
  for (const fault of inTime(faultsOf(plan))) cut.consider(fault)
  // A crash that has lost its recovery covers later crashes of the same process.
  return { plan: planOf(withoutCovered(cut.kept)), removed: cut.removed, notes: cut.notes }
}

class Cut {
  readonly kept: Fault[] = []
  readonly removed: string[] = []
  readonly notes: string[] = []
  readonly #assumes: Assumptions
  readonly #broken: readonly string[]
  readonly #whom: Whom
  readonly #name: string

  constructor(assumes: Assumptions, broken: readonly string[], whom: Whom) {
    this.#assumes = assumes
    this.#broken = broken
    this.#whom = whom
    this.#name = whom.name ?? 'the algorithm'
  }

  consider(fault: Fault): void {
    const assumes = this.#assumes
    const text = faultText(fault)
    switch (breaks(fault)) {
      case 'reliable':
        return this.#unless(assumes.reliable, 'reliable', fault, 'reliable channels')
      case 'noDuplicates':
        return this.#unless(assumes.noDuplicates, 'noDuplicates', fault, 'that no message comes twice')
      case 'fifo':
        if (this.#whom.streams === 'channel')
          this.removed.push(`${text} left out: a stream of libp2p delivers in order; try --streams exchange`)
        else this.#unless(assumes.fifo, 'fifo', fault, 'FIFO channels')
        return
      case 'crashes':
        return this.#crash(fault as FaultOf<'crash'>, text)
      case 'honest':
        return this.#lie(fault as FaultOf<'byzantine'>, text)
      case 'timing':
        return this.#keep(fault, text)
    }
  }

  #unless(isAssumed: boolean, word: string, fault: Fault, assumption: string): void {
    if (!isAssumed || this.#broken.includes(word)) this.kept.push(fault)
    else this.#leaveOut(faultText(fault), assumption, word)
  }

  #crash(fault: FaultOf<'crash'>, text: string): void {
    const { crashes, faulty } = this.#assumes
    const { processes } = this.#whom
    const most = processes === undefined ? undefined : faulty?.(processes)
    if (this.#broken.includes('crashes')) this.kept.push(fault)
    else if (crashes === 'none') this.#leaveOut(text, 'that no process crashes', 'crashes')
    else if (most !== undefined && downAt(this.kept, fault.atUs) >= most) {
      this.#leaveOut(text, `that at most ${most} of ${processes} processes are down at a time`, 'crashes')
    } else if (crashes === 'stop' && fault.forUs !== null) {
      this.kept.push({ ...fault, forUs: null })
      this.#leaveOut(`the recovery of ${text}`, 'that a crashed process stays down', 'crashes')
    } else this.kept.push(fault)
  }

  #lie(fault: FaultOf<'byzantine'>, text: string): void {
    const { processes, messages } = this.#whom
    const most = processes === undefined ? 0 : (this.#assumes.byzantine?.(processes) ?? 0)
    const liars = new Set(this.kept.flatMap((kept) => (kept.kind === 'byzantine' ? [kept.process] : [])))
    liars.add(fault.process)
    const none = most === 0 ? 'that every process does as it says' : `at most ${most} liars`
    if (liars.size > most && !this.#broken.includes('honest')) return this.#leaveOut(text, none, 'honest')
    this.kept.push(fault)
    const missing = messages === undefined ? null : missingFrom(messages, fault)
    if (missing !== null) this.notes.push(`${text}: ${this.#name} has no ${missing}`)
  }

  /** Who counts on clocks and speeds may break its promises under these, and nobody would be to blame. */
  #keep(fault: Fault, text: string): void {
    this.kept.push(fault)
    const { synchrony } = this.#assumes
    if (synchrony === 'asynchronous' || !['pause', 'slow', 'clock'].includes(fault.kind)) return
    const lasts = hasWindow(fault) && fault.forUs !== null ? 'for a time ' : ''
    this.notes.push(`${text}: ${lasts}beyond what a ${synchrony} system allows, which ${this.#name} assumes`)
  }

  #leaveOut(what: string, assumption: string, word: string): void {
    this.removed.push(`${what} left out: ${this.#name} assumes ${assumption}; --break ${word} keeps it`)
  }
}

function checkWord(word: string): void {
  if ((breakable as readonly string[]).includes(word)) return
  const nearest = closestMatch(word, breakable)
  throw new UsageError(
    `--break ${word}: there is no such assumption; did you mean ${nearest}? ${breakable.join(', ')}`,
  )
}

/** What a liar is to lie about and nobody ever says; of what is carried for others nothing is known. */
function missingFrom(messages: AnyShapes, { type, field }: FaultOf<'byzantine'>): string | null {
  if (type === null || Object.hasOwn(messages, 'basic')) return null
  if (!Object.hasOwn(messages, type)) return `message '${type}'`
  return field === null || Object.hasOwn(messages[type]!, field) ? null : `field '${field}' in '${type}'`
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
