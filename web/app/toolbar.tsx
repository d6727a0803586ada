/** The legend is the filter: a message type with its line, its colour and how many there are. */
import { computed } from '@preact/signals'
import { colourOf, dashOf } from '../draw/palette.ts'
import { theme } from '../paint/colours.ts'
import { other } from './comparing.ts'
import { ExportMenu } from './export-menu.tsx'
import { count } from './format.ts'
import { KEYS } from './keys.ts'
import { change, loaded, seen } from './state.ts'
import { AXES } from './view-url.ts'
import { fit, switchAxis, zoom } from './window.ts'

const counts = computed((): readonly number[] => {
  const run = loaded.value
  if (run === null) return []
  const found = run.types.map(() => 0)
  const { typeIndex, copyOf, length } = run.messages
  for (let m = 0; m < length; m++) if (copyOf[m] === -1) found[typeIndex[m]!]!++
  return found
})

export function Toolbar() {
  return (
    <div class="toolbar" role="toolbar" aria-label="The drawing">
      <Types />
      <span class="spring" />
      <Processes />
      <label class="search">
        <span class="off-screen">Filter events by text</span>
        <input
          id="search"
          type="search"
          placeholder="filter by text"
          value={seen.text.value}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </label>
      <Axis />
      <span class="group">
        <button type="button" title={titleOf('wider')} aria-label="Zoom out" onClick={() => zoom(1.5)}>
          −
        </button>
        <button type="button" title={titleOf('closer')} aria-label="Zoom in" onClick={() => zoom(1 / 1.5)}>
          +
        </button>
        <button type="button" title={titleOf('fit')} onClick={fit}>
          fit
        </button>
      </span>
      <ExportMenu />
    </div>
  )
}

const titleOf = (command: keyof typeof KEYS) => `${KEYS[command].does} (${KEYS[command].shown})`

function Types() {
  const run = loaded.value
  if (run === null) return null
  const types = seen.types.value
  const toggle = (type: string) => {
    const shown = new Set(types ?? run.types)
    if (!shown.delete(type)) shown.add(type)
    change({ types: run.types.every((each) => shown.has(each)) ? null : [...shown] })
  }
  return (
    <fieldset class="types">
      <legend class="off-screen">Message types shown</legend>
      {run.types.map((type, i) => (
        <button
          key={type}
          type="button"
          class="type"
          aria-pressed={types === null || types.includes(type)}
          title="show or hide its messages"
          onClick={() => toggle(type)}
        >
          <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
            <path
              d="M0 4h19"
              stroke={colourOf(i, theme.value)}
              stroke-width="2"
              stroke-dasharray={dashOf(i).join(' ')}
            />
            <path d="M26 4l-8-3.4v6.8z" fill={colourOf(i, theme.value)} />
          </svg>
          {type === '' ? 'untyped' : type} <span class="quiet">{count(counts.value[i] ?? 0)}</span>
        </button>
      ))}
    </fieldset>
  )
}

function Processes() {
  const run = loaded.value
  if (run === null) return null
  const hidden = seen.hidden.value
  const toggle = (process: number) =>
    change({
      hidden: hidden.includes(process)
        ? hidden.filter((each) => each !== process)
        : [...hidden, process].toSorted((a, b) => a - b),
    })
  const shown = run.processes.length - hidden.length
  return (
    <details
      class="menu"
      onFocusOut={(event) => {
        const to = event.relatedTarget
        if (to instanceof Node && !event.currentTarget.contains(to)) event.currentTarget.open = false
      }}
    >
      <summary>
        {hidden.length === 0 ? 'all processes' : `${shown} of ${run.processes.length} processes`}
      </summary>
      <div class="menu-body">
        <div class="group">
          <button type="button" onClick={() => change({ hidden: [] })}>
            all
          </button>
          <button
            type="button"
            onClick={() => change({ hidden: run.processes.map((_, process) => process) })}
          >
            none
          </button>
        </div>
        <div class="checks">
          {run.processes.map((name, process) => (
            <label key={name}>
              <input type="checkbox" checked={!hidden.includes(process)} onChange={() => toggle(process)} />
              {name}
            </label>
          ))}
        </div>
      </div>
    </details>
  )
}

const AXIS_TITLES = {
  real: 'real time',
  logical: 'Lamport time',
  aligned: 'a common axis: what both runs have stands at the same place',
}

function Axis() {
  return (
    <fieldset class="group">
      <legend class="off-screen">Time axis</legend>
      {AXES.filter((axis) => axis !== 'aligned' || other.value !== null).map((axis) => (
        <button
          key={axis}
          type="button"
          aria-pressed={seen.axis.value === axis}
          title={`${AXIS_TITLES[axis]} (a)`}
          onClick={() => switchAxis(axis)}
        >
          {axis === 'aligned' ? 'common' : axis}
        </button>
      ))}
    </fieldset>
  )
}
