/** What the space-time diagram is asked to show. */
import type { Cut } from '../model/cut.ts'
import type { RunData } from '../model/run-data.ts'
import type { Placing } from './frame.ts'

export type Fate = 'delivered' | 'lost' | 'in transit' | 'duplicate'

/** What is shown of messages: those that pass every part. */
export interface Filter {
  readonly types: ReadonlySet<number> | null // type indices; null: all
  readonly processes: ReadonlySet<number> | null // sender or receiver; null: all
  readonly text: string // in the message as JSON, in either case; '' for all
  readonly fates?: ReadonlySet<Fate> | null
}

export const NO_FILTER: Filter = { types: null, processes: null, text: '' }

/** `from` and `to` are ns, or Lamport times, at the two ends of the lines; `order` is from the top. */
export interface SpaceTimeView extends Placing {
  readonly selected: number | null // event
  readonly filter: Filter
  readonly cut: Cut | null
  readonly showTimers: boolean
  readonly showRecordedCuts: boolean
}

/** Whether a message passes a filter. */
export function passes(data: RunData, { types, processes, text, fates }: Filter): (m: number) => boolean {
  const { messages } = data
  const wanted = text.toLowerCase()
  return (m) => {
    if (types !== null && !types.has(messages.typeIndex[m]!)) return false
    if (processes !== null && !processes.has(messages.from[m]!) && !processes.has(messages.to[m]!))
      return false
    if (fates && !fates.has(fateOf(data, m)) && !(fates.has('duplicate') && messages.copyOf[m] !== -1)) {
      return false
    }
    return wanted === '' || data.payloadText(messages.sendAt[m]!).toLowerCase().includes(wanted)
  }
}

export function fateOf({ messages }: RunData, m: number): Fate {
  if (messages.deliverAt[m] !== -1) return 'delivered'
  return messages.lostAt[m] !== -1 ? 'lost' : 'in transit'
}

export const isFiltering = ({ types, processes, text, fates }: Filter): boolean =>
  types !== null || processes !== null || text !== '' || (fates ?? null) !== null
