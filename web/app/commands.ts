/** What the keys do. */
import { listed } from './events-pane.tsx'
import { type Command, commandOf, takesKeys } from './keys.ts'
import { playing, togglePlay } from './play.ts'
import {
  change,
  cutPosition,
  help,
  loaded,
  moveCut,
  order,
  seen,
  selectEvent,
  selectedEvent,
  selectedMessage,
  stepCutOf,
} from './state.ts'
import type { CutBy } from './view-url.ts'
import { acrossProcesses, alongProcess, firstStart, otherEnd } from './walk.ts'
import { fit, pan, switchAxis, zoom } from './window.ts'

const ZOOM = 1.5
const PAN = 0.25 // of the window
const FAR = 50 // parts of the run

export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return
    const command = commandOf(event)
    if (command === null || takesKeys(event.target, command)) return
    if (COMMANDS[command]()) event.preventDefault()
  })
}

const done = (act: () => void) => (): boolean => {
  act()
  return true
}

/** Each says whether it took the key. */
const COMMANDS: Record<Command, () => boolean> = {
  next: () => walk((at) => alongProcess(loaded.value!, at, 1)),
  previous: () => walk((at) => alongProcess(loaded.value!, at, -1)),
  up: () => walk((at) => acrossProcesses(loaded.value!, order.value, at, -1, seen.axis.value)),
  down: () => walk((at) => acrossProcesses(loaded.value!, order.value, at, 1, seen.axis.value)),
  follow: () => walk((at) => otherEnd(loaded.value!, at)),
  cutBack: done(() => stepCut(-1)),
  cutOn: done(() => stepCut(1)),
  cutFarBack: done(() => stepCut(-farStep())),
  cutFarOn: done(() => stepCut(farStep())),
  cutOwnBack: () => stepOwnCut(-1),
  cutOwnOn: () => stepOwnCut(1),
  earliest: () => cutAround((earliest) => ({ earliest })),
  latest: () => cutAround((latest) => ({ latest })),
  cutAt: done(() => document.getElementById('cut-at')?.focus()),
  axis: done(() => switchAxis()),
  closer: done(() => zoom(1 / ZOOM)),
  wider: done(() => zoom(ZOOM)),
  panBack: done(() => pan(-PAN)),
  panOn: done(() => pan(PAN)),
  fit: done(fit),
  search: done(() => document.getElementById('search')?.focus()),
  play: done(togglePlay),
  clear: done(() => selectEvent(null)),
  help: done(() => {
    help.value = true
  }),
}

/** From the selected event to another; with none selected, first to the first that passes the filters. */
function walk(to: (at: number) => number | null): boolean {
  const run = loaded.value
  if (run === null || run.length === 0) return false
  const at = selected()
  if (at === null) {
    const start = firstStart(run)
    const { length, at: inRow, rowOf } = listed.value
    const row = rowOf(start - 1) + 1
    selectEvent(row < length ? inRow(row) : start)
    return true
  }
  const next = to(at)
  if (next !== null) selectEvent(next)
  return true
}

export function stepCut(by: number): void {
  const run = loaded.value
  if (run === null) return
  if (playing.value) togglePlay()
  moveCut({ position: Math.min(run.length - 1, Math.max(-1, cutPosition.value + by)) })
}

/** The selected event, or the end of the selected message that was its sending. */
const selected = (): number | null =>
  selectedMessage.value === null ? selectedEvent.value : loaded.value!.messages.sendAt[selectedMessage.value]!

function stepOwnCut(by: number): boolean {
  const at = selected()
  if (at === null) return false
  stepCutOf(loaded.value!.process(at), by)
  return true
}

function cutAround(by: (event: number) => CutBy): boolean {
  const at = selected()
  if (at === null) return false
  moveCut(by(at))
  return true
}

const farStep = () => Math.max(1, Math.round((loaded.value?.length ?? 0) / FAR))

export const clearSelection = (): void => change({ at: null, message: null })
