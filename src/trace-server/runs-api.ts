/** `/api`: runs to be read by programs, and written by another process of the testbed. */
import { Readable } from 'node:stream'
import { type RequestHandler, Router } from 'express'
import { decodeBlock } from '../trace-format/block-codec.ts'
import type { Block } from '../trace-format/events.ts'
import type { RunDescription, RunOutcome, SinkCount } from '../trace-format/run.ts'
import { ABOUT } from './about.ts'
import { blockMisfit } from './block-fits.ts'
import { bytesBody, bytesOf, cutOff, jsonBody, refuse } from './body.ts'
import { derivedLines } from './derived-spans.ts'
import { eventPage, filterOf, noEvents, type Query } from './event-page.ts'
import { descriptionMisfit, outcomeMisfit, sinksMisfit } from './record-shape.ts'
import { EVENTS, NOTES, reason, SPANS } from './run-folder.ts'
import type { RunStore } from './run-store.ts'

const PAGE_MAX = 1_000
const JSON_LINES = 'application/jsonl'

/** A process that attached a run and sent nothing for so long is gone. */
const IDLE_MS = 1_800_000

export function runsApi(store: RunStore): Router {
  const router = Router()
  const attached = new Set<string>() // runs of other processes; our own run is not written over HTTP
  router.get('/api/about', (_request, response) => void response.json(ABOUT))
  router.get('/api/runs', (_request, response) => void response.json({ runs: store.list() }))
  router.get('/api/runs/:id', (request, response) => {
    const record = store.record(request.params.id)
    if (record === null) return refuse(response, 404, 'there is no such run')
    response.json(record)
  })
  router.get('/api/runs/:id/events', (request, response) => {
    const record = store.record(request.params.id)
    if (record === null) return refuse(response, 404, 'there is no such run')
    const filter = filterOf(request.query as Query, record.run, PAGE_MAX)
    if (typeof filter === 'string') return refuse(response, 400, filter)
    const history = store.open(request.params.id)
    const page = history === null ? noEvents(filter) : eventPage(history, filter)
    const why = history === null ? 'there is no events.bin' : history.why
    response.json({ ...page, ...(why === null ? {} : { why }) })
  })
  router.get(
    '/api/runs/:id/events.bin',
    sendImage(store),
    sendFile(store, EVENTS, 'application/octet-stream'),
  )
  router.get('/api/runs/:id/spans.jsonl', sendDerived(store), sendFile(store, SPANS, JSON_LINES))
  router.get(
    '/api/runs/:id/notes',
    noneIsNoMistake(store, NOTES),
    sendFile(store, NOTES, 'text/markdown; charset=utf-8'),
  )
  router.post('/api/runs', ...jsonBody, attach(store, attached))
  router.post('/api/runs/:id/blocks', ...bytesBody, appendBlock(store, attached))
  router.post('/api/runs/:id/outcome', ...jsonBody, endRun(store, attached))
  return router
}

/** The history of a foreign program is in no file. */
const sendImage =
  (store: RunStore): RequestHandler<{ id: string }> =>
  (request, response, next) => {
    const { id } = request.params
    if (store.record(id)?.run.runtime !== 'otlp') return next()
    const image = store.open(id) === null ? null : store.histories.image(id)
    if (image === null) return refuse(response, 404, 'there is no such file')
    response.type('application/octet-stream').set('Cache-Control', 'no-cache').end(image)
  }

/** Spans that other programs sent are in a file; ours follow from the events. */
const sendDerived =
  (store: RunStore): RequestHandler<{ id: string }> =>
  (request, response, next) => {
    const { id } = request.params
    const run = store.record(id)?.run
    if (run === undefined || run.runtime === 'otlp') return next()
    const history = store.open(id)
    if (history === null) return refuse(response, 404, 'there is no such file')
    response.type(JSON_LINES)
    Readable.from(derivedLines(run, history)) // a block at a time, as fast as its reader
      .on('error', () => cutOff(response))
      .pipe(response)
  }

/** A run may be without: a reader who asks has made no mistake. */
const noneIsNoMistake =
  (store: RunStore, name: string): RequestHandler<{ id: string }> =>
  (request, response, next) => {
    const { id } = request.params
    if (store.record(id) === null || store.file(id, name) !== null) return next()
    response.status(204).end()
  }

const sendFile =
  (store: RunStore, name: string, type: string): RequestHandler<{ id: string }> =>
  (request, response, next) => {
    if (store.file(request.params.id, name) === null) return refuse(response, 404, 'there is no such file')
    // below the store's own folder, whose path may have dots in it
    response.type(type).sendFile(`${request.params.id}/${name}`, { root: store.dir }, (error) => {
      if (error === undefined) return // sent
      if (response.headersSent) cutOff(response)
      else next(error)
    })
  }

const attach =
  (store: RunStore, attached: Set<string>): RequestHandler =>
  (request, response) => {
    const misfit = descriptionMisfit(request.body)
    if (misfit !== null) return refuse(response, 400, `this describes no run: ${misfit}`)
    const run = request.body as RunDescription
    if (run.runtime === 'otlp') return refuse(response, 400, 'spans of other programs go to /v1/traces')
    const refusal = store.refusal(run.id)
    if (refusal === 'malformed') return refuse(response, 400, 'its id cannot name a folder')
    if (refusal === 'taken') return refuse(response, 409, `there is a run ${run.id} already`)
    abandonIdle(store, attached)
    const writer = store.begin(run)
    attached.add(run.id)
    response.status(201).json({ id: run.id, page: `/runs/${run.id}`, folder: writer.folder })
  }

function abandonIdle(store: RunStore, attached: Set<string>): void {
  for (const id of attached) {
    const writer = store.writer(id)
    if (writer !== null && Date.now() - writer.lastAppendMs < IDLE_MS) continue
    writer?.abandon()
    attached.delete(id)
  }
}

const appendBlock =
  (store: RunStore, attached: Set<string>): RequestHandler<{ id: string }> =>
  (request, response) => {
    const writer = attached.has(request.params.id) ? store.writer(request.params.id) : null
    if (writer === null) return refuse(response, 404, 'no such run is attached')
    let block: Block
    try {
      block = decodeBlock(bytesOf(request.body))
    } catch (error) {
      return refuse(response, 400, `the body is no block: ${reason(error)}`)
    }
    const misfit = blockMisfit(block, writer.run.processes.length, writer.events)
    if (misfit !== null) return refuse(response, 400, misfit)
    writer.append(block)
    response.json({ made: writer.made, accepted: writer.accepted, note: writer.note })
  }

/** Of an outcome that is null the run was abandoned. */
const endRun =
  (store: RunStore, attached: Set<string>): RequestHandler<{ id: string }> =>
  (request, response) => {
    const writer = attached.has(request.params.id) ? store.writer(request.params.id) : null
    if (writer === null) return refuse(response, 404, 'no such run is attached')
    const { outcome, sinks } = (request.body ?? {}) as {
      outcome?: RunOutcome | null
      sinks?: readonly SinkCount[]
    }
    const misfit = outcome === null ? null : (outcomeMisfit(outcome) ?? sinksMisfit(sinks))
    if (misfit !== null) return refuse(response, 400, `this is no outcome: ${misfit}`)
    if (outcome === null || outcome === undefined) writer.abandon()
    else writer.end(outcome, sinks ?? [])
    attached.delete(request.params.id)
    response.json({ made: writer.made, accepted: writer.accepted, note: writer.note })
  }
