/**
 * The laws of clocks, of the history's own Lamport times and of vector clocks.
 *
 *   Clock Condition: if a happened before b then C(a) < C(b).
 *     L. Lamport, CACM 21(7), 1978, §"Logical Clocks".
 *   a happened before b just if V(a) < V(b).
 *     C. Fidge, 1988; F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989, th. 10.
 */
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

interface Times {
  readonly last: Map<ProcessId, { lamport: number; position: number }>
}

/** Along a process, and from the sending of a message to its arrival, the Lamport time grows. */
export const clockCondition = (): Property<any> =>
  property<Signature, Times, { lamport: number; position: number }>({
    name: 'CLOCK CONDITION',
    kind: 'always',
    initial: () => ({ last: new Map() }),
    tag: (_, { lamport, position }) => ({ lamport, position }),
    upon({ last }, event, sent) {
      const { at, lamport, position } = event
      const before = last.get(at)
      last.set(at, { lamport, position })
      const causes = [before, event.kind === 'deliver' ? sent : undefined]
      const late = causes.find((cause) => cause !== undefined && cause.lamport >= lamport)
      if (late === undefined) return undefined
      const explanation =
        `event ${late.position} happened before event ${position} of ${at}, ` +
        `but its time is ${late.lamport} and the other's ${lamport}`
      return { explanation, witnesses: [late.position, position] }
    },
  })

/** A vector clock: how many events of each process are in the past of an event, itself included. */
export type VectorClock = ReadonlyMap<string, number>

/** Whether all that one has seen the other has seen, and they are not the same. */
export function isBefore(a: VectorClock, b: VectorClock): boolean {
  let isLess = false
  for (const [process, count] of a) {
    const other = b.get(process) ?? 0
    if (count > other) return false
    if (count < other) isLess = true
  }
  return isLess || [...b].some(([process, count]) => count > (a.get(process) ?? 0))
}

export const areConcurrent = (a: VectorClock, b: VectorClock): boolean =>
  !isBefore(a, b) && !isBefore(b, a) && !isSame(a, b)

const isSame = (a: VectorClock, b: VectorClock) =>
  [...a].every(([process, count]) => (b.get(process) ?? 0) === count) &&
  [...b].every(([process, count]) => (a.get(process) ?? 0) === count)
