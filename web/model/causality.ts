/**
 * What could have caused what: happened-before (L. Lamport, CACM 21(7), 1978)
 * over the events of a run. The order of recording is consistent with it, so one
 * sweep over the positions finds a past or a future.
 */
import { KIND } from '../../src/trace-format/events.ts'
import type { Cut } from './cut.ts'
import { remembered } from './remembered.ts'
import type { RecordedCut, RunData } from './run-data.ts'
import { upTo } from './search.ts'

/** 1 for each event that happened before `position`; itself is not among them. */
export function past(data: RunData, position: number): Uint8Array {
  const before = new Uint8Array(data.length)
  const reached = new Uint8Array(data.processes.length)
  const { kind, process, link } = data.columns
  const { sendAt } = data.messages
  reached[process[position]!] = 1
  for (let i = position; i >= 0; i--) {
    if (before[i] === 0 && reached[process[i]!] === 0) continue
    // Whatever its process did earlier, and what was sent to it.
    before[i] = 1
    reached[process[i]!] = 1
    if (kind[i] === KIND.deliver && link[i] !== -1) before[sendAt[link[i]!]!] = 1
  }
  before[position] = 0
  return before
}

/** 1 for each event that happened after `position`; itself is not among them. */
export function future(data: RunData, position: number): Uint8Array {
  const { after } = sweep(data, position)
  return after
}

function sweep(data: RunData, position: number) {
  const { kind, process, link } = data.columns
  const { sendAt } = data.messages
  const after = new Uint8Array(data.length)
  const entry = new Int32Array(data.processes.length).fill(-1) // of each process: its first event after
  entry[process[position]!] = position
  for (let i = position + 1; i < kind.length; i++) {
    const own = process[i]!
    if (entry[own] === -1) {
      if (kind[i] !== KIND.deliver || link[i] === -1) continue
      const sentAt = sendAt[link[i]!]!
      if (after[sentAt] === 0 && sentAt !== position) continue
      entry[own] = i
    }
    after[i] = 1
  }
  return { after, entry }
}

/**
 * The chain of events by which the news of `from` reached `to` first: itself, then send and
 * delivery in turn, then `to`. Null if it never did.
 */
export function path(data: RunData, from: number, to: number): number[] | null {
  const { after, entry } = sweep(data, from)
  if (after[to] !== 1) return null
  const chain = [to]
  for (let process = data.process(to); process !== data.process(from); ) {
    const delivered = entry[process]!
    const sentAt = data.messages.sendAt[data.messageOfDeliver(delivered)]!
    if (chain.at(-1) !== delivered) chain.push(delivered)
    chain.push(sentAt)
    process = data.process(sentAt)
  }
  if (chain.at(-1) !== from) chain.push(from)
  return chain.reverse()
}

/** The earliest consistent cut that holds an event: the event and its past. */
export function earliestCut(data: RunData, position: number): Cut {
  const { past: before } = coneOf(data, position)
  const cut = new Int32Array(data.processes.length).fill(-1)
  for (let i = 0; i < position; i++) if (before[i] === 1) cut[data.process(i)] = i
  cut[data.process(position)] = position
  return cut
}

/** The latest consistent cut on which an event is the last of its process: all but its future. */
export function latestCut(data: RunData, position: number): Cut {
  const { future: after } = coneOf(data, position)
  return Int32Array.from(data.processes, (_, process) => {
    const own = data.ofProcess(process)
    return own[upTo(own, (i) => after[i] === 0) - 1] ?? -1
  })
}

export interface Consistency {
  readonly consistent: boolean
  readonly offending: readonly number[] // messages received before the cut but sent after it
}

/** Whether a cut holds with every event also what that was caused by. */
export function isConsistent(data: RunData, cut: Cut): Consistency {
  return judge(data, (from, to) => cut[from] !== undefined && cut[to] !== undefined, cut)
}

/**
 * The same of a cut that the algorithm recorded. A process that never recorded
 * has no cut to be on one side of; and the message whose handling made a process
 * record is after it, since a handler is one step.
 */
export function isRecordedConsistent(data: RunData, { at, before }: RecordedCut): Consistency {
  return judge(data, (from, to) => at[from] !== -1 && at[to] !== -1, before)
}

function judge(data: RunData, counts: (from: number, to: number) => boolean, cut: Cut): Consistency {
  const { length, sendAt, deliverAt, from, to } = data.messages
  const offending: number[] = []
  for (let m = 0; m < length; m++) {
    const deliveredAt = deliverAt[m]!
    if (deliveredAt === -1 || deliveredAt > cut[to[m]!]! || sendAt[m]! <= cut[from[m]!]!) continue
    if (counts(from[m]!, to[m]!)) offending.push(m)
  }
  return { consistent: offending.length === 0, offending }
}

/** The messages on their way at the cut: sent before it, and neither received nor lost before it. */
export function inTransit(data: RunData, cut: Cut): number[] {
  const { length, madeAt, deliverAt, lostAt, from, to } = data.messages
  const found: number[] = []
  for (let m = 0; m < length; m++) {
    const sent = cut[from[m]!]!
    if (madeAt[m]! > sent) continue
    const deliveredAt = deliverAt[m]!
    if (deliveredAt !== -1 && deliveredAt <= cut[to[m]!]!) continue
    if (lostAt[m]! !== -1 && lostAt[m]! <= sent) continue
    found.push(m)
  }
  return found
}

export interface Cone {
  readonly past: Uint8Array
  readonly future: Uint8Array
}

/** Past and future of an event, worked out once while it stays the same. */
export const coneOf = remembered(
  (data, position: number): Cone => ({ past: past(data, position), future: future(data, position) }),
)
