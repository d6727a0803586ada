/**
 * What comes to a process that cannot handle it now: one that is paused, or one that is slow and
 * still busy with what came before. It waits in a line, and is handled in the order of coming.
 */
export class Waiting<Item> {
  readonly #lines = new Map<number, Item[]>()
  readonly #paused = new Set<number>()
  readonly #costUs = new Map<number, number>() // what handling an event takes a slow process
  readonly #freeUs = new Map<number, number>() // when a slow process is done with the last one
  readonly #wakeAt: (process: number, timeUs: number) => void
  readonly #isOff: (item: Item) => boolean

  /**
   * @param wakeAt asks for `next` to be called then
   * @param isOff whether an item is none any more, as a timer that was cancelled while it waited
   */
  constructor(wakeAt: (process: number, timeUs: number) => void, isOff: (item: Item) => boolean) {
    this.#wakeAt = wakeAt
    this.#isOff = isOff
  }

  /** Whether anybody is paused or slow, or has anything waiting: otherwise nobody need ask. */
  get isUsed(): boolean {
    return this.#paused.size > 0 || this.#costUs.size > 0 || this.#lines.size > 0
  }

  /** Whether nothing waits anywhere. */
  get isEmpty(): boolean {
    return this.#lines.size === 0
  }

  /** Takes an item that cannot be handled now; false when it can, and then it is. */
  takes(process: number, item: Item, nowUs: number): boolean {
    const line = this.#lines.get(process)
    if (line !== undefined) {
      line.push(item)
      return true
    }
    const freeUs = this.#freeUs.get(process) ?? 0
    const isPaused = this.#paused.has(process)
    if (!isPaused && freeUs <= nowUs) {
      this.#begins(process, nowUs)
      return false
    }
    this.#lines.set(process, [item])
    if (!isPaused) this.#wakeAt(process, freeUs)
    return true
  }

  /** What the process handles now of what waits, if it can handle anything. */
  next(process: number, nowUs: number): Item | undefined {
    const line = this.#lines.get(process)
    if (line === undefined || this.#paused.has(process)) return undefined
    const freeUs = this.#freeUs.get(process) ?? 0
    if (freeUs > nowUs) return undefined // somebody woke it before; it will be woken again
    let item = line.shift()
    while (item !== undefined && this.#isOff(item)) item = line.shift()
    if (line.length === 0) this.#lines.delete(process)
    if (item === undefined) return undefined
    if (line.length > 0) this.#wakeAt(process, nowUs + (this.#costUs.get(process) ?? 0))
    this.#begins(process, nowUs)
    return item
  }

  pause(process: number): void {
    this.#paused.add(process)
  }

  resume(process: number, nowUs: number): void {
    if (!this.#paused.delete(process) || !this.#lines.has(process)) return
    this.#wakeAt(process, Math.max(nowUs, this.#freeUs.get(process) ?? 0))
  }

  isPaused(process: number): boolean {
    return this.#paused.has(process)
  }

  /** From now on each event takes the process so long; 0 for none. */
  slow(process: number, costUs: number): void {
    if (costUs > 0) this.#costUs.set(process, costUs)
    else this.#costUs.delete(process)
  }

  /** The process has crashed: what waited is returned, and it waits no more; who is slow stays so. */
  clear(process: number): readonly Item[] {
    const line = this.#lines.get(process) ?? []
    this.#lines.delete(process)
    this.#freeUs.delete(process)
    return line
  }

  #begins(process: number, nowUs: number): void {
    const costUs = this.#costUs.get(process)
    if (costUs !== undefined) this.#freeUs.set(process, nowUs + costUs)
  }
}
