/** OTLP requests as another program would send them: spans of a run, two thousand a request. */
import { KIND } from '../src/trace-format/events.ts'
import { otlpLine } from '../src/trace-format/otlp-json.ts'
import { Recorder } from '../src/trace-format/recorder.ts'
import { FORMAT_VERSION, type RunDescription } from '../src/trace-format/run.ts'
import type { Span } from '../src/trace-format/span.ts'
import { runTag } from '../src/trace-format/span-ids.ts'
import { SpanDeriver } from '../src/trace-format/spans.ts'
import { NOTE } from './payload.ts'

/** As many as our own exporter puts into one. */
const SPANS_A_REQUEST = 2048

const run: RunDescription = {
  format: FORMAT_VERSION,
  id: 'bench',
  tag: runTag(1, 1),
  algorithm: 'notes',
  runtime: 'libp2p',
  seed: 1,
  processes: ['p00', 'p01'],
  peerIds: [],
  links: [[0, 1]],
  topology: 'complete',
  options: {},
  faults: '',
  startedAtMs: 1_700_000_000_000,
  command: '',
}

/** Bodies with at least that many spans in all. */
export function bodies(atLeast: number): { readonly bodies: Buffer[]; readonly spans: number } {
  const deriver = new SpanDeriver(run)
  const spans: Span[] = []
  const recorder = new Recorder(2, (block) => spans.push(...deriver.spans(block)))
  const payload = JSON.stringify(NOTE)
  const request = JSON.stringify({ type: 'send', to: 'p01' })
  for (let i = 0; spans.length < atLeast; i++) {
    const ns = i * 10_000
    recorder.add(KIND.request, 0, ns, ns, request)
    recorder.add(KIND.send, 0, ns + 1000, ns + 1000, payload, 1, i, payload.length)
    recorder.add(KIND.deliver, 1, ns + 5000, ns + 5000, '', 0, i, 2000, recorder.lamportOf(0))
  }
  const requests: Buffer[] = []
  for (let at = 0; at < spans.length; at += SPANS_A_REQUEST) {
    requests.push(Buffer.from(otlpLine(run, spans.slice(at, at + SPANS_A_REQUEST))))
  }
  return { bodies: requests, spans: spans.length }
}
