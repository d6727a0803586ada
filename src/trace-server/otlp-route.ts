/**
 * `POST /v1/traces`: OTLP/HTTP as the OpenTelemetry protocol 1.11 asks of a
 * receiver, in JSON and in protobuf. An answer has the content type of its
 * request; what is refused is answered with a google.rpc.Status.
 */
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express'
import { decodeOtlpJson } from '../trace-format/otlp-json.ts'
import { decodeOtlpProtobuf, responseInProtobuf, statusInProtobuf } from '../trace-format/otlp-protobuf.ts'
import { BODY_MAX, bytesOf, cutOff, failureOf, mediaType } from './body.ts'
import type { ForeignRuns } from './foreign-runs.ts'
import { reason } from './run-folder.ts'

export function otlpRoute(foreign: ForeignRuns): Router {
  const router = Router()
  router.post('/v1/traces', knownOnly, express.raw({ type: () => true, limit: BODY_MAX }), receive(foreign))
  router.use('/v1/traces', answerFailure)
  return router
}

/** One of the two encodings of OTLP. */
interface Encoding {
  readonly type: string
  readonly name: string
  decode(bytes: Uint8Array): ReturnType<typeof decodeOtlpJson>
  success(rejected: number, why: string): string | Uint8Array
  status(message: string): string | Uint8Array
}

const JSON_ENCODING: Encoding = {
  type: 'application/json',
  name: 'JSON',
  decode: (bytes) => decodeOtlpJson(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))),
  success: (rejected, errorMessage) =>
    JSON.stringify(
      rejected === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejected), errorMessage } },
    ),
  status: (message) => JSON.stringify({ message }),
}

const PROTOBUF_ENCODING: Encoding = {
  type: 'application/x-protobuf',
  name: 'protobuf',
  decode: decodeOtlpProtobuf,
  success: responseInProtobuf,
  status: statusInProtobuf,
}

function encodingOf(request: Request): Encoding | undefined {
  const type = mediaType(request.headers['content-type'])
  return [JSON_ENCODING, PROTOBUF_ENCODING].find((encoding) => encoding.type === type)
}

// Not express's own `send`: it would add a charset to the type, and an answer of no bytes is one too.
function answer(response: Response, status: number, { type }: Encoding, body: string | Uint8Array): void {
  response.status(status).setHeader('Content-Type', type)
  response.end(body)
}

const knownOnly: RequestHandler = (request, response, next) => {
  if (encodingOf(request) !== undefined) return next()
  const message = `this server takes ${JSON_ENCODING.type} and ${PROTOBUF_ENCODING.type}`
  answer(response, 415, JSON_ENCODING, JSON_ENCODING.status(message))
}

const receive =
  (foreign: ForeignRuns): RequestHandler =>
  (request, response) => {
    const encoding = encodingOf(request)!
    const body = bytesOf(request.body)
    let decoded: ReturnType<Encoding['decode']>
    try {
      decoded = encoding.decode(body)
    } catch (error) {
      const message = `no ExportTraceServiceRequest in ${encoding.name}: ${reason(error)}`
      return answer(response, 400, encoding, encoding.status(message))
    }
    const isWhole = encoding === JSON_ENCODING && decoded.rejected === 0
    const taken = foreign.take(decoded.spans, isWhole ? body : null)
    const rejected = decoded.rejected + taken.rejected
    answer(response, 200, encoding, encoding.success(rejected, decoded.why ?? taken.why ?? ''))
  }

const answerFailure: ErrorRequestHandler = (error, request, response, _next) => {
  if (response.headersSent) return cutOff(response)
  const { status, message } = failureOf(error)
  const encoding = encodingOf(request) ?? JSON_ENCODING
  answer(response, status, encoding, encoding.status(message))
}
