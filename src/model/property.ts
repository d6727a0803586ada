import type { HistoryEvent } from './history.ts'
import type { Place, Signature } from './process.ts'

/** Why a promise is broken: one sentence, and the history positions that prove it. */
export interface Finding {
  readonly explanation: string
  readonly witnesses: readonly number[]
  readonly undecided?: true // of `atEnd`: a judge gave up, and nothing is proved
}

export interface Violation extends Finding {
  readonly property: string
}

export type Send<S extends Signature> = Extract<HistoryEvent<S>, { kind: 'send' }>

/**
 * A promise, as a monitor: an automaton over the events of a run. Its memory is
 * bounded plain data; a tag may ride on a message in transit.
 *
 *   always      `upon` finds what breaks it; so may `atEnd`
 *   eventually  `atEnd` says what has not come true; unknown unless the run was quiescent or its
 * bound is over
 *   sometimes   `atEnd` says what was not seen: no violation, but a run that proves little
 */
export interface Property<S extends Signature, Memory = any, Tag = any> {
  readonly name: string
  readonly kind: 'always' | 'sometimes' | 'eventually'
  /** The kinds of events that `upon` looks at; without it all. */
  readonly sees?: readonly HistoryEvent<S>['kind'][]
  /** What it goes by and an exploration has not; there it is left out, by name. */
  readonly needs?: 'message ids' | 'the whole history'
  readonly initial: (places: readonly Place[]) => Memory
  /** What rides on a message, fixed when it is sent. */
  readonly tag?: (memory: Memory, send: Send<S>) => Tag
  /** `tag` is the message's own for deliver, lost and duplicate. */
  readonly upon: (memory: Memory, event: HistoryEvent<S>, tag: Tag | undefined) => Finding | undefined
  readonly atEnd?: (memory: Memory) => Finding | undefined
}

/** Gives the parts of a property their types from one another. */
export const property = <S extends Signature, Memory, Tag = never>(
  definition: Property<S, Memory, Tag>,
): Property<S> => definition

export type Verdict = 'valid' | 'violated' | 'unknown'

/** What became of one promise in one run. */
export interface Judgement {
  readonly property: string
  readonly kind: Property<Signature>['kind']
  readonly verdict: Verdict | 'not seen' // `not seen` only for a sometimes-property
  readonly findings: readonly Finding[] // at most the first few
}
