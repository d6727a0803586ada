/** Columns that grow: room is doubled when it is used up, so that a live run costs what it is long. */

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

export class Column<T extends TypedArray> {
  #items: T
  #length = 0
  #view: T
  readonly #make: new (
    length: number,
  ) => T

  constructor(make: new (length: number) => T, capacity = 1024) {
    this.#make = make
    this.#items = new make(capacity)
    this.#view = new make(0)
  }

  get length(): number {
    return this.#length
  }

  /** What is in it so far: a view, good until the next push. Sweeps ask for it at every event. */
  get items(): T {
    if (this.#view.length !== this.#length) this.#view = this.#items.subarray(0, this.#length) as T
    return this.#view
  }

  at(index: number): number {
    return this.#items[index]!
  }

  set(index: number, value: number): void {
    this.#items[index] = value
  }

  push(value: number): void {
    if (this.#length === this.#items.length) this.reserve(this.#length + 1)
    this.#items[this.#length++] = value
  }

  append(items: ArrayLike<number>): void {
    this.reserve(this.#length + items.length)
    this.#items.set(items, this.#length)
    this.#length += items.length
  }

  /** Makes room for so many in all: who knows it beforehand is spared half of what doubling would take. */
  reserve(length: number): void {
    if (length <= this.#items.length) return
    const wider = new this.#make(Math.max(length, 2 * this.#items.length))
    wider.set(this.#items.subarray(0, this.#length))
    this.#items = wider
    this.#view = wider.subarray(0, this.#length) as T
  }
}
