/**
 * What is kept by numbers that only grow, and goes in nearly the order in which it came: a list that
 * is entered at its end and forgets at its beginning, without the hashing of a `Map`. It is as long as
 * from the oldest that is kept to the newest.
 */

/** Places before the oldest that are let stand: to move the rest up costs as much as there is. */
const SLACK = 1024

export class Window<T> {
  #items: (T | undefined)[] = []
  #base = 0 // number of the first place
  #oldest = 0 // place of the oldest that is kept

  get(number: number): T | undefined {
    return this.#items[number - this.#base]
  }

  /** `number` is greater than that of all before. */
  add(number: number, item: T): void {
    if (this.#oldest === this.#items.length) this.#clear(number)
    while (this.#items.length < number - this.#base) this.#items.push(undefined)
    this.#items.push(item)
  }

  /** It must be kept. */
  delete(number: number): void {
    const items = this.#items
    items[number - this.#base] = undefined
    while (this.#oldest < items.length && items[this.#oldest] === undefined) this.#oldest++
    if (this.#oldest > SLACK && 2 * this.#oldest > items.length) {
      items.splice(0, this.#oldest)
      this.#base += this.#oldest
      this.#oldest = 0
    }
  }

  /** In the order of their numbers. */
  *values(): Generator<T> {
    for (let at = this.#oldest; at < this.#items.length; at++) {
      const item = this.#items[at]
      if (item !== undefined) yield item
    }
  }

  #clear(base: number): void {
    this.#items.length = 0
    this.#base = base
    this.#oldest = 0
  }
}
