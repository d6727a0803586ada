/**
 * Causal order: if the broadcast of one message happened before that of another,
 * nobody delivers the other first. V. Hadzilacos and S. Toueg, "A Modular
 * Approach to Fault-Tolerant Broadcasts and Related Problems", 1994, §3.3; here
 * by counting: what a process had broadcast or delivered when it broadcast m is
 * in m's past. Memory: one set for each process and message.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Broadcasts<S extends Signature> {
  readonly name: string
  /** The message that is broadcast in an event, by its name; null for none. */
  readonly broadcasts: (event: HistoryEvent<S>) => string | null
  /** The message that is delivered to the application in an event. */
  readonly delivers: (event: HistoryEvent<S>) => string | null
}

interface Pasts {
  readonly seen: Map<ProcessId, Set<string>> // broadcast or delivered
  readonly delivered: Map<ProcessId, Map<string, number>> // with where
  readonly past: Map<string, readonly string[]> // of each message
}

export const causalOrder = <S extends Signature>(names: Broadcasts<S>): Property<S> =>
  property<S, Pasts>({
    name: names.name,
    kind: 'always',
    sees: ['request', 'indicate'],
    initial: (places) => ({
      seen: new Map(places.map(({ self }) => [self, new Set()])),
      delivered: new Map(places.map(({ self }) => [self, new Map()])),
      past: new Map(),
    }),
    upon({ seen, delivered, past }, event) {
      const known = seen.get(event.at)!
      const sent = names.broadcasts(event)
      if (sent !== null && !past.has(sent)) {
        past.set(sent, [...known])
        known.add(sent)
      }
      const got = names.delivers(event)
      if (got === null) return undefined
      const own = delivered.get(event.at)!
      own.set(got, event.position)
      known.add(got)
      const missing = past.get(got)?.find((earlier) => !own.has(earlier))
      if (missing === undefined) return undefined
      const explanation = `${event.at} delivered ${got} before ${missing}, which happened before it`
      return { explanation, witnesses: [event.position] }
    },
  })
