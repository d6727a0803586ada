/**
 * Which messages may be under way in a window of an axis, found without looking
 * at all. Messages stand in the order of recording, which is nearly that of their
 * sending on either axis: behind the greatest end of all up to a message, and
 * ahead of the least start of all from a message on, none needs a look.
 */
import { remembered } from './remembered.ts'
import type { Axis, RunData } from './run-data.ts'
import { upTo } from './search.ts'

/** So many messages share an entry: a reader looks at as many more than it must, and the index is short. */
const GROUP = 64

interface WindowIndex {
  readonly greatestEnd: Float64Array // of the messages up to the last of this group
  readonly leastStart: Float64Array // of the messages from the first of this group on
}

const indexOf = {
  real: remembered((data, _: unknown) => makeIndex(data, 'real')),
  logical: remembered((data, _: unknown) => makeIndex(data, 'logical')),
  aligned: remembered((data, _: unknown) => makeIndex(data, 'aligned')),
}

function makeIndex(data: RunData, axis: Axis): WindowIndex {
  const { length, sendAt } = data.messages
  const values = data.valuesOn(axis)
  const groups = Math.ceil(length / GROUP)
  const greatestEnd = new Float64Array(groups)
  const leastStart = new Float64Array(groups)
  let greatest = Number.NEGATIVE_INFINITY
  const ends = endColumn(data)
  for (let m = 0; m < length; m++) {
    greatest = Math.max(greatest, values[ends(m)]!)
    greatestEnd[(m / GROUP) | 0] = greatest
  }
  let least = Number.POSITIVE_INFINITY
  for (let m = length - 1; m >= 0; m--) {
    least = Math.min(least, values[sendAt[m]!]!)
    leastStart[(m / GROUP) | 0] = least
  }
  return { greatestEnd, leastStart }
}

/** The same as `endOf`, for sweeps. */
export function endColumn({ messages }: RunData): (m: number) => number {
  const { sendAt, deliverAt, lostAt } = messages
  return (m) => {
    const delivered = deliverAt[m]!
    if (delivered !== -1) return delivered
    const lost = lostAt[m]!
    return lost === -1 ? sendAt[m]! : lost
  }
}

/** The position where a message ended; of one that never did, its send: it is drawn as a stub. */
export function endOf({ messages }: RunData, m: number): number {
  const end = Math.max(messages.deliverAt[m]!, messages.lostAt[m]!)
  return end === -1 ? messages.sendAt[m]! : end
}

/** First and behind the last of the messages that may lie in the window. */
export function messagesWithin(data: RunData, axis: Axis, from: number, to: number): [number, number] {
  const { greatestEnd, leastStart } = indexOf[axis](data, data.axisKey(axis))
  const first = upTo(greatestEnd, (end) => end < from) * GROUP
  const behind = upTo(leastStart, (start) => start <= to) * GROUP
  return [first, Math.max(first, Math.min(data.messages.length, behind))]
}

/** Of a process's events, the first and behind the last that lie in the window. */
export function eventsWithin(
  data: RunData,
  own: Uint32Array,
  axis: Axis,
  from: number,
  to: number,
): [number, number] {
  const values = data.valuesOn(axis)
  return [upTo(own, (i) => values[i]! < from), upTo(own, (i) => values[i]! <= to)]
}
