/**
 * The messages of a whole run in figures: how long they were on their way by type,
 * and how many each process sent, got and lost. One sweep over the columns, so
 * that a million messages cost no more than a look.
 */
import { operationFigures } from './operation-figures.ts'
import { remembered } from './remembered.ts'

export interface MessageStatistics {
  readonly latencies: readonly (Latency | null)[] // by type; null: none was delivered
  readonly sent: Uint32Array // by process; copies are not counted
  readonly delivered: Uint32Array // by receiver
  readonly lost: Uint32Array // by sender
}

/** Times on the way in steps that grow by the same factor each: a few ns and many s fit on one scale. */
export interface Latency {
  readonly delivered: number
  readonly leastNs: number
  readonly mostNs: number
  readonly medianNs: number // to a few percent, see FINE
  readonly bars: readonly number[] // messages by step, from the first that has any to the last
  readonly beginNs: number // of the first bar
  readonly factor: number // from the beginning of a bar to that of the next
}

/** Steps in which times are counted, to a doubling: the middle of one is within 2.2 % of all in it. */
const FINE = 16
const OCTAVES = 53 // a time is a whole number of ns
const BARS_MOST = 24

const fineOf = (ns: number) => (ns < 1 ? 0 : Math.min(OCTAVES * FINE - 1, Math.floor(Math.log2(ns) * FINE)))
const nsOf = (fine: number) => 2 ** (fine / FINE)

export const messageStatistics = remembered((data, _: null): MessageStatistics => {
  const { length, sendAt, deliverAt, lostAt, from, to, typeIndex, copyOf } = data.messages
  const times = data.valuesOn('real')
  const counters = data.types.map(() => new Counter())
  const [sent, delivered, lost] = [0, 1, 2].map(() => new Uint32Array(data.processes.length))
  for (let m = 0; m < length; m++) {
    if (copyOf[m] === -1) sent![from[m]!]!++
    if (lostAt[m] !== -1) lost![from[m]!]!++
    const end = deliverAt[m]!
    if (end === -1) continue
    delivered![to[m]!]!++
    counters[typeIndex[m]!]!.add(times[end]! - times[sendAt[m]!]!)
  }
  return {
    latencies: counters.map((counter) => counter.latency()),
    ...{ sent: sent!, delivered: delivered!, lost: lost! },
  }
})

class Counter {
  readonly #fine = new Uint32Array(OCTAVES * FINE)
  #delivered = 0
  #leastNs = Number.POSITIVE_INFINITY
  #mostNs = 0

  add(ns: number): void {
    this.#fine[fineOf(ns)]!++
    this.#delivered++
    if (ns < this.#leastNs) this.#leastNs = ns
    if (ns > this.#mostNs) this.#mostNs = ns
  }

  latency(): Latency | null {
    if (this.#delivered === 0) return null
    const [first, last] = [fineOf(this.#leastNs), fineOf(this.#mostNs)]
    const wide = Math.ceil((last - first + 1) / BARS_MOST)
    const bars = new Array<number>(Math.ceil((last - first + 1) / wide)).fill(0)
    for (let fine = first; fine <= last; fine++) bars[Math.floor((fine - first) / wide)]! += this.#fine[fine]!
    return {
      delivered: this.#delivered,
      ...{ leastNs: this.#leastNs, mostNs: this.#mostNs, medianNs: this.#median(first) },
      ...{ bars, beginNs: nsOf(first), factor: 2 ** (wide / FINE) },
    }
  }

  #median(first: number): number {
    let fine = first
    let below = this.#fine[fine]!
    while (below * 2 < this.#delivered) below += this.#fine[++fine]!
    const middle = nsOf(fine + 0.5)
    return Math.min(this.#mostNs, Math.max(this.#leastNs, middle))
  }
}

/** What the operations of one name cost in messages. */
export interface OperationCost {
  readonly name: string
  readonly operations: number
  readonly least: number
  readonly median: number // of an even number of operations the upper of the two in the middle
  readonly most: number
}

/** By name, the most frequent first. */
export const operationCosts = remembered((data, _: null): readonly OperationCost[] => {
  const { messages } = operationFigures(data, null)
  const byName = new Map<string, number[]>()
  for (const [operation, { type }] of data.operations.entries()) {
    const its = byName.get(type)
    if (its === undefined) byName.set(type, [messages[operation]!])
    else its.push(messages[operation]!)
  }
  return [...byName]
    .map(([name, unsorted]) => {
      const its = Uint32Array.from(unsorted).sort()
      const operations = its.length
      return { name, operations, least: its[0]!, median: its[operations >> 1]!, most: its.at(-1)! }
    })
    .sort((a, b) => b.operations - a.operations || (a.name < b.name ? -1 : 1))
})
