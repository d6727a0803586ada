/**
 * What is on its way in a replay: of each channel the copies of messages that were sent on it, in
 * the order of sending, each known by its causal name (`model/step.ts`).
 */
import type { MessageName } from '../../../model/step.ts'
import type { Sent } from '../../sent.ts'

/** One copy of a message on its way. */
export interface Copy {
  readonly sent: Sent
  readonly nth: number // among those of its type sent on its channel
  readonly by: unknown // the step that sent it: see `Trace`
  readonly kth: number // among those of its type that this step sent on the channel
  doomed: string | null // why it cannot arrive any more
}

/**
 * A message named by the step that sent it, which stays its name when steps before that are taken
 * away and the messages of the channel are numbered otherwise.
 */
export interface Trace {
  readonly by: unknown
  readonly kth: number
}

interface Channel {
  readonly from: number
  readonly to: number
  readonly copies: Copy[]
  readonly sent: Map<string, number> // of each type
  by: unknown // who sent last
  kth: Map<string, number> // and how many of each type
}

export class Transit {
  readonly #processes: number
  readonly #fifo: boolean
  readonly #channels = new Map<number, Channel>()

  constructor(processes: number, fifo: boolean) {
    this.#processes = processes
    this.#fifo = fifo
  }

  add(sent: Sent, by: unknown): Copy {
    const channel = this.#channel(sent.from, sent.to)
    const nth = channel.sent.get(sent.type) ?? 0
    channel.sent.set(sent.type, nth + 1)
    if (channel.by !== by) {
      channel.by = by
      channel.kth = new Map()
    }
    const kth = channel.kth.get(sent.type) ?? 0
    channel.kth.set(sent.type, kth + 1)
    const copy: Copy = { sent, nth, by, kth, doomed: null }
    channel.copies.push(copy)
    return copy
  }

  /** One copy more, right behind the other. */
  duplicate(copy: Copy): Copy {
    const { copies } = this.#channel(copy.sent.from, copy.sent.to)
    const twin = { ...copy }
    copies.splice(copies.indexOf(copy) + 1, 0, twin)
    return twin
  }

  take(copy: Copy): void {
    const { copies } = this.#channel(copy.sent.from, copy.sent.to)
    copies.splice(copies.indexOf(copy), 1)
  }

  /** The copy that a name means, doomed or not; one that its trace finds comes first. */
  find(from: number, to: number, { type, nth }: MessageName, trace?: Trace | null): Copy | undefined {
    const copies = this.#channels.get(from * this.#processes + to)?.copies
    if (copies === undefined) return undefined
    if (trace != null) {
      for (const copy of copies) {
        if (copy.by === trace.by && copy.kth === trace.kth && copy.sent.type === type) return copy
      }
    }
    for (const copy of copies) {
      if (type !== undefined && copy.sent.type !== type) continue
      if (nth === undefined ? copy.doomed === null : copy.nth === nth) return copy
    }
    return undefined
  }

  /** The copy that must be delivered before this one; null when there is none. */
  ahead(copy: Copy): Copy | null {
    if (!this.#fifo) return null
    const first = this.#channel(copy.sent.from, copy.sent.to).copies.find(({ doomed }) => doomed === null)
    return first === copy || first === undefined ? null : first
  }

  /** How many of a type were sent on a channel. */
  sentOn(from: number, to: number, type: string): number {
    return this.#channels.get(from * this.#processes + to)?.sent.get(type) ?? 0
  }

  /** Everything on its way, channel by channel in the order of their first use. */
  *all(): Generator<Copy> {
    for (const { copies } of this.#channels.values()) yield* copies
  }

  /** What may be delivered next. */
  *heads(): Generator<Copy> {
    for (const { copies } of this.#channels.values()) {
      for (const copy of copies) {
        if (copy.doomed !== null) continue
        yield copy
        if (this.#fifo) break
      }
    }
  }

  /** What is on its way between two processes, or to and from one. */
  about(process: number, other: number | null): Copy[] {
    return [...this.all()].filter(({ sent: { from, to } }) =>
      from === process
        ? other === null || to === other
        : to === process && (other === null || from === other),
    )
  }

  #channel(from: number, to: number): Channel {
    const key = from * this.#processes + to
    let channel = this.#channels.get(key)
    if (channel === undefined) {
      channel = { from, to, copies: [], sent: new Map(), by: null, kth: new Map() }
      this.#channels.set(key, channel)
    }
    return channel
  }
}
