/**
 * A run in the Trace Event Format of Chrome ("Trace Event Format", N. Duca and
 * D. Sinclair, 2013), which Perfetto opens: a process each, a slice a step, a
 * flow a message. Times in it are µs.
 */
import type { RunData } from '../model/run-data.ts'

/** Steps of virtual time take none; a slice of no length is not shown. */
const LEAST_US = 1

interface TraceEvent {
  readonly ph: 'M' | 'X' | 'i' | 's' | 'f'
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly [field: string]: unknown
}

/** `words` says an event in one line. */
export function chromeTrace(data: RunData, words: (position: number) => string): string {
  const beginUs = Math.min(0, ...(data.length > 0 ? [data.timeNs(0) / 1000] : []))
  const events: TraceEvent[] = data.processes.map((name, pid) => ({
    ph: 'M',
    pid,
    tid: 0,
    name: 'process_name',
    args: { name },
  }))
  for (let i = 0; i < data.length; i++) events.push(...eventsOf(data, i, beginUs, words))
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: events })
}

const SHOWN = ['indicate', 'lost', 'crash', 'recover', 'throw'] as const

function* eventsOf(
  data: RunData,
  i: number,
  beginUs: number,
  words: (position: number) => string,
): Generator<TraceEvent> {
  const kind = data.kind(i)
  const at = { pid: data.process(i), tid: 0, ts: data.timeNs(i) / 1000 - beginUs, name: words(i) }
  const args = { event: i, lamport: data.lamport(i) }
  if (data.isStep(i)) yield { ph: 'X', ...at, dur: Math.max(LEAST_US, data.extra(i) / 1000), args }
  else if ((SHOWN as readonly string[]).includes(kind)) yield { ph: 'i', ...at, s: 'p', args }
  const received = data.messageOfDeliver(i)
  const flow = { ...at, cat: 'message', name: 'message' }
  if (kind === 'send') yield { ph: 's', ...flow, id: i }
  if (received !== -1) yield { ph: 'f', bp: 'e', ...flow, id: data.messages.sendAt[received] }
}
