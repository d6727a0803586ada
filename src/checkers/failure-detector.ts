/**
 * Failure detectors of class ◇P: in the end those that crashed are suspected, and nobody else.
 *
 *   T. D. Chandra and S. Toueg, "Unreliable Failure Detectors for Reliable Distributed Systems",
 *   JACM 43(2), 1996, §2.4.
 *
 * A process is correct if it does not crash in the run; whoever recovers is still
 * one that crashed, and nothing is promised of it. "In the end" is the end of the
 * run. Memory: who suspects whom. Cost: O(1) an event.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Place, ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Suspecting<S extends Signature> {
  /** Whom a process suspects from this event on. */
  readonly suspects: (event: HistoryEvent<S>) => ProcessId | null
  /** Whom it suspects no more. */
  readonly restores: (event: HistoryEvent<S>) => ProcessId | null
}

interface View {
  readonly all: ProcessId[]
  readonly crashed: Map<ProcessId, number> // and where
  readonly suspicions: Map<ProcessId, Map<ProcessId, number>> // observer → whom it suspects, and since where
}

const view = (places: readonly Place[]): View => ({
  all: places.map(({ self }) => self),
  crashed: new Map(),
  suspicions: new Map(places.map(({ self }) => [self, new Map()])),
})

function follow<S extends Signature>(
  { suspects, restores }: Suspecting<S>,
  { crashed, suspicions }: View,
  event: HistoryEvent<S>,
): undefined {
  if (event.kind === 'crash' && !crashed.has(event.at)) crashed.set(event.at, event.position)
  const [suspected, restored] = [suspects(event), restores(event)]
  if (suspected !== null) suspicions.get(event.at)!.set(suspected, event.position)
  if (restored !== null) suspicions.get(event.at)!.delete(restored)
}

/** In the end every process that crashes is suspected by every correct one. */
export const strongCompleteness = <S extends Signature>(
  of: Suspecting<S>,
  name = 'STRONG COMPLETENESS',
): Property<S> =>
  property<S, View>({
    name,
    kind: 'eventually',
    sees: ['crash', 'indicate'],
    initial: view,
    upon: (memory, event) => follow(of, memory, event),
    atEnd({ all, crashed, suspicions }) {
      for (const [process, at] of crashed) {
        const blind = all.filter((by) => !crashed.has(by) && !suspicions.get(by)!.has(process))
        if (blind.length === 0) continue
        const explanation = `${process} crashed, and ${blind.join(', ')} did not suspect it in the end`
        return { explanation, witnesses: [at] }
      }
      return undefined
    },
  })

/** A sentence that names more is read by nobody. */
const NAMED_MAX = 5

/** In the end no correct process is suspected by any correct one. */
export const eventualStrongAccuracy = <S extends Signature>(
  of: Suspecting<S>,
  name = 'EVENTUAL STRONG ACCURACY',
): Property<S> =>
  property<S, View>({
    name,
    kind: 'eventually',
    sees: ['crash', 'indicate'],
    initial: view,
    upon: (memory, event) => follow(of, memory, event),
    atEnd({ crashed, suspicions }) {
      const wrong = [...suspicions].flatMap(([by, whom]) =>
        crashed.has(by)
          ? []
          : [...whom]
              .filter(([process]) => !crashed.has(process))
              .map(([process, at]) => ({ by, process, at })),
      )
      if (wrong.length === 0) return undefined
      const named = wrong.slice(0, NAMED_MAX)
      const pairs = named.map(({ by, process }) => `${by} suspected ${process}`).join(', ')
      const more = wrong.length > NAMED_MAX ? `, and so on: ${wrong.length} in all` : ''
      return {
        explanation: `in the end ${pairs}${more}; nobody of them had crashed`,
        witnesses: named.map(({ at }) => at),
      }
    },
  })
