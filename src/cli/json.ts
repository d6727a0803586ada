/** The document of `--json`; its fields are described in docs/json.md. */
import type { Answer } from '../harness/answers.ts'
import type { Conducted } from '../harness/conduct.ts'
import type { Plan } from '../harness/plan.ts'
import { jaegerUi } from '../telemetry/jaeger-ui.ts'
import type { SinkCount } from '../trace-format/run.ts'
import type { Ready, Stored } from '../tracing.ts'
import type { Prepared } from './prepare.ts'

/** A run that is over. */
export interface Done {
  readonly plan: Plan
  readonly conducted: Conducted
  readonly stored: Stored
  readonly answers: readonly Answer[] // to requests made by hand
}

interface Parts {
  readonly prepared: Prepared
  readonly done: readonly Done[]
  readonly ready: Ready
  readonly meshMs: number
  readonly totalMs: number
}

export function resultDocument({ prepared, done, ready, meshMs, totalMs }: Parts): object {
  const { general, ids, links } = prepared
  const runs = done.map((one) => runDocument(one, ready))
  return {
    seed: general.seed,
    algorithm: runs.map(({ algorithm }) => algorithm).join(', '),
    runtime: general.runtime,
    peers: ids.length,
    links: links.length,
    verdict: worst(runs.map(({ verdict }) => verdict)),
    properties: runs.flatMap(({ algorithm, properties }) =>
      properties.map((property) => ({ algorithm, ...property })),
    ),
    messages: Object.assign({}, ...runs.map(({ messages }) => messages)),
    spans: total(done.flatMap(({ stored }) => stored.sinks)),
    durationsMs: { setUp: Math.round(meshMs), total: Math.round(totalMs) },
    viewer: ready.url,
    runs,
  }
}

function runDocument({ conducted, stored, answers }: Done, ready: Ready) {
  const { run, outcome, operations } = conducted
  return {
    id: run.id,
    algorithm: run.algorithm,
    topology: run.topology,
    faults: run.faults,
    verdict: outcome.verdict,
    ended: outcome.ended,
    events: outcome.events,
    durationMs: outcome.durationMs,
    properties: outcome.properties,
    messages: Object.fromEntries(outcome.messages.map(({ type, ...counts }) => [type, counts])),
    tables: outcome.tables,
    ...(answers.length === 0 ? {} : { answers }),
    faultsFired: outcome.faultsFired,
    ...(outcome.digest === undefined ? {} : { digest: outcome.digest }),
    notes: outcome.notes,
    spans: Object.fromEntries(stored.sinks.map(({ sink, ...counts }) => [sink, counts])),
    folder: stored.folder,
    links: {
      viewer: pageOf(ready, run.id),
      ledger: `${ready.url}/runs/${run.id}`,
      jaeger: ready.otlp === null ? [] : operations.map(({ traceId }) => `${jaegerUi()}/trace/${traceId}`),
    },
    command: run.command,
  }
}

/** The page of a run: the viewer, or the ledger where no viewer is built. */
export const pageOf = ({ url, viewer }: Ready, id: string): string =>
  viewer ? `${url}/viewer/?run=${id}` : `${url}/runs/${id}`

/** The page of a run with another beside it, counterparts beneath each other; the ledger shows only one. */
export const besidePage = (ready: Ready, id: string, other: string): string =>
  ready.viewer ? `${pageOf(ready, id)}&with=${other}&about=compare&axis=aligned` : pageOf(ready, other)

const worst = (verdicts: readonly string[]) =>
  ['violated', 'unknown'].find((verdict) => verdicts.includes(verdict)) ?? 'valid'

/** The accounts of all runs together, by sink. */
function total(
  sinks: readonly SinkCount[],
): Record<string, Pick<SinkCount, 'made' | 'accepted' | 'refused' | 'dropped'>> {
  const totals: Record<string, { made: number; accepted: number; refused: number; dropped: number }> = {}
  for (const { sink, made, accepted, refused, dropped } of sinks) {
    const sum = totals[sink] ?? { made: 0, accepted: 0, refused: 0, dropped: 0 }
    totals[sink] = sum
    sum.made += made
    sum.accepted += accepted
    sum.refused += refused
    sum.dropped += dropped
  }
  return totals
}
