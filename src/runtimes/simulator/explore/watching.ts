/**
 * Properties as part of a configuration: their memory is a number, and so is
 * what rides on a message. In an exploration an event has no position and no
 * time, or no two ways would ever lead to the same configuration; and a message
 * has no number, for how often somebody has sent is no part of its state.
 */
import { canonical, fromCanonical } from '../../../lib/canonical.ts'
import type { HistoryEvent } from '../../../model/history.ts'
import type { Place, Signature } from '../../../model/process.ts'
import type { Finding, Property, Send } from '../../../model/property.ts'
import { Interner } from './interner.ts'

/** What happened, without the stamp. A send says which message it is of, for what rides on it. */
export type Seen = { readonly kind: string; readonly at: string; readonly [field: string]: unknown }

export interface Broken {
  readonly property: number
  readonly finding: Finding
}

export interface Watched {
  readonly memory: number
  readonly tags: readonly number[] // of each send, in order
  readonly broken: readonly Broken[]
}

export const NO_TAG = 0

/** Tags are few. */
const RADIX = 2 ** 22

export class Watching {
  readonly properties: readonly Property<Signature>[]
  readonly #memories = new Interner()
  readonly #parts: (readonly string[])[] = [] // of each memory: the text of each property's own
  readonly #tags = new Interner()
  readonly #ofOutcomes: Map<number, Watched>[] = []
  readonly #ofOthers = new Map<string, Watched>()
  readonly #ends = new Map<number, readonly (Finding | undefined)[]>()

  constructor(properties: readonly Property<Signature>[]) {
    this.properties = properties
    this.#tags.id('null')
  }

  get size(): number {
    return this.#memories.size
  }

  initial(places: readonly Place[]): number {
    return this.#keep(this.properties.map((property) => canonical(property.initial(places))))
  }

  /**
   * A step that a handler took.
   * @param tag what rides on the message that is delivered
   */
  seeOutcome(memory: number, tag: number, outcome: number, events: () => readonly Seen[]): Watched {
    this.#ofOutcomes[outcome] ??= new Map()
    const known = this.#ofOutcomes[outcome].get(memory * RADIX + tag)
    if (known !== undefined) return known
    const watched = this.#see(memory, tag, events())
    this.#ofOutcomes[outcome].set(memory * RADIX + tag, watched)
    return watched
  }

  /**
   * What befalls a process or a message.
   * @param key names it; the same key always means the same
   */
  see(memory: number, tag: number, key: string, event: Seen): Watched {
    const full = `${memory} ${tag} ${key}`
    const known = this.#ofOthers.get(full)
    if (known !== undefined) return known
    const watched = this.#see(memory, tag, [event])
    this.#ofOthers.set(full, watched)
    return watched
  }

  /** What each property says of a run that ends with this memory. */
  atEnd(memory: number): readonly (Finding | undefined)[] {
    const known = this.#ends.get(memory)
    if (known !== undefined) return known
    const parts = this.#parts[memory]!
    const ends = this.properties.map(({ atEnd }, i) => atEnd?.(fromCanonical(parts[i]!)))
    this.#ends.set(memory, ends)
    return ends
  }

  #see(memory: number, tag: number, seen: readonly Seen[]): Watched {
    const memories = this.#parts[memory]!.map(fromCanonical)
    const riding = fromCanonical(this.#tags.text(tag)) as unknown[] | null
    const events = seen.map(explored)
    const broken: Broken[] = []
    const tags: number[] = []
    for (const event of events) {
      for (const [property, promise] of this.properties.entries()) {
        const finding = look(promise, memories[property], event, riding?.[property])
        if (finding !== undefined) broken.push({ property, finding })
      }
      if (event.kind === 'send') tags.push(this.#tagsOf(memories, event as Send<Signature>))
    }
    return { memory: this.#keep(memories.map(canonical)), tags, broken }
  }

  #tagsOf(memories: readonly unknown[], send: Send<Signature>): number {
    if (this.properties.every(({ tag }) => tag === undefined)) return NO_TAG
    const tags = this.properties.map((promise, i) => {
      const tag = promise.tag
      return tag ? (tag(memories[i], send) ?? null) : null
    })
    return this.#tags.id(canonical(tags))
  }

  #keep(parts: readonly string[]): number {
    const id = this.#memories.id(parts.join('\n'))
    if (id === this.#parts.length) this.#parts.push(parts)
    return id
  }
}

function look(promise: Property<Signature>, memory: unknown, event: HistoryEvent<Signature>, tag: unknown) {
  if (promise.sees !== undefined && !promise.sees.includes(event.kind)) return undefined
  return promise.upon(memory, event, tag ?? undefined)
}

const STAMP = { position: 0, seq: 0, lamport: 0, timeNs: 0, localNs: 0 }

function explored(seen: Seen): HistoryEvent<Signature> {
  const sender = seen.kind === 'deliver' ? seen.from : seen.at
  return { ...STAMP, messageId: `${sender}#?`, ...seen } as unknown as HistoryEvent<Signature>
}
