/**
 * Spans of a foreign program → a history, to be shown like any other. What
 * spans of ours say of themselves is taken as they say it: the kind of event,
 * its number at its process, its Lamport time, its payload, the state after
 * it. Of others a sending and a delivery are what `foreign-spans.ts` says, any
 * other span is a step that the world asked for, and Lamport times follow from
 * the order that `foreign-order.ts` finds.
 *
 * Global time does not go back in the order of events, though clocks differ;
 * what each process's own clock said is kept beside it.
 */
import { type Block, KIND, NOBODY } from './events.ts'
import { type Draft, draftsOf, type ForeignRun, stepPayload } from './foreign-drafts.ts'
import { inOrder } from './foreign-order.ts'
import type { ForeignSpan } from './otlp-decode.ts'
import { Recorder } from './recorder.ts'

/**
 * `run.processes` are those that a ForeignProcesses names which met the same spans in the same order;
 * spans of other processes are left out.
 */
export function foreignBlocks(spans: Iterable<ForeignSpan>, run: ForeignRun): Block[] {
  const blocks: Block[] = []
  const recorder = new Recorder(run.processes.length, (block) => blocks.push(block))
  let timeNs = Number.NEGATIVE_INFINITY
  inOrder(draftsOf(spans, run), (draft, broken) => {
    timeNs = Math.max(timeNs, draft.atNs)
    if (broken) recordBroken(recorder, draft, timeNs)
    else record(recorder, draft, timeNs)
  })
  recorder.flush()
  return blocks
}

function record(recorder: Recorder, draft: Draft, timeNs: number): void {
  const { kind, process, localNs, payload, peer, message, extra, lamport, state } = draft
  const sentAt = kind === 'deliver' ? (message?.lamport ?? 0) : 0
  const seen = Math.max(lamport - 1, sentAt)
  const number = message?.number ?? 0
  const position = recorder.add(KIND[kind], process, timeNs, localNs, payload, peer, number, extra, seen)
  if (kind === 'send' && message !== null) message.lamport = recorder.lamportOf(process)
  if (state !== null) recorder.state(position, state.whole, state.text)
}

/** A delivery before its sending is in no history: what is left of it is a step. */
function recordBroken(recorder: Recorder, { process, localNs, name }: Draft, timeNs: number): void {
  recorder.add(KIND.request, process, timeNs, localNs, stepPayload(name), NOBODY)
}
