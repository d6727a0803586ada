import type { RunEvent } from '../trace-format/history-reader.ts'
import type { MessageCount } from '../trace-format/run.ts'

interface Tally {
  sent: number
  delivered: number
  lost: number
  duplicated: number
  bytes: number
  readonly latenciesMs: number[]
}

/** Counts the messages of a run by type, and how long they took. */
export class Statistics {
  readonly #byType = new Map<string, Tally>()
  readonly #sentAtNs = new Map<number, { timeNs: number; copies: number }>() // of messages in transit
  #refused = 0

  /** Frames from outside that were no message. */
  get refused(): number {
    return this.#refused
  }

  upon(event: RunEvent): void {
    switch (event.kind) {
      case 'send': {
        const tally = this.#tally(event.type)
        tally.sent++
        tally.bytes += event.extra
        this.#sentAtNs.set(key(event.process, event.number), { timeNs: event.timeNs, copies: 1 })
        break
      }
      case 'deliver': {
        const tally = this.#tally(event.type)
        tally.delivered++
        const sentAtNs = this.#gone(event.peer!, event.number)
        if (sentAtNs !== undefined) tally.latenciesMs.push((event.timeNs - sentAtNs) / 1e6)
        break
      }
      case 'lost':
        this.#tally(event.type).lost++
        this.#gone(event.process, event.number)
        break
      case 'duplicate': {
        this.#tally(event.type).duplicated++
        const message = this.#sentAtNs.get(key(event.process, event.number))
        if (message) message.copies++
        break
      }
      case 'refuse':
        this.#refused++
    }
  }

  counts(): MessageCount[] {
    return [...this.#byType]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, { latenciesMs, ...tally }]) => ({ type, ...tally, latencyMs: quantiles(latenciesMs) }))
  }

  #tally(type: string): Tally {
    let tally = this.#byType.get(type)
    if (tally === undefined) {
      tally = { sent: 0, delivered: 0, lost: 0, duplicated: 0, bytes: 0, latenciesMs: [] }
      this.#byType.set(type, tally)
    }
    return tally
  }

  #gone(sender: number, number: number): number | undefined {
    const message = this.#sentAtNs.get(key(sender, number))
    if (message && --message.copies === 0) this.#sentAtNs.delete(key(sender, number))
    return message?.timeNs
  }
}

/** Exact: 16 bits of process above 32 bits of number stay below 2^53. */
const key = (sender: number, number: number) => sender * 0x1_0000_0000 + number

function quantiles(values: number[]): MessageCount['latencyMs'] {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = (q: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]! * 1000) / 1000
  return { p50: at(0.5), p99: at(0.99) }
}
