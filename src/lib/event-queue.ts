import { Heap } from './heap.ts'

/** What is due, in the order of time, and at one time in that of being put in. */
export interface EventQueue<T> {
  /** What is due and not cancelled. */
  readonly size: number
  /** When what was taken last was due. */
  readonly time: number
  /** Puts something in; the ticket takes it out again. `time` is a whole number. */
  push(time: number, item: T): number
  /** Takes what is due next; nobody waits for what was cancelled. */
  pop(): T | undefined
  /** `ticket` must be of something that was not taken yet. */
  cancel(ticket: number): void
}

/** Slots that a queue begins with: it doubles when they are full. */
const FIRST_CAPACITY = 256
/** So many cancelled items and more are swept out once they are the greater part. */
const SWEEP_MIN = 64

/** Children of a place in the heap: half the levels of a binary one, and the four lie side by side. */
const WIDTH = 4

/**
 * A heap of four children a place in typed arrays (D. B. Johnson, "Priority queues with update and
 * finding minimum spanning trees", IPL 4(3), 1975): what is compared while it is sifted lies side by
 * side, and putting in allocates nothing. At half a million items it is three times as fast as a heap of
 * objects, which `ObjectQueue` is: the two give every run the same history.
 */
export class TypedQueue<T> implements EventQueue<T> {
  #times = new Float64Array(FIRST_CAPACITY)
  #seqs = new Uint32Array(FIRST_CAPACITY)
  #slots = new Int32Array(FIRST_CAPACITY)
  #length = 0
  readonly #items: (T | undefined)[] = [] // by slot; undefined once cancelled
  readonly #free: number[] = []
  #cancelled = 0
  #seq = 0
  #time = 0

  get size(): number {
    return this.#length - this.#cancelled
  }

  get time(): number {
    return this.#time
  }

  push(time: number, item: T): number {
    const slot = this.#free.pop() ?? this.#items.length
    this.#items[slot] = item
    if (this.#length === this.#times.length) this.#grow()
    this.#siftUp(this.#length++, time, this.#seq++, slot)
    return slot
  }

  pop(): T | undefined {
    while (this.#length > 0) {
      const slot = this.#slots[0]!
      const time = this.#times[0]!
      const last = --this.#length
      if (last > 0) this.#siftDown(0, this.#times[last]!, this.#seqs[last]!, this.#slots[last]!)
      const item = this.#items[slot]
      this.#items[slot] = undefined
      this.#free.push(slot)
      if (item !== undefined) {
        this.#time = time
        return item
      }
      this.#cancelled--
    }
    return undefined
  }

  cancel(ticket: number): void {
    this.#items[ticket] = undefined
    this.#cancelled++
    if (this.#cancelled >= SWEEP_MIN && 2 * this.#cancelled > this.#length) this.#sweep()
  }

  #grow(): void {
    const capacity = 2 * this.#times.length
    const grown = <A extends { set(array: A): void }>(array: A, made: A): A => {
      made.set(array)
      return made
    }
    this.#times = grown(this.#times, new Float64Array(capacity))
    this.#seqs = grown(this.#seqs, new Uint32Array(capacity))
    this.#slots = grown(this.#slots, new Int32Array(capacity))
  }

  /** A timer that is set anew with every message leaves its old self behind: they must not pile up. */
  #sweep(): void {
    let kept = 0
    for (let at = 0; at < this.#length; at++) {
      const slot = this.#slots[at]!
      if (this.#items[slot] === undefined) this.#free.push(slot)
      else this.#put(kept++, this.#times[at]!, this.#seqs[at]!, slot)
    }
    this.#length = kept
    this.#cancelled = 0
    for (let at = Math.floor((kept - 2) / WIDTH); at >= 0; at--) {
      this.#siftDown(at, this.#times[at]!, this.#seqs[at]!, this.#slots[at]!)
    }
  }

  #siftUp(from: number, time: number, seq: number, slot: number): void {
    const times = this.#times
    let at = from
    // What is put in has the highest number: it goes before a parent only if it is due earlier.
    while (at > 0) {
      const parent = ((at - 1) / WIDTH) | 0
      if (times[parent]! <= time) break
      this.#put(at, times[parent]!, this.#seqs[parent]!, this.#slots[parent]!)
      at = parent
    }
    this.#put(at, time, seq, slot)
  }

  #siftDown(from: number, time: number, seq: number, slot: number): void {
    const [times, seqs, length] = [this.#times, this.#seqs, this.#length]
    let at = from
    for (;;) {
      const first = WIDTH * at + 1
      if (first >= length) break
      const behind = first + WIDTH < length ? first + WIDTH : length
      let child = first
      let childTime = times[first]!
      for (let other = first + 1; other < behind; other++) {
        const otherTime = times[other]!
        if (otherTime > childTime || (otherTime === childTime && seqs[other]! > seqs[child]!)) continue
        child = other
        childTime = otherTime
      }
      if (childTime > time || (childTime === time && seqs[child]! > seq)) break
      this.#put(at, childTime, seqs[child]!, this.#slots[child]!)
      at = child
    }
    this.#put(at, time, seq, slot)
  }

  #put(at: number, time: number, seq: number, slot: number): void {
    this.#times[at] = time
    this.#seqs[at] = seq
    this.#slots[at] = slot
  }
}

interface Due<T> {
  readonly time: number
  readonly seq: number
  readonly item: T
  cancelled: boolean
}

/** The same, of objects: slower, and simple enough to be believed. */
export class ObjectQueue<T> implements EventQueue<T> {
  readonly #heap = new Heap<Due<T>>((a, b) => a.time < b.time || (a.time === b.time && a.seq < b.seq))
  readonly #due = new Map<number, Due<T>>() // by ticket
  #seq = 0
  #time = 0

  get size(): number {
    return this.#due.size
  }

  get time(): number {
    return this.#time
  }

  push(time: number, item: T): number {
    const due = { time, seq: this.#seq++, item, cancelled: false }
    this.#heap.push(due)
    this.#due.set(due.seq, due)
    return due.seq
  }

  pop(): T | undefined {
    for (;;) {
      const due = this.#heap.pop()
      if (due === undefined) return undefined
      if (due.cancelled) continue
      this.#due.delete(due.seq)
      this.#time = due.time
      return due.item
    }
  }

  cancel(ticket: number): void {
    this.#due.get(ticket)!.cancelled = true
    this.#due.delete(ticket)
  }
}
