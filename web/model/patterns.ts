/**
 * Patterns: up to six events at processes that are called by letters, in messages
 * (two events each) and events of a process alone. Those of a letter are at one
 * process, in the order in which the pattern has them. After I. Beschastnikh et
 * al., "Visualizing Distributed System Executions", TOSEM 29(2), 2020, §4.3
 * (ShiViz's search by a drawn graph).
 */
import { EVENT_KINDS, type EventKind, KIND } from '../../src/trace-format/events.ts'
import { remembered } from './remembered.ts'
import type { RunData } from './run-data.ts'
import { upTo } from './search.ts'

export interface PatternMessage {
  readonly from: string // a letter
  readonly to: string
  readonly type: string | null // null: any
}

/** What a process does, or what befalls it, without a message. */
export type LocalKind = Exclude<EventKind, 'send' | 'deliver' | 'lost' | 'duplicate'>

export interface PatternLocal {
  readonly at: string // a letter
  readonly kind: LocalKind
  readonly type: string | null // null: any
}

export type PatternPart = PatternMessage | PatternLocal
export type Pattern = readonly PatternPart[]

const OF_MESSAGES: ReadonlySet<string> = new Set(['send', 'deliver', 'lost', 'duplicate'])
export const LOCAL_KINDS = EVENT_KINDS.filter((kind): kind is LocalKind => !OF_MESSAGES.has(kind))

export const isLocal = (part: PatternPart): part is PatternLocal => 'at' in part

export const EVENTS_MOST = 6

/** How many events a pattern has. */
export const eventsIn = (pattern: Pattern): number =>
  pattern.reduce((sum, part) => sum + (isLocal(part) ? 1 : 2), 0)

/** A place where a motif is, each part in the order of the pattern or of deliveries. */
export interface Found {
  readonly messages: readonly number[]
  readonly locals: readonly number[] // positions
}

/** Where something was found, and why the search ended before the run did, if so. */
export interface Sought {
  readonly places: readonly Found[]
  readonly stopped: 'places' | 'looks' | null
}

/** More than so many nobody walks through. */
export const FOUND_MOST = 1_000

/** How far behind an event of a process the next of the pattern may be, in events of that process. */
export const AHEAD = 64
/** So much is looked at in all: a pattern that fits nearly everywhere must end. */
const LOOKS_MOST = 5_000_000

/** What keeps a pattern from being looked for; null when nothing does. */
export function patternMistake(pattern: Pattern): string | null {
  if (pattern.length === 0) return 'A pattern has one message or event at least.'
  if (eventsIn(pattern) > EVENTS_MOST) return `A pattern has ${EVENTS_MOST} events at most; a message is two.`
  const met = new Set<string>()
  for (const [k, part] of pattern.entries()) {
    const letters = isLocal(part) ? [part.at] : [part.from, part.to]
    if (!isLocal(part) && part.from === part.to) return 'A message goes from one process to another.'
    if (k > 0 && !letters.some((letter) => met.has(letter))) {
      return `${isLocal(part) ? 'Event' : 'Message'} ${k + 1} has no process of those before it.`
    }
    for (const letter of letters) met.add(letter)
  }
  return null
}

/** Where a pattern is found; each first message or event begins it once at most. */
export function findPattern(data: RunData, pattern: Pattern, looks = LOOKS_MOST): Sought {
  if (patternMistake(pattern) !== null) return { places: [], stopped: null }
  const types = pattern.map(({ type }) => (type === null ? -1 : data.types.indexOf(type)))
  if (pattern.some((part, k) => isNowhere(data, part, types[k]!))) return { places: [], stopped: null }
  const search: Search = { data, pattern, types, left: looks }
  const places: Found[] = []
  for (const one of beginnings(search)) {
    if (places.length === FOUND_MOST) return { places, stopped: 'places' }
    if (search.left-- <= 0) return { places, stopped: 'looks' }
    const place = fits(search, 0, one, new Map())
      ? rest(search, [one], bind(search, 0, one, new Map()))
      : null
    if (place !== null) places.push(placeOf(search, place))
  }
  return { places, stopped: search.left < 0 ? 'looks' : null }
}

/** What a run has none of need not be looked for in all of it. */
function isNowhere(data: RunData, part: PatternPart, type: number): boolean {
  if (!isLocal(part)) return part.type !== null && type === -1
  const its = localTypes(data, null).get(part.kind)
  return its === undefined || (part.type !== null && !its.includes(part.type))
}

interface Search {
  readonly data: RunData
  readonly pattern: Pattern
  readonly types: readonly number[] // of messages; -1: any
  left: number
}

