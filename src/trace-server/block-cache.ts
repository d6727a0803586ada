/** Decoded blocks of all histories that are looked at: those used last, up to a bound in bytes. */
import type { Block } from '../trace-format/events.ts'

/** Some four hundred full blocks; a page needs three. */
export const CACHE_BYTES = 96 * 1024 ** 2

export class BlockCache {
  /** Blocks decoded so far: what a test counts instead of time. */
  decoded = 0
  readonly #max: number
  readonly #blocks = new Map<string, { readonly block: Block; readonly bytes: number }>() // last used last
  #bytes = 0

  constructor(max = CACHE_BYTES) {
    this.#max = max
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string, decode: () => Block): Block {
    const known = this.#blocks.get(key)
    if (known !== undefined) {
      this.#blocks.delete(key)
      this.#blocks.set(key, known)
      return known.block
    }
    const block = decode()
    this.decoded++
    const bytes = sizeOf(block)
    this.#blocks.set(key, { block, bytes })
    this.#bytes += bytes
    for (const [oldest, { bytes }] of this.#blocks) {
      if (this.#bytes <= this.#max) break
      this.#blocks.delete(oldest)
      this.#bytes -= bytes
    }
    return block
  }
}

/** In memory, about: its columns, and two bytes a character. */
function sizeOf({ length, payloads, states }: Block): number {
  const texts = payloads.reduce((sum, text) => sum + 32 + 2 * text.length, 0)
  return length * 37 + states.reduce((sum, { text }) => sum + 64 + 2 * text.length, texts)
}
