/** The motif that is looked for, and where it was found. */
import { computed } from '@preact/signals'
import {
  broadcasts,
  type Found,
  findPattern,
  gathers,
  type PatternMessage,
  patternMistake,
  REQUEST_RESPONSE,
} from '../model/motifs.ts'
import { clusters } from '../model/shapes-of-operations.ts'
import { motifOf } from './motif-text.ts'
import { change, loaded, seen, selectMessage } from './state.ts'
import { show } from './window.ts'

export const motif = computed(() => motifOf(seen.motif.value))

/** The pattern that is drawn; the motifs with names of their own have none to change. */
export const drawnPattern = computed((): readonly PatternMessage[] =>
  motif.value === null || typeof motif.value === 'string' ? [] : motif.value,
)

export const mistake = computed(() =>
  motif.value === null || typeof motif.value === 'string' ? null : patternMistake(motif.value),
)

export const places = computed((): readonly Found[] => {
  const run = loaded.value
  if (run === null || motif.value === null) return []
  if (motif.value === 'broadcast') return broadcasts(run)
  if (motif.value === 'gather') return gathers(run)
  return findPattern(run, motif.value)
})

/** The messages of the place that is looked at. */
export const placeMessages = computed((): Found => places.value[seen.place.value ?? -1] ?? [])

export const operationClusters = computed(() => (loaded.value === null ? [] : clusters(loaded.value)))

export const requestResponse = REQUEST_RESPONSE

export function goTo(place: number): void {
  const found = places.peek()[place]
  const run = loaded.peek()
  if (found === undefined || run === null) return
  change({ place })
  selectMessage(found[0]!)
  show(run.messages.sendAt[found[0]!]!)
}
