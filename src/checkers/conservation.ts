/**
 * Conservation: what is neither made nor destroyed is all there at every moment,
 * in the processes and on its way between them. K. M. Chandy and L. Lamport,
 * "Distributed Snapshots", ACM TOCS 3(1), 1985, §2.1, has it as its example.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Place, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Holding<S extends Signature> {
  readonly name: string
  readonly unit: string // tokens
  readonly atFirst: (place: Place) => number
  /** By how much an event changes what its process holds; what a message takes along is counted apart. */
  readonly changes: (event: HistoryEvent<S>) => number
  readonly carried: (message: S['message']) => number
}

/** Judged after each event: what was lost on its way is gone, and that is found here. */
export const conservation = <S extends Signature>(holding: Holding<S>): Property<S> =>
  property<S, { all: number; held: number; underWay: number; found: boolean }>({
    name: holding.name,
    kind: 'always',
    initial(places) {
      const all = places.reduce((sum, place) => sum + holding.atFirst(place), 0)
      return { all, held: all, underWay: 0, found: false }
    },
    upon(memory, event) {
      const amount = 'message' in event ? holding.carried(event.message) : 0
      if (event.kind === 'send' || event.kind === 'duplicate') memory.underWay += amount
      if (event.kind === 'deliver' || event.kind === 'lost') memory.underWay -= amount
      if (event.kind === 'send') memory.held -= amount
      if (event.kind === 'deliver') memory.held += amount
      memory.held += holding.changes(event)
      const sum = memory.held + memory.underWay
      if (sum === memory.all || memory.found) return undefined
      memory.found = true
      const explanation =
        `after event ${event.position} there are ${memory.held} ${holding.unit} in the processes and ` +
        `${memory.underWay} on their way, ${sum} of ${memory.all}`
      return { explanation, witnesses: [event.position] }
    },
  })
