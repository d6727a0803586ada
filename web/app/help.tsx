import { useLayoutEffect, useRef } from 'preact/hooks'
import { KEYS } from './keys.ts'
import { help } from './state.ts'

/** The keys, and what the signs of the drawing stand for. */
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
        <Signs />
      </div>
    </dialog>
  )
}

const SIGNS: readonly (readonly [string, string])[] = [
  ['line', 'a process; time runs to the right'],
  ['dot', 'an event of it'],
  ['arrow', 'a message, coloured and dashed by its type; the legend above the drawing is the filter'],
  ['cross', 'a message that was lost on its way'],
  ['hatched line', 'the process is down'],
  [
    'small cross',
    'a link that goes down, or a fault: what is late, held, paused, slow, a wrong clock, a lie',
  ],
  ['line across', 'a cut that the algorithm recorded, with its name'],
  ['cut', 'yours: what is left of it has happened. Drag its handle, or one process of it'],
  ['red, dashed', 'the cut is inconsistent: a message was received before it and sent after it'],
  [
    'wheel',
    'moves along in time, or over the processes where not all fit (then Shift: in time); with Ctrl it zooms',
  ],
]

const PANES: readonly (readonly [string, string])[] = [
  [
    'Traces',
    'what was asked of processes. One that is chosen is drawn beneath the diagram, a row for each message ' +
      'from its sending to its delivery; the grey box is its handler, a line down leads to what it caused. ' +
      'Small dashes lead to another trace, as when a timer goes off',
  ],
  [
    'Motifs',
    'where messages and events make a pattern: a broadcast, a gather, or up to six events that you draw. ' +
      'Pull from line to line for a message, click on a line for an event of that process',
  ],
  ['Messages', 'how many, how long on their way, by process and for each operation'],
]

function Signs() {
  return (
    <dl class="signs">
      {[...SIGNS, ...PANES].map(([sign, means]) => (
        <div key={sign}>
          <dt>{sign}</dt>
          <dd>{means}</dd>
        </div>
      ))}
    </dl>
  )
}
