/**
 * What the page knows and shows, as signals: every pane reads them, none holds
 * anything of its own that another must know. There is one cursor, the cut:
 * which events of each process have happened. `view` is what the address says.
 */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { proofsOf } from '../draw/proofs.ts'
import { earliestCut, inTransit, isConsistent, latestCut } from '../model/causality.ts'
import { type Cut, cutAt, cutOnAxis, cutRecorded, withProcessMoved } from '../model/cut.ts'
import type { RunData } from '../model/run-data.ts'
import { note } from './arrivals.ts'
import { readFile } from './dropped.ts'
import { follow } from './live.ts'
import { listRuns, liveUrl, readRun } from './load.ts'
import type { RunLine } from './run-line.ts'
import { type CutBy, DEFAULT_VIEW, queryOf, type View, viewOf } from './view-url.ts'

export const view = signal<View>(viewOf(location.search))
export const runs = signal<readonly RunLine[] | null>(null)
export const data = signal<RunData | null>(null)
export const grown = signal(0) // counts the blocks that arrived while the page was open
export const live = signal(false)
export const following = signal(true) // while live: the window and the cut stay at the end
export const problem = signal<string | null>(null)
export const loading = signal(false)
export const help = signal(false)
export const runsOpen = signal(false)

/** Counts how often the run was given an axis in common with another: what stands on it moves then. */
export const alignedSince = signal(0)

/** The parts of the view: who reads one is not told of another, as of the window with every frame. */
export const seen = Object.fromEntries(
  Object.keys(DEFAULT_VIEW).map((part) => [part, computed(() => view.value[part as keyof View])]),
) as { readonly [Part in keyof View]: ReadonlySignal<View[Part]> }

export const change = (part: Partial<View>): void => {
  view.value = { ...view.peek(), ...part }
}

/** The selected event; of a selected message its sending. */
export const selectedEvent = computed(() => within(seen.at.value))
export const selectedMessage = computed(() => {
  const sentAt = within(seen.message.value)
  const message = sentAt === null ? -1 : data.value!.messageOfSend(sentAt)
  return message === -1 ? null : message
})

function within(position: number | null): number | null {
  const run = loaded.value
  return position === null || run === null || position >= run.length ? null : position
}

/** The run. Who reads it is told when it has grown, though it stays the same object. */
export const loaded = {
  get value(): RunData | null {
    grown.value
    return data.value
  },
  peek: (): RunData | null => data.peek(),
}

/** Where the cut is before any process is moved by hand. */
export const cutBy = computed((): CutBy => {
  const run = loaded.value
  const cut = seen.cut.value
  if (cut !== null) return cut
  if (selectedEvent.value !== null) return { position: selectedEvent.value }
  return { position: (run?.length ?? 0) - 1 }
})

/** The cut: of each process the last position included, -1 for none. */
export const cut = computed((): Int32Array => {
  const run = loaded.value
  if (run === null) return new Int32Array()
  alignedSince.value
  const at = placed(run, cutBy.value)
  for (const [process, position] of seen.moved.value) if (process < at.length) at[process] = position
  return at
})

function placed(run: RunData, by: CutBy): Cut {
  if ('position' in by) return cutAt(run, by.position)
  if ('lamport' in by) return cutOnAxis(run, 'logical', by.lamport)
  if ('common' in by) return cutOnAxis(run, 'aligned', by.common)
  if ('recorded' in by) {
    const its = run.cuts.find(({ id }) => id === by.recorded)
    return its === undefined ? cutAt(run, run.length - 1) : cutRecorded(run, its)
  }
  const event = 'earliest' in by ? by.earliest : by.latest
  if (event >= run.length) return cutAt(run, run.length - 1)
  // A copy: what is remembered of an event is not the reader's to move.
  return ('earliest' in by ? earliestCut : latestCut)(run, event).slice()
}

/** Whether the reader placed the cut; else it stands at the end, and need not be drawn. */
export const cutIsPlaced = computed(
  () => seen.cut.value !== null || selectedEvent.value !== null || seen.moved.value.size > 0,
)

/** The processes that are shown, from the top. */
export const order = computed((): readonly number[] => {
  const hidden = new Set(seen.hidden.value)
  return (loaded.value?.processes ?? []).flatMap((_, process) => (hidden.has(process) ? [] : process))
})

/** The last event of the cut in the order of recording; -1 when it holds none. */
export const cutPosition = computed(() => cut.value.reduce((last, at) => Math.max(last, at), -1))

export const cutNs = computed(() => {
  const run = loaded.value
  return run === null || cutPosition.value === -1 ? 0 : run.timeNs(cutPosition.value)
})

export const consistency = computed(() =>
  loaded.value === null ? { consistent: true, offending: [] } : isConsistent(loaded.value, cut.value),
)
export const underway = computed(() => (loaded.value === null ? [] : inTransit(loaded.value, cut.value)))

