/**
 * The shapes of what is read back from `run.json` or sent by another process:
 * data from outside, so every field is looked at before a page or a path is
 * made of it. Says what is wrong in words that name the field.
 */
import {
  FORMAT_VERSION,
  NOTES_MAX,
  type RunDescription,
  type RunOutcome,
  type RunRecord,
  type SinkCount,
} from '../trace-format/run.ts'

type Check = (value: unknown) => boolean
type Fields = Readonly<Record<string, Check>>

const text: Check = (v) => typeof v === 'string'
const finite: Check = (v) => typeof v === 'number' && Number.isFinite(v)
const count: Check = (v) => Number.isSafeInteger(v) && (v as number) >= 0
const record: Check = (v) => typeof v === 'object' && v !== null && !Array.isArray(v)
const listOf =
  (item: Check): Check =>
  (v) =>
    Array.isArray(v) && v.every(item)
const fields =
  (wanted: Fields): Check =>
  (v) =>
    misfitOf(wanted, v) === null

const cell: Check = (v) => typeof v === 'string' || typeof v === 'number'
const pair: Check = (v) => Array.isArray(v) && v.length === 2 && v.every(count)
const absentOr =
  (check: Check): Check =>
  (v) =>
    v === undefined || check(v)
const nullOr =
  (check: Check): Check =>
  (v) =>
    v === null || check(v)

const DESCRIPTION: Fields = {
  format: (v) => v === FORMAT_VERSION,
  id: text,
  tag: (v) => typeof v === 'string' && /^(?!0+$)[0-9a-f]{16}$/.test(v),
  algorithm: text,
  runtime: text,
  seed: finite,
  processes: listOf(text),
  peerIds: listOf(text),
  links: listOf(pair),
  topology: text,
  options: record,
  faults: text,
  // what a Date can hold: a page writes it as one
  startedAtMs: (v) => finite(v) && Math.abs(v as number) <= 8.64e15,
  command: text,
  shortenedFrom: absentOr(fields({ run: text, processes: listOf(text), events: listOf(pair) })),
  notes: absentOr((v) => typeof v === 'string' && v.length <= NOTES_MAX),
}

const OUTCOME: Fields = {
  verdict: text,
  ended: text,
  events: count,
  durationMs: finite,
  properties: listOf(
    fields({
      name: text,
      kind: text,
      verdict: text,
      findings: listOf(fields({ explanation: text, witnesses: listOf(count) })),
    }),
  ),
  messages: listOf(
    fields({
      type: text,
      sent: count,
      delivered: count,
      lost: count,
      duplicated: count,
      bytes: count,
      latencyMs: nullOr(fields({ p50: finite, p99: finite })),
    }),
  ),
  tables: listOf(
    fields({ title: text, columns: listOf(text), rows: listOf(listOf(cell)), summary: absentOr(text) }),
  ),
  faultsFired: (v) => record(v) && Object.values(v as object).every(count),
  digest: absentOr(text),
  notes: listOf(text),
}

const SINK: Fields = {
  sink: text,
  where: text,
  made: count,
  accepted: count,
  refused: count,
  dropped: count,
  note: absentOr(text),
  ui: absentOr(text),
}

function misfitOf(wanted: Fields, value: unknown): string | null {
  if (!record(value)) return 'not an object'
  const wrong = Object.entries(wanted).find(([name, fits]) => !fits((value as Record<string, unknown>)[name]))
  return wrong === undefined ? null : `${wrong[0]} is missing or not of its shape`
}

/** What keeps a value from being a description of a run; null when nothing does. */
export function descriptionMisfit(value: unknown): string | null {
  const misfit = misfitOf(DESCRIPTION, value)
  if (misfit !== null) return misfit
  const { processes, links } = value as RunDescription
  const stray = links.some(([a, b]) => a >= processes.length || b >= processes.length)
  return stray ? 'links name a process that is not there' : null
}

export const outcomeMisfit = (value: unknown): string | null => misfitOf(OUTCOME, value)

export const sinksMisfit = (value: unknown): string | null =>
  listOf(fields(SINK))(value) ? null : 'sinks are not of their shape'

/** The content of a run.json, or a sentence on what is wrong with it. */
export function readRecord(json: string): RunRecord | string {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return 'run.json is not JSON'
  }
  if (!record(value)) return 'run.json holds no object'
  const { run, outcome, sinks } = value as { run?: unknown; outcome?: unknown; sinks?: unknown }
  const misfit =
    descriptionMisfit(run) ??
    (outcome === undefined ? null : outcomeMisfit(outcome)) ??
    (sinks === undefined ? null : sinksMisfit(sinks))
  if (misfit !== null) return `run.json: ${misfit}`
  return {
    run: run as RunDescription,
    ...(outcome === undefined ? {} : { outcome: outcome as RunOutcome }),
    ...(sinks === undefined ? {} : { sinks: sinks as readonly SinkCount[] }),
  }
}
