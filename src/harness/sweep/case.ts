/** What one seed of a sweep is: how many processes, which topology, which faults; and how it came out. */
import { Prng } from '../../lib/prng.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { buildTopology, type Topology } from '../../topology/topology.ts'
import { firstDifference, keptElsewhere } from '../determinism.ts'
import { type JudgedRun, judgedRun } from '../judged-run.ts'
import { type Plan, planRun } from '../plan.ts'
import { findingShape } from '../shrink/shape.ts'
import { swarm } from './swarm.ts'

export interface Conditions {
  readonly options: Readonly<Record<string, unknown>>
  readonly peers: readonly [least: number, most: number]
  readonly topology?: string // without it the entry's default
  readonly faults: 'swarm' | 'own' | string // own: the entry's; else a plan
  readonly eventsMax: number // a seed that records more is bound to be unknown
}

/** A promise that a seed broke, or what else was wrong with it. */
export interface Failure {
  readonly seed: number
  readonly what: string // the property; or that a handler threw, that it is not deterministic …
  readonly kind: 'violated' | 'bug'
  readonly explanation: string
  readonly shape: string // of the explanation: failures of one shape are one
  readonly peers: number
  readonly topology: string
  readonly faults: string
}

export interface SeedResult {
  readonly seed: number
  readonly digest: string
  readonly events: number
  readonly verdict: JudgedRun['verdict']
  readonly ended: JudgedRun['ended']
  readonly fired: readonly string[] // kinds of faults, each as often as it fired
  readonly unseen: readonly string[] // sometimes-properties
  readonly failures: readonly Failure[]
}

/** Faults are over soon after the last request is made, or there is nothing left for them to spoil. */
const BEYOND_REQUESTS_MS = 150

export function planOfSeed(entry: CatalogueEntry, seed: number, conditions: Conditions): Plan {
  const { options, faults } = conditions
  const topology = topologyOf(entry, seed, conditions)
  const asking = { entry, options, topology, runtime: 'simulator', seed, broken: [], requests: [] } as const
  if (faults === 'own') return planRun({ ...asking, watchStates: false })
  if (faults !== 'swarm') return planRun({ ...asking, faults, watchStates: false })
  return planRun({ ...asking, faults: swarmFor(entry, topology, seed, options), watchStates: false })
}

/** The faults that a seed draws for an algorithm; they end soon after its workload. */
export function swarmFor(
  entry: CatalogueEntry,
  topology: Topology,
  seed: number,
  options: Readonly<Record<string, unknown>>,
): string {
  const requests = entry.workload(new Prng(seed, 'workload'), topology.places, options)
  const lastMs = requests.reduce((last, { atMs }) => Math.max(last, atMs), 0)
  return swarm(seed, entry.assumes, topology, Math.ceil(lastMs) + BEYOND_REQUESTS_MS)
}

/** As many processes as the seed says, or the next number that fits the algorithm. */
function topologyOf(entry: CatalogueEntry, seed: number, { peers, topology, options }: Conditions): Topology {
  const [least, most] = peers
  const first = least + new Prng(seed, 'peers').below(most - least + 1)
  let refusal: unknown
  for (let i = 0; i <= most - least; i++) {
    const n = least + ((first - least + i) % (most - least + 1))
    try {
      const built = buildTopology(topology ?? entry.topology.default, n, seed)
      const wrong = entry.topology.fits(built.places)
      if (wrong !== null) throw new UsageError(`${entry.name} does not fit ${n} processes: ${wrong}`)
      entry.workload(new Prng(seed, 'workload'), built.places, options)
      return built
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      refusal = error
    }
  }
  throw refusal
}

/** @param again whether it is run twice even if it passes; a seed that fails always is */
export function runSeed(
  entry: CatalogueEntry,
  seed: number,
  conditions: Conditions,
  again = false,
): SeedResult {
  const plan = planOfSeed(entry, seed, conditions)
  const { eventsMax } = conditions
  const run = judgedRun(plan, { eventsMax })
  const failures = [...broken(run, plan), ...unsound(run, plan, eventsMax, again)]
  return {
    seed,
    digest: run.digest,
    events: run.events,
    verdict: run.verdict,
    ended: run.ended,
    fired: Object.entries(run.faultsFired).flatMap(([text, times]) => Array(times).fill(kindOf(text))),
    unseen: run.judgements.filter(({ verdict }) => verdict === 'not seen').map(({ property }) => property),
    failures,
  }
}

const kindOf = (fault: string): string => fault.split(' ', 1)[0]!

function broken(run: JudgedRun, plan: Plan): Failure[] {
  return run.judgements
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ property, findings }) => failure(plan, property, 'violated', findings[0]?.explanation ?? ''))
}

/** What says something of the code and nothing of the promises. */
function unsound(run: JudgedRun, plan: Plan, eventsMax: number, again: boolean): Failure[] {
  const found: Failure[] = []
  if (run.failure !== null) {
    found.push(
      failure(
        plan,
        run.failure.name === 'HandlerThrew' ? 'a handler threw' : 'a bug',
        'bug',
        run.failure.message,
      ),
    )
    return found
  }
  if (run.ended === 'event limit') {
    const explanation = `more than ${eventsMax} events: it goes on for ever, or the limit is too low`
    found.push(failure(plan, 'no end', 'bug', explanation))
  }
  if (again || run.verdict === 'violated') found.push(...repeated(run, plan, eventsMax))
  return found
}

/** The run once more, and once with every process taken up again before each step. */
function repeated(run: JudgedRun, plan: Plan, eventsMax: number): Failure[] {
  const differs = firstDifference(plan, { eventsMax })
  if (differs !== null) return [failure(plan, 'not deterministic', 'bug', differs)]
  const anew = judgedRun(plan, { eventsMax, takeUpEveryStep: true })
  if (anew.failure !== null) return [failure(plan, 'a state that is no data', 'bug', anew.failure.message)]
  if (anew.digest === run.digest) return []
  const elsewhere =
    keptElsewhere(plan, { eventsMax }) ?? 'the digest differs, though not when looked at again'
  return [failure(plan, 'not deterministic', 'bug', elsewhere)]
}

export function failure(
  { seed, topology, faultsText }: Plan,
  what: string,
  kind: Failure['kind'],
  explanation: string,
): Failure {
  return {
    seed,
    what,
    kind,
    explanation,
    shape: findingShape(explanation),
    peers: topology.ids.length,
    topology: topology.name,
    faults: faultsText,
  }
}
