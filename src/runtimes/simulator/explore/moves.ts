/** What leads from one configuration to another, as numbers: as many as there are kinds, not steps. */

export type Move =
  | {
      readonly move: 'step'
      readonly process: number
      readonly event: number
      readonly channel: number // of the message delivered, or -1
      readonly carried: number // the message delivered, or -1
      readonly way: number // which outcome of the handler
    }
  | { readonly move: 'lose'; readonly channel: number; readonly carried: number }
  | { readonly move: 'crash'; readonly process: number }

/** A message with what rides on it. */
export interface CarriedMessage {
  readonly message: number
  readonly tag: number
}

const RADIX = 2 ** 20

export class Moves {
  readonly #all: Move[] = []
  readonly #steps = new Map<number, Map<number, number>>()
  readonly #others = new Map<string, number>()
  readonly #carried: CarriedMessage[] = []
  readonly #carriedIds = new Map<number, number>()

  of(move: number): Move {
    return this.#all[move]!
  }

  carried(carried: number): CarriedMessage {
    return this.#carried[carried]!
  }

  carry(message: number, tag: number): number {
    const key = message * RADIX + tag
    const known = this.#carriedIds.get(key)
    if (known !== undefined) return known
    this.#carriedIds.set(key, this.#carried.length)
    return this.#carried.push({ message, tag }) - 1
  }

  step(process: number, event: number, channel: number, carried: number, way: number): number {
    const outer = (process * RADIX + event) * 1024 + channel + 1
    const inner = (carried + 1) * 16_384 + way
    let known = this.#steps.get(outer)
    if (known === undefined) {
      known = new Map()
      this.#steps.set(outer, known)
    }
    const id = known.get(inner)
    if (id !== undefined) return id
    const fresh = this.#all.push({ move: 'step', process, event, channel, carried, way }) - 1
    known.set(inner, fresh)
    return fresh
  }

  lose(channel: number, carried: number): number {
    return this.#other(`lose ${channel} ${carried}`, { move: 'lose', channel, carried })
  }

  crash(process: number): number {
    return this.#other(`crash ${process}`, { move: 'crash', process })
  }

  #other(key: string, move: Move): number {
    const known = this.#others.get(key)
    if (known !== undefined) return known
    const id = this.#all.push(move) - 1
    this.#others.set(key, id)
    return id
  }
}
