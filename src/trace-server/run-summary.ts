/** A run as a line of the list: what every page says of it before anything is read of its events. */
import type { RunRecord } from '../trace-format/run.ts'
import { STORE_SINK } from './run-writer.ts'

/**
 * `interrupted`: it has no outcome and nobody here is writing it. `foreign`:
 * spans of another program, which never say that they end. `damaged`: what is
 * on disk cannot be read as a run, or not wholly.
 */
export type RunState = 'running' | 'finished' | 'interrupted' | 'foreign' | 'damaged'

export interface RunSummary {
  readonly id: string
  readonly state: RunState
  readonly why: string | null // what is damaged
  readonly algorithm: string
  readonly runtime: string
  readonly seed: number | null
  readonly processes: number
  readonly faults: string
  readonly startedAtMs: number
  readonly verdict: string | null // null: none yet, or never one
  readonly ended: string | null
  readonly events: number | null // null: not known without reading them
  readonly durationMs: number | null
  readonly made: number | null // spans
  readonly stored: number | null
  readonly lost: number | null
  readonly bytes: number
  readonly shortenedFrom: string | null // the run that it is the short form of
}

interface Known {
  readonly record?: RunRecord
  readonly why: string | null
  readonly bytes: number
  readonly events?: number
}

export function summaryOf(id: string, state: RunState, { record, why, bytes, events }: Known): RunSummary {
  const run = record?.run
  const outcome = record?.outcome
  const own = record?.sinks?.find(({ sink }) => sink === STORE_SINK)
  return {
    id,
    state,
    why,
    algorithm: run?.algorithm ?? '',
    runtime: run?.runtime ?? '',
    seed: run?.seed ?? null,
    processes: run?.processes.length ?? 0,
    faults: run?.faults ?? '',
    startedAtMs: run?.startedAtMs ?? 0,
    verdict: outcome?.verdict ?? null,
    ended: outcome?.ended ?? null,
    events: events ?? outcome?.events ?? null,
    durationMs: outcome?.durationMs ?? null,
    made: own?.made ?? null,
    stored: own?.accepted ?? null,
    lost: own === undefined ? null : own.refused + own.dropped,
    bytes,
    shortenedFrom: run?.shortenedFrom?.run ?? null,
  }
}
