/**
 * Algorithms of a few lines, for the cases of the contract: one signature for all, and handlers that
 * are given context and state. What a test wants to know it may keep outside: these are no processes
 * that anybody takes up again, unless a case says so.
 */
import type { Algorithm, Context, Place, ProcessId, Signature } from '../../src/model/process.ts'
import { list, natural, type Shapes, text } from '../../src/model/shape.ts'

export interface Little extends Signature {
  request: { type: 'go'; n: number; list: number[] }
  message: { type: 'note'; n: number; text: string } | { type: 'numbers'; list: number[] }
  timer: { type: 'tick'; n: number; name: string }
  indication: { type: 'saw'; what: unknown }
  state: Record<string, any>
  stable: Record<string, unknown>
}

export type Note = Extract<Little['message'], { type: 'note' }>
export type Numbers = Extract<Little['message'], { type: 'numbers' }>

const TEXT_MAX = 100_000_000

export const shapes: { message: Shapes<Little['message']> } = {
  message: { note: { n: natural, text: text(TEXT_MAX) }, numbers: { list: list(natural, 1000) } },
}

type Its = Context<Little>
type State = Little['state']

export interface Handlers {
  readonly initial?: (place: Place) => State
  readonly start?: (its: Its, state: State) => void
  readonly recover?: (its: Its, stored: unknown, state: State) => void
  readonly go?: (its: Its, request: Little['request'], state: State) => void
  readonly note?: (its: Its, message: Note, from: ProcessId, state: State) => void
  readonly numbers?: (its: Its, message: Numbers, from: ProcessId, state: State) => void
  readonly tick?: (its: Its, timer: Little['timer'], state: State) => void
}

export const little = ({
  initial,
  start,
  recover,
  go,
  note,
  numbers,
  tick,
}: Handlers): Algorithm<Little> => ({
  initial: (place) => initial?.(place) ?? {},
  upon: (its, state) => ({
    start: () => start?.(its, state),
    recover: (stored) => recover?.(its, stored, state),
    request: { go: (request) => go?.(its, request, state) },
    message: {
      note: (message, from) => note?.(its, message, from, state),
      numbers: (message, from) => numbers?.(its, message, from, state),
    },
    timeout: { tick: (timer) => tick?.(its, timer, state) },
  }),
})

export const note = (n: number, text = ''): Note => ({ type: 'note', n, text })
export const tick = (name: string, n = 0): Little['timer'] => ({ type: 'tick', n, name })
export const saw = (what: unknown): Little['indication'] => ({ type: 'saw', what })
export const go = (to: ProcessId, atMs = 0, n = 0) => ({
  to,
  atMs,
  request: { type: 'go' as const, n, list: [1, 2, 3] },
})

/** Each sends a note to each of the others every ms or so, `n` times. */
export const steady = (n: number) =>
  little({
    start: ({ setTimer }) => setTimer(tick(''), 1),
    tick({ outgoing, send, setTimer }, { n: sent }) {
      for (const to of outgoing) send(to, note(sent))
      if (sent < n) setTimer(tick('', sent + 1), 1)
    },
  })
