/**
 * Motifs of a run: places where its messages make a pattern. A pattern is up to
 * three messages, hence six events, between processes that are called by
 * letters; those of a letter are at one process, in the order in which the
 * pattern has them. After I. Beschastnikh et al., "Visualizing Distributed
 * System Executions", TOSEM 29(2), 2020, §4.3 (ShiViz's search by a drawn
 * graph and its request–response, broadcast and gather motifs).
 */
import type { RunData } from './run-data.ts'
import { upTo } from './search.ts'

export interface PatternMessage {
  readonly from: string // a letter
  readonly to: string
  readonly type: string | null // null: any
}

export const PATTERN_MOST = 3 // messages

/** A place where a motif is: its messages, in the order of the pattern or of their deliveries. */
export type Found = readonly number[]

/** More than so many nobody walks through. */
export const FOUND_MOST = 1_000

/** How far behind an event of a process the next of the pattern may be, in events of that process. */
const AHEAD = 64
/** So many messages are looked at in all: a pattern that fits nearly everywhere must end. */
const LOOKED_AT_MOST = 5_000_000

/** What keeps a pattern from being looked for; null when nothing does. */
export function patternMistake(pattern: readonly PatternMessage[]): string | null {
  if (pattern.length === 0) return 'A pattern has one message at least.'
  if (pattern.length > PATTERN_MOST) return `A pattern has ${PATTERN_MOST} messages at most.`
  const met = new Set<string>()
  for (const [k, { from, to }] of pattern.entries()) {
    if (from === to) return 'A message goes from one process to another.'
    if (k > 0 && !met.has(from) && !met.has(to)) return `Message ${k + 1} has no process of those before it.`
    met.add(from).add(to)
  }
  return null
}

/** Where a pattern is found; each message begins it once at most. */
export function findPattern(data: RunData, pattern: readonly PatternMessage[]): Found[] {
  if (patternMistake(pattern) !== null) return []
  const types = pattern.map(({ type }) => (type === null ? -1 : data.types.indexOf(type)))
  if (pattern.some(({ type }, k) => type !== null && types[k] === -1)) return []
  const search: Search = { data, pattern, types, left: LOOKED_AT_MOST }
  const found: Found[] = []
  for (let m = 0; m < data.messages.length && found.length < FOUND_MOST && search.left > 0; m++) {
    const place = begunBy(search, m)
    if (place !== null) found.push(place)
  }
  return found
}

interface Search {
  readonly data: RunData
  readonly pattern: readonly PatternMessage[]
  readonly types: readonly number[] // -1: any
  left: number
}

/** Of each letter: its process, and the last event that the pattern has there. */
type Bound = ReadonlyMap<string, { readonly process: number; readonly at: number }>

const begunBy = (search: Search, m: number): Found | null =>
  fits(search, 0, m, new Map()) ? rest(search, 1, bind(search, 0, m, new Map()), [m]) : null

function rest(search: Search, k: number, bound: Bound, messages: Found): Found | null {
  if (k === search.pattern.length) return messages
  for (const m of candidates(search, k, bound)) {
    if (search.left-- <= 0) return null
    if (messages.includes(m) || !fits(search, k, m, bound)) continue
    const place = rest(search, k + 1, bind(search, k, m, bound), [...messages, m])
    if (place !== null) return place
  }
  return null
}

function fits({ data, pattern, types }: Search, k: number, m: number, bound: Bound): boolean {
  const { sendAt, deliverAt, from, to, typeIndex } = data.messages
  if (deliverAt[m] === -1 || from[m] === to[m]) return false
  if (types[k] !== -1 && typeIndex[m] !== types[k]) return false
  const ends = [
    [pattern[k]!.from, from[m]!, sendAt[m]!],
    [pattern[k]!.to, to[m]!, deliverAt[m]!],
  ] as const
  return ends.every(([letter, process, at]) => {
    const known = bound.get(letter)
    if (known !== undefined) return known.process === process && known.at < at
    return ![...bound.values()].some((other) => other.process === process)
  })
}

function bind({ data, pattern }: Search, k: number, m: number, bound: Bound): Bound {
  const { sendAt, deliverAt, from, to } = data.messages
  return new Map([
    ...bound,
    [pattern[k]!.from, { process: from[m]!, at: sendAt[m]! }],
    [pattern[k]!.to, { process: to[m]!, at: deliverAt[m]! }],
  ])
}

/** What is sent next by the sender, or if it was not met yet, what the receiver gets next. */
function* candidates({ data, pattern }: Search, k: number, bound: Bound): Generator<number> {
  const sender = bound.get(pattern[k]!.from)
  const { process, at } = sender ?? bound.get(pattern[k]!.to)!
  const own = data.ofProcess(process)
  const first = upTo(own, (i) => i <= at)
  for (let j = first; j < Math.min(own.length, first + AHEAD); j++) {
    const m = sender === undefined ? data.messageOfDeliver(own[j]!) : data.messageOfSend(own[j]!)
    if (m !== -1) yield m
  }
}

export const REQUEST_RESPONSE: readonly PatternMessage[] = [
  { from: 'a', to: 'b', type: null },
  { from: 'b', to: 'a', type: null },
]

/** Fewer receivers or senders are no motif. */
const MANY = 3

/** Steps that send messages of one type to three processes or more. */
export function broadcasts(data: RunData): Found[] {
  const { messages } = data
  const { length, sendAt, typeIndex } = messages
  const found: Found[] = []
  for (let m = 0; m < length && found.length < FOUND_MOST; ) {
    const step = data.stepOf(sendAt[m]!)
    const its = [m]
    let next = m + 1
    while (next < length && data.stepOf(sendAt[next]!) === step && typeIndex[next] === typeIndex[m])
      its.push(next++)
    if (step !== -1 && new Set(its.map((each) => messages.to[each])).size >= MANY) found.push(its)
    m = next
  }
  return found
}

/** Deliveries of one type in a row at a process, from three senders or more. */
export function gathers(data: RunData): Found[] {
  const { from, typeIndex } = data.messages
  const found: Found[] = []
  for (let process = 0; process < data.processes.length; process++) {
    let row: number[] = []
    const end = () => {
      if (found.length < FOUND_MOST && new Set(row.map((m) => from[m])).size >= MANY) found.push(row)
      row = []
    }
    for (const i of data.ofProcess(process)) {
      const m = data.messageOfDeliver(i)
      if (m === -1) continue
      const again = row.some((each) => from[each] === from[m])
      if (row.length > 0 && (again || typeIndex[row[0]!] !== typeIndex[m])) end()
      row.push(m)
    }
    end()
  }
  const { deliverAt } = data.messages
  return found.sort((a, b) => deliverAt[a[0]!]! - deliverAt[b[0]!]!)
}
