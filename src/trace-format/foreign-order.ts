/**
 * Puts what happened at several processes into one order that can have been:
 * each process in its own order, no message delivered before it was sent, and
 * beyond that by the clock. The clocks of processes differ (Lamport, "Time,
 * Clocks, and the Ordering of Events in a Distributed System", CACM 1978), so a
 * delivery waits for its send, whatever its time says.
 */
import { Heap } from '../lib/heap.ts'

export interface Happening {
  readonly process: number
  readonly seq: number | null // among those of its process, if it says so
  readonly part: number // of those with the same seq, or at the same time: which is first
  readonly atNs: number // by some clock
  readonly depth: number // spans above its own
  readonly after: Happening | null // at any process
}

/**
 * Calls back for each in turn. `broken`: what should have come before it
 * stands behind it in every order, as only spans at odds with themselves say,
 * or was itself so broken.
 */
export function inOrder<T extends Happening>(
  happenings: readonly T[],
  upon: (happening: T, broken: boolean) => void,
): void {
  const queues = [...Map.groupBy(happenings, ({ process }) => process).values()].map(sorted)
  const next = queues.map(() => 0)
  const done = new Map<Happening, boolean>() // whether it was in order
  const waiting = new Map<Happening, number[]>() // queues, by what their first waits for
  const ready = new Heap<number>((a, b) => queues[a]![next[a]!]!.atNs < queues[b]![next[b]!]!.atNs)
  const offer = (queue: number) => {
    const first = queues[queue]![next[queue]!]
    if (first === undefined) return
    const { after } = first
    if (after === null || done.has(after)) return ready.push(queue)
    const others = waiting.get(after)
    if (others === undefined) waiting.set(after, [queue])
    else others.push(queue)
  }
  const take = (queue: number, broken: boolean) => {
    const happening = queues[queue]![next[queue]!]!
    next[queue]!++
    const sound = !broken && (happening.after === null || done.get(happening.after) === true)
    upon(happening, !sound)
    done.set(happening, sound)
    const freed = waiting.get(happening) ?? []
    waiting.delete(happening)
    offer(queue)
    for (const other of freed) offer(other)
  }
  for (const queue of queues.keys()) offer(queue)
  for (;;) {
    const queue = ready.pop()
    if (queue !== undefined) take(queue, false)
    else if (!breakOne()) return
  }

  /** All that is left waits in a circle: the earliest goes without what it waits for. */
  function breakOne(): boolean {
    const stuck = [...waiting.values()].flat()
    if (stuck.length === 0) return false
    const at = (queue: number) => queues[queue]![next[queue]!]!.atNs
    const earliest = stuck.reduce((a, b) => (at(b) < at(a) ? b : a))
    const { after } = queues[earliest]![next[earliest]!]!
    const others = waiting.get(after!)!.filter((queue) => queue !== earliest)
    if (others.length === 0) waiting.delete(after!)
    else waiting.set(after!, others)
    take(earliest, true)
    return true
  }
}

/**
 * By number if all say theirs, else by time: of what has one time, as clocks
 * of 1 ms often say, a span stands after those above it.
 */
function sorted<T extends Happening>(happenings: readonly T[]): T[] {
  const numbered = happenings.every(({ seq }) => seq !== null)
  return happenings.toSorted((a, b) =>
    numbered
      ? a.seq! - b.seq! || a.part - b.part || a.atNs - b.atNs
      : a.atNs - b.atNs || a.depth - b.depth || (a.seq ?? 0) - (b.seq ?? 0) || a.part - b.part,
  )
}
