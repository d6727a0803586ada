/** Reads along with a run: judges, counts, and puts together what came of it. */
import { reliable } from '../checkers/channels.ts'
import { Bug } from '../lib/assert.ts'
import type { Report, Table } from '../model/catalogue.ts'
import type { Signature } from '../model/process.ts'
import type { Judgement, Verdict } from '../model/property.ts'
import type { Ended } from '../runtimes/experiment.ts'
import type { Block } from '../trace-format/events.ts'
import { EventReader, type RunEvent } from '../trace-format/history-reader.ts'
import type { RunOutcome } from '../trace-format/run.ts'
import { traceId } from '../trace-format/span-ids.ts'
import { historyEvent } from './history.ts'
import { type EndKind, Monitors } from './monitors.ts'
import type { Plan } from './plan.ts'
import { Statistics } from './statistics.ts'

/** A request, and the trace it opened. */
export interface Operation {
  readonly request: string
  readonly traceId: string
}

/** Operations that are named one by one; a person follows no more. */
const OPERATIONS_MAX = 1000

/** What a hand can take away from a run that goes on. */
type Lifted = 'reliable' | 'crashes'
const RELIABLE = reliable().name

export class Observer {
  readonly operations: Operation[] = []
  /** The first thing that makes the verdict worthless: never the algorithm's doing alone, see `Conducted`. */
  failure: Error | null = null
  /** What somebody did to the run while it went on. */
  acts = 0
  readonly #plan: Plan
  readonly #tag: string
  readonly #promises: Monitors<Signature>
  readonly #assumptions: Monitors<Signature>
  readonly #report: Report<Signature> | undefined
  readonly #reportMemory: unknown
  readonly #statistics = new Statistics()
  readonly #reader = new EventReader()
  readonly #lifted = new Set<Lifted>()
  #events = 0
  #lastNs = 0

  constructor(plan: Plan, tag: string) {
    this.#plan = plan
    this.#tag = tag
    const { places } = plan.topology
    this.#promises = new Monitors(plan.entry.properties(plan.options), places)
    this.#assumptions = new Monitors(plan.assumptions, places)
    this.#report = plan.entry.report?.(plan.options)
    this.#reportMemory = this.#report?.initial(places)
  }

  /** Never throws: it is called in the middle of a step, whose fault it would not be. */
  read(block: Block): void {
    for (const event of this.#reader.read(block)) {
      this.#events++
      this.#lastNs = event.timeNs
      this.#statistics.upon(event)
      if (event.kind === 'request') this.#keepOperation(event)
      if (this.failure === null) this.#watch(event)
    }
  }

  failed(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error))
  }

  /** Somebody takes an assumption away while the run goes on. */
  lift(assumption: Lifted): void {
    if (!this.#plan.broken.includes(assumption)) this.#lifted.add(assumption)
  }

  outcome(ended: Ended): RunOutcome {
    const judgements = this.#judge(ended)
    // What is still in transit when the time is over is nobody's loss.
    const end = ended.how === 'quiescent' ? 'quiescent' : 'cut short'
    const broken = this.#assumptions
      .judge(end)
      .find(({ verdict, property }) => verdict === 'violated' && !this.#excuses(property))
    if (broken) this.failed(new Bug(`${broken.property} did not hold: ${broken.findings[0]?.explanation}`))
    const { refused } = this.#statistics
    return {
      verdict: this.failure === null ? verdictOf(judgements, ended) : 'unknown',
      ended: ended.how,
      events: this.#events,
      durationMs: Math.round((ended.durationNs || this.#lastNs) / 1000) / 1000,
      properties: judgements.map(({ property, ...rest }) => ({ name: property, ...rest })),
      messages: this.#statistics.counts(),
      tables: this.#report ? [...(this.#report.tables(this.#reportMemory) as Table[])] : [],
      faultsFired: ended.faultsFired,
      ...(ended.digest === undefined ? {} : { digest: ended.digest }),
      notes: [
        ...this.#plan.notes,
        ...[...this.#lifted].map((assumption) => `broken by hand: ${assumption}`),
        ...(this.acts > 0 ? [`${this.acts} done by hand, which the command does not repeat`] : []),
        ...(refused > 0 ? [`${refused} frames refused: they were no messages`] : []),
      ],
    }
  }

  #excuses(property: string): boolean {
    return property === RELIABLE && this.#lifted.has('reliable')
  }

  #judge(ended: Ended): Judgement[] {
    try {
      return this.#promises.judge(endKind(ended, this.#plan))
    } catch (error) {
      this.failed(error)
      return []
    }
  }

  #watch(event: RunEvent): void {
    const happened = historyEvent<Signature>(event, this.#plan.topology.ids)
    try {
      this.#promises.upon(happened)
      this.#assumptions.upon(happened)
      this.#report?.upon(this.#reportMemory, happened)
    } catch (error) {
      this.failed(error)
    }
  }

  #keepOperation({ process, seq, type }: RunEvent): void {
    if (this.operations.length >= OPERATIONS_MAX) return
    const request = `${this.#plan.topology.ids[process]} ${type}`
    this.operations.push({ request, traceId: traceId(this.#tag, process, seq) })
  }
}

/**
 * What promises something eventually is given until quiescence, or until the bound that the entry
 * sets itself.
 */
export function endKind({ how }: Pick<Ended, 'how'>, { entry }: Plan): EndKind {
  if (how === 'quiescent') return 'quiescent'
  return how === 'time over' && entry.ends !== 'quiescent' ? 'bound over' : 'cut short'
}

/** Ends after which a valid verdict means something: the run went as far as it was to go. */
const WHOLE: readonly Ended['how'][] = ['quiescent', 'time over']

export function verdictOf(judgements: readonly Judgement[], { how }: Pick<Ended, 'how'>): Verdict {
  if (judgements.some(({ verdict }) => verdict === 'violated')) return 'violated'
  return WHOLE.includes(how) && judgements.every(({ verdict }) => verdict !== 'unknown') ? 'valid' : 'unknown'
}
