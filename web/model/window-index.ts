/**
 * Which messages may be under way in a window of an axis, found without looking
 * at all. Messages stand in the order of recording, which is nearly that of their
 * sending on either axis: behind the greatest end of all up to a message, and
 * ahead of the least start of all from a message on, none needs a look.
 */
import { remembered } from './remembered.ts'
import type { Axis, RunData } from './run-data.ts'
import { upTo } from './search.ts'

interface WindowIndex {
  readonly greatestEnd: Float64Array // of the messages up to this one
  readonly leastStart: Float64Array // of the messages from this one on
}

const indexOf = {
  real: remembered((data, _: null) => makeIndex(data, 'real')),
  logical: remembered((data, _: null) => makeIndex(data, 'logical')),
}

function makeIndex(data: RunData, axis: Axis): WindowIndex {
  const { length, sendAt } = data.messages
  const greatestEnd = new Float64Array(length)
  const leastStart = new Float64Array(length)
  let greatest = Number.NEGATIVE_INFINITY
  for (let m = 0; m < length; m++) {
    greatest = Math.max(greatest, data.valueOn(axis, endOf(data, m)))
    greatestEnd[m] = greatest
  }
  let least = Number.POSITIVE_INFINITY
  for (let m = length - 1; m >= 0; m--) {
    least = Math.min(least, data.valueOn(axis, sendAt[m]!))
    leastStart[m] = least
  }
  return { greatestEnd, leastStart }
}

/** The position where a message ended; of one that never did, its send: it is drawn as a stub. */
export function endOf({ messages }: RunData, m: number): number {
  const end = Math.max(messages.deliverAt[m]!, messages.lostAt[m]!)
  return end === -1 ? messages.sendAt[m]! : end
}

/** First and behind the last of the messages that may lie in the window. */
export function messagesWithin(data: RunData, axis: Axis, from: number, to: number): [number, number] {
  const { greatestEnd, leastStart } = indexOf[axis](data, null)
  return [upTo(greatestEnd, (end) => end < from), upTo(leastStart, (start) => start <= to)]
}

/** Of a process's events, the first and behind the last that lie in the window. */
export function eventsWithin(
  data: RunData,
  own: Uint32Array,
  axis: Axis,
  from: number,
  to: number,
): [number, number] {
  return [upTo(own, (i) => data.valueOn(axis, i) < from), upTo(own, (i) => data.valueOn(axis, i) <= to)]
}
