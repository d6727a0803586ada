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
import type { SpanContext } from './span-ids.ts'

export interface Known {
  readonly span: ForeignSpan
  readonly process: number
  readonly kind: EventKind | null // of a span of ours; null: not of ours
  readonly deliveries: Known[] // of what it sent, in the order in which they came
  readonly losses: Known[]
  readonly duplicates: Known[]
  readonly sends: Known[] // what it is the delivery, the loss or the duplicate of
  depth: number // spans above it, -1: not known yet
}

const OTHER_NAMES: Readonly<Record<string, EventKind>> = { process: 'deliver', dial: 'linkUp' }

/** What a span of ours, or an event of one, is of, by the first word of its name. */
export function kindOf(name: string, seq: unknown): EventKind | null {
  if (!isNatural(seq) || seq === 0) return null
  const word = name.split(' ', 1)[0]!
  if (Object.hasOwn(OTHER_NAMES, word)) return OTHER_NAMES[word]!
  return EVENT_KINDS.find((kind) => kind === word && kind !== 'deliver') ?? null
}

export const isNatural = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31

/** `processOf` may say null: the span is of no process. A span that came twice counts once. */
export function related(
  spans: Iterable<ForeignSpan>,
  processOf: (span: ForeignSpan) => number | null,
): Known[] {
  const byId = new Map<string, Known>()
  for (const span of spans) {
    const process = processOf(span)
    if (process === null || byId.has(idOf(span))) continue
    const kind = kindOf(span.name, span.attributes[ATTRIBUTE.seq])
    const lists = { deliveries: [], losses: [], duplicates: [], sends: [] }
    byId.set(idOf(span), { span, process, kind, ...lists, depth: -1 })
  }
  const all = [...byId.values()]
  for (const known of all) {
    measure(known, byId)
    const list = roleOf(known)
    if (list === null) continue
    for (const send of sendsOf(known, byId)) {
      if (list !== 'deliveries' && send.process !== known.process) continue // who loses it is its sender
      send[list].push(known)
      known.sends.push(send)
    }
  }
  return all
}

const idOf = ({ traceId, spanId }: SpanContext) => traceId + spanId

const parentOf = ({ span: { traceId, parentSpanId } }: Known, byId: ReadonlyMap<string, Known>) =>
  parentSpanId === undefined ? undefined : byId.get(traceId + parentSpanId)

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
function sendsOf(known: Known, byId: ReadonlyMap<string, Known>): Known[] {
  const parent = parentOf(known, byId)
  if (parent !== undefined && isSending(parent)) return [parent]
  const linked = known.span.links.flatMap((link) => byId.get(idOf(link)) ?? [])
  return [...new Set(linked)].filter((other) => other !== known && isSending(other))
}

/** Not by recursion, for chains may be long; and they may be circles. */
function measure(known: Known, byId: ReadonlyMap<string, Known>): void {
  const chain: Known[] = []
  const met = new Set<Known>()
  let at: Known | undefined = known
  while (at !== undefined && at.depth < 0 && !met.has(at)) {
    chain.push(at)
    met.add(at)
    at = parentOf(at, byId)
  }
  let depth = at === undefined || met.has(at) ? -1 : at.depth
  for (const one of chain.toReversed()) one.depth = ++depth
}
