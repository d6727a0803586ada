/** Equal texts by equal numbers, counted from 0. */
export class Interner {
  readonly #ids = new Map<string, number>()
  readonly #texts: string[] = []

  id(text: string): number {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#texts.length
    this.#ids.set(text, id)
    this.#texts.push(text)
    return id
  }

  text(id: number): string {
    return this.#texts[id]!
  }

  get size(): number {
    return this.#texts.length
  }
}