/** Of each letter: its process, and the last event that the pattern has there. */
type Bound = ReadonlyMap<string, { readonly process: number; readonly at: number }>

/** What may be the first part: messages by number, events by position. */
function* beginnings({ data, pattern }: Search): Generator<number> {
  const first = pattern[0]!
  if (!isLocal(first)) return yield* data.messages.sendAt.keys()
  const code = KIND[first.kind]
  for (let i = 0; i < data.length; i++) if (data.code(i) === code) yield i
}

function placeOf({ pattern }: Search, chosen: readonly number[]): Found {
  return {
    messages: chosen.filter((_, k) => !isLocal(pattern[k]!)),
    locals: chosen.filter((_, k) => isLocal(pattern[k]!)),
  }
}

/** What is chosen for the first parts, and for the rest if they fit somewhere. */
function rest(search: Search, chosen: readonly number[], bound: Bound): readonly number[] | null {
  const k = chosen.length
  if (k === search.pattern.length) return chosen
  for (const one of candidates(search, k, bound)) {
    if (search.left-- <= 0) return null
    if (!fits(search, k, one, bound)) continue
    const place = rest(search, [...chosen, one], bind(search, k, one, bound))
    if (place !== null) return place
  }
  return null
}

/** The events of a part: letter, process, position. */
type End = readonly [letter: string, process: number, at: number]

function endsOf({ data, pattern }: Search, k: number, one: number): readonly End[] {
  const part = pattern[k]!
  if (isLocal(part)) return [[part.at, data.process(one), one]]
  const { sendAt, deliverAt, from, to } = data.messages
  return [
    [part.from, from[one]!, sendAt[one]!],
    [part.to, to[one]!, deliverAt[one]!],
  ]
}

function isOfKind({ data, pattern, types }: Search, k: number, one: number): boolean {
  const part = pattern[k]!
  if (isLocal(part)) {
    return data.code(one) === KIND[part.kind] && (part.type === null || data.typeOf(one) === part.type)
  }
  const { deliverAt, from, to, typeIndex } = data.messages
  if (deliverAt[one] === -1 || from[one] === to[one]) return false
  return types[k] === -1 || typeIndex[one] === types[k]
}

/**
 * An event must be later than the last of its letter, so no message or event is
 * taken twice: copies share a send, which is not later than itself.
 */
function fits(search: Search, k: number, one: number, bound: Bound): boolean {
  if (!isOfKind(search, k, one)) return false
  return endsOf(search, k, one).every(([letter, process, at]) => {
    const known = bound.get(letter)
    if (known !== undefined) return known.process === process && known.at < at
    return ![...bound.values()].some((other) => other.process === process)
  })
}

const bind = (search: Search, k: number, one: number, bound: Bound): Bound =>
  new Map([
    ...bound,
    ...endsOf(search, k, one).map(([letter, process, at]) => [letter, { process, at }] as const),
  ])

/** What a process that was met does next; of a message from one that was not, what its receiver gets next. */
function* candidates({ data, pattern }: Search, k: number, bound: Bound): Generator<number> {
  const part = pattern[k]!
  const letter = isLocal(part) ? part.at : bound.has(part.from) ? part.from : part.to
  const { process, at } = bound.get(letter)!
  const own = data.ofProcess(process)
  const first = upTo(own, (i) => i <= at)
  for (let j = first; j < Math.min(own.length, first + AHEAD); j++) {
    const i = own[j]!
    if (isLocal(part)) yield i
    else {
      const m = letter === part.from ? data.messageOfSend(i) : data.messageOfDeliver(i)
      if (m !== -1) yield m
    }
  }
}

/** Of each kind that the run has events of, their types: what a pattern can ask for. */
export const localTypes = remembered((data, _: null): ReadonlyMap<LocalKind, readonly string[]> => {
  const found = LOCAL_KINDS.map((kind) => [kind, new Set<string>()] as const)
  const byCode = new Map(found.map(([kind, types]) => [KIND[kind], types]))
  const seen = new Set<number>()
  for (let i = 0; i < data.length; i++) {
    const types = byCode.get(data.code(i))
    if (types === undefined) continue
    seen.add(data.code(i))
    const type = data.typeOf(i)
    if (type !== '') types.add(type)
  }
  return new Map(
    found.filter(([kind]) => seen.has(KIND[kind])).map(([kind, types]) => [kind, [...types].sort()]),
  )
})

export const REQUEST_RESPONSE: readonly PatternMessage[] = [
  { from: 'a', to: 'b', type: null },
  { from: 'b', to: 'a', type: null },
]
