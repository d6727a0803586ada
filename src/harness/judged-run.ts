/**
 * A plan run in virtual time for its verdict alone: no history is kept, and the run is as fast as
 * its handlers and its properties. For sweeps and for shrinking; the same verdict and the same
 * digest as of the run that is recorded.
 */
import { Bug } from '../lib/assert.ts'
import type { Signature } from '../model/process.ts'
import type { Judgement, Verdict } from '../model/property.ts'
import type { Ended, Experiment } from '../runtimes/experiment.ts'
import { Simulation } from '../runtimes/simulator/simulator.ts'
import { RECORDED_PROCESSES_MAX } from '../topology/topology.ts'
import { EVENT_KINDS, type EventKind } from '../trace-format/events.ts'
import { Recorder } from '../trace-format/recorder.ts'
import { ChannelWatch, WATCHED } from './channel-watch.ts'
import { JudgingJournal } from './judging-journal.ts'
import { Monitors } from './monitors.ts'
import { endKind, Observer, verdictOf } from './observer.ts'
import type { Plan } from './plan.ts'

export interface JudgedRun {
  readonly verdict: Verdict
  readonly judgements: readonly Judgement[]
  /** Why there is no verdict to rely on; see `Conducted`. */
  readonly failure: Error | null
  readonly digest: string
  readonly events: number
  readonly ended: Ended['how']
  readonly durationNs: number // virtual time of the run when it ended
  readonly faultsFired: Readonly<Record<string, number>>
  readonly counts: Readonly<Record<EventKind, number>> // of events
}

export interface JudgedOptions {
  /** A run with more events ends, unknown. */
  readonly eventsMax?: number
  /** Nothing is judged. */
  readonly digestOnly?: boolean
  /** Every process is taken up again before each step from the text of its state. */
  readonly takeUpEveryStep?: boolean
  /** Is given the records that the digest is made of; see `runtimes/simulator/digest.ts`. */
  readonly keep?: (records: Uint8Array) => void
}

export function judgedRun(plan: Plan, options: JudgedOptions = {}): JudgedRun {
  const { entry, topology } = plan
  const { places, ids } = topology
  const judged = options.digestOnly !== true
  const promises = new Monitors<Signature>(judged ? entry.properties(plan.options) : [], places)
  const assumed = judged ? plan.assumptions : []
  const assumptions = new Monitors<Signature>(
    assumed.filter(({ name }) => !WATCHED.includes(name)),
    places,
  )
  const channels = new ChannelWatch(
    ids.length,
    assumed.map(({ name }) => name),
  )
  const journal = new JudgingJournal(ids, [promises, assumptions], channels)
  const { ended, thrown } = runOf(plan, options, journal)
  const suspects = channels.suspects || isOwing(journal, ended)
  if (suspects && ids.length <= RECORDED_PROCESSES_MAX) return recordedRun(plan, options, journal)
  let failure = thrown ?? journal.failure
  if (suspects) failure ??= new Bug('a channel did what it must not; of so many processes no run is recorded')
  let judgements: Judgement[] = []
  try {
    judgements = promises.judge(endKind(ended, plan))
    failure ??= brokenBy(assumptions.judge(ended.how === 'quiescent' ? 'quiescent' : 'cut short'))
  } catch (error) {
    failure ??= asError(error)
  }
  return result(ended, journal, judgements, failure)
}

function runOf(
  plan: Plan,
  { eventsMax, takeUpEveryStep, keep }: JudgedOptions,
  recorder: Experiment<Signature>['recorder'],
): { ended: Ended; thrown: Error | null } {
  const simulation = new Simulation<Signature>(
    {
      ...plan.experiment,
      recorder,
      watchStates: false,
      ...(eventsMax === undefined ? {} : { eventsMax }),
      ...(takeUpEveryStep === undefined ? {} : { takeUpEveryStep }),
    },
    keep === undefined ? {} : { keep },
  )
  try {
    return { ended: simulation.advance(Number.POSITIVE_INFINITY)!, thrown: null }
  } catch (error) {
    return { ended: simulation.end('failed'), thrown: asError(error) }
  }
}

/** A message that at rest has neither come nor been lost. */
function isOwing({ counts }: JudgingJournal, { how }: Ended): boolean {
  const count = (kind: EventKind) => counts[EVENT_KINDS.indexOf(kind)]!
  return how === 'quiescent' && count('send') + count('duplicate') !== count('deliver') + count('lost')
}

/** The same run with columns, judged as a run is that somebody looks at. */
function recordedRun(plan: Plan, options: JudgedOptions, { counts }: JudgingJournal): JudgedRun {
  const observer = new Observer(plan, '')
  const recorder = new Recorder(plan.topology.ids.length, (block) => observer.read(block))
  const { ended, thrown } = runOf(plan, { ...options }, recorder)
  recorder.flush()
  if (thrown !== null) observer.failed(thrown)
  const { properties } = observer.outcome(ended)
  const judgements = properties.map(({ name, ...rest }) => ({ property: name, ...rest }) as Judgement)
  return result(ended, { counts, length: recorder.length }, judgements, observer.failure)
}

function brokenBy(judgements: readonly Judgement[]): Bug | null {
  const broken = judgements.find(({ verdict }) => verdict === 'violated')
  return broken ? new Bug(`${broken.property} did not hold: ${broken.findings[0]?.explanation}`) : null
}

function result(
  { how, durationNs, faultsFired, digest }: Ended,
  { counts, length }: Pick<JudgingJournal, 'counts' | 'length'>,
  judgements: readonly Judgement[],
  failure: Error | null,
): JudgedRun {
  return {
    verdict: failure === null ? verdictOf(judgements, { how }) : 'unknown',
    judgements,
    failure,
    digest: digest!,
    events: length,
    ended: how,
    durationNs,
    faultsFired,
    counts: Object.fromEntries(EVENT_KINDS.map((kind, code) => [kind, counts[code]!])) as JudgedRun['counts'],
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
