/** What the space-time diagram is asked to show. */
import type { Cut } from '../model/cut.ts'
import type { RunData } from '../model/run-data.ts'
import { endOf } from '../model/window-index.ts'
import type { Placing } from './frame.ts'

export type Fate = 'delivered' | 'lost' | 'in transit' | 'duplicate'

/** What is shown of messages: those that pass every part. */
export interface Filter {
  readonly types: ReadonlySet<number> | null // type indices; null: all
  readonly processes: ReadonlySet<number> | null // sender or receiver; null: all
  readonly events: Uint8Array | null // 1 for each event that a text finds; null: all
  readonly fates?: ReadonlySet<Fate> | null
}

export const NO_FILTER: Filter = { types: null, processes: null, events: null }

/** `from` and `to` are ns, or Lamport times, at the two ends of the lines; `order` is from the top. */
export interface SpaceTimeView extends Placing {
  readonly selected: number | null // event
  readonly filter: Filter
  readonly cut: Cut | null
  readonly showTimers: boolean
  readonly showRecordedCuts: boolean
  readonly lit?: Uint8Array | null // 1 for each event that stands out, while all others step back
}

/** Whether a message passes a filter. */
export function passes(data: RunData, { types, processes, events, fates }: Filter): (m: number) => boolean {
  const { messages } = data
  return (m) => {
    if (types !== null && !types.has(messages.typeIndex[m]!)) return false
    if (processes !== null && !processes.has(messages.from[m]!) && !processes.has(messages.to[m]!))
      return false
    if (fates && !fates.has(fateOf(data, m)) && !(fates.has('duplicate') && messages.copyOf[m] !== -1)) {
      return false
    }
    return events === null || events[messages.sendAt[m]!] === 1 || events[endOf(data, m)] === 1
  }
}

export function fateOf({ messages }: RunData, m: number): Fate {
  if (messages.deliverAt[m] !== -1) return 'delivered'
  return messages.lostAt[m] !== -1 ? 'lost' : 'in transit'
}

export const isFiltering = ({ types, processes, events, fates }: Filter): boolean =>
  types !== null || processes !== null || events !== null || (fates ?? null) !== null
