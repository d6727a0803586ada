/** The network at a moment: which processes and links are down, and how often each link was used. */
import { remembered } from './remembered.ts'
import type { RunData } from './run-data.ts'

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
