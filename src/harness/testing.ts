/** Runs of entries of the catalogue in the simulator, whole or sabotaged, for their tests. */
import type { CatalogueEntry } from '../model/catalogue.ts'
import type { Algorithm, Context, Signature, Upon } from '../model/process.ts'
import { buildTopology } from '../topology/topology.ts'
import { type Asking, planRun } from './plan.ts'
import { type Simulated, simulated } from './simulated.ts'
import { runSeed, type Conditions as SweepConditions } from './sweep/case.ts'

export interface Conditions extends Partial<Omit<Asking, 'entry' | 'seed' | 'runtime' | 'topology'>> {
  readonly peers: number
  readonly topology?: string
  readonly eventsMax?: number
}

/** One run. Options that are not given are the entry's defaults. */
export function trial(entry: CatalogueEntry, seed: number, conditions: Conditions): Promise<Simulated> {
  const { peers, topology = entry.topology.default, options, eventsMax, ...asking } = conditions
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const plan = planRun({
    broken: [],
    requests: [],
    ...asking,
    entry,
    options: { ...Object.fromEntries(defaults), ...options },
    topology: buildTopology(topology, peers, seed),
    runtime: 'simulator',
    seed,
  })
  return simulated(plan, eventsMax)
}

/** For tests of many runs, on a machine that may be busy. */
export const PATIENT = { timeout: 120_000 }

/** The seeds 1 … n. */
export const seeds = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

/** The promises that a run broke, by name. */
export const broken = ({ conducted }: Simulated): string[] => judged(conducted, 'violated')

/** The things a run should have shown and did not. */
export const unseen = ({ conducted }: Simulated): string[] => judged(conducted, 'not seen')

const judged = ({ outcome }: Simulated['conducted'], as: string) =>
  outcome.properties.filter(({ verdict }) => verdict === as).map(({ name }) => name)

/** In how many of the runs each promise was broken. */
export async function tally(
  entry: CatalogueEntry,
  runs: number,
  conditions: Conditions,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const seed of seeds(runs)) {
    const run = await trial(entry, seed, { watchStates: false, ...conditions })
    for (const name of broken(run)) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** The entry with its algorithm changed: a slip that somebody might make, for its properties to find. */
export const sabotaged = <S extends Signature>(
  entry: CatalogueEntry<S>,
  slip: (algorithm: Algorithm<S>) => Algorithm<S>,
): CatalogueEntry<S> => ({ ...entry, make: (options) => slip(entry.make(options)) })

/** A slip in the handlers. */
export const reacting =
  <S extends Signature>(change: (upon: Upon<S>, state: S['state'], context: Context<S>) => Upon<S>) =>
  ({ initial, upon }: Algorithm<S>): Algorithm<S> => ({
    initial,
    upon: (context, state) => change(upon(context, state), state, context),
  })

/** A slip in what the handlers do to the world. */
export const acting =
  <S extends Signature>(change: (context: Context<S>) => Partial<Context<S>>) =>
  ({ initial, upon }: Algorithm<S>): Algorithm<S> => ({
    initial,
    upon: (context, state) => upon({ ...context, ...change(context) }, state),
  })

/**
 * How many seeds a sweep takes until one breaks a promise, with faults drawn for each; null if none of
 * a thousand does.
 */
export function seedsToFind(entry: CatalogueEntry): number | null {
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const conditions: SweepConditions = {
    options: Object.fromEntries(defaults),
    peers: [2, 7],
    faults: 'swarm',
    eventsMax: 50_000,
  }
  for (const seed of seeds(SWEPT)) if (runSeed(entry, seed, conditions).failures.length > 0) return seed
  return null
}

const SWEPT = 1000
