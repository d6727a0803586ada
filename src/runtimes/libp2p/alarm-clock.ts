import { Heap } from '../../lib/heap.ts'

/** The longest delay `setTimeout` takes (Node documentation, timers: a signed 32-bit number of ms). */
const TIMEOUT_MS_MAX = 2 ** 31 - 1
/** Alarms that were cancelled are forgotten when they are this many, and half of all. */
const CANCELLED_MAX = 1000

export interface Alarm {
  readonly cancel: () => void
}

interface Entry {
  readonly dueMs: number
  readonly seq: number
  readonly ring: () => void
  isDone: boolean // it has rung, or was cancelled
}

const sooner = (a: Entry, b: Entry) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.seq < b.seq)

/**
 * Rings at times of the run: never early, as Node's own timers may by 1 ms, in the order of those
 * times, which Node does not keep when it is late, and however far off.
 */
export class AlarmClock {
  /** The time of the run. */
  readonly nowMs: () => number
  #alarms = new Heap<Entry>(sooner)
  #seq = 0
  #cancelled = 0
  #isStopped = false
  #timeout: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #wakeMs = Number.POSITIVE_INFINITY // when it looks next

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  at(dueMs: number, ring: () => void): Alarm {
    const entry: Entry = { dueMs, seq: this.#seq++, ring, isDone: false }
    this.#alarms.push(entry)
    this.#wait()
    const cancel = () => {
      if (entry.isDone) return
      entry.isDone = true
      if (++this.#cancelled > Math.max(CANCELLED_MAX, this.#alarms.size / 2)) this.#forget()
    }
    return { cancel }
  }

  /** Nothing rings any more. */
  stop(): void {
    this.#isStopped = true
    this.#sleep()
  }

  #sleep(): void {
    clearTimeout(this.#timeout)
    clearImmediate(this.#immediate)
    this.#wakeMs = Number.POSITIVE_INFINITY
  }

  /** All that is due rings in one turn of the event loop: at one a turn a busy run falls behind. */
  #wait(): void {
    const next = this.#alarms.peek()
    if (this.#isStopped || next === undefined || next.dueMs >= this.#wakeMs) return
    this.#sleep()
    this.#wakeMs = next.dueMs
    const leftMs = Math.min(TIMEOUT_MS_MAX, Math.ceil(next.dueMs - this.nowMs()))
    if (leftMs <= 0) this.#immediate = setImmediate(() => this.#wake())
    else this.#timeout = setTimeout(() => this.#wake(), leftMs)
  }

  #wake(): void {
    this.#sleep()
    const nowMs = this.nowMs() // what falls due meanwhile waits for the next turn: sockets must have theirs
    for (let next = this.#alarms.peek(); next !== undefined && !this.#isStopped; next = this.#alarms.peek()) {
      if (!next.isDone && next.dueMs > nowMs) break
      this.#alarms.pop()
      if (next.isDone) this.#cancelled--
      else {
        next.isDone = true
        next.ring()
      }
    }
    this.#wait()
  }

  #forget(): void {
    const kept = new Heap<Entry>(sooner)
    for (let next = this.#alarms.pop(); next !== undefined; next = this.#alarms.pop()) {
      if (!next.isDone) kept.push(next)
    }
    this.#alarms = kept
    this.#cancelled = 0
  }
}
