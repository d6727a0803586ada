import { useLayoutEffect, useRef } from 'preact/hooks'
import { KEYS } from './keys.ts'
import { help } from './state.ts'

/** The keys, what a hand can do, and what the signs of the drawing stand for. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = help.value
  useLayoutEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal()
    if (!open) dialog.current?.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        help.value = false
      }}
    >
      <div class="dialog-head">
        <h2 id="help-title">Keys and signs</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          close
        </button>
      </div>
      <div class="help-columns">
        <div>
          <h3>Keys</h3>
          <dl class="keys">
            {Object.values(KEYS).map(({ shown, does }) => (
              <div key={shown}>
                <dt>
                  <kbd>{shown}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div>
          <h3>Signs</h3>
          <Meanings of={SIGNS} />
          <h3>Panes</h3>
          <Meanings of={PANES} />
        </div>
        <div>
          <h3>By hand</h3>
          <Meanings of={BY_HAND} />
          <h3>More</h3>
          <Meanings of={MORE} />
        </div>
      </div>
    </dialog>
  )
}

type Meaning = readonly [what: string, means: string]

const SIGNS: readonly Meaning[] = [
  ['line', 'a process; time runs to the right'],
  ['dot', 'an event of it'],
  ['arrow', 'a message, coloured and dashed by its type'],
  ['cross', 'a message that was lost on its way'],
  ['open end', 'a message that had not arrived when the run ended'],
  ['hatched line', 'the process is down'],
  ['small cross', 'a link goes down, or a fault: late, held, paused, slow, a wrong clock, a lie'],
  ['red square', 'an event that proves a violation; red arrow: a message'],
  ['line across', 'a cut that the algorithm recorded, with its name on top'],
  ['diamonds', 'your cut: what is left of it has happened'],
  ['red, dashed', 'a cut that is inconsistent: a message was received before it and sent after it'],
  ['shades', 'messages too many for arrows; zoom in'],
]

const BY_HAND: readonly Meaning[] = [
  ['click', 'selects an event or a message: its past and future light up'],
  ['drag', 'moves along; on the diamond at the axis, the cut; on one at a line, the cut of that process'],
  ['wheel', 'moves in time, or over the processes where not all fit (Shift: in time); with Ctrl it zooms'],
  ['legend', 'the types above the drawing: click to hide or show one'],
]

const MORE: readonly Meaning[] = [
  ['State', 'fields pinned as columns; one process followed, step by step'],
  ['Network', 'coloured by a field; click a link for its messages'],
  ['Act', 'asks, crashes, cuts: in a run that is held open, by the link with the token that it printed'],
  ['follow', 'while a run goes on the page stays at its end; going back lets go'],
  ['exports', 'pictures, and the events for ShiViz, Perfetto, OTLP'],
  ['a file', 'of spans (OTLP, JSON lines), dropped anywhere, opens here'],
  ['the address', 'holds what you see: a link shows somebody just this'],
]

const PANES: readonly Meaning[] = [
  ['Messages', 'how many, and how long on their way'],
  ['Traces', 'what was asked; the one chosen is drawn: a row a message, grey its handler'],
  ['Motifs', 'patterns: pull from line to line for a message, click for an event'],
  ['Compare', 'another run beside this one; ≠ where the two part'],
]

function Meanings({ of }: { readonly of: readonly Meaning[] }) {
  return (
    <dl class="signs">
      {of.map(([what, means]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{means}</dd>
        </div>
      ))}
    </dl>
  )
}
