/**
 * A stored history, read by the block: where its blocks lie is found from
 * their beginnings alone, and a block is decoded when somebody looks at it. It
 * may grow while it is read. What is damaged is told, and what stands before
 * the damage is shown.
 */
import {
  blockBytes,
  blockPlace,
  COUNTS_BYTES,
  checkHeader,
  decodeNumbered,
  HEADER_BYTES,
  PREFIX_BYTES,
} from '../trace-format/block-codec.ts'
import type { Block } from '../trace-format/events.ts'
import type { BlockCache } from './block-cache.ts'
import { blockMisfit } from './block-fits.ts'
import type { ByteSource, Read } from './byte-source.ts'
import { EVENTS, reason } from './run-folder.ts'
import { SendIndex, type Sending, sendings } from './send-index.ts'

let histories = 0 // names each in the cache

export class HistoryFile {
  cutOff = false // it ends within a block
  why: string | null = null // what is damaged
  read = 0 // blocks whose bytes were handed out: what a test counts
  readonly #source: ByteSource
  readonly #processes: number
  readonly #cache: BlockCache
  readonly #name = ++histories
  readonly #index = new SendIndex()
  readonly #at: number[] = [] // of each block: where its bytes begin
  readonly #end: number[] = [] // where they end
  readonly #first: number[] = [] // and the position of its first event
  #scanned = 0 // bytes looked at, up to the end of a block
  #events = 0

  constructor(source: ByteSource, processes: number, cache: BlockCache) {
    this.#source = source
    this.#processes = processes
    this.#cache = cache
    this.refresh()
  }

  get blocks(): number {
    return this.#at.length
  }

  get events(): number {
    return this.#events
  }

  /** Looks at what was appended since. */
  refresh(): void {
    if (this.why !== null) return
    try {
      this.#source.reading((read, size) => this.#scan(read, size))
    } catch (error) {
      this.#damaged(this.blocks, reason(error))
    }
  }

  /** As stored; null when it cannot be read. */
  encoded(index: number): Uint8Array | null {
    const at = this.#at[index]
    if (at === undefined) return null
    this.read++
    try {
      return this.#source.reading((read) => read(at, this.#end[index]! - at))
    } catch {
      return null
    }
  }

  /** Null from the first damaged one on. */
  block(index: number): Block | null {
    if (index >= this.blocks) return null
    try {
      return this.#cache.get(`${this.#name}/${index}`, () => this.#decoded(index))
    } catch (error) {
      this.#damaged(index, reason(error))
      return null
    }
  }

  /** All of them, as far as they are sound. */
  all(): Block[] {
    const blocks: Block[] = []
    for (let block = this.block(0); block !== null; block = this.block(blocks.length)) blocks.push(block)
    return blocks
  }

  /** The number of the block that holds a position, or would hold it. */
  indexOf(position: number): number {
    let [low, high] = [0, this.blocks]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#first[middle]! + this.#length(middle) > position) high = middle
      else low = middle + 1
    }
    return low
  }

  /** The block with which somebody goes on who has all events before a position. */
  resume(position: number): number {
    let index = this.indexOf(position)
    while (index > 0 && this.#first[index - 1] === position) index-- // of no events, but states
    return index
  }

  /** What was sent before the block `start` and is delivered, lost or doubled in the block `index`. */
  sentBefore(start: number, index: number): Sending[] {
    while (this.#index.blocks <= index) {
      const next = this.block(this.#index.blocks)
      if (next === null) return []
      this.#index.add(next)
    }
    const earlier = this.#index.earlier(index).filter((position) => position < (this.#first[start] ?? 0))
    return [...Map.groupBy(earlier, (position) => this.indexOf(position))].flatMap(([at, positions]) => {
      const block = this.block(at)
      return block === null ? [] : sendings(block, positions)
    })
  }

  #scan(read: Read, size: number): void {
    if (this.#scanned === 0) {
      this.cutOff = !checkHeader(read(0, HEADER_BYTES))
      if (this.cutOff) return
      this.#scanned = HEADER_BYTES
    }
    while (this.#scanned + PREFIX_BYTES <= size) {
      const begin = read(this.#scanned, PREFIX_BYTES + COUNTS_BYTES)
      const end = this.#scanned + PREFIX_BYTES + blockBytes(begin)
      if (end > size) break
      const short = end - this.#scanned < PREFIX_BYTES + COUNTS_BYTES
      const { first, length } = short ? { first: -1, length: 0 } : blockPlace(begin.subarray(PREFIX_BYTES))
      if (first !== this.#events) {
        return this.#damaged(
          this.blocks,
          short ? 'a block is too short to be one' : misplaced(first, this.#events),
        )
      }
      this.#at.push(this.#scanned + PREFIX_BYTES)
      this.#end.push(end)
      this.#first.push(first)
      this.#events += length
      this.#scanned = end
    }
    this.cutOff = this.#scanned !== size
  }

  #decoded(index: number): Block {
    const at = this.#at[index]!
    const bytes = this.#source.reading((read) => read(at, this.#end[index]! - at))
    const block = decodeNumbered(bytes, index)
    const misfit = blockMisfit(block, this.#processes, this.#first[index]!)
    if (misfit !== null) throw new Error(misfit)
    return block
  }

  #length(index: number): number {
    return (index + 1 < this.blocks ? this.#first[index + 1]! : this.#events) - this.#first[index]!
  }

  /** What is sound ends before the block `index`. */
  #damaged(index: number, why: string): void {
    this.why = `${EVENTS}: ${why}`
    if (index < this.blocks) this.#events = this.#first[index]!
    this.#at.length = index
    this.#first.length = index
  }
}

const misplaced = (first: number, next: number) =>
  `a block begins with event ${first}, but ${next} is the next`
