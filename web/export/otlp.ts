/** A run as OTLP JSON lines (OpenTelemetry protocol 1.11), as the run folder holds them: a line a block. */
import type { Block } from '../../src/trace-format/events.ts'
import { otlpLine } from '../../src/trace-format/otlp-json.ts'
import type { RunDescription } from '../../src/trace-format/run.ts'
import { SpanDeriver } from '../../src/trace-format/spans.ts'

export function* otlpLines(run: RunDescription, blocks: Iterable<Block>): Generator<string> {
  const deriver = new SpanDeriver(run)
  for (const block of blocks) {
    const spans = [...deriver.spans(block)]
    if (spans.length > 0) yield `${otlpLine(run, spans)}\n`
  }
  const rest = [...deriver.finish()]
  if (rest.length > 0) yield `${otlpLine(run, rest)}\n`
}
