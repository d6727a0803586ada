/** The network at a moment: which processes and links are down, and how often each link was used. */
import { remembered } from './remembered.ts'
import type { RunData } from './run-data.ts'
import { upTo } from './search.ts'

export interface Link {
  readonly a: number // the lesser of the two processes
  readonly b: number
  readonly messages: number // sent over it in the whole run, in both directions
}

/** The links of the topology, and those that were used though it has none. */
export const linksOf = remembered((data, _: null): readonly Link[] => {
  const used = new Map<number, number>()
  const count = data.processes.length
  const key = (a: number, b: number) => Math.min(a, b) * count + Math.max(a, b)
  for (const [a, b] of data.run.links) used.set(key(a, b), 0)
  const { messages } = data
  for (let m = 0; m < messages.length; m++) {
    const pair = key(messages.from[m]!, messages.to[m]!)
    used.set(pair, (used.get(pair) ?? 0) + 1)
  }
  return [...used].map(([pair, times]) => ({ a: Math.floor(pair / count), b: pair % count, messages: times }))
})

/** By link, as in `linksOf`: when each of its messages was sent, in order. */
const sendTimes = remembered((data, _: null): readonly Float64Array[] => {
  const links = linksOf(data, null)
  const index = new Map(links.map(({ a, b }, i) => [linkKey(a, b), i]))
  const times = links.map(({ messages }) => new Float64Array(messages))
  const filled = new Uint32Array(links.length)
  const { messages } = data
  for (let m = 0; m < messages.length; m++) {
    const link = index.get(linkKey(messages.from[m]!, messages.to[m]!))!
    times[link]![filled[link]!++] = data.timeNs(messages.sendAt[m]!)
  }
  return times
})

/** By link: how many messages were sent over it up to a time. */
export const trafficUntil = (data: RunData, timeNs: number): number[] =>
  sendTimes(data, null).map((times) => upTo(times, (sentNs) => sentNs <= timeNs))

/** The messages of a link in the order of sending, the latest first, of those sent up to a time. */
export function messagesOn(data: RunData, [a, b]: readonly [number, number], timeNs: number): number[] {
  const { messages } = data
  const found: number[] = []
  for (let m = messages.length - 1; m >= 0; m--) {
    const [from, to] = [messages.from[m]!, messages.to[m]!]
    if (linkKey(from, to) !== linkKey(a, b) || data.timeNs(messages.sendAt[m]!) > timeNs) continue
    found.push(m)
  }
  return found
}

/**
 * Of processes that are up, those that reach each other over links that are up; one part where nothing is
 * cut. A process that never had a link is no part of its own.
 */
export function partsOf(data: RunData, { downLinks, downProcesses }: Condition): number[][] {
  if (downLinks.size === 0) return []
  const part = data.processes.map((_, process) => process)
  const root = (process: number): number => {
    while (part[process] !== process) process = part[process]!
    return process
  }
  const linked = new Set<number>()
  for (const { a, b } of linksOf(data, null)) {
    if (downProcesses.has(a) || downProcesses.has(b)) continue
    linked.add(a).add(b)
    if (!downLinks.has(linkKey(a, b))) part[Math.max(root(a), root(b))] = Math.min(root(a), root(b))
  }
  const parts = new Map<number, number[]>()
  for (const process of [...linked].sort((a, b) => a - b)) {
    const its = root(process)
    parts.set(its, [...(parts.get(its) ?? []), process])
  }
  return parts.size > 1 ? [...parts.values()] : []
}

export interface Condition {
  readonly downProcesses: ReadonlySet<number>
  readonly downLinks: ReadonlySet<string> // `a b`, the lesser process first
}

export const linkKey = (a: number, b: number) => `${Math.min(a, b)} ${Math.max(a, b)}`

/** What is down at a time. */
export function conditionAt(data: RunData, timeNs: number): Condition {
  const downProcesses = new Set<number>()
  const downLinks = new Set<string>()
  for (const i of faultEvents(data, null)) {
    if (data.timeNs(i) > timeNs) continue
    const process = data.process(i)
    switch (data.kind(i)) {
      case 'crash':
        downProcesses.add(process)
        break
      case 'recover':
        downProcesses.delete(process)
        break
      case 'linkDown':
        downLinks.add(linkKey(process, data.peer(i)))
        break
      default:
        downLinks.delete(linkKey(process, data.peer(i)))
    }
  }
  return { downProcesses, downLinks }
}

const FAULTS: ReadonlySet<string> = new Set(['crash', 'recover', 'linkDown', 'linkUp'])

const faultEvents = remembered((data, _: null): readonly number[] => {
  const found: number[] = []
  for (let i = 0; i < data.length; i++) if (FAULTS.has(data.kind(i))) found.push(i)
  return found
})
