/**
 * What `checkers/channels` promises of channels, watched at the cost of a few additions a message:
 * the simulator keeps it by construction, and a sweep must not spend half its time on making sure.
 * It may suspect wrongly, and never misses; the sentence comes from the same run, recorded.
 */
import type { Sent } from '../runtimes/sent.ts'

/** Up to so many channels a table holds them all. */
const TABLE_MAX = 1 << 20

/** The properties that this stands for. */
export const WATCHED = ['NO CREATION', 'NO DUPLICATION', 'FIFO DELIVERY', 'RELIABLE DELIVERY']

export class ChannelWatch {
  suspects = false
  readonly #fifo: boolean
  readonly #noDuplication: boolean
  readonly #reliable: boolean
  readonly #processes: number
  /** Channel → one more than the number of the message delivered on it that was sent last. */
  readonly #table: Int32Array | null
  readonly #map = new Map<number, number>()
  readonly #crashed = new Set<number>()

  constructor(processes: number, names: readonly string[]) {
    this.#processes = processes
    this.#fifo = names.includes('FIFO DELIVERY')
    this.#noDuplication = names.includes('NO DUPLICATION')
    this.#reliable = names.includes('RELIABLE DELIVERY')
    const channels = processes * processes
    this.#table = this.#fifo && channels <= TABLE_MAX ? new Int32Array(channels) : null
  }

  crashed(process: number): void {
    this.#crashed.add(process)
  }

  delivered(process: number, sent: Sent): void {
    if (process !== sent.to || (--sent.copies < 0 && this.#noDuplication)) this.suspects = true
    if (sent.isDelivered) return
    sent.isDelivered = true
    if (this.#fifo) this.#inOrder(sent)
  }

  lost(sent: Sent): void {
    if (--sent.copies > 0 || sent.isDelivered || !this.#reliable) return
    if (!this.#crashed.has(sent.from) && !this.#crashed.has(sent.to)) this.suspects = true
  }

  /** A sender numbers all its messages, so that those of one channel are numbered in order. */
  #inOrder({ from, to, number }: Sent): void {
    const channel = from * this.#processes + to
    const before = this.#table === null ? (this.#map.get(channel) ?? 0) : this.#table[channel]!
    if (number < before) this.suspects = true
    else if (this.#table === null) this.#map.set(channel, number + 1)
    else this.#table[channel] = number + 1
  }
}
