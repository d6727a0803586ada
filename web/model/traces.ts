/**
 * A trace: a step that nothing in the run sent for, and all that followed from it,
 * message by message, as a tree in rows. A message and the step that handles it
 * share a row; so do a request and its step. By the rule of `operations.ts`, hence
 * row for row what the spans of the same trace say.
 */
import { KIND } from '../../src/trace-format/events.ts'
import { Column } from './column.ts'
import { remembered } from './remembered.ts'
import type { RunData } from './run-data.ts'
import { upTo } from './search.ts'
import { endOf } from './window-index.ts'

/** Rows from the top: what was caused stands below its cause, what was sent first above the rest. */
export interface Trace {
  readonly root: number // position of its first step
  readonly length: number // rows
  readonly message: Int32Array // of a row, or -1
  readonly step: Int32Array // that begins in a row, or -1: nothing came of the message
  readonly depth: Uint16Array
  readonly parent: Int32Array // row, or -1
  readonly left: number // rows that are left out
  readonly lastAt: number // position of the last that happened in it
}

/** More rows than this nobody scrolls through. */
export const ROWS_MOST = 20_000

/** Where the trace began that a step belongs to. */
export function rootOf(data: RunData, step: number): number {
  for (let at = step; ; ) {
    const cause = parentStep(data, at)
    if (cause === -1) return at
    at = cause
  }
}

/** Where the trace of any event began; -1 for what no handler did and what is about no message. */
export function traceOfEvent(data: RunData, position: number): number {
  const message = data.messageOf(position)
  const own = data.stepOf(position)
  const step = own === -1 && message !== -1 ? data.stepOf(data.messages.sendAt[message]!) : own
  return step === -1 ? -1 : rootOf(data, step)
}

/** The step before a step in its trace; -1 where the trace begins. */
function parentStep(data: RunData, step: number): number {
  if (data.code(step) === KIND.resume) return data.resumedBy(step)
  if (data.hopOf(step) === 0) return -1
  const message = data.messageOfDeliver(step)
  return message === -1 ? -1 : data.stepOf(data.messages.sendAt[message]!)
}

/** What joins steps and messages besides their order, found in one sweep. */
interface Joins {
  readonly copies: ReadonlyMap<number, readonly number[]> // of a message
  readonly resumes: ReadonlyMap<number, readonly number[]> // of a step: where it goes on
  readonly timeouts: ReadonlyMap<number, readonly number[]> // of a step: where its timers went off
}

const joinsOf = remembered((data, _: null): Joins => {
  const joins = { copies: new Map(), resumes: new Map(), timeouts: new Map() }
  const { copyOf, length } = data.messages
  for (let m = 0; m < length; m++) if (copyOf[m] !== -1) put(joins.copies, copyOf[m]!, m)
  for (let i = 0; i < data.length; i++) {
    if (data.code(i) === KIND.resume && data.resumedBy(i) !== -1) put(joins.resumes, data.resumedBy(i), i)
    if (data.code(i) !== KIND.timeout || data.armedBy(i) === -1) continue
    const step = data.stepOf(data.armedBy(i))
    if (step !== -1) put(joins.timeouts, step, i)
  }
  return joins
})

function put(lists: Map<number, number[]>, key: number, value: number): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [value])
  else known.push(value)
}

/** What a step did, itself left out. */
export function* effectsOf(data: RunData, step: number): Generator<number> {
  const own = data.ofProcess(data.process(step))
  for (let k = upTo(own, (at) => at <= step); k < own.length && !data.isStep(own[k]!); k++) {
    if (data.stepOf(own[k]!) === step) yield own[k]!
  }
}

/** A row that waits for its place: of a message, or of a step that no message brought. */
interface Waiting {
  readonly message: number
  readonly step: number
  readonly depth: number
  readonly parent: number
}

