/** The events of a run, a page of them at a time. */
import type { RunDescription, RunOutcome } from '../../trace-format/run.ts'
import type { EventPage, Filter, ShownEvent } from '../event-page.ts'
import { type Html, html } from '../html.ts'
import { eventWords } from './event-words.ts'
import { count, cut, ms } from './figures.ts'
import { section, wide } from './layout.ts'

export const EVENTS_PER_PAGE = 500

/** Where an event stands: the page it is on, of those that nothing is filtered from. */
export function eventLink(id: string, position: number): string {
  const from = Math.floor(position / EVENTS_PER_PAGE) * EVENTS_PER_PAGE
  return `/runs/${id}${from === 0 ? '' : `?from=${from}`}#e${position}`
}

/** Of each event that proves a promise broken: which promises. */
export function witnessesOf(outcome: RunOutcome | undefined): ReadonlyMap<number, string> {
  const names = new Map<number, Set<string>>()
  for (const { name, verdict, findings } of outcome?.properties ?? []) {
    if (verdict !== 'violated') continue
    for (const position of findings.flatMap(({ witnesses }) => witnesses)) {
      names.set(position, (names.get(position) ?? new Set()).add(name))
    }
  }
  return new Map([...names].map(([position, its]) => [position, [...its].join(', ')]))
}

export interface EventsShown {
  readonly run: RunDescription
  readonly outcome: RunOutcome | undefined
  readonly shown: EventPage
  readonly filter: Filter
}

export function eventsSection({ run, outcome, shown, filter }: EventsShown): Html {
  const witnesses = witnessesOf(outcome)
  return section(
    'events',
    'Events',
    filterForm(run, outcome, filter),
    shown.events.length === 0 ? html`<p>No event is here.</p>` : tableOf(run, shown, witnesses),
    pager(run, shown, filter),
  )
}

function filterForm(run: RunDescription, outcome: RunOutcome | undefined, filter: Filter): Html {
  const types = outcome?.messages.map(({ type }) => type) ?? []
  const option = (name: string, i: number) =>
    i === filter.process ? html`<option selected>${name}</option>` : html`<option>${name}</option>`
  return html`<form method="get" action="/runs/${run.id}#events">
<label>Process
<select name="process"><option value="">all</option>${run.processes.map(option)}</select></label>
<label>Type <input name="type" list="types" value="${filter.type}" size="16" autocomplete="off"></label>
<datalist id="types">${types.map((type) => html`<option value="${type}"></option>`)}</datalist>
<button>Show</button>
</form>`
}

function tableOf(run: RunDescription, { events, total }: EventPage, witnesses: ReadonlyMap<number, string>) {
  const [first, last] = [events[0], events.at(-1)].map((event) => count(event!.position))
  return wide(
    'Events',
    html`<table class="events">
<caption>Events ${first} to ${last} of ${count(total)}, from 0</caption>
<thead><tr>
<th scope="col" class="n">Position</th><th scope="col">Process</th><th scope="col" class="n">Time, ms</th>
<th scope="col" class="n">Logical</th><th scope="col">What</th><th scope="col">State after the step</th>
</tr></thead>
<tbody>
${events.map((event) => row(run, event, witnesses.get(event.position)))}</tbody>
</table>`,
  )
}

const WHOLE = html` <span class="muted">whole</span>`

function row(run: RunDescription, event: ShownEvent, against: string | undefined): Html {
  const name = (process: number | null) => (process === null ? 'nobody' : (run.processes[process] ?? '?'))
  const { position, timeNs, lamport, state } = event
  return html`<tr id="e${position}"${against === undefined ? null : html` class="witness"`}>
<th scope="row" class="n">${position}</th><td>${name(event.process)}</td><td class="n">${ms(timeNs)}</td>
<td class="n">${lamport}</td><td>${eventWords(event, name)}${
    against === undefined ? null : html` <span class="breaks">✗ witness against ${against}</span>`
  }</td>
<td>${state === null ? null : html`<code>${cut(state.text)}</code>${state.whole ? WHOLE : null}`}</td>
</tr>
`
}

function pager(run: RunDescription, shown: EventPage, filter: Filter): Html {
  const filtered = filter.process !== null || filter.type !== null
  if (filter.from === 0 && shown.next === null) return html``
  const link = (from: number, words: string) => html`<a href="${address(run, filter, from)}">${words}</a>`
  return html`<nav aria-label="Pages of events">
${filter.from > 0 ? link(0, 'First') : null}
${filter.from > 0 && !filtered ? link(Math.max(0, filter.from - EVENTS_PER_PAGE), 'Previous') : null}
${shown.next === null ? null : link(shown.next, 'Next')}
</nav>`
}

function address(run: RunDescription, { process, type }: Filter, from: number): string {
  const query = new URLSearchParams()
  if (from > 0) query.set('from', String(from))
  if (process !== null) query.set('process', run.processes[process]!)
  if (type !== null) query.set('type', type)
  return `/runs/${run.id}${query.size === 0 ? '' : `?${query}`}#events`
}
