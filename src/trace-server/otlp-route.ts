/**
 * `POST /v1/traces`: OTLP/HTTP as the OpenTelemetry protocol 1.11 asks of a
 * receiver. An answer has the content type of its request; what is refused is
 * answered with a google.rpc.Status.
 */
import express, { type ErrorRequestHandler, type RequestHandler, type Response, Router } from 'express'
import { decodeOtlpJson } from '../trace-format/otlp-json.ts'
import { BODY_MAX, bytesOf, failureOf, mediaType } from './body.ts'
import type { ForeignRuns } from './foreign-runs.ts'
import { reason } from './run-folder.ts'

const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

export function otlpRoute(foreign: ForeignRuns): Router {
  const router = Router()
  router.post('/v1/traces', jsonOnly, express.raw({ type: () => true, limit: BODY_MAX }), receive(foreign))
  router.use('/v1/traces', answerFailure)
  return router
}

function answer(response: Response, status: number, body: object): void {
  response.status(status).setHeader('Content-Type', JSON_TYPE)
  response.end(JSON.stringify(body))
}

const jsonOnly: RequestHandler = (request, response, next) => {
  const type = mediaType(request.headers['content-type'])
  if (type === JSON_TYPE) return next()
  const message = `this server takes ${JSON_TYPE} (OTEL_EXPORTER_OTLP_PROTOCOL=http/json)`
  if (type !== PROTOBUF_TYPE) return answer(response, 415, { message })
  response.status(415).setHeader('Content-Type', PROTOBUF_TYPE)
  response.end(statusInProtobuf(message))
}

/** google.rpc.Status: field 2, of wire type 2, is the message. Its length is one byte up to 127. */
function statusInProtobuf(message: string): Uint8Array {
  const text = new TextEncoder().encode(message).subarray(0, 127)
  return Uint8Array.of(0x12, text.length, ...text)
}

const receive =
  (foreign: ForeignRuns): RequestHandler =>
  (request, response) => {
    let decoded: ReturnType<typeof decodeOtlpJson>
    try {
      decoded = decodeOtlpJson(
        JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(request.body))),
      )
    } catch (error) {
      return answer(response, 400, { message: `no ExportTraceServiceRequest in JSON: ${reason(error)}` })
    }
    const taken = foreign.take(decoded.spans)
    const rejected = decoded.rejected + taken.rejected
    if (rejected === 0) return answer(response, 200, {})
    const errorMessage = decoded.why ?? taken.why ?? ''
    answer(response, 200, { partialSuccess: { rejectedSpans: String(rejected), errorMessage } })
  }

const answerFailure: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  const { status, message } = failureOf(error)
  answer(response, status, { message })
}
