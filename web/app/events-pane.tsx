/** The events as a list: the twin of the space-time drawing for screen readers, tests and search. */
import { computed } from '@preact/signals'
import { coneOf } from '../model/causality.ts'
import { Column } from '../model/column.ts'
import type { RunData } from '../model/run-data.ts'
import { arrived } from './arrivals.ts'
import { duration } from './format.ts'
import { isSearching, matches } from './matching.ts'
import { cut, loaded, seen, selectEvent, selectedEvent, witnesses } from './state.ts'
import { lastAtMost } from './virtual.ts'
import { VirtualList } from './virtual-list.tsx'
import { deed } from './words.ts'

/** Positions of the events that pass the filters; null: all of them. */
const passing = computed((): Int32Array | null => {
  const run = loaded.value
  const [types, hidden] = [seen.types.value, seen.hidden.value]
  const found = matches.value
  if (run === null || (types === null && hidden.length === 0 && found === null)) return null
  const shown = types === null ? null : new Set(types)
  const away = new Set(hidden)
  const positions = new Column(Int32Array)
  for (let i = 0; i < run.length; i++) {
    if (away.has(run.process(i))) continue
    if (shown !== null && !passesTypes(run, i, shown)) continue
    if (found === null || found[i] === 1) positions.push(i)
  }
  return positions.items
})

/** The events of the list: how many, which stands in a row, and in which row one stands or would. */
export const listed = computed(() => {
  const positions = passing.value
  if (positions !== null) {
    return {
      length: positions.length,
      at: (row: number) => positions[row]!,
      rowOf: (at: number) => lastAtMost(positions, at),
    }
  }
  return { length: loaded.value?.length ?? 0, at: (row: number) => row, rowOf: (at: number) => at }
})

const RELATIONS = {
  past: ['←', 'before the selected event'],
  future: ['→', 'after the selected event'],
  concurrent: ['∥', 'concurrent with the selected event'],
} as const

/** How an event stands to the selected one: what the drawing says by light and dark. */
function Relation({ to, position }: { readonly to: number | null; readonly position: number }) {
  if (to === null) return null
  if (to === position) return <span class="relation" />
  const { past, future } = coneOf(loaded.value!, to)
  const [sign, words] =
    RELATIONS[past[position] === 1 ? 'past' : future[position] === 1 ? 'future' : 'concurrent']
  return (
    <abbr class="relation" title={words}>
      {sign}
    </abbr>
  )
}

/** Of a filter by message type only what is about such a message passes. */
function passesTypes(run: RunData, position: number, shown: ReadonlySet<string>): boolean {
  const message = run.messageOf(position)
  return message === -1 || shown.has(run.types[run.messages.typeIndex[message]!]!)
}

export function EventsPane() {
  const run = loaded.value
  if (run === null) return null
  const list = listed.value
  arrived.value // what a fault says may have to be fetched
  const at = selectedEvent.value
  const near = at === null ? -1 : list.rowOf(at)
  return (
    <VirtualList
      label={`Events: ${list.length} of ${run.length}`}
      id="event"
      length={list.length}
      selected={near >= 0 && list.at(near) === at ? near : -1}
      choose={(row) => selectEvent(list.at(row))}
      empty={isSearching.value ? 'Looking through what events say …' : 'No event passes the filters.'}
      row={(row) => {
        const position = list.at(row)
        const process = run.process(position)
        const after = position > cut.value[process]!
        return (
          <span class={after ? 'event-line after' : 'event-line'}>
            <Relation to={at} position={position} />
            <span class="number">{position}</span>
            <span class="number time">{duration(run.timeNs(position))}</span>
            <span class="mono">{run.processes[process]}</span>
            <span>
              {deed(run, position)}
              {witnesses.value.has(position) && <strong class="witness"> witness</strong>}
            </span>
          </span>
        )
      }}
    />
  )
}
