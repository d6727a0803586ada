/**
 * Leader election: no two leaders, and the right one. Without terms, as on a
 * ring (N. Lynch, "Distributed Algorithms", 1996, §3.1), there is one leader for
 * ever; with terms (D. Ongaro and J. Ousterhout, "In Search of an Understandable
 * Consensus Algorithm", 2014, figure 3: Election Safety) at most one in each.
 * That all learn of it in the end is for each algorithm to say: who, and when.
 * Memory: the first that was said, of each term.
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
  // Who said it first is not remembered: an exploration would tell such runs apart for nothing.
  property<S, Map<number, { leader: ProcessId; position: number }>>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: () => new Map(),
    upon(leaders, event) {
      const learnt = learns(event)
      if (learnt === null) return undefined
      const { leader, term = 0 } = learnt
      const first = leaders.get(term)
      if (first === undefined) leaders.set(term, { leader, position: event.position })
      if (first === undefined || first.leader === leader) return undefined
      const when = learnt.term === undefined ? '' : ` in term ${term}`
      const explanation = `${event.at} says the leader${when} is ${leader}, another said ${first.leader}`
      return { explanation, witnesses: [first.position, event.position] }
    },
  })

/** Which of two is to lead rather. */
export interface Extremum {
  readonly word: string // 'greatest'
  readonly of: (one: ProcessId, other: ProcessId) => ProcessId
}

export const greatest: Extremum = { word: 'greatest', of: (one, other) => (one > other ? one : other) }
export const least: Extremum = { word: 'least', of: (one, other) => (one < other ? one : other) }

/** The leader is the extremum of all processes. */
export const extremumLeads = <S extends Signature>(
  { name, learns }: Election<S>,
  { word, of }: Extremum,
): Property<S> =>
  property<S, { best: ProcessId }>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: (places) => ({ best: places.map(({ self }) => self).reduce(of) }),
    upon({ best }, event) {
      const learnt = learns(event)
      if (learnt === null || learnt.leader === best) return undefined
      const explanation = `${event.at} says the leader is ${learnt.leader}; the ${word} is ${best}`
      return { explanation, witnesses: [event.position] }
    },
  })
