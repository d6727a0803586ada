/** One run, from its plan to its verdict: records, watches, hands over. */
import type { Signature } from '../model/process.ts'
import type { Act, ActingPort, Holder } from '../runtimes/acting.ts'
import type { Ended, Experiment } from '../runtimes/experiment.ts'
import type { Block } from '../trace-format/events.ts'
import { Recorder } from '../trace-format/recorder.ts'
import {
  FORMAT_VERSION,
  type RunDescription,
  type RunOutcome,
  type ShortenedFrom,
} from '../trace-format/run.ts'
import { Observer, type Operation } from './observer.ts'
import type { Plan } from './plan.ts'

/** Runs an experiment; calls `begun` just before `start`. */
export type Execute = <S extends Signature>(
  experiment: Experiment<S>,
  hooks: {
    readonly tag: string
    readonly begun: (startedAtMs: number) => void
    readonly holder?: Holder
  },
) => Promise<Ended>

/** Takes what a run leaves, as it comes. No run waits for it. */
export interface RunListener {
  readonly begin: (run: RunDescription) => void
  readonly block: (block: Block) => void
  /** Whoever has it holds the run open, and may act upon it. */
  readonly opened?: (port: ActingPort) => void
  /** What a run that is held open came to, as far as it went: each time that it comes to rest. */
  readonly rested?: (run: RunDescription, outcome: RunOutcome) => void
}

/** What the caller knows of a run and the plan does not. */
export interface RunIdentity {
  readonly id: string
  readonly tag: string
  readonly runtime: string
  readonly peerIds: readonly string[]
  readonly command: string
  readonly notes?: string // on the algorithm, Markdown
  readonly shortenedFrom?: ShortenedFrom
}

export interface Conducted {
  readonly run: RunDescription
  readonly outcome: RunOutcome
  readonly ended: Ended
  readonly operations: readonly Operation[] // at most the first thousand
  /** Why there is no verdict to rely on: a handler or a property threw, or an assumption broke by itself. */
  failure: Error | null
}

/**
 * How often what is recorded is looked at and handed over while a run goes on, in ms: what a live
 * page needs.
 */
const HAND_OVER_MS = 50

export async function conduct(
  plan: Plan,
  identity: RunIdentity,
  execute: Execute,
  listener: RunListener,
  progress?: Experiment<Signature>['progress'],
): Promise<Conducted> {
  const observer = new Observer(plan, identity.tag)
  let run: RunDescription | null = null
  const early: Block[] = [] // recorded before the run is described
  const recorder = new Recorder(plan.topology.ids.length, (block) => {
    observer.read(block)
    if (run === null) early.push(block)
    else listener.block(block)
  })
  const begun = (startedAtMs: number) => {
    run = describe(plan, identity, startedAtMs)
    listener.begin(run)
    for (const block of early.splice(0)) listener.block(block)
  }
  const experiment: Experiment<Signature> = {
    ...plan.experiment,
    recorder,
    ...(progress ? { progress } : {}),
  }
  const handOver = setInterval(() => recorder.flush(), HAND_OVER_MS)
  let ended: Ended
  try {
    const { opened } = listener
    const held = opened && {
      opened: (port: ActingPort) => opened(observed(port, observer, plan)),
      rested: (ended: Ended) => {
        recorder.flush()
        if (run !== null) listener.rested?.(run, observer.outcome(ended))
      },
    }
    ended = await execute(experiment, { tag: identity.tag, begun, ...(held ? { holder: held } : {}) })
  } catch (error) {
    if (run === null) throw error // it never began: there is nothing to report
    ended = { how: 'failed', durationNs: 0, faultsFired: {} }
    recorder.flush() // what happened before is judged
    observer.failed(error)
  } finally {
    clearInterval(handOver)
    recorder.flush()
  }
  const { operations } = observer
  const outcome = observer.outcome(ended)
  return { run: run ?? describe(plan, identity, 0), outcome, ended, operations, failure: observer.failure }
}

/** What somebody does may take away what the algorithm assumes: that is his doing, and no bug of ours. */
function observed(port: ActingPort, observer: Observer, { entry }: Plan): ActingPort {
  const act = (wanted: Act) => {
    observer.acts++
    if (wanted.kind === 'cut' && entry.assumes.reliable) observer.lift('reliable')
    if (wanted.kind === 'crash' && entry.assumes.crashes === 'none') observer.lift('crashes')
    return port.act(wanted)
  }
  return { ...port, act }
}

function describe(plan: Plan, identity: RunIdentity, startedAtMs: number): RunDescription {
  const { entry, topology, seed, options, faultsText } = plan
  return {
    format: FORMAT_VERSION,
    ...identity,
    algorithm: entry.name,
    seed,
    processes: topology.ids,
    links: topology.links,
    topology: topology.name,
    options: options as Record<string, unknown>,
    faults: faultsText,
    startedAtMs,
  }
}
