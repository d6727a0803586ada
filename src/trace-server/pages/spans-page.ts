/** `/runs/:id` of a foreign program: its spans in the order in which they came. */
import type { ForeignSpan } from '../../trace-format/otlp-decode.ts'
import type { RunRecord } from '../../trace-format/run.ts'
import { type Html, html } from '../html.ts'
import type { SpanPage } from '../stored-spans.ts'
import { type EventsShown, eventsSection } from './events-table.ts'
import { count, cut, ms, when } from './figures.ts'
import { page, section, wide } from './layout.ts'
import { accounting, fact, files, toViewer } from './ledger-page.ts'

export const SPANS_PER_PAGE = 500

/** opentelemetry-proto 1.11, trace.proto `SpanKind`. */
const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer']

export interface ForeignLedger {
  readonly record: RunRecord
  readonly events: EventsShown
  readonly spans: SpanPage
  readonly viewer: string | null // where the run can be seen
}

/** The run of a foreign program: what its spans say as events, then the spans themselves. */
export function foreignPage({ record: { run, sinks }, events, spans, viewer }: ForeignLedger): string {
  const { namespace, runId } = run.options
  return page(
    `${run.algorithm} ${run.id}`,
    html`<h1>${run.algorithm} <span class="muted">spans of another program</span></h1>
<dl class="facts">
${fact('Services', run.processes.length)}${fact('Namespace', String(namespace || '–'))}
${fact('Run', String(runId || '–'))}${fact('Begun (UTC)', when(run.startedAtMs))}
</dl>
${toViewer(viewer)}
${sinks === undefined ? null : accounting(sinks)}
${eventsSection(events)}
${listOf(run.id, spans)}
${files(run)}`,
  )
}

/** A later page of the spans alone. */
export function spansPage({ run }: RunRecord, shown: SpanPage): string {
  return page(
    `Spans of ${run.algorithm} ${run.id}`,
    html`<h1><a href="/runs/${run.id}">${run.algorithm}</a> <span class="muted">spans</span></h1>
${listOf(run.id, shown)}
${files(run)}`,
  )
}

const listOf = (id: string, shown: SpanPage) =>
  section('list', 'Spans', brokenNote(shown), tableOf(shown), pager(id, shown))

const brokenNote = ({ broken }: SpanPage) =>
  broken > 0 && html`<p class="note">${count(broken)} lines of spans.jsonl cannot be read.</p>`

function tableOf({ spans, from }: SpanPage): Html {
  if (spans.length === 0) return html`<p>No span is here.</p>`
  return wide(
    'Spans',
    html`<table>
<caption>Spans ${count(from)} to ${count(from + spans.length - 1)}, from 0</caption>
<thead><tr>
<th scope="col" class="n">Number</th><th scope="col">Service</th>
<th scope="col">Name</th><th scope="col">Kind</th>
<th scope="col">Start (UTC)</th><th scope="col" class="n">Lasts, ms</th><th scope="col">Trace</th>
<th scope="col">Span</th><th scope="col">Parent</th><th scope="col">Attributes</th>
</tr></thead>
<tbody>
${spans.map((span, i) => row(span, from + i))}</tbody>
</table>`,
  )
}

function row(span: ForeignSpan, number: number): Html {
  const { startUnixNs, endUnixNs, error } = span
  return html`<tr>
<th scope="row" class="n">${number}</th><td>${span.service}</td>
<td>${span.name}${error === undefined ? null : html` <span class="breaks">✗ error ${error}</span>`}</td>
<td>${KINDS[span.kind] ?? span.kind}</td><td>${clock(startUnixNs)}</td>
<td class="n">${ms(Number(endUnixNs - startUnixNs))}</td>
<td><code>${span.traceId}</code></td><td><code>${span.spanId}</code></td>
<td><code>${span.parentSpanId}</code></td><td><code>${cut(JSON.stringify(span.attributes))}</code></td>
</tr>
`
}

/** To the µs, as 64 bits of ns leave no year that a Date cannot hold. */
function clock(unixNs: bigint): string {
  const toTheMs = new Date(Number(unixNs / 1_000_000n)).toISOString().slice(0, -1).replace('T', ' ')
  return toTheMs + String((unixNs / 1_000n) % 1_000n).padStart(3, '0')
}

function pager(id: string, { from, spans, more }: SpanPage): Html {
  if (from === 0 && !more) return html``
  const link = (to: number, words: string) =>
    html`<a href="/runs/${id}/spans${to === 0 ? '' : `?from=${to}`}#list">${words}</a>`
  return html`<nav aria-label="Pages of spans">
${from > 0 ? link(Math.max(0, from - SPANS_PER_PAGE), 'Previous') : null}
${more ? link(from + spans.length, 'Next') : null}
</nav>`
}
