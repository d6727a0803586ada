/**
 * What channels hold, as numbers: equal contents have equal numbers, and what
 * becomes of one by a send or a delivery is worked out once.
 *
 *   fifo  a queue: its head can be delivered
 *   bag   a multiset: anything in it can
 *   set   as in many specifications in TLA+: what was ever sent stays, and can be delivered at any
 *         time and any number of times
 */
export type ChannelKind = 'fifo' | 'bag' | 'set'

export const EMPTY = 0

/** Two numbers below this make one key. */
const RADIX = 2 ** 26

export class Contents {
  readonly #kind: ChannelKind
  readonly #ids = new Map<string, number>([['', EMPTY]])
  readonly #lists: (readonly number[])[] = [[]]
  readonly #next: (readonly number[])[] = [[]] // of each content: what can be delivered
  readonly #pushed = new Map<number, number>()
  readonly #taken = new Map<number, number>()

  constructor(kind: ChannelKind) {
    this.#kind = kind
  }

  /** The messages, in the order of sending where that is kept. */
  list(content: number): readonly number[] {
    return this.#lists[content]!
  }

  /** The messages of which any can be delivered next. */
  next(content: number): readonly number[] {
    return this.#next[content]!
  }

  push(content: number, message: number): number {
    const key = content * RADIX + message
    const known = this.#pushed.get(key)
    if (known !== undefined) return known
    const list = this.#lists[content]!
    const pushed = this.#kind === 'set' && list.includes(message) ? content : this.#id([...list, message])
    this.#pushed.set(key, pushed)
    return pushed
  }

  /** Without one copy of a message that can be delivered. */
  take(content: number, message: number): number {
    if (this.#kind === 'set') return content
    const key = content * RADIX + message
    const known = this.#taken.get(key)
    if (known !== undefined) return known
    const list = this.#lists[content]!
    const at = list.indexOf(message)
    const taken = this.#id([...list.slice(0, at), ...list.slice(at + 1)])
    this.#taken.set(key, taken)
    return taken
  }

  #id(list: readonly number[]): number {
    const sorted = this.#kind === 'fifo' ? list : list.toSorted((a, b) => a - b)
    const key = sorted.join()
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.#lists.length
    this.#ids.set(key, id)
    this.#lists.push(sorted)
    this.#next.push(this.#kind === 'fifo' ? sorted.slice(0, 1) : [...new Set(sorted)])
    return id
  }
}
