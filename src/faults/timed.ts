/** The events of a plan: what befalls processes and links at a given time. */
import type { PlannedEvent, TimedFault } from '../model/fault.ts'
import type { ProcessId } from '../model/process.ts'
import { severs } from './division.ts'
import { endUs, type FaultOf } from './fault.ts'
import { faultText } from './fault-text.ts'
import { breaks } from './rules.ts'

/** A fault that begins at a time of its own. */
export type Timed = FaultOf<'cut' | 'partition' | 'crash' | 'pause' | 'slow' | 'clock'>

/** What a partition must know of the run. */
export interface Where {
  readonly ids: readonly ProcessId[]
  readonly links: readonly (readonly [number, number])[] // pairs of processes, by index
}

type Happens = Omit<TimedFault, 'atMs'>
type Changes = readonly [begin: Happens, end: Happens]

export function eventsOf(faults: readonly Timed[], where: Where | null): PlannedEvent[] {
  const events = faults.flatMap((fault) => {
    const also = { text: faultText(fault), breaks: breaks(fault) }
    return changesOf(fault, where).flatMap(([begin, end], i) => {
      const begun = { ...begin, ...also, atMs: fault.atUs / 1000, begins: i === 0 }
      const over = { ...end, ...also, atMs: endUs(fault) / 1000, begins: false }
      return (fault.forUs === null ? [begun] : [begun, over]) as PlannedEvent[]
    })
  })
  return events.sort(inTime)
}

function changesOf(fault: Timed, where: Where | null): readonly Changes[] {
  switch (fault.kind) {
    case 'cut':
      return [linkChanges(fault.link, fault.oneWay)]
    case 'partition':
      return where === null ? [] : partitionChanges(fault, where)
    case 'crash':
      return [processChanges('crash', 'recover', fault.process)]
    case 'pause':
      return [processChanges('pause', 'resume', fault.process)]
    case 'slow': {
      const slow = (costMs: number) => ({ kind: 'slow', process: fault.process, costMs }) as Happens
      return [[slow(fault.costUs / 1000), slow(0)]]
    }
    case 'clock': {
      const { process, byUs, ppm, forUs } = fault
      const clock = (us: number, ppm: number) => ({ kind: 'clock', process, byMs: us / 1000, ppm }) as Happens
      // When it is over the clock is right again: what it has gained is taken back.
      const gainedUs = Math.floor(((forUs ?? 0) * ppm) / 1_000_000)
      return [[clock(byUs, ppm), clock(0 - byUs - gainedUs, 0 - ppm)]]
    }
  }
}

const processChanges = (begin: string, end: string, process: ProcessId) =>
  [{ kind: begin, process } as Happens, { kind: end, process } as Happens] as const

const linkChanges = (link: readonly [ProcessId, ProcessId], oneWay: boolean) =>
  [{ kind: 'cut', link, oneWay } as Happens, { kind: 'heal', link, oneWay } as Happens] as const

function partitionChanges(fault: FaultOf<'partition'>, { ids, links }: Where): Changes[] {
  const parts = severs(fault, ids)
  return links.flatMap(([i, j]) => {
    const [a, b] = [ids[i]!, ids[j]!]
    const [there, back] = [parts(a, b), parts(b, a)]
    if (!there && !back) return []
    return [linkChanges(there ? [a, b] : [b, a], !(there && back))]
  })
}

const ENDS: readonly TimedFault['kind'][] = ['heal', 'recover', 'resume']

/** What only ends something: a clock that is set right is as much a change as one that is set wrong. */
const isEnd = (event: PlannedEvent): boolean =>
  ENDS.includes(event.kind) || (event.kind === 'slow' && event.costMs === 0)

/** At one time what ends a fault comes before what begins one: a process may recover and crash again. */
function inTime(a: PlannedEvent, b: PlannedEvent): number {
  const turn = (event: PlannedEvent) => (isEnd(event) ? 0 : 1)
  return a.atMs - b.atMs || turn(a) - turn(b) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)
}
