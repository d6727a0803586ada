/** What many seeds came to. The order in which they are added does not matter. */
import type { Failure, SeedResult } from './case.ts'

/** One kind of failure, with its lowest seed. */
export interface FailureKind {
  readonly first: Failure
  readonly seeds: number // that had it
}

export interface Tally {
  seeds: number
  events: number
  unknown: number // seeds without a verdict
  readonly fired: Record<string, number> // by the kind of fault
  readonly seen: Record<string, number> // sometimes-properties: in how many seeds
  readonly failures: Record<string, FailureKind> // by what and shape
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  events: 0,
  unknown: 0,
  fired: {},
  seen: {},
  failures: {},
})

/** @param sometimes the names of all sometimes-properties */
export function addSeed(tally: Tally, result: SeedResult, sometimes: readonly string[]): void {
  tally.seeds++
  tally.events += result.events
  if (result.verdict === 'unknown') tally.unknown++
  for (const kind of result.fired) tally.fired[kind] = (tally.fired[kind] ?? 0) + 1
  for (const name of sometimes) {
    tally.seen[name] = (tally.seen[name] ?? 0) + (result.unseen.includes(name) ? 0 : 1)
  }
  for (const failure of result.failures) addFailure(tally, { first: failure, seeds: 1 })
}

export function addTally(tally: Tally, more: Tally): void {
  tally.seeds += more.seeds
  tally.events += more.events
  tally.unknown += more.unknown
  for (const [kind, times] of Object.entries(more.fired)) tally.fired[kind] = (tally.fired[kind] ?? 0) + times
  for (const [name, times] of Object.entries(more.seen)) tally.seen[name] = (tally.seen[name] ?? 0) + times
  for (const kind of Object.values(more.failures)) addFailure(tally, kind)
}

function addFailure(tally: Tally, { first, seeds }: FailureKind): void {
  const key = `${first.what}: ${first.shape}`
  const known = tally.failures[key]
  if (known === undefined) tally.failures[key] = { first, seeds }
  else {
    const lower = known.first.seed <= first.seed ? known.first : first
    tally.failures[key] = { first: lower, seeds: known.seeds + seeds }
  }
}

/** The kinds of failures, the lowest seed first. */
export const failuresOf = ({ failures }: Tally): FailureKind[] =>
  Object.values(failures).sort(
    (a, b) => a.first.seed - b.first.seed || (a.first.what < b.first.what ? -1 : 1),
  )
