/**
 * Runs the properties of an algorithm along a history, event by event, and says at the end what
 * became of each.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Place, Signature } from '../model/process.ts'
import type { Finding, Judgement, Property, Send } from '../model/property.ts'
import { EVENT_KINDS, KIND } from '../trace-format/events.ts'

/** Findings kept of each property: the first few tell, the rest repeat. */
const FINDINGS_MAX = 5

/** How a run came to its end, for what promises something eventually. */
export type EndKind = 'quiescent' | 'bound over' | 'cut short'

/** A message that takes the tags of the properties with it. */
export interface Tagging {
  tags: readonly unknown[] | null
}

interface Watch<S extends Signature> {
  readonly property: Property<S>
  readonly memory: unknown
  readonly slot: number // of its tag among those that a message takes with it; -1 if it puts none
  readonly tags: Map<string, { tag: unknown; copies: number }> // of messages in transit
  readonly findings: Finding[]
}

export class Monitors<S extends Signature> {
  readonly #watches: Watch<S>[]
  readonly #tagging: Watch<S>[]
  readonly #seeing: readonly (readonly Watch<S>[])[] // by the code of the kind

  constructor(properties: readonly Property<S>[], places: readonly Place[]) {
    let slots = 0
    this.#watches = properties.map((property) => ({
      property,
      memory: property.initial(places),
      slot: property.tag ? slots++ : -1,
      tags: new Map(),
      findings: [],
    }))
    this.#tagging = this.#watches.filter(({ slot }) => slot >= 0)
    this.#seeing = EVENT_KINDS.map((kind) => this.#watches.filter(({ property }) => looksAt(property, kind)))
  }

  /** How many properties it runs. */
  get size(): number {
    return this.#watches.length
  }

  /** Whether anything is to be told of events of a kind, by its code. */
  sees(kind: number): boolean {
    return this.#seeing[kind]!.length > 0 || (kind === KIND.send && this.#tagging.length > 0)
  }

  /** An event of a history that is read. */
  upon(event: HistoryEvent<S>): void {
    for (const watch of this.#watches) {
      const tag = tagOf(watch, event)
      if (looksAt(watch.property, event.kind)) look(watch, event, tag)
      if (watch.slot >= 0 && event.kind === 'send') {
        watch.tags.set(event.messageId, { tag: fresh(watch, event as Send<S>), copies: 1 })
      }
    }
  }

  /** An event that happens now, of a message that takes its tags with it, or of none. */
  along(kind: number, event: HistoryEvent<S>, message: Tagging | null): void {
    const seers = this.#seeing[kind]!
    for (let i = 0; i < seers.length; i++) {
      const watch = seers[i]!
      look(watch, event, watch.slot >= 0 ? message?.tags?.[watch.slot] : undefined)
    }
    if (kind === KIND.send && message !== null && this.#tagging.length > 0) {
      message.tags = this.#tagging.map((watch) => fresh(watch, event as Send<S>))
    }
  }

  /** What became of each promise, now that the run is over. */
  judge(end: EndKind): Judgement[] {
    return this.#watches.map(({ property, memory, findings }) => {
      const { name, kind } = property
      if (findings.length > 0) return { property: name, kind, verdict: 'violated', findings }
      const last = property.atEnd?.(memory)
      if (last === undefined) return { property: name, kind, verdict: 'valid', findings }
      const isOpen = end === 'cut short' || last.undecided === true
      const verdict = kind === 'sometimes' ? 'not seen' : isOpen ? 'unknown' : 'violated'
      return { property: name, kind, verdict, findings: [last] }
    })
  }
}

const looksAt = (property: Property<any>, kind: string): boolean =>
  property.sees?.some((seen) => seen === kind) ?? true

function look<S extends Signature>(watch: Watch<S>, event: HistoryEvent<S>, tag: unknown): void {
  const { property, memory, findings } = watch
  try {
    const finding = property.upon(memory, event, tag)
    if (finding && findings.length < FINDINGS_MAX) findings.push(finding)
  } catch (error) {
    throw blamed(watch, event, error)
  }
}

function fresh<S extends Signature>(watch: Watch<S>, send: Send<S>): unknown {
  try {
    return watch.property.tag!(watch.memory, send)
  } catch (error) {
    throw blamed(watch, send as HistoryEvent<S>, error)
  }
}

function blamed<S extends Signature>({ property }: Watch<S>, event: HistoryEvent<S>, error: unknown): Error {
  const where = `the property ${property.name} threw at event ${event.position} (${event.at} ${event.kind})`
  const why = error instanceof Error ? error.message : String(error)
  return new Error(`${where}: ${why}`, { cause: error })
}

/** The tag of the message that an event is of; it is forgotten with the last copy. */
function tagOf<S extends Signature>({ tags, slot }: Watch<S>, event: HistoryEvent<S>): unknown {
  if (slot < 0) return undefined
  if (event.kind !== 'deliver' && event.kind !== 'lost' && event.kind !== 'duplicate') return undefined
  const riding = tags.get(event.messageId)
  if (riding === undefined) return undefined
  riding.copies += event.kind === 'duplicate' ? 1 : -1
  if (riding.copies === 0) tags.delete(event.messageId)
  return riding.tag
}
