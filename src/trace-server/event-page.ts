/** A stretch of a history, as plain events, narrowed to a process and a type. */
import type { Block } from '../trace-format/events.ts'
import { EventReader, type RunEvent } from '../trace-format/history-reader.ts'
import type { RunDescription } from '../trace-format/run.ts'
import type { HistoryFile } from './history-file.ts'

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

// Reading begins with the block in which `from` stands: what was sent before is
// told to the reader. A state may stand in the block after its step's, as the
// step's block may be full before its handler is done.
export function eventPage(history: HistoryFile, { from, count, process, type }: Filter): EventPage {
  const reader = new EventReader()
  const start = history.indexOf(from)
  const events: ShownEvent[] = []
  for (let index = start; ; index++) {
    const block = history.block(index)
    if (block === null) break
    for (const { sender, number, text } of history.sentBefore(start, index)) reader.know(sender, number, text)
    const states = statesOf(block, history.block(index + 1))
    for (const event of reader.read(block)) {
      if (event.position < from) continue
      if (process !== null && event.process !== process) continue
      if (type !== null && event.type !== type) continue
      if (events.length === count) return { from, total: history.events, next: event.position, events }
      const state = states.get(event.position)
      events.push({ ...event, state: state ? { whole: state.whole, text: state.text } : null })
    }
  }
  return { from, total: history.events, next: null, events }
}

export const noEvents = ({ from }: Filter): EventPage => ({ from, total: 0, next: null, events: [] })

const statesOf = (block: Block, next: Block | null) =>
  new Map([...block.states, ...(next?.states ?? [])].map((state) => [state.position, state]))
