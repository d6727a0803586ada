/**
 * A cut divides the events of each process into those before and those after
 * it. It is consistent if whatever it holds, it also holds what that was caused
 * by: no message is received before the cut but sent after it.
 *
 *   K. M. Chandy and L. Lamport, "Distributed Snapshots: Determining Global
 *   States of Distributed Systems", ACM TOCS 3(1), 1985.
 *   F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989:
 *   the same by vector clocks, which the tests hold this monitor against.
 *
 * Many cuts may be drawn at once, each with an id. On every message rides the
 * list of cuts that its sender had drawn already. Whether receiving it was wrong is
 * known only when the receiver draws the same cut: a process that never does,
 * say because it crashed, has no cut to be on one side of.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property, type Send } from '../model/property.ts'

export interface CutRules<S extends Signature> {
  readonly name: string
  /** The cut that the process draws by this event, an indication or one that begins a step; or null. */
  readonly recorded: (event: HistoryEvent<S>) => string | null
  /** Which messages count: the basic ones, not the markers. */
  readonly counts: (send: Send<S>) => boolean
  /**
   * Whether a process that draws a cut while it handles a message has put that
   * message after the cut (as in Lai and Yang, where the message itself tells
   * to record first). Otherwise receipt counts as before.
   */
  readonly recordsBeforeHandling?: boolean
}

interface Receipt {
  readonly messageId: string
  readonly from: ProcessId
  readonly position: number
}

interface Cut {
  readonly drawn: Set<ProcessId>
  /** Who received, before drawing it, what was sent after drawing it: the first such message. */
  readonly early: Map<ProcessId, Receipt>
}

interface Memory {
  readonly processes: number
  readonly open: Map<string, Cut> // drawn by some but not by all; once all have, no more can go wrong
  step: { readonly by: ProcessId; readonly receipt: Receipt; readonly ids: readonly string[] } | null
}

/** Cuts that are never completed, as after a crash, must not pile up: beyond so many the oldest is let go. */
const OPEN_MAX = 64

const STEPS: readonly HistoryEvent<Signature>['kind'][] = [
  'start',
  'recover',
  'request',
  'deliver',
  'timeout',
  'crash',
]

export function consistentCut<S extends Signature = any>({
  name,
  recorded,
  counts,
  recordsBeforeHandling = false,
}: CutRules<S>): Property<S> {
  return property<S, Memory, readonly string[]>({
    name,
    kind: 'always',
    sees: [...STEPS, 'indicate'],
    initial: (places) => ({ processes: places.length, open: new Map(), step: null }),

    tag: ({ open }, send) =>
      counts(send) ? [...open].filter(([, cut]) => cut.drawn.has(send.at)).map(([id]) => id) : [],

    upon(memory, event, tag = []) {
      // A handler is atomic: between two events that begin a step, all is done by the first.
      if (STEPS.includes(event.kind)) settle(memory)
      if (event.kind === 'deliver') {
        const { at, from, messageId, position } = event
        memory.step = { by: at, receipt: { messageId, from, position }, ids: tag }
        if (!recordsBeforeHandling) settle(memory)
      }
      const id = recorded(event)
      return id === null ? undefined : draw(memory, id, event.at, event.position)
    },
  })
}

/** What was received in the step that is over lies before whatever cut its process has not drawn by now. */
function settle(memory: Memory): void {
  const { step, open } = memory
  memory.step = null
  if (step === null) return
  for (const id of step.ids) {
    const cut = open.get(id)
    if (cut === undefined || cut.drawn.has(step.by) || cut.early.has(step.by)) continue
    cut.early.set(step.by, step.receipt)
  }
}

function draw(memory: Memory, id: string, process: ProcessId, position: number) {
  const { open, processes } = memory
  const cut = open.get(id) ?? { drawn: new Set(), early: new Map() }
  open.set(id, cut)
  cut.drawn.add(process)
  const early = cut.early.get(process)
  cut.early.delete(process)
  if (cut.drawn.size === processes) open.delete(id)
  if (open.size > OPEN_MAX) open.delete(open.keys().next().value!)
  if (early === undefined) return undefined
  const { from, messageId } = early
  const wrong = `${process} recorded for ${id} the receipt, but ${from} not the sending`
  return { explanation: `${wrong}, of message ${messageId}`, witnesses: [early.position, position] }
}
