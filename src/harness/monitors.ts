/**
 * Runs the properties of an algorithm along a history, event by event, and says at the end what
 * became of each.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Place, Signature } from '../model/process.ts'
import type { Finding, Judgement, Property, Send } from '../model/property.ts'

/** Findings kept of each property: the first few tell, the rest repeat. */
const FINDINGS_MAX = 5

/** How a run came to its end, for what promises something eventually. */
export type EndKind = 'quiescent' | 'bound over' | 'cut short'

interface Watch<S extends Signature> {
  readonly property: Property<S>
  readonly memory: unknown
  readonly tags: Map<string, { tag: unknown; copies: number }> // of messages in transit
  readonly findings: Finding[]
}

export class Monitors<S extends Signature> {
  readonly #watches: Watch<S>[]

  constructor(properties: readonly Property<S>[], places: readonly Place[]) {
    this.#watches = properties.map((property) => ({
      property,
      memory: property.initial(places),
      tags: new Map(),
      findings: [],
    }))
  }

  upon(event: HistoryEvent<S>): void {
    for (const watch of this.#watches) {
      try {
        step(watch, event)
      } catch (error) {
        const { position, at, kind } = event
        const where = `the property ${watch.property.name} threw at event ${position} (${at} ${kind})`
        throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
    }
  }

  /** What became of each promise, now that the run is over. */
  judge(end: EndKind): Judgement[] {
    return this.#watches.map(({ property, memory, findings }) => {
      const { name, kind } = property
      if (findings.length > 0) return { property: name, kind, verdict: 'violated', findings }
      const last = property.atEnd?.(memory)
      if (last === undefined) return { property: name, kind, verdict: 'valid', findings }
      const verdict = kind === 'sometimes' ? 'not seen' : end === 'cut short' ? 'unknown' : 'violated'
      return { property: name, kind, verdict, findings: [last] }
    })
  }
}

function step<S extends Signature>(watch: Watch<S>, event: HistoryEvent<S>): void {
  const { property, memory, findings, tags } = watch
  const finding = property.upon(memory, event, tagOf(watch, event))
  if (finding && findings.length < FINDINGS_MAX) findings.push(finding)
  if (property.tag && event.kind === 'send') {
    tags.set(event.messageId, { tag: property.tag(memory, event as Send<S>), copies: 1 })
  }
}

/** The tag of the message that an event is of; it is forgotten with the last copy. */
function tagOf<S extends Signature>({ tags }: Watch<S>, event: HistoryEvent<S>): unknown {
  if (event.kind !== 'deliver' && event.kind !== 'lost' && event.kind !== 'duplicate') return undefined
  const riding = tags.get(event.messageId)
  if (riding === undefined) return undefined
  riding.copies += event.kind === 'duplicate' ? 1 : -1
  if (riding.copies === 0) tags.delete(event.messageId)
  return riding.tag
}
