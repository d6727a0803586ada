/** A step in the words of a history, for the properties. */
import { fromCanonical } from '../../../lib/canonical.ts'
import type { Outcome, Processes } from './processes.ts'
import type { Seen } from './watching.ts'

/** What happened at a process, and what its handler did; `event` is -1 for `start`. */
export function deedsOf(processes: Processes, process: number, event: number, outcome: Outcome): Seen[] {
  const at = processes.places[process]!.self
  const first = event === -1 ? { kind: 'start', at } : eventOf(processes, at, event)
  const deeds = outcome.acts.map(({ act, ...rest }): Seen => {
    if (!('message' in rest)) return { kind: act, at, ...rest }
    return { kind: act, at, ...rest, message: fromCanonical(processes.messages.text(rest.message)) }
  })
  return [first, ...deeds]
}

function eventOf(processes: Processes, at: string, event: number): Seen {
  const { kind, text, from } = processes.happens(event)
  const value = fromCanonical(text)
  switch (kind) {
    case 'message':
      return { kind: 'deliver', at, from, message: value }
    case 'request':
      return { kind, at, request: value }
    case 'timeout':
      return { kind, at, timer: value }
    case 'recover':
      return { kind, at, stored: value }
    case 'start':
      return { kind, at }
  }
}
