/** `/runs/:id`: the ledger of a run: how it came out and why, what it cost, and every event of it. */
import type {
  JudgedProperty,
  ResultTable,
  RunDescription,
  RunOutcome,
  RunRecord,
  SinkCount,
} from '../../trace-format/run.ts'
import { type Html, html } from '../html.ts'
import type { RunSummary } from '../run-summary.ts'
import { type EventsShown, eventLink, eventsSection } from './events-table.ts'
import { count, duration, verdict, when } from './figures.ts'
import { page, section, wide } from './layout.ts'

export interface Ledger {
  readonly record: RunRecord
  readonly summary: RunSummary
  readonly events: EventsShown
  readonly why: string | null // what of the history is damaged
  readonly cutOff: boolean
  readonly viewer: string | null // where the run can be seen
}

export function ledgerPage({
  record: { run, outcome, sinks },
  summary,
  events,
  why,
  cutOff,
  viewer,
}: Ledger): string {
  return page(
    `${run.algorithm} ${run.id}`,
    html`${heading(run, outcome, summary)}
${toViewer(viewer)}
${stateNote(summary, why, cutOff)}
${outcome === undefined ? null : outcomeSections(run, outcome)}
${sinks === undefined ? null : accounting(sinks)}
${eventsSection(events)}
${files(run)}`,
  )
}

export const toViewer = (address: string | null) =>
  address !== null && html`<p><a class="view" href="${address}">See it in the viewer</a></p>`

export const fact = (word: string, value: Html | string | number): Html =>
  html`<div><dt>${word}</dt><dd>${value}</dd></div>`

function heading(run: RunDescription, outcome: RunOutcome | undefined, { state }: RunSummary): Html {
  const given = Object.entries(run.options).filter(([, value]) => value !== null)
  const options = given.map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return html`<h1>${run.algorithm} ${verdict(outcome === undefined ? state : outcome.verdict)}</h1>
<dl class="facts">
${fact('Processes', run.processes.length)}${fact('Topology', run.topology || '–')}
${fact('Seed', run.seed)}${fact('Runtime', run.runtime)}${fact('Faults', run.faults || 'none')}
${options.length === 0 ? null : fact('Options', options.join(', '))}
${outcome && [fact('Ended', outcome.ended), fact('Events', count(outcome.events))]}
${outcome && fact('Duration', duration(outcome.durationMs))}
${fact('Begun (UTC)', when(run.startedAtMs))}
</dl>
<p>Run it again: <code class="command">${run.command}</code></p>`
}

function stateNote({ state, why: damage }: RunSummary, why: string | null, cutOff: boolean): Html | null {
  const damaged = why ?? damage
  if (damaged !== null) return html`<p class="note">What is on disk is damaged: ${damaged}.</p>`
  if (state === 'running') return html`<p class="note">The run goes on. Load the page again to see more.</p>`
  if (state !== 'interrupted') return null
  return html`<p class="note">The run was interrupted before its verdict${
    cutOff ? '; what was being written then is left out' : null
  }.</p>`
}

function outcomeSections(run: RunDescription, outcome: RunOutcome): Html {
  const { properties, tables, messages, faultsFired, notes } = outcome
  const faults = Object.entries(faultsFired)
  const judged = properties.map((property) => promise(run, property))
  const list = judged.length === 0 ? html`<p>None was judged.</p>` : html`<ul class="promises">${judged}</ul>`
  const noted = notes.map((note) => html`<li>${note}</li>`)
  return html`${section('promises', 'Promises', list)}
${tables.length > 0 && section('results', 'Results', tables.map(resultTable))}
${messages.length > 0 && section('messages', 'Messages', messageTable(outcome))}
${faults.length > 0 && section('faults', 'Faults fired', table('By rule', ['Fault', 'Times'], faults))}
${notes.length > 0 && section('notes', 'Notes', html`<ul>${noted}</ul>`)}`
}

function promise({ id }: RunDescription, { name, kind, verdict: word, findings }: JudgedProperty): Html {
  return html`<li>${verdict(word)} <b>${name}</b> <span class="muted">${kind}</span>
${findings.map(({ explanation, witnesses }) => {
  const links = witnesses.map((at, i) => html`${i > 0 ? ', ' : null}<a href="${eventLink(id, at)}">${at}</a>`)
  const where = links.length > 0 && html` <span class="muted">Events ${links}</span>`
  return html`<p>${explanation}${where}</p>`
})}</li>
`
}

type Cell = string | number

function table(caption: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const cell = (value: Cell | undefined, i: number) => {
    const numeric = typeof value === 'number' ? html` class="n"` : null
    const shown = typeof value === 'number' ? count(value) : value
    return i === 0 ? html`<th scope="row"${numeric}>${shown}</th>` : html`<td${numeric}>${shown}</td>`
  }
  const aligned = (i: number) =>
    rows.length > 0 && typeof rows[0]![i] === 'number' ? html` class="n"` : null
  return wide(
    caption,
    html`<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((name, i) => html`<th scope="col"${aligned(i)}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>\n`)}</tbody>
</table>`,
  )
}

const resultTable = ({ title, columns, rows, summary }: ResultTable) =>
  html`${table(title, columns, rows)}${summary === undefined ? null : html`<p>${summary}</p>`}`

function messageTable({ messages }: RunOutcome): Html {
  const columns = ['Type', 'Sent', 'Delivered', 'Lost', 'Duplicated', 'Bytes', 'p50, ms', 'p99, ms']
  const rows = messages.map(({ type, sent, delivered, lost, duplicated, bytes, latencyMs }) => {
    const { p50, p99 } = latencyMs ?? { p50: '–', p99: '–' }
    return [type, sent, delivered, lost, duplicated, bytes, p50, p99]
  })
  return table('By type', columns, rows)
}

export function accounting(sinks: readonly SinkCount[]): Html {
  const columns = ['Sink', 'Where', 'Made', 'Accepted', 'Refused', 'Dropped', 'Why']
  const rows = sinks.map((sink) => [
    sink.sink,
    sink.where,
    sink.made,
    sink.accepted,
    sink.refused,
    sink.dropped,
    sink.note ?? '',
  ])
  return section('spans', 'Span accounting', table('What became of the spans, by sink', columns, rows))
}

export const files = ({ id }: RunDescription): Html =>
  html`<footer>Files: <a href="/api/runs/${id}">run.json</a>,
<a href="/api/runs/${id}/events.bin">events.bin</a>,
<a href="/api/runs/${id}/spans.jsonl">spans.jsonl</a></footer>`
