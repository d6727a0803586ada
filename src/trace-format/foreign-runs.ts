/**
 * The runs that are in a file of OTLP JSON lines, or of one request as JSON:
 * spans of ours or of any program, told apart by what they say of themselves.
 */
import { ATTRIBUTE } from './attributes.ts'
import type { Block } from './events.ts'
import { foreignBlocks } from './foreign-events.ts'
import { ForeignProcesses } from './foreign-processes.ts'
import { decodeOtlpJson, type ForeignSpan } from './otlp-decode.ts'
import { FORMAT_VERSION, type RunDescription, type RunRecord } from './run.ts'

const TEXT_MAX = 200 // of an attribute that names a run

/** What spans of one run have in common. */
export interface Origin {
  readonly namespace: string
  readonly runId: string
}

const named = (value: unknown) => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : '')

export const originOf = ({ resource }: ForeignSpan): Origin => ({
  namespace: named(resource[ATTRIBUTE.serviceNamespace]),
  runId: named(resource[ATTRIBUTE.runId]),
})

/** The same for all spans of a run, and no other. */
export const originKey = (span: ForeignSpan): string => {
  const { namespace, runId } = originOf(span)
  return JSON.stringify([namespace, runId])
}

export function describeForeign(
  { namespace, runId }: Origin,
  run: Pick<RunDescription, 'id' | 'tag' | 'processes' | 'startedAtMs'>,
): RunDescription {
  return {
    format: FORMAT_VERSION,
    ...run,
    algorithm: runId || namespace || run.processes[0] || 'spans',
    runtime: 'otlp',
    seed: 0,
    peerIds: [],
    links: [],
    topology: '',
    options: { namespace, runId },
    faults: '',
    command: '',
  }
}

export interface FileRun {
  readonly record: RunRecord
  readonly blocks: readonly Block[]
}

/** Throws a sentence when nothing in the text is spans. `name` begins the ids of the runs. */
export function runsOfOtlp(text: string, name: string): FileRun[] {
  const spans = spansOf(text)
  if (spans.length === 0) throw new Error('there are no spans in it: OTLP as JSON, a request a line')
  return [...Map.groupBy(spans, originKey).values()].map((its, i) => runOf(its, `${name}-${i + 1}`, i))
}

function runOf(spans: readonly ForeignSpan[], id: string, index: number): FileRun {
  const processes = new ForeignProcesses()
  let begunNs: bigint | null = null
  for (const span of spans) {
    processes.nameOf(span)
    const { startUnixNs } = span
    if (startUnixNs > 0n && (begunNs === null || startUnixNs < begunNs)) begunNs = startUnixNs
  }
  const run = describeForeign(originOf(spans[0]!), {
    id,
    tag: (index + 1).toString(16).padStart(16, '0'),
    processes: processes.names,
    startedAtMs: begunNs === null ? 0 : Number(begunNs / 1_000_000n),
  })
  return { record: { run }, blocks: foreignBlocks(spans, run) }
}

/** A line that is no request is passed over, as a file may be cut off; a text that is one request is one. */
function spansOf(text: string): ForeignSpan[] {
  const whole = requestOf(text)
  if (whole !== null) return whole
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : (requestOf(line) ?? [])))
}

function requestOf(text: string): ForeignSpan[] | null {
  try {
    return decodeOtlpJson(JSON.parse(text)).spans
  } catch {
    return null
  }
}
