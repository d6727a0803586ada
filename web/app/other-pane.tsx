/** The other run beneath the one that is read: the same stretch of time, on the same scale. */
import { computed, signal } from '@preact/signals'
import type { DrawList } from '../draw/shapes.ts'
import { spaceTime } from '../draw/space-time.ts'
import { Canvas, type Size } from './canvas.tsx'
import { other, otherSelected } from './comparing.ts'
import { plural } from './format.ts'
import { drawn } from './space-time-pane.tsx'
import { change, seen } from './state.ts'

const size = signal<Size>({ width: 0, height: 0 })

const list = computed((): DrawList => {
  const run = other.value
  if (run === null || size.value.width === 0) return []
  const hidden = new Set(seen.hidden.value)
  const types = seen.types.value
  const shown =
    types === null ? null : new Set(run.types.flatMap((type, i) => (types.includes(type) ? [i] : [])))
  return spaceTime(run, {
    ...drawn.value,
    ...size.value,
    order: run.processes.flatMap((_, process) => (hidden.has(process) ? [] : [process])),
    scrollTop: 0,
    selected: otherSelected.value,
    filter: { ...drawn.value.filter, types: shown },
    cut: null,
  })
})

export function OtherPane() {
  const run = other.value
  if (run === null) return null
  const { algorithm, runtime, seed, faults } = run.run
  return (
    <section class="other" aria-label="The other run">
      <p class="other-head">
        <span>
          the other: {algorithm} · {runtime} · seed {seed} · {plural(run.length, 'event')}
          {!['', 'none'].includes(faults) && ` · ${faults}`}
        </span>
        <span class="spring" />
        <button type="button" onClick={() => change({ with: null })}>
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
      />
    </section>
  )
}
