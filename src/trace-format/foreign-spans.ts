/**
 * The spans of a foreign program, by what they mean for one another: which is
 * a sending, and which is the delivery of what was sent. Spans of ours say it
 * by their names; of others the kinds of OpenTelemetry do: a CONSUMER or SERVER
 * span delivers what the PRODUCER or CLIENT span above it sent, or those to
 * which it links (semantic conventions 1.45, messaging spans).
 */
import { ATTRIBUTE } from './attributes.ts'
import { EVENT_KINDS, type EventKind } from './events.ts'
import type { ForeignSpan } from './otlp-decode.ts'
import { SPAN_KIND } from './span.ts'

export interface Known {
  readonly span: ForeignSpan
  readonly process: number
  readonly kind: EventKind | null // of a span of ours; null: not of ours
  deliveries: readonly Known[] // of what it sent, in the order in which they came
  losses: readonly Known[]
  duplicates: readonly Known[]
  sends: readonly Known[] // what it is the delivery, the loss or the duplicate of
  parent: Known | undefined // the span above it
  depth: number // spans above it, -1: not known yet
}

const KIND_OF_WORD = new Map<string, EventKind>(
  EVENT_KINDS.filter((kind) => kind !== 'deliver').map((kind) => [kind, kind] as const),
)
  .set('process', 'deliver')
  .set('dial', 'linkUp')

/** What a span of ours, or an event of one, is of, by the first word of its name. */
export function kindOf(name: string, seq: unknown): EventKind | null {
  if (!isNatural(seq) || seq === 0) return null
  const space = name.indexOf(' ')
  return KIND_OF_WORD.get(space < 0 ? name : name.slice(0, space)) ?? null
}

export const isNatural = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31

/** `processOf` may say null: the span is of no process. A span that came twice counts once. */
export function related(
  spans: Iterable<ForeignSpan>,
  processOf: (span: ForeignSpan) => number | null,
): Known[] {
  const byId = new ById()
  for (const span of spans) {
    const process = processOf(span)
    if (process === null || byId.find(span.traceId, span.spanId) !== undefined) continue
    byId.add({
      span,
      process,
      kind: kindOf(span.name, span.attributes[ATTRIBUTE.seq]),
      deliveries: NONE,
      losses: NONE,
      duplicates: NONE,
      sends: NONE,
      parent: undefined,
      depth: -1,
    })
  }
  const { all } = byId
  for (const known of all) {
    const { traceId, parentSpanId } = known.span
    if (parentSpanId !== undefined) known.parent = byId.find(traceId, parentSpanId)
  }
  for (const known of all) {
    measure(known)
    const list = roleOf(known)
    if (list === null) continue
    for (const send of sendsOf(known, byId)) {
      if (list !== 'deliveries' && send.process !== known.process) continue // who loses it is its sender
      send[list] = append(send[list], known)
      known.sends = append(known.sends, send)
    }
  }
  return all
}

/** Most spans have none of them: a list is made for its first. */
const NONE: readonly Known[] = []

function append(list: readonly Known[], known: Known): readonly Known[] {
  if (list.length === 0) return [known]
  ;(list as Known[]).push(known) // one that was made here
  return list
}

/** By span id, which hardly ever two traces share; by both, joined, only where they do. */
class ById {
  readonly all: Known[] = []
  readonly #first = new Map<string, Known>()
  readonly #others = new Map<string, Known>()

  add(known: Known): void {
    const { traceId, spanId } = known.span
    if (this.#first.has(spanId)) this.#others.set(traceId + spanId, known)
    else this.#first.set(spanId, known)
    this.all.push(known)
  }

  find(traceId: string, spanId: string): Known | undefined {
    const first = this.#first.get(spanId)
    if (first === undefined || first.span.traceId === traceId) return first
    return this.#others.get(traceId + spanId)
  }
}

export function isSending({ kind, span }: Known): boolean {
  if (kind !== null) return kind === 'send'
  return span.kind === SPAN_KIND.producer || span.kind === SPAN_KIND.client
}

function roleOf({ kind, span }: Known): 'deliveries' | 'losses' | 'duplicates' | null {
  if (kind === 'lost') return 'losses'
  if (kind === 'duplicate') return 'duplicates'
  if (kind !== null) return kind === 'deliver' ? 'deliveries' : null
  return span.kind === SPAN_KIND.consumer || span.kind === SPAN_KIND.server ? 'deliveries' : null
}

/** The span above it, or else those to which it links: a batch delivers many messages at once. */
function sendsOf(known: Known, byId: ById): readonly Known[] {
  const { parent } = known
  if (parent !== undefined && isSending(parent)) return [parent]
  if (known.span.links.length === 0) return NONE
  const linked = known.span.links.flatMap(({ traceId, spanId }) => byId.find(traceId, spanId) ?? [])
  return [...new Set(linked)].filter((other) => other !== known && isSending(other))
}

/** Not by recursion, for chains may be long; and they may be circles. */
function measure(known: Known): void {
  if (known.depth >= 0) return
  const { parent } = known
  if (parent === undefined || parent.depth >= 0) {
    known.depth = parent === undefined ? 0 : parent.depth + 1
    return
  }
  const chain: Known[] = []
  const met = new Set<Known>()
  let at: Known | undefined = known
  while (at !== undefined && at.depth < 0 && !met.has(at)) {
    chain.push(at)
    met.add(at)
    at = at.parent
  }
  let depth = at === undefined || met.has(at) ? -1 : at.depth
  for (const one of chain.toReversed()) one.depth = ++depth
}
