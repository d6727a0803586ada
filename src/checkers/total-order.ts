/**
 * Total order: of two messages that two processes both deliver, both deliver the
 * same one first. V. Hadzilacos and S. Toueg, 1994, §3.4. One process may be
 * behind another, and need not have delivered the same; so the order in which
 * all were delivered must have no circle, and it is enough to compare each
 * delivery with those its process made since the two last agreed.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Deliveries<S extends Signature> {
  readonly name: string
  readonly delivers: (event: HistoryEvent<S>) => string | null
}

interface Orders {
  /** Of each process, its deliveries: message → its place among them, and where. */
  readonly placed: Map<ProcessId, Map<string, { place: number; position: number }>>
}

export const totalOrder = <S extends Signature>({ name, delivers }: Deliveries<S>): Property<S> =>
  property<S, Orders>({
    name,
    kind: 'always',
    sees: ['indicate'],
    initial: (places) => ({ placed: new Map(places.map(({ self }) => [self, new Map()])) }),
    upon({ placed }, event) {
      const message = delivers(event)
      if (message === null) return undefined
      const own = placed.get(event.at)!
      if (own.has(message)) return undefined // a second delivery: that is for NO DUPLICATION
      const place = own.size
      own.set(message, { place, position: event.position })
      for (const [other, its] of placed) {
        const there = its.get(message)
        if (other === event.at || there === undefined) continue
        for (const [earlier, { position }] of own) {
          const elsewhere = its.get(earlier)
          if (earlier === message || elsewhere === undefined || elsewhere.place < there.place) continue
          const order = `${earlier} and then ${message}`
          const explanation = `${event.at} delivered ${order}, ${other} the other way round`
          return { explanation, witnesses: [position, event.position, there.position, elsewhere.position] }
        }
      }
      return undefined
    },
  })