export const traceAt = remembered((data, root: number): Trace => {
  const joins = joinsOf(data, null)
  const [message, step, parent] = [new Column(Int32Array), new Column(Int32Array), new Column(Int32Array)]
  const depth = new Column(Uint16Array)
  let left = 0
  let lastAt = root
  const waiting: Waiting[] = [{ message: -1, step: root, depth: 0, parent: -1 }]
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    const at = message.length
    const isKept = at < ROWS_MOST
    if (isKept) {
      message.push(row.message)
      step.push(row.step)
      depth.push(row.depth)
      parent.push(row.parent)
    } else left++
    lastAt = Math.max(lastAt, row.step, row.message === -1 ? -1 : endOf(data, row.message))
    if (row.step === -1) continue
    const below = { depth: row.depth + 1, parent: isKept ? at : -1 }
    const children = childrenOf(data, joins, row.step)
    for (let k = children.length - 1; k >= 0; k--) waiting.push({ ...children[k]!, ...below })
  }
  return {
    ...{ root, left, lastAt },
    length: message.length,
    ...{ message: message.items, step: step.items, depth: depth.items, parent: parent.items },
  }
})

type Child = Pick<Waiting, 'message' | 'step'>

function childrenOf(data: RunData, { copies, resumes }: Joins, step: number): Child[] {
  const children: Child[] = []
  for (const i of effectsOf(data, step)) {
    const first = data.messageOfSend(i)
    if (first === -1) continue
    for (const message of [first, ...(copies.get(first) ?? [])]) {
      children.push({ message, step: handledBy(data, message) })
    }
  }
  for (const at of resumes.get(step) ?? []) children.push({ message: -1, step: at })
  return children
}

/** The step that a message began in this trace: one too many messages away begins a trace of its own. */
function handledBy(data: RunData, message: number): number {
  const delivered = data.messages.deliverAt[message]!
  return delivered === -1 || data.hopOf(delivered) === 0 ? -1 : delivered
}

/** A place where one trace leads to another: a span has a link there. */
export interface Link {
  readonly row: number // of this trace; -1 for where it came from
  readonly at: number // the event on this side
  readonly to: number // the step on the other side
  readonly why: 'timer' | 'far' | 'crash'
}

/** Links that are listed at most. */
export const LINKS_MOST = 200

/** Where a trace came from, and where it leads. */
export const linksOf = remembered((data, root: number): readonly Link[] => {
  const trace = traceAt(data, root)
  const { timeouts } = joinsOf(data, null)
  const links: Link[] = []
  const from = cameFrom(data, root)
  if (from !== null) links.push(from)
  for (let row = 0; row < trace.length && links.length < LINKS_MOST; row++) {
    const step = trace.step[row]!
    const message = trace.message[row]!
    if (step === -1) {
      const delivered = message === -1 ? -1 : data.messages.deliverAt[message]!
      if (delivered !== -1) links.push({ row, at: data.messages.sendAt[message]!, to: delivered, why: 'far' })
      continue
    }
    for (const to of timeouts.get(step) ?? []) links.push({ row, at: data.armedBy(to), to, why: 'timer' })
  }
  return links.slice(0, LINKS_MOST)
})

function cameFrom(data: RunData, root: number): Link | null {
  const back = (to: number, why: Link['why']): Link | null =>
    to === -1 ? null : { row: -1, at: root, to, why }
  switch (data.code(root)) {
    case KIND.timeout:
      return back(data.armedBy(root), 'timer')
    case KIND.deliver: {
      const message = data.messageOfDeliver(root)
      return back(message === -1 ? -1 : data.messages.sendAt[message]!, 'far')
    }
    case KIND.recover:
      return back(lastCrash(data, root), 'crash')
    default:
      return null
  }
}

function lastCrash(data: RunData, before: number): number {
  const own = data.ofProcess(data.process(before))
  for (let k = upTo(own, (at) => at < before) - 1; k >= 0; k--) {
    if (data.code(own[k]!) === KIND.crash) return own[k]!
  }
  return -1
}

/** The row of an event: that of its message if it is sent or lost here, else of its step; -1 for none. */
export function rowOf(data: RunData, trace: Trace, position: number): number {
  const message = data.messageOf(position)
  if (message !== -1) {
    const row = trace.message.indexOf(message)
    if (row !== -1) return row
  }
  const step = data.stepOf(position)
  return step === -1 ? -1 : trace.step.indexOf(step)
}

/** What a row is there for, and what is selected with it: its step, else where its message ended or began. */
export function eventOfRow(data: RunData, trace: Trace, row: number): number {
  const step = trace.step[row]!
  return step === -1 ? endOf(data, trace.message[row]!) : step
}
