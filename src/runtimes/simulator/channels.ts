/**
 * The channels of a simulated run as numbers: which there are, how many messages each has carried,
 * and when what is sent on one may be due at the earliest, so that it delivers in its order.
 */
import type { Place } from '../../model/process.ts'
import type { Delivery } from '../experiment.ts'

/** With so few neighbours looking at all is quicker than halving. */
const FEW = 8

export class Channels {
  /** The channels out of process p: from first[p] up to first[p + 1], by receiver. */
  readonly #first: Int32Array
  readonly #to: Int32Array
  /** Channels that were opened by the first send: `from · n + to` → channel. */
  readonly #opened = new Map<number, number>()
  readonly #processes: number
  readonly #overtaking: number // how many may overtake; 0 is FIFO
  #carried: Int32Array
  #dueUs: Float64Array // FIFO: of the last message; otherwise of all that no more may overtake
  /** The last `overtaking` messages of a channel, whose turn is still open. */
  readonly #recent = new Map<number, number[]>()

  constructor(places: readonly Place[], indexOf: (id: string) => number, delivery: Delivery) {
    this.#processes = places.length
    this.#overtaking =
      delivery === 'fifo' ? 0 : delivery === 'unordered' ? Number.POSITIVE_INFINITY : delivery.overtaking
    this.#first = new Int32Array(places.length + 1)
    for (const [from, { outgoing }] of places.entries()) {
      this.#first[from + 1] = this.#first[from]! + outgoing.length
    }
    const channels = this.#first[places.length]!
    this.#to = new Int32Array(channels)
    for (const [from, { outgoing }] of places.entries()) {
      const receivers = this.#to.subarray(this.#first[from], this.#first[from + 1])
      for (let i = 0; i < outgoing.length; i++) receivers[i] = indexOf(outgoing[i]!)
      receivers.sort()
    }
    this.#carried = new Int32Array(channels)
    this.#dueUs = new Float64Array(channels)
  }

  /** The channel between two processes; opened now if it was not there. */
  between(from: number, to: number): number {
    const receivers = this.#to
    let low = this.#first[from]!
    let high = this.#first[from + 1]!
    while (high - low > FEW) {
      const middle = (low + high) >>> 1
      if (receivers[middle]! <= to) low = middle
      else high = middle
    }
    for (let channel = low; channel < high; channel++) if (receivers[channel] === to) return channel
    return this.#open(from, to)
  }

  /** Counts a message: its number among those of the channel, from 0. */
  carry(channel: number): number {
    return this.#carried[channel]!++
  }

  /** When a message sent now is delivered that would take until `dueUs`, were it alone. */
  inOrder(channel: number, dueUs: number): number {
    if (this.#overtaking === Number.POSITIVE_INFINITY) return dueUs
    const floorUs = this.#dueUs[channel]!
    const ownUs = dueUs > floorUs ? dueUs : floorUs
    if (this.#overtaking === 0) this.#dueUs[channel] = ownUs
    else this.#closeTurn(channel, ownUs)
    return ownUs
  }

  /** Nothing is on its way there any more: whatever comes next is the first. */
  empty(from: number, to: number): void {
    const channel = this.between(from, to)
    this.#dueUs[channel] = 0
    this.#recent.delete(channel)
  }

  /**
   * A message may be overtaken by the next k of its channel. The one after these is due no earlier
   * than it; so nothing that is sent later is, as this floor only rises.
   */
  #closeTurn(channel: number, dueUs: number): void {
    const recent = this.#recent.get(channel) ?? []
    if (recent.length === 0) this.#recent.set(channel, recent)
    recent.push(dueUs)
    if (recent.length <= this.#overtaking) return
    this.#dueUs[channel] = Math.max(this.#dueUs[channel]!, recent.shift()!)
  }

  #open(from: number, to: number): number {
    const key = from * this.#processes + to
    const known = this.#opened.get(key)
    if (known !== undefined) return known
    const channel = this.#to.length + this.#opened.size
    this.#opened.set(key, channel)
    if (channel >= this.#carried.length) {
      const capacity = Math.max(64, 2 * channel)
      const [carried, dueUs] = [this.#carried, this.#dueUs]
      this.#carried = new Int32Array(capacity)
      this.#carried.set(carried)
      this.#dueUs = new Float64Array(capacity)
      this.#dueUs.set(dueUs)
    }
    return channel
  }
}
