/**
 * Total order: of two messages that two processes both deliver, both deliver the
 * same one first. V. Hadzilacos and S. Toueg, "A Modular Approach to
 * Fault-Tolerant Broadcasts and Related Problems", 1994, §3.4.
 *
 * A process may be behind another, and need not deliver all that the other does.
 * So a delivery is compared with what each other process has delivered since it
 * delivered the same: none of it may be here already. Memory: all deliveries.
 * Cost of a delivery: the others, and how far they are ahead.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Deliveries<S extends Signature> {
  readonly name: string
  readonly delivers: (event: HistoryEvent<S>) => string | null
}

interface Delivered {
  readonly order: string[]
  readonly placed: Map<string, { place: number; position: number }>
}

export const totalOrder = <S extends Signature>({ name, delivers }: Deliveries<S>): Property<S> =>
  property<S, { by: Map<ProcessId, Delivered> }>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: (places) => ({
      by: new Map(places.map(({ self }) => [self, { order: [], placed: new Map() }])),
    }),
    upon({ by }, event) {
      const message = delivers(event)
      if (message === null) return undefined
      const own = by.get(event.at)!
      if (own.placed.has(message)) return undefined // a second delivery: that is for NO DUPLICATION
      own.placed.set(message, { place: own.order.length, position: event.position })
      own.order.push(message)
      for (const [other, { order, placed }] of by) {
        const there = placed.get(message)
        if (other === event.at || there === undefined) continue
        for (let later = there.place + 1; later < order.length; later++) {
          const first = order[later]!
          const here = own.placed.get(first)
          if (here === undefined) continue
          const both = `${first} and then ${message}`
          const explanation = `${event.at} delivered ${both}, ${other} the other way round`
          const elsewhere = placed.get(first)!.position
          return { explanation, witnesses: [here.position, event.position, there.position, elsewhere] }
        }
      }
      return undefined
    },
  })
