/**
 * Whether a run is its plan and its seed, and nothing else: run again it has the same digest, and so
 * it has when every process is taken up again before each step from the text of its state. If not,
 * the first event that differs is named.
 */
import type { ProcessId } from '../model/process.ts'
import { RECORD_BYTES, readRecord } from '../runtimes/simulator/digest.ts'
import { type JudgedOptions, judgedRun } from './judged-run.ts'
import type { Plan } from './plan.ts'

type Bounds = Pick<JudgedOptions, 'eventsMax'>

/** Runs a plan twice. Null, or a sentence that names the first event that differs. */
export function firstDifference(plan: Plan, bounds: Bounds = {}): string | null {
  return compared(plan, bounds, bounds, 'the second time')
}

/** Runs it as it is, and with all processes taken up again before each step: what is not state is lost. */
export function keptElsewhere(plan: Plan, bounds: Bounds = {}): string | null {
  const found = compared(plan, bounds, { ...bounds, takeUpEveryStep: true }, 'taken up again from its state')
  return found === null ? null : `a process keeps something elsewhere than in its state: ${found}`
}

function compared(plan: Plan, as: JudgedOptions, anew: JudgedOptions, other: string): string | null {
  const digest = (options: JudgedOptions) => judgedRun(plan, { ...options, digestOnly: true }).digest
  if (digest(as) === digest(anew)) return null
  const [first, second] = [recordsOf(plan, as), recordsOf(plan, anew)]
  const ids = plan.topology.ids
  const events = Math.min(first.length, second.length) / RECORD_BYTES
  for (let event = 0; event < events; event++) {
    const at = event * RECORD_BYTES
    if (same(first, second, at)) continue
    const [one, another] = [told(first, at, ids), told(second, at, ids)]
    if (one === another) return `event ${event}, ${one}, says something else ${other}`
    return `event ${event} is ${one}, but ${other} ${another}`
  }
  if (first.length === second.length) return `the digest differs ${other}, though not when looked at again`
  const [longer, which] = first.length > second.length ? [first, 'is not there'] : [second, 'comes only']
  return `event ${events}, ${told(longer, events * RECORD_BYTES, ids)}, ${which} ${other}`
}

function recordsOf(plan: Plan, options: JudgedOptions): Uint8Array {
  const chunks: Buffer[] = []
  // A copy: the chunk is used again.
  const keep = (records: Uint8Array) => void chunks.push(Buffer.from(records))
  judgedRun(plan, { ...options, digestOnly: true, keep })
  return Buffer.concat(chunks)
}

function same(a: Uint8Array, b: Uint8Array, from: number): boolean {
  for (let at = from; at < from + RECORD_BYTES; at++) if (a[at] !== b[at]) return false
  return true
}

/** An event in a few words, with the names of its process and its message. */
function told(records: Uint8Array, at: number, ids: readonly ProcessId[]): string {
  const { kind, process, peer, number, timeNs } = readRecord(records, at)
  const what = `${ids[process]} ${kind} at ${(timeNs / 1e6).toFixed(3)} ms`
  if (peer === null) return what
  if (kind === 'linkUp' || kind === 'linkDown') return `${what} (${ids[peer]})`
  const sender = kind === 'deliver' ? peer : process
  return `${what} (${ids[sender]}#${number} ${kind === 'deliver' ? 'from' : 'to'} ${ids[peer]})`
}
