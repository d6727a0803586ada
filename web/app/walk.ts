/** Walking over a run event by event: along a process, to its neighbours, along messages. Pure. */
import type { Axis, RunData } from '../model/run-data.ts'
import { lastAtMost } from './virtual.ts'

/** The event of the same process `by` further on; the first or the last where there are no more. */
export function alongProcess(run: RunData, at: number, by: number): number {
  const its = run.ofProcess(run.process(at))
  const index = lastAtMost(its, at) + by
  return its[Math.min(its.length - 1, Math.max(0, index))]!
}

/** The nearest event, by the axis, of the process `by` further down among those shown that have one. */
export function acrossProcesses(
  run: RunData,
  order: readonly number[],
  at: number,
  by: number,
  axis: Axis,
): number {
  const value = run.valueOn(axis, at)
  for (let row = order.indexOf(run.process(at)) + by; row >= 0 && row < order.length; row += by) {
    const its = run.ofProcess(order[row]!)
    if (its.length > 0) return nearest(run, its, value, axis)
  }
  return at
}

function nearest(run: RunData, its: Uint32Array, value: number, axis: Axis): number {
  const distance = (position: number) => Math.abs(run.valueOn(axis, position) - value)
  return its.reduce((best, position) => (distance(position) < distance(best) ? position : best), its[0]!)
}

/** The other end of the message that an event sends or receives; null if there is none. */
export function otherEnd(run: RunData, at: number): number | null {
  const sent = run.messageOfSend(at)
  if (sent !== -1) {
    const { deliverAt, lostAt } = run.messages
    const end = deliverAt[sent]! === -1 ? lostAt[sent]! : deliverAt[sent]!
    return end === -1 ? null : end
  }
  const received = run.messageOf(at)
  return received === -1 ? null : run.messages.sendAt[received]!
}

/** Where the run itself begins, after the set-up: the first `start`, else the first event. */
export function firstStart(run: RunData): number {
  for (let i = 0; i < run.length; i++) if (run.kind(i) === 'start') return i
  return 0
}
