/** The events as a list: the twin of the space-time drawing for screen readers, tests and search. */
import { computed } from '@preact/signals'
import { coneOf } from '../model/causality.ts'
import { duration } from './format.ts'
import { cut, loaded, selectEvent, selectedEvent, view, witnesses } from './state.ts'
import { lastAtMost } from './virtual.ts'
import { VirtualList } from './virtual-list.tsx'
import { deed, searched } from './words.ts'

/** Positions of the events that pass the filters. */
export const listed = computed((): Int32Array => {
  const run = loaded.value
  if (run === null) return new Int32Array()
  const { types, hidden, text } = view.value
  const shown = types === null ? null : new Set(types)
  const words = text.trim().toLowerCase()
  const found: number[] = []
  for (let i = 0; i < run.length; i++) {
    if (hidden.includes(run.process(i))) continue
    if (shown !== null && !passesTypes(i, shown)) continue
    if (words !== '' && !searched(run, i).includes(words)) continue
    found.push(i)
  }
  return Int32Array.from(found)
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
function passesTypes(position: number, shown: ReadonlySet<string>): boolean {
  const run = loaded.value!
  const sent = run.messageOfSend(position)
  const message = sent === -1 ? run.messageOfDeliver(position) : sent
  return message === -1 || shown.has(run.types[run.messages.typeIndex[message]!]!)
}

export function EventsPane() {
  const run = loaded.value
  if (run === null) return null
  const positions = listed.value
  const at = selectedEvent.value
  const near = at === null ? -1 : lastAtMost(positions, at)
  return (
    <VirtualList
      label={`Events: ${positions.length} of ${run.length}`}
      id="event"
      length={positions.length}
      selected={near >= 0 && positions[near] === at ? near : -1}
      choose={(row) => selectEvent(positions[row]!)}
      empty="No event passes the filters."
      row={(row) => {
        const position = positions[row]!
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
