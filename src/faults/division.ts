/** Who is on which side of a partition. */
import { UsageError } from '../lib/usage-error.ts'
import type { ProcessId } from '../model/process.ts'
import type { Division, FaultOf } from './fault.ts'

/** The side of a process, from 0; null for one that reaches everybody. */
export type Sides = (process: ProcessId) => number | null

/** @param ids of all processes, in order. Who is on no side keeps all its links. */
export function sidesOf(division: Division, ids: readonly ProcessId[]): Sides {
  switch (division.shape) {
    case 'halves':
      return inFirst(ids, Math.ceil(ids.length / 2))
    case 'minority':
      return inFirst(ids, minority(ids.length))
    case 'isolate':
      return (process) => (process === division.process ? 0 : 1)
    case 'bridge': {
      const others = ids.filter((id) => id !== division.process)
      const half = inFirst(others, Math.ceil(others.length / 2))
      return (process) => (process === division.process ? null : half(process))
    }
    case 'sides': {
      const side = new Map(division.sides.flatMap((ids, side) => ids.map((id) => [id, side] as const)))
      return (process) => side.get(process) ?? null
    }
  }
}

/** As many as are fewer than half. */
const minority = (processes: number): number => Math.floor((processes - 1) / 2)

function inFirst(ids: readonly ProcessId[], count: number): Sides {
  const first = new Set(ids.slice(0, count))
  return (process) => (first.has(process) ? 0 : 1)
}

/** Whether a partition stands between two processes: one-way only from a former side to a later one. */
export function severs(
  { division, oneWay }: Pick<FaultOf<'partition'>, 'division' | 'oneWay'>,
  ids: readonly ProcessId[],
): (from: ProcessId, to: ProcessId) => boolean {
  const sides = sidesOf(division, ids)
  return (from, to) => {
    const [own, other] = [sides(from), sides(to)]
    return own !== null && other !== null && (oneWay ? own < other : own !== other)
  }
}

/** Refuses a partition that parts nobody from anybody. */
export function checkDivision(division: Division, ids: readonly ProcessId[], place: string): void {
  const sides = sidesOf(division, ids)
  const taken = new Set(ids.map(sides).filter((side) => side !== null))
  if (taken.size < 2)
    throw new UsageError(`${place}: of ${ids.length} processes nobody is on the other side; use --peers`)
}
