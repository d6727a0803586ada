/**
 * Whoever is gone is found out by every member within a bound, in periods of that member (SWIM, §4.3: time
 * bounded completeness); what it hears from others only makes it quicker.
 *
 * Each asks every other once a round, in an order drawn anew: at the latest as the first of one round and
 * then as the last of the next, 2(n - 1) periods on, and in the next period it has missed the answer. Who
 * comes back is put into the round once more, which is a period each time. Then there is suspicion.
 */
import type { HistoryEvent } from '../../model/history.ts'
import type { Place, ProcessId } from '../../model/process.ts'
import { type Finding, property } from '../../model/property.ts'
import type { Choices, Membership } from './vocabulary.ts'

/** Begun periods are counted whole, at both ends of what is measured. */
const BEGUN = 2

interface Watched {
  periods: number // of whoever lists it, since it is gone, and since something was last heard of it
  isSuspected: boolean
}

interface Lists {
  readonly gone: Map<ProcessId, number> // crashed or left: position
  readonly lists: Map<ProcessId, Map<ProcessId, Watched>> // who lists whom
  readonly met: Map<ProcessId, Set<ProcessId>> // who has ever been on whose list in this life
  readonly again: Map<ProcessId, number> // how many came back to a list
}

type Event = HistoryEvent<Membership>

export const inTime = (choices: Choices) =>
  property<Membership, Lists & { readonly places: number }>({
    name: 'IN TIME',
    kind: 'always',
    sees: ['indicate', 'crash', 'timeout'],
    initial: (places) => ({ ...nobody(places), places: places.length }),
    upon(memory, event) {
      if (event.kind === 'timeout' && event.timer.type === 'period') return late(memory, event, choices)
      follow(memory, event)
      return undefined
    },
  })

function nobody(places: readonly Place[]): Lists {
  const ofEach = <T>(make: () => T) => new Map(places.map(({ self }) => [self, make()]))
  return {
    gone: new Map(),
    lists: ofEach(() => new Map()),
    met: ofEach(() => new Set()),
    again: ofEach(() => 0),
  }
}

function late(
  { gone, lists, again, places }: Lists & { readonly places: number },
  { at, position }: Event,
  { suspicionPeriods }: Choices,
): Finding | undefined {
  const unasked = 2 * (places - 1) + again.get(at)! + BEGUN
  const suspected = suspicionPeriods * Math.ceil(Math.log2(places + 1)) + BEGUN
  for (const [process, gonePosition] of gone) {
    const watched = lists.get(at)!.get(process)
    if (watched === undefined) continue
    const most = watched.isSuspected ? suspected : unasked
    if (++watched.periods !== most + 1) continue // told once
    const what = watched.isSuspected ? 'suspects' : 'does not suspect'
    const explanation = `${process} is gone, and ${at} still ${what} it after ${most} of its periods`
    return { explanation, witnesses: [gonePosition, position] }
  }
  return undefined
}

function follow(memory: Lists, event: Event): void {
  const { gone, lists } = memory
  const { at, position } = event
  if (event.kind === 'crash') {
    goes(memory, at, position)
    memory.met.get(at)!.clear()
    memory.again.set(at, 0)
  }
  if (event.kind !== 'indicate') return
  const { indication } = event
  if (indication.type === 'joining') gone.delete(at)
  if (indication.type === 'left') goes(memory, at, position)
  if (indication.type === 'gaveUp') lists.get(at)!.clear()
  if (indication.type === 'down') lists.get(at)!.delete(indication.process)
  if (indication.type === 'up') arrives(memory, at, indication.process)
  const watched = { suspected: true, cleared: false }[indication.type as string]
  if (watched !== undefined && 'process' in indication) {
    lists.get(at)!.set(indication.process, { periods: 0, isSuspected: watched })
  }
}

function goes({ gone, lists }: Lists, process: ProcessId, position: number): void {
  gone.set(process, position)
  lists.get(process)!.clear()
  for (const list of lists.values()) if (list.has(process)) list.get(process)!.periods = 0
}

function arrives({ lists, met, again }: Lists, at: ProcessId, process: ProcessId): void {
  lists.get(at)!.set(process, { periods: 0, isSuspected: false })
  if (met.get(at)!.has(process)) again.set(at, again.get(at)! + 1)
  met.get(at)!.add(process)
}
