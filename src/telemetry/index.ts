/**
 * Where spans go besides our own server. Sole importer of @opentelemetry/*, which
 * takes a third of a second to load: load it lazily.
 */
export { otlpEndpoint, probeOtlp } from './endpoint.ts'
export { type OtlpSink, type OtlpSinkOptions, openOtlpSink } from './otlp-sink.ts'
