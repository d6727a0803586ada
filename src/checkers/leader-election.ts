/**
 * Leader election: no two leaders, and all learn who it is. Without terms, as on
 * a ring (N. Lynch, "Distributed Algorithms", 1996, §3.1), there is one leader
 * for ever; with terms (D. Ongaro and J. Ousterhout, "In Search of an
 * Understandable Consensus Algorithm", 2014, figure 3: Election Safety) at most
 * one in each.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Leader {
  readonly leader: ProcessId
  readonly term?: number // without it there is one for ever
}

export interface Election<S extends Signature> {
  readonly name: string
  /** Whom a process takes for the leader from this event on. */
  readonly learns: (event: HistoryEvent<S>) => Leader | null
}

/** At most one leader in each term. */
export const oneLeader = <S extends Signature>({ name, learns }: Election<S>): Property<S> =>
  property<S, Map<number, { leader: ProcessId; by: ProcessId; position: number }>>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: () => new Map(),
    upon(leaders, event) {
      const learnt = learns(event)
      if (learnt === null) return undefined
      const { leader, term = 0 } = learnt
      const first = leaders.get(term)
      if (first === undefined) leaders.set(term, { leader, by: event.at, position: event.position })
      if (first === undefined || first.leader === leader) return undefined
      const when = learnt.term === undefined ? '' : ` in term ${term}`
      const others = `${first.by} takes ${first.leader}`
      const explanation = `${event.at} takes ${leader} for the leader${when}, ${others}`
      return { explanation, witnesses: [first.position, event.position] }
    },
  })

/** The leader is the greatest (or whatever `best` says) of those that could be. */
export const bestLeads = <S extends Signature>(
  { name, learns }: Election<S>,
  best: (candidates: readonly ProcessId[]) => ProcessId,
): Property<S> =>
  property<S, { best: ProcessId }>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: (places) => ({ best: best(places.map(({ self }) => self)) }),
    upon(memory, event) {
      const learnt = learns(event)
      if (learnt === null || learnt.leader === memory.best) return undefined
      const explanation = `${event.at} takes ${learnt.leader} for the leader, it should be ${memory.best}`
      return { explanation, witnesses: [event.position] }
    },
  })
