/** The motif that is looked for, and where it was found. */
import { computed } from '@preact/signals'
import { broadcasts, gathers } from '../model/motifs.ts'
import {
  type Found,
  findPattern,
  type Pattern,
  patternMistake,
  REQUEST_RESPONSE,
  type Sought,
} from '../model/patterns.ts'
import { clusters } from '../model/shapes-of-operations.ts'
import { motifOf } from './motif-text.ts'
import { change, loaded, seen, selectEvent, selectMessage } from './state.ts'
import { show } from './window.ts'

export const motif = computed(() => motifOf(seen.motif.value))

/** The pattern that is drawn; the motifs with names of their own have none to change. */
export const drawnPattern = computed(
  (): Pattern => (motif.value === null || typeof motif.value === 'string' ? [] : motif.value),
)

/** Looks for something else; what is '' is nothing. */
export const look = (text: string): void => change({ motif: text, place: null })

export const mistake = computed(() =>
  motif.value === null || typeof motif.value === 'string' ? null : patternMistake(motif.value),
)

const NOWHERE: Sought = { places: [], stopped: null }

export const sought = computed((): Sought => {
  const run = loaded.value
  if (run === null || motif.value === null) return NOWHERE
  if (motif.value === 'broadcast') return broadcasts(run)
  if (motif.value === 'gather') return gathers(run)
  return findPattern(run, motif.value)
})

const NOTHING: Found = { messages: [], locals: [] }

/** The place that is looked at. */
export const place = computed((): Found => sought.value.places[seen.place.value ?? -1] ?? NOTHING)

/** Its events in the order of the run, each message by its sending. */
export const placeEvents = computed((): readonly number[] => {
  const sendAt = loaded.value?.messages.sendAt
  if (sendAt === undefined) return []
  const { messages, locals } = place.value
  return [...messages.map((m) => sendAt[m]!), ...locals].sort((a, b) => a - b)
})

export const operationClusters = computed(() => (loaded.value === null ? [] : clusters(loaded.value)))

export const requestResponse = REQUEST_RESPONSE

export function goTo(index: number): void {
  if (sought.peek().places[index] === undefined) return
  change({ place: index })
  const first = placeEvents.peek()[0]!
  const message = loaded.peek()!.messageOfSend(first)
  if (message === -1) selectEvent(first)
  else selectMessage(message)
  show(first)
}
