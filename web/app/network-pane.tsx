/** The network at the cursor: who is linked to whom, and what is on its way between them. */
import { computed, signal } from '@preact/signals'
import { hit } from '../draw/hit.ts'
import { LAYOUTS, type Layout, network } from '../draw/network.ts'
import type { DrawList } from '../draw/shapes.ts'
import { conditionAt } from '../model/network.ts'
import type { RunData } from '../model/run-data.ts'
import { Canvas, pointOf, type Size } from './canvas.tsx'
import { coloured, colourFields } from './colouring.ts'
import { stepCut } from './commands.ts'
import { moment } from './format.ts'
import { Legend, LinkChoice, LinkMessages } from './network-legend.tsx'
import { playing, shownNs, TAKES, takes, togglePlay } from './play.ts'
import { change, cut, loaded, seen, selectEvent, selectedEvent, selectMessage, underway } from './state.ts'

const size = signal<Size>({ width: 0, height: 0 })

const list = computed((): DrawList => (size.value.width === 0 ? [] : networkPicture(size.value)))

/** The network as it is at the cursor, on a sheet of any size. */
export function networkPicture(sheet: Size): DrawList {
  const run = loaded.value
  if (run === null) return []
  const at = selectedEvent.value
  return network(run, {
    ...sheet,
    layout: layoutOf(seen.layout.value),
    cursorNs: shownNs.value,
    selectedLink: seen.link.value,
    traffic: seen.traffic.value,
    coloured: coloured.value,
    selected: at === null ? null : run.process(at),
  })
}

const layoutOf = (name: string): Layout => LAYOUTS.find((each) => each === name) ?? 'ring'

export function NetworkPane() {
  const run = loaded.value
  if (run === null) return null
  return (
    <div class="network">
      <Controls />
      <Canvas
        class="network-canvas"
        role="img"
        aria-label={[
          `The network at ${moment(shownNs.value)}: ${run.processes.length} processes,`,
          `${run.run.links.length} links, ${underway.value.length} messages in transit.`,
          ...downNow(run),
          'With nothing selected, the tab Event lists them.',
        ].join(' ')}
        draw={() => list.value}
        resized={(now) => {
          size.value = now
        }}
        onClick={(event) => clicked(...pointOf(event))}
      />
      <div class="legends">
        <Legend />
        <LinkChoice run={run} />
      </div>
      <LinkMessages run={run} />
    </div>
  )
}

/** What is crossed out in the drawing. */
function downNow(run: RunData): string[] {
  const { downProcesses, downLinks } = conditionAt(run, shownNs.value)
  const names = [...downProcesses].sort((a, b) => a - b).map((process) => run.processes[process])
  const processes = names.length === 0 ? [] : [`Down: ${names.join(', ')}.`]
  return downLinks.size === 0 ? processes : [...processes, `${downLinks.size} links are down.`]
}

function clicked(x: number, y: number): void {
  const found = hit(list.peek(), x, y)
  if (found?.message !== undefined) return selectMessage(found.message)
  if (found?.link !== undefined) return change({ link: found.link })
  if (found?.process === undefined) return
  const at = cut.peek()[found.process]!
  selectEvent(at === -1 ? loaded.peek()!.ofProcess(found.process)[0]! : at)
}

function Controls() {
  return (
    <div class="controls">
      <span class="group">
        <button
          type="button"
          aria-label="One event back"
          title="one event back ([)"
          onClick={() => stepCut(-1)}
        >
          ‹
        </button>
        <button type="button" title="play or pause (p)" onClick={togglePlay}>
          {playing.value ? 'pause' : 'play'}
        </button>
        <button type="button" aria-label="One event on" title="one event on (])" onClick={() => stepCut(1)}>
          ›
        </button>
      </span>
      <label>
        <span class="off-screen">Time the whole run takes to play</span>
        <select
          value={takes.value}
          onChange={(event) => {
            takes.value = Number(event.currentTarget.value)
          }}
        >
          {TAKES.map((seconds) => (
            <option key={seconds} value={seconds}>
              in {seconds} s
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="off-screen">Layout</span>
        <select
          value={layoutOf(seen.layout.value)}
          onChange={(event) => change({ layout: event.currentTarget.value })}
        >
          {LAYOUTS.map((layout) => (
            <option key={layout}>{layout}</option>
          ))}
        </select>
      </label>
      <Colour />
      <label class="check">
        <input
          type="checkbox"
          checked={seen.traffic.value === 'so-far'}
          onChange={(event) => change({ traffic: event.currentTarget.checked ? 'so-far' : 'all' })}
        />
        <span title="links are as thick as they were used up to the cursor, not in the whole run">
          traffic so far
        </span>
      </label>
      <span class="number quiet moment">{moment(shownNs.value)}</span>
    </div>
  )
}

function Colour() {
  const field = seen.colour.value
  const fields = [...new Set([...(field === '' ? [] : [field]), ...colourFields.value])]
  return (
    <label>
      <span class="off-screen">Colour of the processes</span>
      <select class="roomy" value={field} onChange={(event) => change({ colour: event.currentTarget.value })}>
        <option value="">one colour</option>
        {fields.map((name) => (
          <option key={name} value={name}>
            by {name}
          </option>
        ))}
      </select>
    </label>
  )
}
