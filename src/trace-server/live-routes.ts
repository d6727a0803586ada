/**
 * What goes on, as server-sent events. `/api/runs/:id/live` gives the blocks of
 * a run, those stored and those to come, then its record: `id` is the number
 * of the block in events.bin, so that a reader who comes back goes on where it
 * was; `?from=` begins with the block of an event. A run that is held open says with `rested` what it
 * has come to, whenever it rests. `/api/live` gives the list of runs whenever it changes.
 */
import { type Request, type RequestHandler, Router } from 'express'
import type { RunOutcome } from '../trace-format/run.ts'
import { refuse } from './body.ts'
import type { EventStream, EventStreams } from './event-stream.ts'
import type { RunStore } from './run-store.ts'

/** A list is made of files looked at: not more often than anybody can read it. */
const LIST_MS = 500

export function liveRoutes(store: RunStore, streams: EventStreams): Router {
  const router = Router()
  router.get('/api/live', (request, response) => {
    streams.begin(request.method, response, (stream) => followList(store, stream))
  })
  router.get('/api/runs/:id/live', followRun(store, streams))
  return router
}

const followRun =
  (store: RunStore, streams: EventStreams): RequestHandler<{ id: string }> =>
  (request, response) => {
    const { id } = request.params
    if (store.record(id) === null) return refuse(response, 404, 'there is no such run')
    const first = firstWanted(store, request)
    if (first === null) return refuse(response, 400, 'from must be a position, 0 or more')
    streams.begin(request.method, response, (stream) => {
      let next = first
      let told: RunOutcome | null = null // of a run that is held open
      const pump = () => {
        next = sendBlocks(store, id, stream, next)
        const writer = store.writer(id)
        if (writer === null || writer.soFar === told || stream.full) return
        told = writer.soFar
        stream.send('rested', JSON.stringify(writer.record))
      }
      // called where the run is written: a reader's trouble is not the run's
      const pumpSafely = () => {
        try {
          pump()
        } catch {
          stream.end()
        }
      }
      const unwatch = store.watch((changed) => {
        if (changed === id) pumpSafely()
      })
      return { drained: pump, closed: unwatch }
    })
  }

/**
 * The first block to send: the one after the last that the reader has, as its
 * browser says when it comes back; else from a position on, as its page says.
 */
function firstWanted(store: RunStore, { params, headers, query }: Request<{ id: string }>): number | null {
  const last = natural(headers['last-event-id'])
  if (last !== null) return last + 1
  if (query.from === undefined) return 0
  const from = natural(query.from)
  return from === null ? null : (store.open(params.id)?.resume(from) ?? 0)
}

const natural = (value: unknown) =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null

/**
 * Sends as many blocks as the reader takes now; after the last of a run that
 * is over, its record. Returns the number of the block to go on with.
 */
function sendBlocks(store: RunStore, id: string, stream: EventStream, from: number): number {
  if (stream.full) return from
  const record = store.record(id)
  const history = store.open(id)
  let next = from
  for (; history !== null && next < history.blocks; next++) {
    if (stream.full) return next
    const block = history.encoded(next)
    if (block === null) break
    stream.send('block', Buffer.from(block).toString('base64'), next)
  }
  if (stream.full || store.writer(id) !== null) return next
  if (record !== null) stream.send('outcome', JSON.stringify(record))
  stream.end()
  return next
}

function followList(store: RunStore, stream: EventStream) {
  let last = ''
  let timer: NodeJS.Timeout | undefined
  const send = () => {
    timer = undefined
    if (stream.full) return // what changed is sent when the reader has room
    const list = JSON.stringify({ runs: store.list() })
    if (list === last) return
    last = list
    stream.send('runs', list)
  }
  const unwatch = store.watch(() => {
    timer ??= setTimeout(send, LIST_MS).unref()
  })
  return {
    drained: send,
    closed: () => {
      unwatch()
      clearTimeout(timer)
    },
  }
}
