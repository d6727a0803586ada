/**
 * Algorithms that answer the same question, side by side: the same requests under the same
 * conditions, one row of a table and one line of a picture for each. Groups are data.
 */
import type { CatalogueEntry, Table } from '../model/catalogue.ts'
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import { buildTopology } from '../topology/topology.ts'
import type { Conducted } from './conduct.ts'
import type { Chart } from './line-chart.ts'
import { type Plan, planRun } from './plan.ts'

/** What all members of a group are put under. */
export interface Conditions {
  readonly peers: number
  readonly latencyMs: number
  readonly seed: number
  readonly runtime: 'libp2p' | 'simulator'
}

/** An algorithm with the options and the topology that are compared. */
export interface Member {
  readonly label: string
  readonly algorithm: string
  readonly topology: string
  readonly options?: (conditions: Conditions) => Readonly<Record<string, unknown>>
  readonly words?: (request: string) => string // a request of the trial, in those of the algorithm
}

/** A run that each member makes. */
export interface Trial {
  readonly name: string
  readonly requests: readonly string[]
  readonly faults: string
  readonly forMs: number
}

/** A run that was made, with what the algorithm's own report gathered of it. */
export interface Compared {
  readonly plan: Plan
  readonly conducted: Conducted
  readonly history: readonly HistoryEvent<Signature>[]
  readonly memory: unknown
}

export interface Group<Measure = any> {
  readonly summary: string
  readonly runtime?: 'libp2p' // where it is compared, if nobody says
  readonly members: readonly Member[]
  readonly trials: (conditions: Conditions) => readonly Trial[]
  /** Of one member, by the names of the trials. */
  readonly measure: (runs: Readonly<Record<string, Compared>>) => Measure
  readonly table: (measured: readonly Measured<Measure>[], conditions: Conditions) => Table
  /** One picture; more charts stand one below the other. */
  readonly charts: (measured: readonly Measured<Measure>[], conditions: Conditions) => readonly Chart[]
}

export interface Measured<Measure> {
  readonly member: Member
  readonly measure: Measure
}

/** The plan of one trial of one member. What it assumes is lifted where the trial breaks it. */
export function planOf(entry: CatalogueEntry, member: Member, trial: Trial, conditions: Conditions): Plan {
  const { peers, seed, runtime } = conditions
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  return planRun({
    entry,
    options: { ...Object.fromEntries(defaults), ...member.options?.(conditions) },
    topology: buildTopology(member.topology, peers, seed),
    runtime,
    seed,
    faults: trial.faults,
    broken: entry.assumes.reliable && trial.faults.includes('partition') ? ['reliable'] : [],
    requests: member.words === undefined ? trial.requests : trial.requests.map(member.words),
    forMs: trial.forMs,
    watchStates: false,
  })
}

/** What the algorithm's own report makes of a run. */
export function reported(plan: Plan, history: readonly HistoryEvent<Signature>[]): unknown {
  const report = plan.entry.report?.(plan.options)
  const memory = report?.initial(plan.topology.places)
  for (const event of history) report?.upon(memory, event)
  return memory
}
