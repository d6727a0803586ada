/** A stretch of a history, as plain events, narrowed to a process and a type. */
import type { Block } from '../trace-format/events.ts'
import { EventReader, type RunEvent } from '../trace-format/history-reader.ts'
import type { RunDescription } from '../trace-format/run.ts'

export interface Filter {
  readonly from: number // a position
  readonly count: number
  readonly process: number | null
  readonly type: string | null
}

/** What stands behind the `?`; a field may be repeated by who wants to confuse. */
export type Query = Readonly<Record<string, unknown>>

export interface ShownEvent extends RunEvent {
  readonly state: { readonly whole: boolean; readonly text: string } | null // after the step
}

export interface EventPage {
  readonly from: number
  readonly total: number // events of the run, of any process and type
  readonly next: number | null // position to go on from; null when that was all
  readonly events: readonly ShownEvent[]
}

/** The filter that a query asks for, or what is wrong with it. */
export function filterOf(query: Query, run: RunDescription, countMax: number): Filter | string {
  const from = natural(query.from, 0)
  const count = natural(query.count, Math.min(100, countMax))
  if (from === null) return 'from must be a position, 0 or more'
  if (count === null || count < 1 || count > countMax) return `count must be 1 to ${countMax}`
  const name = word(query.process)
  const process = name === null ? null : run.processes.indexOf(name)
  if (process === -1) return 'there is no such process'
  return { from, count, process, type: word(query.type) }
}

const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

function natural(value: unknown, otherwise: number): number | null {
  if (value === undefined || value === '') return otherwise
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null
}

// A delivery says only which message it is of, so reading begins with the
// first block, whichever page is asked for.
export function eventPage(blocks: readonly Block[], { from, count, process, type }: Filter): EventPage {
  const reader = new EventReader()
  const states = new Map(blocks.flatMap((block) => block.states.map((state) => [state.position, state])))
  const total = blocks.reduce((sum, block) => sum + block.length, 0)
  const events: ShownEvent[] = []
  for (const block of blocks) {
    for (const event of reader.read(block)) {
      if (event.position < from) continue
      if (process !== null && event.process !== process) continue
      if (type !== null && event.type !== type) continue
      if (events.length === count) return { from, total, next: event.position, events }
      const state = states.get(event.position)
      events.push({ ...event, state: state ? { whole: state.whole, text: state.text } : null })
    }
  }
  return { from, total, next: null, events }
}
