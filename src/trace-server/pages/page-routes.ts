/** The pages for people, and the stylesheet they share. */
import { Router } from 'express'
import { eventPage, filterOf, type Query } from '../event-page.ts'
import { SPANS } from '../run-folder.ts'
import type { RunStore } from '../run-store.ts'
import { spanPage } from '../stored-spans.ts'
import { EVENTS_PER_PAGE } from './events-table.ts'
import { messagePage } from './layout.ts'
import { ledgerPage } from './ledger-page.ts'
import { listPage } from './list-page.ts'
import { SPANS_PER_PAGE, spansPage } from './spans-page.ts'

export function pageRoutes(store: RunStore): Router {
  const router = Router()
  router.get('/', (_request, response) => void response.type('html').send(listPage(store.list())))
  router.get(
    '/page.css',
    (_request, response) => void response.sendFile('page.css', { root: import.meta.dirname }),
  )
  router.get('/favicon.ico', (_request, response) => void response.status(204).end())
  router.get('/runs/:id', (request, response) => {
    const [status, text] = runPage(store, request.params.id, request.query as Query)
    response.status(status).type('html').send(text)
  })
  return router
}

function runPage(store: RunStore, id: string, query: Query): [status: number, text: string] {
  const summary = store.summary(id)
  if (summary === null)
    return [404, messagePage('No such run', 'It may have been removed to make room for others.')]
  const record = store.record(id)
  if (record === null) return [200, messagePage(`${id} is damaged`, summary.why ?? 'It cannot be read.')]
  const foreign = record.run.runtime === 'otlp'
  const count = foreign ? SPANS_PER_PAGE : EVENTS_PER_PAGE
  const filter = filterOf({ ...query, count: String(count) }, record.run, count)
  if (typeof filter === 'string') return [400, messagePage('Nothing to show', `${filter}.`)]
  if (foreign) {
    const path = store.file(id, SPANS)
    if (path === null) return [200, messagePage(`${id} is damaged`, 'There is no spans.jsonl.')]
    return [200, spansPage(record, spanPage(path, filter.from, count))]
  }
  const { blocks, why, cutOff } = store.history(id)
  const shown = eventPage(blocks, filter)
  const events = { run: record.run, outcome: record.outcome, shown, filter }
  return [200, ledgerPage({ record, summary, events, why, cutOff })]
}
