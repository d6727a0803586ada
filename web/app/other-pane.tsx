/**
 * The other run beneath the one that is read: the same stretch of the axis on the same scale, its
 * processes in the same order. Of a counterexample and its original, what they have in common is lit.
 */
import { computed, signal } from '@preact/signals'
import { partingMarks } from '../draw/partings.ts'
import type { DrawList } from '../draw/shapes.ts'
import { frameOf, hit, type SpaceTimeView, spaceTime } from '../draw/space-time.ts'
import { type Cut, cutOnAxis } from '../model/cut.ts'
import { Canvas, pointOf, type Size } from './canvas.tsx'
import {
  exchange,
  fromThere,
  other,
  otherSelected,
  pair,
  partings,
  processThere,
  shortNames,
} from './comparing.ts'
import { plural } from './format.ts'
import { drawn } from './space-time-pane.tsx'
import {
  alignedSince,
  change,
  cutBy,
  cutIsPlaced,
  cutPosition,
  loaded,
  order,
  seen,
  selectEvent,
} from './state.ts'

const size = signal<Size>({ width: 0, height: 0 })

/** As the processes of the run that is read stand, then those that only this one has. */
const orderThere = computed((): readonly number[] => {
  const run = other.value
  if (run === null) return []
  const there = processThere.value
  const known = order.value.flatMap((process) => (there[process]! >= 0 ? there[process]! : []))
  if (pair.value?.isShortRead) return run.processes.map((_, process) => process)
  const only = run.processes.flatMap((_, process) => (there.includes(process) ? [] : [process]))
  return [...known, ...only]
})

/** The cut where it stands on the axis: one cursor for both. */
const cutThere = computed((): Cut | null => {
  const [one, two, axis] = [loaded.value, other.value, seen.axis.value]
  alignedSince.value
  if (one === null || two === null || !cutIsPlaced.value || cutPosition.value === -1) return null
  const by = cutBy.value
  if ('lamport' in by && axis === 'logical') return cutOnAxis(two, axis, by.lamport)
  if ('common' in by && axis === 'aligned') return cutOnAxis(two, axis, by.common)
  return cutOnAxis(two, axis, one.valueOn(axis, cutPosition.value))
})

const list = computed((): DrawList => {
  const run = other.value
  if (run === null || size.value.width === 0) return []
  alignedSince.value
  const types = seen.types.value
  const shown =
    types === null ? null : new Set(run.types.flatMap((type, i) => (types.includes(type) ? [i] : [])))
  const { names: _, ...common } = drawn.value
  const viewed: SpaceTimeView = {
    ...common,
    ...size.value,
    ...(pair.value !== null && !pair.value.isShortRead ? { names: shortNames.value! } : {}),
    order: orderThere.value,
    scrollTop: 0,
    selected: otherSelected.value,
    filter: { types: shown, processes: null, events: null },
    cut: cutThere.value,
    lit: pair.value?.isShortRead ? pair.value.lit : null,
  }
  const marks = partingMarks(run, frameOf(run, viewed), partings.value.other)
  return [...spaceTime(run, viewed), ...marks]
})

export function OtherPane() {
  const run = other.value
  if (run === null) return null
  const { algorithm, runtime, seed, faults } = run.run
  const what = pair.value === null ? 'the other' : pair.value.isShortRead ? 'the original' : 'the short form'
  return (
    <section class="other" aria-label="The other run">
      <p class="other-head">
        <span class="other-what" title={faults}>
          {what}: {algorithm} · {runtime} · seed {seed} · {plural(run.length, 'event')}
          {!['', 'none'].includes(faults) && ` · ${faults}`}
        </span>
        <span class="spring" />
        <button type="button" onClick={() => exchange()} title="read this one, with the other beside it">
          exchange
        </button>
        <button type="button" onClick={close}>
          close
        </button>
      </p>
      <Canvas
        class="space-time"
        role="img"
        aria-label="The other run; the tab Compare says in words where the two part."
        draw={() => list.value}
        resized={(now) => {
          size.value = now
        }}
        onClick={(event) => {
          const found = hit(list.peek(), ...pointOf(event))
          const same = found?.event === undefined ? -1 : fromThere(found.event)
          if (same !== -1) selectEvent(same)
        }}
      />
    </section>
  )
}

/** The common axis goes with the other run. */
function close(): void {
  const isCommon = seen.axis.peek() === 'aligned'
  change({ with: null, ...(isCommon ? { axis: 'logical', window: null } : {}) })
}
