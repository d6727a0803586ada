/**
 * What events say, and states: kept here where a run is small, else fetched by
 * the block when somebody looks, and forgotten again.
 */
import { type Block, hasPayload, type StateSample } from '../../src/trace-format/events.ts'
import { Column } from './column.ts'
import { upTo } from './search.ts'

export interface Bodies {
  /** The payload as JSON text, '' where the kind has none; null: not here yet, and asked for. */
  text(position: number): string | null
  /** The states written in the block of a position and in the next; null: not here yet, and asked for. */
  states(position: number): BlockStates | null
}

/** A block may be full before a handler is done: the state after it then stands in the next. */
export interface BlockStates {
  readonly first: number // position of the block's first event
  readonly samples: readonly StateSample[] // in order
}

/** All of them, as they came. */
export class WholeBodies implements Bodies {
  readonly #payload = new Column(Int32Array) // index in #payloads, or -1
  readonly #payloads: string[] = []
  readonly #firsts: number[] = []
  readonly #states: (readonly StateSample[])[] = []

  add({ first, length, kind, payloads, states }: Block): void {
    let next = 0
    for (let i = 0; i < length; i++) {
      this.#payload.push(hasPayload(kind[i]!) ? this.#payloads.push(payloads[next++]!) - 1 : -1)
    }
    this.#firsts.push(first)
    this.#states.push(states)
  }

  text(position: number): string {
    return this.#payloads[this.#payload.at(position)] ?? ''
  }

  states(position: number): BlockStates {
    const index = blockOf(this.#firsts, position)
    const samples = [...(this.#states[index] ?? []), ...(this.#states[index + 1] ?? [])]
    return { first: this.#firsts[index] ?? 0, samples }
  }
}

interface Page {
  readonly block: Block
  readonly payload: Int32Array // of each event: index of its payload, or -1
}

/** A page is some 300 kB: a window of events, the states at it, and a few more to go back and forth. */
const PAGES_MAX = 96

/** Fetched by the block. */
export class PagedBodies implements Bodies {
  readonly #fetch: (index: number) => Promise<Block>
  readonly #arrived: (problem: unknown) => void
  readonly #firsts: number[] = []
  readonly #pages = new Map<number, Page>() // used last stands last
  readonly #asked = new Set<number>()

  /** `arrived` is told when a block is there, or what kept it from coming. */
  constructor(fetch: (index: number) => Promise<Block>, arrived: (problem: unknown) => void) {
    this.#fetch = fetch
    this.#arrived = arrived
  }

  /** The next block of the run begins with this event. */
  begin(first: number): void {
    this.#firsts.push(first)
  }

  text(position: number): string | null {
    const index = blockOf(this.#firsts, position)
    const page = this.#page(index)
    if (page === null) return null
    const at = page.payload[position - this.#firsts[index]!] ?? -1
    return at === -1 ? '' : page.block.payloads[at]!
  }

  states(position: number): BlockStates | null {
    const index = blockOf(this.#firsts, position)
    const page = this.#page(index)
    const isLast = index + 1 === this.#firsts.length
    const next = isLast ? null : this.#page(index + 1)
    if (page === null || (next === null && !isLast)) return null
    const samples = [...page.block.states, ...(next?.block.states ?? [])]
    return { first: this.#firsts[index]!, samples }
  }

  #page(index: number): Page | null {
    const known = this.#pages.get(index)
    if (known === undefined) {
      this.#ask(index)
      return null
    }
    this.#pages.delete(index)
    this.#pages.set(index, known)
    return known
  }

  #ask(index: number): void {
    if (index < 0 || this.#asked.has(index)) return
    this.#asked.add(index)
    this.#fetch(index).then(
      (block) => {
        this.#asked.delete(index)
        this.#pages.set(index, { block, payload: payloadIndex(block) })
        for (const oldest of this.#pages.keys()) {
          if (this.#pages.size <= PAGES_MAX) break
          this.#pages.delete(oldest)
        }
        this.#arrived(null)
      },
      (problem: unknown) => this.#arrived(problem), // and is not asked for again
    )
  }
}

const blockOf = (firsts: readonly number[], position: number) =>
  upTo(firsts, (first) => first <= position) - 1

function payloadIndex({ length, kind }: Block): Int32Array {
  let next = 0
  return Int32Array.from({ length }, (_, i) => (hasPayload(kind[i]!) ? next++ : -1))
}
