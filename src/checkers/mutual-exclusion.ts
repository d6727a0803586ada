/**
 * Mutual exclusion: at most one process at a time is in its critical section.
 * E. W. Dijkstra, "Solution of a Problem in Concurrent Programming Control",
 * CACM 8(9), 1965.
 *
 * In virtual time the order of the history is what happened, and it is enough to
 * look who is inside. On real hosts two events that are concurrent are recorded
 * in some order, which proves nothing: there every section must have been left
 * in the causal past of the next. Memory: one number for each pair of processes.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Sections<S extends Signature> {
  readonly name: string
  readonly enters: (event: HistoryEvent<S>) => boolean
  readonly leaves: (event: HistoryEvent<S>) => boolean
  readonly inside?: string // what being inside is called: 'held it'
}

/** By the order of the history. Who crashes inside is inside no more. */
export const mutualExclusion = <S extends Signature>({
  name,
  enters,
  leaves,
  inside = 'was inside',
}: Sections<S>): Property<S> =>
  property<S, { holders: Map<ProcessId, number> }>({
    name,
    kind: 'always',
    sees: ['indicate', 'crash'],
    initial: () => ({ holders: new Map() }),
    upon({ holders }, event) {
      if (event.kind === 'crash' || leaves(event)) holders.delete(event.at)
      if (!enters(event)) return undefined
      const [other] = [...holders].filter(([holder]) => holder !== event.at)
      holders.set(event.at, event.position)
      if (other === undefined) return undefined
      const explanation = `${event.at} entered while ${other[0]} ${inside}`
      return { explanation, witnesses: [other[1], event.position] }
    },
  })

/** Of each process: which of its sections it has left, counted from 1. */
type Left = Map<ProcessId, number>

interface Section {
  readonly count: number // among those of its process
  readonly position: number
  readonly isCutShort: boolean // by a crash
}

interface Known {
  readonly by: Map<ProcessId, Left> // what each process knows of the others
  readonly entered: Map<ProcessId, Section> // the last of each
}

/**
 * By happens-before: each section was left before the next was entered. Whoever crashes inside is
 * inside no more, and nobody can have heard of it.
 */
export const sectionsInOrder = <S extends Signature>({ name, enters, leaves }: Sections<S>): Property<S> =>
  property<S, Known, Left>({
    name,
    kind: 'always',
    sees: ['send', 'deliver', 'indicate', 'crash'],
    needs: 'the whole history', // its counts grow without end
    initial: (places) => ({ by: new Map(places.map(({ self }) => [self, new Map()])), entered: new Map() }),
    tag: ({ by }, { at }) => new Map(by.get(at)!),
    upon({ by, entered }, event, ridden) {
      const own = by.get(event.at)!
      if (event.kind === 'deliver') {
        for (const [of, count] of ridden ?? []) own.set(of, Math.max(count, own.get(of) ?? 0))
      }
      const last = entered.get(event.at)
      if (event.kind === 'crash' && last !== undefined) entered.set(event.at, { ...last, isCutShort: true })
      if (leaves(event) && last !== undefined) own.set(event.at, last.count)
      if (!enters(event)) return undefined
      const early = [...entered].find(
        ([of, { count, isCutShort }]) => of !== event.at && !isCutShort && (own.get(of) ?? 0) < count,
      )
      const count = (last?.count ?? 0) + 1
      entered.set(event.at, { count, position: event.position, isCutShort: false })
      if (early === undefined) return undefined
      const explanation = `${event.at} entered, and nothing tells that ${early[0]} had left before`
      return { explanation, witnesses: [early[1].position, event.position] }
    },
  })

export interface Requests<S extends Signature> extends Pick<Sections<S>, 'enters' | 'leaves'> {
  /** Whether somebody from outside asks its process for the resource. */
  readonly asks: (event: HistoryEvent<S>) => boolean
  /** Whether its process begins to compete for it. */
  readonly competes: (event: HistoryEvent<S>) => boolean
}

/** Nobody waits for ever. Memory: how many of the clients of each process wait, and who is inside. */
export const everyRequestIsGranted = <S extends Signature>(
  { asks, enters, leaves }: Requests<S>,
  name = 'EVERY REQUEST IS GRANTED',
): Property<S> =>
  property<S, { waiting: Map<ProcessId, number>; inside: Set<ProcessId> }>({
    name,
    kind: 'eventually',
    sees: ['request', 'indicate'],
    initial: () => ({ waiting: new Map(), inside: new Set() }),
    upon({ waiting, inside }, event) {
      const add = (by: number) => {
        const count = (waiting.get(event.at) ?? 0) + by
        if (count === 0) waiting.delete(event.at)
        else waiting.set(event.at, count)
      }
      if (asks(event)) add(1)
      if (leaves(event)) inside.delete(event.at)
      if (!enters(event)) return undefined
      inside.add(event.at)
      add(-1)
      return undefined
    },
    atEnd({ waiting, inside }) {
      if (waiting.size === 0 || inside.size > 0) return undefined // who never leaves owes the others
      const who = [...waiting.keys()].sort().join(', ')
      return { explanation: `nobody holds the resource; waiting in vain: ${who}`, witnesses: [] }
    },
  })

/** What it costs, when all is done: so many messages a time. */
export const messagesEach = <S extends Signature>(
  { competes, leaves }: Requests<S>,
  name: string,
  each: (n: number) => number,
): Property<S> =>
  property<S, { each: number; owed: number; open: number }>({
    name,
    kind: 'eventually',
    sees: ['send', 'indicate'],
    initial: ({ length: n }) => ({ each: each(n), owed: 0, open: 0 }),
    upon(memory, event) {
      if (event.kind === 'send') memory.owed--
      if (competes(event)) memory.open++
      if (competes(event)) memory.owed += memory.each
      if (leaves(event)) memory.open--
      return undefined
    },
    atEnd({ each, owed, open }) {
      if (open > 0 || owed === 0) return undefined
      const off = `${Math.abs(owed)} ${owed > 0 ? 'fewer' : 'more'}`
      return {
        explanation: `it was held at the price of ${off} messages than ${each} each time`,
        witnesses: [],
      }
    },
  })
