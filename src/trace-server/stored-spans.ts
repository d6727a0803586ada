/** Reads spans back from `spans.jsonl`. A line that somebody broke is passed over and counted. */
import { readFileSync } from 'node:fs'
import type { ForeignSpan } from '../trace-format/otlp-decode.ts'
import { decodeOtlpJson } from '../trace-format/otlp-json.ts'

export interface SpanPage {
  readonly from: number
  readonly spans: readonly ForeignSpan[]
  readonly more: boolean
  readonly broken: number // lines before the end of the page
}

export function spanPage(path: string, from: number, size: number): SpanPage {
  const spans: ForeignSpan[] = []
  let broken = 0
  let seen = 0
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue
    const read = spansOf(line)
    if (read === null) {
      broken++
      continue
    }
    for (const span of read) {
      if (seen++ < from) continue
      if (spans.length === size) return { from, spans, more: true, broken }
      spans.push(span)
    }
  }
  return { from, spans, more: false, broken }
}

/** All of them. */
export function* storedSpans(path: string): Generator<ForeignSpan> {
  for (const line of readFileSync(path, 'utf8').split('\n')) if (line !== '') yield* spansOf(line) ?? []
}

function spansOf(line: string): readonly ForeignSpan[] | null {
  try {
    return decodeOtlpJson(JSON.parse(line)).spans
  } catch {
    return null
  }
}