/** Positions of the witnesses of all findings. */
export const witnesses = computed((): ReadonlySet<number> => {
  const properties = loaded.value?.outcome?.properties ?? []
  return new Set(properties.flatMap(({ findings }) => findings.flatMap((finding) => finding.witnesses)))
})

/** The messages that they are about. */
export const proofs = computed((): readonly number[] =>
  loaded.value === null ? [] : proofsOf(loaded.value, witnesses.value),
)

export function selectEvent(position: number | null): void {
  change({ at: position, message: null, cut: null, moved: new Map() })
  if (position !== null) following.value = false
}

export function selectMessage(message: number): void {
  const sentAt = data.peek()?.messages.sendAt[message]
  if (sentAt !== undefined) change({ at: null, message: sentAt })
}

export function moveCut(by: CutBy): void {
  change({ cut: by, moved: new Map() })
  following.value = false
}

export function moveCutOf(process: number, position: number): void {
  change({ moved: new Map([...view.peek().moved, [process, position]]) })
}

/** The part of one process so many of its events further on. */
export function stepCutOf(process: number, events: number): void {
  const run = loaded.peek()
  if (run === null) return
  const { cut: by } = view.peek()
  if (by === null) change({ cut: cutBy.peek() }) // or it would follow the selection
  moveCutOf(process, withProcessMoved(run, cut.peek(), process, events)[process]!)
}

/** @param isOver nothing more comes of it, whatever the list said when it was read */
export async function openRun(id: string, isOver = false): Promise<void> {
  if (view.peek().run !== id) view.value = { ...DEFAULT_VIEW, run: id, layout: view.peek().layout }
  loading.value = true
  problem.value = null
  try {
    const { data: run, cutOff } = await readRun(id, note)
    if (view.peek().run !== id) return
    data.value = run
    if (cutOff) problem.value = 'The file of events ends in the middle: the run was interrupted.'
    if (!isOver) goLive(id, run) // one that is held open has an outcome, and goes on
  } catch (error) {
    data.value = null
    problem.value = `Run ${id} cannot be shown: ${reason(error)}.`
  } finally {
    loading.value = false
  }
}

/** Opens the first run of a file of spans. */
export async function openFile(file: File): Promise<void> {
  try {
    const id = await readFile(file)
    await readRuns()
    runsOpen.value = false
    await openRun(id)
  } catch (error) {
    problem.value = `${file.name} cannot be opened: ${reason(error)}.`
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

let stopFollowing: (() => void) | null = null

function goLive(id: string, run: RunData): void {
  stopFollowing?.()
  live.value = false
  const running = runs.peek()?.find((line) => line.id === id)?.state === 'running'
  if (!running) return
  let isHeld = run.outcome !== undefined
  stopFollowing = follow(liveUrl(id), run.length, {
    opened: () => {
      live.value = true
    },
    block: (block) => {
      if (data.peek() !== run || block.first !== run.length) return
      run.append(block)
      grown.value++
    },
    rested: (record) => {
      isHeld = true
      if (data.peek() === run) told(run, record)
    },
    ended: (record) => {
      live.value = false
      if (view.peek().run !== id) return
      // With a run that was held open its server ends: what has come of it is all there is.
      if (isHeld && data.peek() === run) told(run, record)
      else void openRun(id, true)
    },
    closed: () => {
      live.value = false
    },
  })
}

function told(run: RunData, record: RunRecord): void {
  run.update(record)
  grown.value++
}

export async function readRuns(): Promise<void> {
  try {
    runs.value = await listRuns()
  } catch (error) {
    runs.value = []
    problem.value = `The list of runs cannot be read: ${reason(error)}.`
  }
}

/** While the window is dragged the address waits: a browser takes some hundred changes in half a minute. */
const ADDRESS_MS = 120

/** Opens what the address says, or the latest run; from then on the address follows the view. */
export async function begin(): Promise<void> {
  await readRuns()
  const id = view.peek().run ?? runs.peek()?.[0]?.id
  if (id !== undefined && id !== null) {
    change({ run: id })
    await openRun(id)
  }
  let shownRun = view.peek().run
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    const query = queryOf(view.peek())
    if (query === location.search) return
    const address = `${location.pathname}${query}${location.hash}`
    if (view.peek().run === shownRun) history.replaceState(null, '', address)
    else history.pushState(null, '', address)
    shownRun = view.peek().run
  }
  let rest = ''
  effect(() => {
    const its = queryOf({ ...view.value, window: null })
    if (its === rest) timer ??= setTimeout(write, ADDRESS_MS)
    else write()
    rest = its
  })
  addEventListener('popstate', () => {
    const before = view.peek().run
    view.value = viewOf(location.search)
    shownRun = view.value.run
    if (view.value.run !== null && view.value.run !== before) void openRun(view.value.run)
  })
}
