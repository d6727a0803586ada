/**
 * Acting on a run that is held open. Who came by the link on the terminal has its token, which
 * stands behind the # of the address: it is taken from there at once, so that the address can be
 * handed on, and kept for this tab alone.
 */
import { computed, effect, signal } from '@preact/signals'
import type { ActAnswer, ActForms } from '../../src/trace-format/acts.ts'
import { embedded } from './embedded.ts'
import { change, data, following, grown, live, view } from './state.ts'
import { setWindow, whole } from './window.ts'

const KEPT = 'act-token'

const token = embedded === null ? taken() : null

function taken(): string | null {
  const [, given] = /^#token=([\w-]+)$/.exec(location.hash) ?? []
  if (given !== undefined) {
    sessionStorage.setItem(KEPT, given)
    history.replaceState(null, '', `${location.pathname}${location.search}`)
  }
  return sessionStorage.getItem(KEPT)
}

/** What can be done to the run that is shown; null if nothing can. */
export const forms = signal<ActForms | null>(null)

/** What was done from this page, and what was said to it; the latest last. */
export interface Done {
  readonly number: number
  readonly line: string
  readonly message: string
  readonly isDone: boolean
}
export const done = signal<readonly Done[]>([])

/** A person reads no more, and the history has all of it. */
const SHOWN_MAX = 20

const apiOf = (id: string) => `/api/runs/${encodeURIComponent(id)}`

const held = computed(() => (token !== null && live.value ? view.value.run : null))

/** Asks what can be done, whenever another run is shown; returns what stops it. */
export const askForForms = (): (() => void) =>
  effect(() => {
    const id = held.value
    forms.value = null
    done.value = []
    if (id === null) return
    void fetch(`${apiOf(id)}/acts`, { headers: { Authorization: `Bearer ${token}` } }).then(
      async (response) => {
        const found = response.ok ? ((await response.json()) as ActForms) : null
        if (held.peek() === id) forms.value = found
      },
      () => {}, // the server has gone: so has the run
    )
  })

/** Does what a line says, as if it were typed at the run, and shows what follows. */
export async function act(line: string): Promise<void> {
  const id = view.peek().run
  if (id === null) return
  const from = data.peek()?.length ?? 0
  const { done: isDone, message } = await sent(id, line)
  const number = (done.peek().at(-1)?.number ?? 0) + 1
  done.value = [...done.peek(), { number, line, message, isDone }].slice(-SHOWN_MAX)
  if (isDone) watchFrom(from)
}

async function sent(id: string, line: string): Promise<Pick<ActAnswer, 'done' | 'message'>> {
  try {
    const response = await fetch(`${apiOf(id)}/act`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ line }),
    })
    const { done: isDone = false, message } = (await response.json()) as Partial<ActAnswer>
    return { done: isDone, message: message ?? `the server answered ${response.status}` }
  } catch {
    return { done: false, message: 'the server does not answer: the run has ended' }
  }
}

/** A value as it can be typed: quoted, whatever is in it. */
export const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`

/** What follows of an act is seen from its first event on, until that is more than anybody sees at once. */
const SEEN_NS_MAX = 5e9
const BEFORE = 0.08 // of the window

let stopWatching = () => {}

function watchFrom(position: number): void {
  stopWatching()
  change({ at: null, message: null, cut: null, moved: new Map() })
  following.value = true
  stopWatching = effect(() => {
    grown.value // and nothing else: moving the window is no reason to move it
    const run = data.peek()
    if (run === null || run.length <= position || !following.peek()) return
    const { axis } = view.peek()
    const [from, to] = [run.valueOn(axis, position), whole.peek()[1]]
    if (axis === 'real' && to - from > SEEN_NS_MAX) return
    const before = Math.max(to - from, axis === 'real' ? 1e6 : 5) * BEFORE
    setWindow([from - before, to + before])
  })
}
