/**
 * Acting on a run that is held open, from its page or from a program: by whoever started it, and
 * nobody else. The port is there where this server is part of the process that runs the run; what
 * comes must be from this machine, for a name of this machine, from our own page or from none, and
 * bear the token of the link that was printed on the terminal. What an act may be the port knows.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import express, { type RequestHandler, Router } from 'express'
import type { ActAnswer, ActForms } from '../trace-format/acts.ts'
import { mediaType, refuse } from './body.ts'
import { isOurs } from './guard.ts'
import type { RunStore } from './run-store.ts'

export interface ActingPort {
  /** Whoever has it may act; it is in no file, no query and no answer. */
  readonly token: string
  /** What can be done to a run; null if it is not held open. */
  readonly forms: (run: string) => ActForms | null
  readonly act: (run: string, act: unknown) => Promise<ActAnswer>
}

/** An act is a line; a request may carry a text of some length. */
const ACT_BYTES_MAX = 64 * 1024
/** Acts that wait for the run: who sends more does not wait for answers. */
const WAITING_MAX = 32

export function actRoutes(store: RunStore, port: ActingPort | undefined): Router {
  const router = Router()
  const may = mayAct(port)
  router.get('/api/runs/:id/acts', may, (request, response) => {
    const { id } = request.params as { id: string }
    if (store.record(id) === null) return refuse(response, 404, 'there is no such run')
    const forms = port!.forms(id)
    if (forms === null) return refuse(response, 409, 'the run is not held open')
    response.set('Cache-Control', 'no-store').json(forms)
  })
  router.post('/api/runs/:id/act', may, ...actBody, takeAct(store, port))
  return router
}

const actBody: readonly RequestHandler[] = [
  (request, response, next) => {
    if (mediaType(request.headers['content-type']) === 'application/json') next()
    else refuse(response, 415, 'the body must be application/json')
  },
  express.json({ limit: ACT_BYTES_MAX, type: 'application/json' }),
]

function takeAct(store: RunStore, port: ActingPort | undefined): RequestHandler {
  let waiting = 0
  return async (request, response) => {
    const { id } = request.params as { id: string }
    if (store.record(id) === null) return refuse(response, 404, 'there is no such run')
    if (port!.forms(id) === null) return refuse(response, 409, 'the run is not held open')
    if (waiting >= WAITING_MAX) return refuse(response, 503, 'too many acts wait for the run')
    waiting++
    try {
      const { status, done, message } = await port!.act(id, request.body)
      response.status(status).set('Cache-Control', 'no-store').json({ done, message })
    } finally {
      waiting--
    }
  }
}

function mayAct(port: ActingPort | undefined): RequestHandler {
  return (request, response, next) => {
    if (port === undefined) return refuse(response, 404, 'nothing can be done to the runs of this server')
    // The server may have been told to listen elsewhere and to answer for other names: not for this.
    if (!isLoopback(request.socket.remoteAddress ?? '') || !isOurs(request.headers.host ?? ''))
      return refuse(response, 403, 'only whoever is on this machine may act on a run')
    if (!bears(request.headers.authorization, port.token))
      return refuse(response, 401, 'the token is not that of the link on the terminal')
    next()
  }
}

function isLoopback(address: string): boolean {
  const v4 = address.replace(/^::ffff:/i, '')
  return address === '::1' || (isIP(v4) === 4 && v4.startsWith('127.'))
}

/** Digests are compared: of texts of different lengths the time would tell. */
function bears(header: string | undefined, token: string): boolean {
  const [, borne] = /^Bearer ([\w-]{1,200})$/.exec(header ?? '') ?? []
  if (borne === undefined || token === '') return false
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(borne), digest(token))
}
