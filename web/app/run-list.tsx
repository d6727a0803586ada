import { useLayoutEffect, useRef } from 'preact/hooks'
import { OpenFile } from './drop-zone.tsx'
import { clock, count, duration } from './format.ts'
import type { RunLine } from './run-line.ts'
import { openRun, readRuns, runs, runsOpen, seen } from './state.ts'
import { Mark } from './verdict-pane.tsx'

/** The runs the server keeps, in a dialog: the drawing needs the room more than a list does. */
export function RunList() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = runsOpen.value
  useLayoutEffect(() => {
    if (open && dialog.current?.open === false) {
      dialog.current.showModal()
      void readRuns()
    }
    if (!open) dialog.current?.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      class="runs"
      aria-labelledby="runs-title"
      onClose={() => {
        runsOpen.value = false
      }}
    >
      <div class="dialog-head">
        <h2 id="runs-title">Runs</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          close
        </button>
      </div>
      <OpenFile />
      {runs.value?.length === 0 ? <NoRuns /> : <RunTable lines={runs.value ?? []} />}
    </dialog>
  )
}

export function NoRuns() {
  return (
    <div class="empty">
      <p>There is no run here yet. This makes one and shows it:</p>
      <p>
        <code class="command">npm run testbed</code>
      </p>
      <p class="quiet">A file of spans, dropped on this page, is opened as it is.</p>
    </div>
  )
}

const COLUMNS = [
  'algorithm',
  'verdict',
  'processes',
  'runtime',
  'faults',
  'seed',
  'events',
  'duration',
  'began',
]
const FIGURES = ['processes', 'seed', 'events', 'duration']

function RunTable({ lines }: { readonly lines: readonly RunLine[] }) {
  return (
    // It scrolls by itself, and so must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region
    <section class="scroll" tabIndex={0} aria-label="List of runs">
      <table class="figures">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th scope="col" key={name} class={FIGURES.includes(name) ? 'figure' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <RunRow key={line.id} line={line} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function RunRow({ line }: { readonly line: RunLine }) {
  const { id, state, algorithm, runtime, faults, seed, processes, events, durationMs, startedAtMs } = line
  const shown = seen.run.value === id
  return (
    <tr class={shown ? 'chosen' : undefined}>
      <th scope="row">
        <a
          href={`?run=${encodeURIComponent(id)}`}
          aria-current={shown ? 'page' : undefined}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            runsOpen.value = false
            void openRun(id)
          }}
        >
          {algorithm === '' ? id : algorithm}
        </a>
      </th>
      <td>
        {line.verdict === null ? (
          <span class="quiet">{line.why ?? state}</span>
        ) : (
          <Mark verdict={line.verdict} />
        )}
      </td>
      <td class="figure">{processes}</td>
      <td>{runtime}</td>
      <td class="faults" title={faults}>
        {faults === '' ? '–' : faults}
      </td>
      <td class="figure">{seed ?? '–'}</td>
      <td class="figure">{events === null ? '–' : count(events)}</td>
      <td class="figure">{durationMs === null ? '–' : duration(durationMs * 1e6)}</td>
      <td class="nowrap">{clock(startedAtMs)}</td>
    </tr>
  )
}
