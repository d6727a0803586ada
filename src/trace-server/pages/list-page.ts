/** `/`: the runs, newest first. */
import { type Html, html } from '../html.ts'
import type { RunSummary } from '../run-summary.ts'
import type { ViewerLink } from '../viewer.ts'
import { count, duration, verdict, when } from './figures.ts'
import { page, wide } from './layout.ts'

export function listPage(runs: readonly RunSummary[], viewer: ViewerLink): string {
  return page('Runs', html`<h1>Runs</h1>\n${runs.length === 0 ? empty : tableOf(runs, viewer)}`)
}

const empty = html`<p>No run is kept yet. This makes one:</p>
<pre>npm run testbed</pre>`

const tableOf = (runs: readonly RunSummary[], viewer: ViewerLink) =>
  wide(
    'Runs',
    html`<table>
<caption>${runs.length === 1 ? '1 run' : `${runs.length} runs`}, newest first</caption>
<thead><tr>
<th scope="col">Run</th><th scope="col">Verdict</th><th scope="col" class="n">Processes</th>
<th scope="col">Runtime</th><th scope="col">Faults</th><th scope="col" class="n">Seed</th>
<th scope="col" class="n">Events</th><th scope="col" class="n">Duration</th>
<th scope="col" class="n">Spans made</th><th scope="col" class="n">Stored</th>
<th scope="col" class="n">Lost</th>
<th scope="col">Begun (UTC)</th>
</tr></thead>
<tbody>
${runs.map((run) => row(run, viewer(run.id)))}</tbody>
</table>`,
  )

function row(run: RunSummary, seen: string | null): Html {
  const foreign = run.state === 'foreign'
  return html`<tr>
<th scope="row"><a href="/runs/${run.id}">${run.algorithm || run.id}</a>
<span class="id">${run.id}</span>${seen !== null && view(run, seen)}</th>
<td>${outcomeOf(run)}</td><td class="n">${run.processes || '–'}</td>
<td class="word">${run.runtime || '–'}</td><td>${run.faults || (foreign ? '–' : 'none')}</td>
<td class="n">${foreign || run.seed === null ? '–' : run.seed}</td>
<td class="n">${count(run.events)}</td><td class="n">${duration(run.durationMs)}</td>
<td class="n">${count(run.made)}</td><td class="n">${count(run.stored)}</td>
<td class="n">${lost(run.lost)}</td><td>${run.startedAtMs === 0 ? '–' : when(run.startedAtMs)}</td>
</tr>
`
}

const view = ({ id }: RunSummary, address: string) =>
  html` <a class="view" href="${address}">view<span class="unseen"> ${id}</span></a>`

function outcomeOf({ state, verdict: word, why }: RunSummary): Html {
  if (state === 'damaged') return html`${verdict('damaged')} <span class="why">${why}</span>`
  if (state === 'foreign') return html`<span class="muted">spans only</span>`
  return verdict(state === 'finished' && word !== null ? word : state)
}

const lost = (value: number | null) => (value ? html`<strong>${count(value)}</strong>` : count(value))
