/**
 * A history for a reader who cannot hold all of it: its outline as a stream,
 * its blocks one by one, and where a text stands in it. Between two blocks the
 * server attends to others.
 */
import { setImmediate } from 'node:timers/promises'
import { type RequestHandler, type Response, Router } from 'express'
import { decodeBare } from '../trace-format/block-codec.ts'
import { hasPayload } from '../trace-format/events.ts'
import { Outliner } from '../trace-format/outline.ts'
import { encodeOutline } from '../trace-format/outline-codec.ts'
import { sayable } from '../trace-format/said.ts'
import { blockMisfit } from './block-fits.ts'
import { refuse } from './body.ts'
import type { HistoryFile } from './history-file.ts'
import type { RunStore } from './run-store.ts'

/** A text that is looked for is a few words. */
const TEXT_MAX = 1_000

type Handler<Params = { id: string }> = RequestHandler<Params>

export function outlineRoutes(store: RunStore): Router {
  const router = Router()
  router.get('/api/runs/:id/outline.bin', sendOutline(store))
  router.get('/api/runs/:id/blocks/:index', sendBlock(store))
  router.get('/api/runs/:id/search', search(store))
  return router
}

/** As far as the history is sound. */
const sendOutline =
  (store: RunStore): Handler =>
  async (request, response) => {
    const history = store.open(request.params.id)
    if (history === null) return refuse(response, 404, 'there is no such history')
    const { processes } = store.record(request.params.id)!.run
    begin(response)
    const outliner = new Outliner()
    for await (const block of read(history, processes.length)) {
      await sent(response, encodeOutline(outliner.take(block)))
      if (response.destroyed) return
    }
    response.end()
  }

const sendBlock =
  (store: RunStore): Handler<{ id: string; index: string }> =>
  (request, response) => {
    const { id, index } = request.params
    const bytes = /^\d{1,9}$/.test(index) ? (store.open(id)?.encoded(Number(index)) ?? null) : null
    if (bytes === null) return refuse(response, 404, 'there is no such block')
    begin(response)
    response.end(bytes)
  }

/** The positions, as u32, of events whose payload says a text. */
const search =
  (store: RunStore): Handler =>
  async (request, response) => {
    const { text } = request.query
    if (typeof text !== 'string' || text === '' || text.length > TEXT_MAX) {
      return refuse(response, 400, `text must be 1 to ${TEXT_MAX} characters`)
    }
    const history = store.open(request.params.id)
    if (history === null) return refuse(response, 404, 'there is no such history')
    const { processes } = store.record(request.params.id)!.run
    const wanted = sayable(text)
    begin(response)
    for await (const { first, length, kind, payloads } of read(history, processes.length)) {
      const found: number[] = []
      let next = 0
      for (let i = 0; i < length; i++) {
        if (hasPayload(kind[i]!) && sayable(payloads[next++]!).includes(wanted)) found.push(first + i)
      }
      if (found.length > 0) await sent(response, new Uint8Array(Uint32Array.from(found).buffer))
      if (response.destroyed) return
    }
    response.end()
  }

const begin = (response: Response) =>
  response.type('application/octet-stream').set('Cache-Control', 'no-cache').status(200)

/** Blocks that are read once and not kept: the cache is for pages. */
async function* read(history: HistoryFile, processes: number) {
  let first = 0
  for (let index = 0; index < history.blocks; index++) {
    const bytes = history.encoded(index)
    if (bytes === null) return
    try {
      const block = decodeBare(bytes)
      if (blockMisfit(block, processes, first) !== null) return
      first += block.length
      yield block
    } catch {
      return // what is damaged is told by the record of the run
    }
    await setImmediate()
  }
}

async function sent(response: Response, bytes: Uint8Array): Promise<void> {
  if (response.destroyed || response.write(bytes)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('drain', resolve).once('close', resolve)
  await promise
  response.off('drain', resolve).off('close', resolve)
}
