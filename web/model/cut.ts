/**
 * A cut divides the events of each process into those before and those after
 * it. Here: for each process the position of its last event before the cut, -1
 * for none.
 */
import type { Axis, RecordedCut, RunData } from './run-data.ts'
import { upTo } from './search.ts'

export type Cut = Int32Array

/** All events up to a position, itself included. */
export function cutAt(data: RunData, position: number): Cut {
  return cutBy(data, (own) => upTo(own, (i) => i <= position))
}

/** All events up to a global time. */
export const cutAtTime = (data: RunData, timeNs: number): Cut => cutOnAxis(data, 'real', timeNs)

/** All events up to a value of an axis: ns of global time, or Lamport time. Always consistent. */
export function cutOnAxis(data: RunData, axis: Axis, value: number): Cut {
  return cutBy(data, (own) => upTo(own, (i) => data.valueOn(axis, i) <= value))
}

/** The cut that the algorithm recorded; where a process never did, up to when the last of them had. */
export function cutRecorded(data: RunData, { at, before }: RecordedCut): Cut {
  const elsewhere = cutAt(data, Math.max(...at))
  return before.map((position, process) => (at[process] === -1 ? elsewhere[process]! : position))
}

/** The cut with one process's part moved to its last event up to a value of an axis. */
export function withProcessAt(data: RunData, cut: Cut, process: number, axis: Axis, value: number): Cut {
  const moved = cut.slice()
  const own = data.ofProcess(process)
  moved[process] = last(
    own,
    upTo(own, (i) => data.valueOn(axis, i) <= value),
  )
  return moved
}

/** The cut with one process's part moved by so many of its events. */
export function withProcessMoved(data: RunData, cut: Cut, process: number, events: number): Cut {
  const moved = cut.slice()
  const own = data.ofProcess(process)
  const count = upTo(own, (i) => i <= cut[process]!)
  moved[process] = last(own, Math.min(own.length, Math.max(0, count + events)))
  return moved
}

function cutBy(data: RunData, count: (own: Uint32Array) => number): Cut {
  return Int32Array.from(data.processes, (_, process) => {
    const own = data.ofProcess(process)
    return last(own, count(own))
  })
}

const last = (own: Uint32Array, count: number) => (count === 0 ? -1 : own[count - 1]!)
