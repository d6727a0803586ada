/** The pages for people, and the stylesheet they share. */
import { Router } from 'express'
import type { RunRecord } from '../../trace-format/run.ts'
import { eventPage, filterOf, noEvents, type Query } from '../event-page.ts'
import { SPANS } from '../run-folder.ts'
import type { RunStore } from '../run-store.ts'
import type { RunSummary } from '../run-summary.ts'
import { spanPage } from '../stored-spans.ts'
import type { ViewerLink } from '../viewer.ts'
import { EVENTS_PER_PAGE } from './events-table.ts'
import { messagePage } from './layout.ts'
import { ledgerPage } from './ledger-page.ts'
import { listPage } from './list-page.ts'
import { foreignPage, SPANS_PER_PAGE, spansPage } from './spans-page.ts'

export function pageRoutes(store: RunStore, viewer: ViewerLink): Router {
  const router = Router()
  router.get('/', (_request, response) => void response.type('html').send(listPage(store.list(), viewer)))
  router.get(
    '/page.css',
    (_request, response) => void response.sendFile('page.css', { root: import.meta.dirname }),
  )
  router.get('/favicon.ico', (_request, response) => void response.status(204).end())
  router.get('/runs/:id', (request, response) => {
    const [status, text] = runPage(store, viewer, request.params.id, request.query as Query)
    response.status(status).type('html').send(text)
  })
  router.get('/runs/:id/spans', (request, response) => {
    const [status, text] = runSpansPage(store, request.params.id, request.query as Query)
    response.status(status).type('html').send(text)
  })
  return router
}

type Answer = readonly [status: number, text: string]

/** The run of an id with its record, or why no page can be made of it. */
function recorded(store: RunStore, id: string): { summary: RunSummary; record: RunRecord } | Answer {
  const summary = store.summary(id)
  if (summary === null)
    return [404, messagePage('No such run', 'It may have been removed to make room for others.')]
  const record = store.record(id)
  if (record === null) return [200, messagePage(`${id} is damaged`, summary.why ?? 'It cannot be read.')]
  return { summary, record }
}

function runPage(store: RunStore, viewer: ViewerLink, id: string, query: Query): Answer {
  const found = recorded(store, id)
  if (!('record' in found)) return found
  const { summary, record } = found
  const filter = filterOf({ ...query, count: String(EVENTS_PER_PAGE) }, record.run, EVENTS_PER_PAGE)
  if (typeof filter === 'string') return [400, messagePage('Nothing to show', `${filter}.`)]
  const history = store.open(id)
  const shown = history === null ? noEvents(filter) : eventPage(history, filter)
  const events = { run: record.run, outcome: record.outcome, shown, filter }
  const why = history === null ? 'there is no events.bin' : history.why
  if (record.run.runtime !== 'otlp') {
    const cutOff = history?.cutOff ?? false
    return [200, ledgerPage({ record, summary, events, why, cutOff, viewer: viewer(id) })]
  }
  const path = store.file(id, SPANS)
  if (path === null) return [200, messagePage(`${id} is damaged`, 'There is no spans.jsonl.')]
  return [200, foreignPage({ record, events, spans: spanPage(path, 0, SPANS_PER_PAGE), viewer: viewer(id) })]
}

/** Of a foreign program; our own spans are in a file, and in the ledger as events. */
function runSpansPage(store: RunStore, id: string, query: Query): Answer {
  const found = recorded(store, id)
  if (!('record' in found)) return found
  const path = found.record.run.runtime === 'otlp' ? store.file(id, SPANS) : null
  if (path === null) return [404, messagePage('No spans', 'No spans of another program are here.')]
  const filter = filterOf({ from: query.from }, found.record.run, SPANS_PER_PAGE)
  if (typeof filter === 'string') return [400, messagePage('Nothing to show', `${filter}.`)]
  return [200, spansPage(found.record, spanPage(path, filter.from, SPANS_PER_PAGE))]
}
