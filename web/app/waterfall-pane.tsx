/**
 * A trace beneath the space-time diagram: its rows in words, and before them the
 * drawing. The rows are the drawing's twin for keys, screen readers and tests.
 */
import { computed, signal } from '@preact/signals'
import { traceId } from '../../src/trace-format/span-ids.ts'
import { beginOf, waterfall, waterfallAxis } from '../draw/waterfall.ts'
import type { RunData } from '../model/run-data.ts'
import { eventOfRow, type Trace } from '../model/traces.ts'
import { Canvas } from './canvas.tsx'
import { count, duration, moment, plural } from './format.ts'
import { alignedSince, cut, cutIsPlaced, loaded, seen, selectEvent } from './state.ts'
import { closeTrace, cursor, selectedRow, shownLinks, shownTrace } from './traces.ts'
import { ROW_REM, VirtualList } from './virtual-list.tsx'
import { deed } from './words.ts'

/** Of the drawing over the rows: the numbers above them stand to its scale, whatever the scroll bar takes. */
const width = signal(0)

/** How far the cut reaches on the axis that is shown; null where it is not drawn. */
const cutValue = computed((): number | null => {
  const run = loaded.value
  if (run === null || !cutIsPlaced.value) return null
  const axis = seen.axis.value
  return cut.value.reduce((most, at) => (at === -1 ? most : Math.max(most, run.valueOn(axis, at))), 0)
})

const AXIS_NAMES = {
  real: 'Time since the trace began',
  logical: 'Logical time',
  aligned: 'The common axis of both runs',
} as const

/** What stands above the rows. */
const HEAD_REM = 4

export function WaterfallPane() {
  const run = loaded.value
  const trace = shownTrace.value
  if (run === null || trace === null || seen.about.value !== 'traces') return null
  const axis = seen.axis.value
  alignedSince.value // of the common axis the run alone says nothing
  return (
    <section
      class="waterfall"
      aria-label="The trace"
      style={{ '--whole': `${HEAD_REM + trace.length * ROW_REM}rem` }}
    >
      <Head trace={trace} />
      <Canvas
        class="waterfall-axis"
        role="img"
        aria-label={AXIS_NAMES[axis]}
        draw={() => waterfallAxis(run, trace, axis, width.value)}
      />
      <VirtualList
        key={trace.root}
        label={`Rows of the trace: ${trace.length}`}
        id="trace-row"
        length={trace.length}
        selected={selectedRow.value}
        choose={(row) => selectEvent(eventOfRow(run, trace, row))}
        empty=""
        row={(row) => <RowLine trace={trace} row={row} />}
        over={(top) => <Drawing trace={trace} top={top} />}
      />
    </section>
  )
}

const ROOT_PX = 16 // px of a rem at the usual size of text, in which drawings are measured

function Drawing({ trace, top }: { readonly trace: Trace; readonly top: number }) {
  const run = loaded.value!
  const px = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || ROOT_PX
  return (
    <Canvas
      class="waterfall-rows"
      draw={(size) =>
        waterfall(run, trace, {
          ...size,
          scrollTop: (top * ROOT_PX) / px,
          rowHeight: ROW_REM * ROOT_PX,
          axis: seen.axis.value,
          selected: cursor.value,
          cut: cutValue.value,
          links: shownLinks.value,
        })
      }
      resized={(size) => {
        width.value = size.width
      }}
    />
  )
}

function Head({ trace }: { readonly trace: Trace }) {
  const run = loaded.value!
  const { root, lastAt, length, left } = trace
  const messages = trace.message.reduce((sum, m) => (m === -1 ? sum : sum + 1), 0)
  const touched = new Set<number>()
  for (const step of trace.step) if (step !== -1) touched.add(run.process(step))
  return (
    <p class="waterfall-head">
      <span>
        <strong>
          <span class="mono">{run.processes[run.process(root)]}</span> {deed(run, root)}
        </strong>{' '}
        at {moment(run.timeNs(root))}: {plural(messages, 'message')},{' '}
        {touched.size === 1 ? '1 process' : `${count(touched.size)} processes`},{' '}
        {duration(run.timeNs(lastAt) - run.timeNs(root))}
        {left > 0 && (
          <em>
            ; the first {count(length)} rows are drawn, {count(left)} are not
          </em>
        )}
      </span>
      <span class="spring" />
      <InJaeger root={root} />
      <button type="button" onClick={closeTrace}>
        close
      </button>
    </p>
  )
}

/** The same trace where a collector has it as well. */
function InJaeger({ root }: { readonly root: number }) {
  const run = loaded.value!
  const ui = run.jaeger
  if (ui === null) return null
  const id = traceId(run.run.tag, run.process(root), run.seq(root))
  return (
    <a href={`${ui}/trace/${id}`} rel="noreferrer">
      in Jaeger
    </a>
  )
}

/** Deeper rows are indented no further: their words must stay in sight. */
const INDENT_MOST = 12
const INDENT_REM = 0.5

function RowLine({ trace, row }: { readonly trace: Trace; readonly row: number }) {
  const run = loaded.value!
  const [message, step, depth] = [trace.message[row]!, trace.step[row]!, trace.depth[row]!]
  const begin = beginOf(run, trace, row)
  const isAfter = begin > cut.value[run.process(begin)]!
  const figures = figuresOf(run, message, step)
  return (
    <span
      class={isAfter ? 'trace-row after' : 'trace-row'}
      style={{ paddingLeft: `${Math.min(depth, INDENT_MOST) * INDENT_REM}rem` }}
      title={`${run.processes[run.process(begin)]} ${deed(run, begin)}, ${figures}`}
    >
      {depth > INDENT_MOST && <span class="quiet number">…{depth} </span>}
      {message === -1 ? (
        <>
          <span class="mono">{run.processes[run.process(step)]}</span> {deed(run, step)}
        </>
      ) : (
        <MessageWords message={message} />
      )}
      <span class="off-screen">, {figures}</span>
    </span>
  )
}

function MessageWords({ message }: { readonly message: number }) {
  const run = loaded.value!
  const { from, to, typeIndex, deliverAt, lostAt, copyOf } = run.messages
  return (
    <>
      <span class="mono">
        {run.processes[from[message]!]} → {run.processes[to[message]!]}
      </span>{' '}
      {run.types[typeIndex[message]!]}
      {copyOf[message] !== -1 && <span class="quiet"> copy</span>}
      {lostAt[message] !== -1 && <strong class="witness"> lost</strong>}
      {lostAt[message] === -1 && deliverAt[message] === -1 && <span class="quiet"> in transit</span>}
    </>
  )
}

/** What the bar of a row shows, in words. */
function figuresOf(run: RunData, message: number, step: number): string {
  const began = message === -1 ? step : run.messages.sendAt[message]!
  const arrived = message === -1 ? -1 : run.messages.deliverAt[message]!
  const took = step === -1 ? 0 : run.extra(step)
  return [
    `at ${moment(run.timeNs(began))}`,
    ...(arrived === -1 ? [] : [`on its way for ${duration(run.timeNs(arrived) - run.timeNs(began))}`]),
    ...(took === 0 ? [] : [`handler took ${duration(took)}`]),
  ].join(', ')
}
