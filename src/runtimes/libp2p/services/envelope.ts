/**
 * What the testbed tells of a message of libp2p's own, on the wire and in the message: a field that
 * the protocol does not know, which every reader of protobuf passes over
 * (https://protobuf.dev/programming-guides/proto3/#unknowns). So an RPC is told from another of the
 * same words, whatever opens, delays or resets its stream.
 */
import { bytesField, joined, WIRE, WireReader } from '../../../trace-format/protobuf-wire.ts'
import { spanId, traceId } from '../../../trace-format/span-ids.ts'
import type { Carried, Sent } from '../../sent.ts'

/** Far above what any protocol of libp2p uses. */
const FIELD = 7001

/** The message with its envelope; `tag` is the run's, in trace ids. */
export function enveloped(body: Uint8Array, sent: Sent, tag: string): Uint8Array {
  const { number, lamport, operation, hop, from, seq } = sent
  const { process, seq: step } = operation
  const traceparent = `00-${traceId(tag, process, step)}-${spanId(from, seq)}-01`
  const text = JSON.stringify({ number, lamport, operation: [process, step], hop, traceparent })
  return joined([body, bytesField(FIELD, Buffer.from(text))])
}

/** What the envelope of a message from a process says; null if there is none, or of another run. */
export function envelopeOf(body: Uint8Array, from: number, tag: string): Carried | null {
  try {
    const reader = new WireReader(body)
    while (!reader.done) {
      const field = reader.tag()
      if (field === FIELD * 8 + WIRE.bytes) return carried(reader.bytes(), from, tag)
      reader.pass(field)
    }
  } catch {} // no protobuf, or no JSON
  return null
}

function carried(bytes: Uint8Array, from: number, tag: string): Carried | null {
  const { number, lamport, operation, hop, traceparent } = JSON.parse(Buffer.from(bytes).toString('utf8'))
  const [process, seq] = operation
  const numbers = [number, lamport, process, seq, hop]
  if (!String(traceparent).startsWith(`00-${tag}`) || !numbers.every(Number.isSafeInteger)) return null
  return { from, number, lamport, operation: { process, seq }, hop }
}
