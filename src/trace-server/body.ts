/** Reading what a request brings, and answering when it cannot be read. */
import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express'
import { reason } from './run-folder.ts'

/** What the OTLP specification recommends; it holds for the body after decompression too. */
export const BODY_MAX = 64 * 1024 ** 2

export const refuse = (response: Response, status: number, message: string): void => {
  response.status(status).json({ message })
}

/** Of the media type alone: its parameters say nothing to us. */
export const mediaType = (header: string | undefined): string =>
  (header ?? '').split(';', 1)[0]!.trim().toLowerCase()

const ofType =
  (type: string): RequestHandler =>
  (request, response, next) => {
    if (mediaType(request.headers['content-type']) === type) next()
    else refuse(response, 415, `the body must be ${type}`)
  }

/** JSON, said to be JSON: a foreign page cannot send that without asking first. */
export const jsonBody: readonly RequestHandler[] = [
  ofType('application/json'),
  express.json({ limit: BODY_MAX, type: 'application/json' }),
]

export const bytesBody: readonly RequestHandler[] = [
  ofType('application/octet-stream'),
  express.raw({ limit: BODY_MAX, type: 'application/octet-stream' }),
]

/** The bytes that a request brought; none when it had no body. */
export const bytesOf = (body: unknown): Uint8Array => (body instanceof Uint8Array ? body : new Uint8Array())

export interface HttpFailure {
  readonly status: number
  readonly message: string
}

/** What body-parser and the router throw carries a status; whatever does not is our own fault. */
export function failureOf(error: unknown): HttpFailure {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  if (status >= 400 && status < 500) return { status, message: reason(error) }
  return { status: 500, message: `the trace server failed: ${reason(error)}` }
}

/** What went wrong in the middle of an answer can only be told by its end being missing. */
export const cutOff = (response: Response): void => void response.destroy()

export const answerFailures: ErrorRequestHandler = (error, _request, response, _next) => {
  if (response.headersSent) return cutOff(response)
  const { status, message } = failureOf(error)
  refuse(response, status, message)
}
