/**
 * Termination detection: who says that all has ended is right, and somebody says so.
 *
 *   E. W. Dijkstra and C. S. Scholten, "Termination Detection for Diffusing Computations",
 *   Information Processing Letters 11(1), 1980.
 *   E. W. Dijkstra, "Shmuel Safra's Version of Termination Detection", EWD998, 1987.
 *
 * A computation has terminated if all its processes are passive, as it says of
 * itself, and none of its messages is in transit. Counts, colours and tokens of
 * the detector do not come into it. Memory: who is active, and what is in
 * transit. Cost: O(1) an event.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Place, ProcessId, Signature } from '../model/process.ts'
import { type Finding, type Property, property, type Send } from '../model/property.ts'

export interface Underlying<S extends Signature> {
  /** What a process of the computation is from this event on. */
  readonly becomes: (event: HistoryEvent<S>) => 'active' | 'passive' | null
  /** Whether a message is one of the computation, and not of its detector. */
  readonly isBasic: (message: S['message']) => boolean
  readonly areActiveAtFirst?: true // all its processes, without a word
}

export interface Detecting<S extends Signature> extends Underlying<S> {
  /** Whether this says that the computation has terminated. */
  readonly detects: (event: HistoryEvent<S>) => boolean
  /** Whether this asks to be told; without it that is due from the beginning. */
  readonly asks?: (event: HistoryEvent<S>) => boolean
}

/** Who is active and what is in transit, each with the event since which it is so. */
export interface Computation {
  readonly active: Map<ProcessId, number>
  readonly inTransit: Map<string, number[]> // of each channel: where what it holds was sent
}

/** What `follow` must be shown. */
export const FOLLOWED = ['send', 'deliver', 'lost', 'duplicate', 'indicate', 'crash', 'request'] as const

export const computation = (
  places: readonly Place[],
  { areActiveAtFirst }: Pick<Underlying<Signature>, 'areActiveAtFirst'> = {},
): Computation => ({
  active: new Map(areActiveAtFirst ? places.map(({ self }) => [self, 0]) : []),
  inTransit: new Map(),
})

export const hasTerminated = ({ active, inTransit }: Computation): boolean =>
  active.size === 0 && inTransit.size === 0

/** What rides on a message: where it was sent. */
export const sentAt = (_: unknown, { position }: Send<any>): number => position

/** Keeps up with an event; `sent` is what rides on its message. Whoever crashes is active no more. */
export function follow<S extends Signature>(
  { becomes, isBasic }: Underlying<S>,
  { active, inTransit }: Computation,
  event: HistoryEvent<S>,
  sent: number | undefined,
): void {
  const turned = becomes(event)
  if (turned === 'active') active.set(event.at, event.position)
  if (turned === 'passive' || event.kind === 'crash') active.delete(event.at)
  if (!('message' in event) || !isBasic(event.message)) return
  const channel = event.kind === 'deliver' ? `${event.from}→${event.at}` : `${event.at}→${event.to}`
  const held = inTransit.get(channel) ?? []
  if (event.kind === 'send') held.push(event.position)
  else if (event.kind === 'duplicate') held.push(sent ?? event.position)
  else held.splice(Math.max(0, held.indexOf(sent!)), 1)
  if (held.length > 0) inTransit.set(channel, held)
  else inTransit.delete(channel)
}

/** Safety: nobody says that the computation has terminated before it has. */
export const noFalseDetection = <S extends Signature>(
  of: Detecting<S>,
  name = 'NO FALSE DETECTION',
): Property<S> =>
  property<S, Computation, number>({
    name,
    kind: 'always',
    sees: FOLLOWED,
    initial: (places) => computation(places, of),
    tag: sentAt,
    upon(memory, event, sent) {
      follow(of, memory, event, sent)
      return of.detects(event) && !hasTerminated(memory) ? notTerminated(memory, event) : undefined
    },
  })

function notTerminated({ active, inTransit }: Computation, { at, position }: HistoryEvent<any>): Finding {
  const still = [
    ...(active.size > 0 ? [`${[...active.keys()].sort().join(', ')} active`] : []),
    ...(inTransit.size > 0 ? [`work in transit on ${[...inTransit.keys()].sort().join(', ')}`] : []),
  ]
  const since = [...active.values(), ...[...inTransit.values()].flat()]
  return {
    explanation: `${at} says that all has ended, with ${still.join(' and ')}`,
    witnesses: [...since.sort((a, b) => a - b), position],
  }
}

/** Liveness: of a computation that has terminated it is said in the end, and once. */
export const detection = <S extends Signature>(of: Detecting<S>, name = 'DETECTION'): Property<S> =>
  property<S, Computation & { asked: number | null; said: number | null }, number>({
    name,
    kind: 'eventually',
    sees: FOLLOWED,
    initial: (places) => ({ ...computation(places, of), asked: of.asks ? null : 0, said: null }),
    tag: sentAt,
    upon(memory, event, sent) {
      follow(of, memory, event, sent)
      if (of.asks?.(event)) memory.asked ??= event.position
      if (!of.detects(event)) return undefined
      const first = memory.said
      memory.said ??= event.position
      if (first === null) return undefined
      return {
        explanation: `${event.at} says a second time that all has ended`,
        witnesses: [first, event.position],
      }
    },
    atEnd(memory) {
      if (memory.asked === null || memory.said !== null || !hasTerminated(memory)) return undefined
      return { explanation: 'all has ended, and nobody ever said so', witnesses: [memory.asked] }
    },
  })
