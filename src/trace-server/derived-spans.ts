/**
 * The spans of a run of ours, as OTLP JSON lines: made of its events whenever somebody asks. Kept
 * beside them they would be thirty times as many bytes, and cost more than the run.
 */
import { otlpLine } from '../trace-format/otlp-json.ts'
import type { RunDescription } from '../trace-format/run.ts'
import { SpanDeriver } from '../trace-format/spans.ts'
import type { HistoryFile } from './history-file.ts'

/** A line for each block, and one for what is left at its end, each with its end of line. */
export function* derivedLines(run: RunDescription, history: HistoryFile): Generator<string> {
  const deriver = new SpanDeriver(run)
  for (let index = 0; ; index++) {
    const block = history.block(index)
    if (block === null) break
    const spans = [...deriver.spans(block)]
    if (spans.length > 0) yield `${otlpLine(run, spans)}\n`
  }
  const left = [...deriver.finish()]
  if (left.length > 0) yield `${otlpLine(run, left)}\n`
}
