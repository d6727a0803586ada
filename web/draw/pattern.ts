/** A pattern as a small space-time diagram: what is looked for, before it is found. */
import { eventsIn, isLocal, type LocalKind, type Pattern, type PatternLocal } from '../model/patterns.ts'
import { CROSSES, FORMS } from './dots.ts'
import type { DrawList, Shape } from './shapes.ts'

/** The processes of a pattern; more than three messages can join. */
export const LETTERS = ['a', 'b', 'c', 'd'] as const

export interface PatternView {
  readonly width: number
  readonly height: number
  readonly pattern: Pattern
  readonly pulled: { readonly from: string; readonly x: number; readonly y: number } | null // being drawn
}

/** What a process does alone, in a word or two. */
export const LOCAL_WORDS: Readonly<Record<LocalKind, string>> = {
  start: 'starts',
  recover: 'recovers',
  crash: 'crashes',
  request: 'is asked',
  setTimer: 'sets timer',
  cancelTimer: 'cancels timer',
  timeout: 'timer',
  indicate: 'indicates',
  store: 'stores',
  linkUp: 'link opens',
  linkDown: 'link closes',
  refuse: 'refuses',
  throw: 'throws',
  fault: 'fault',
  resume: 'goes on',
}

const LEFT = 26
const RIGHT = 12
const HEAD = 8
const LABEL = 12
const NAME = 11
const ASIDE = 10 // px from an event to its name

const yOf = (height: number, letter: string) => ((rowOf(letter) + 0.5) * height) / LETTERS.length
const rowOf = (letter: string) => LETTERS.indexOf(letter as (typeof LETTERS)[number])

/** The letter of the line nearest to a height. */
export const letterAt = (height: number, y: number): string =>
  LETTERS[Math.min(LETTERS.length - 1, Math.max(0, Math.floor((y / height) * LETTERS.length)))]!

export function pattern({ width, height, pattern: parts, pulled }: PatternView): DrawList {
  const right = width - RIGHT
  const step = (right - LEFT) / (eventsIn(parts) + 1)
  const used = new Set(parts.flatMap((part) => (isLocal(part) ? [part.at] : [part.from, part.to])))
  return [
    ...LETTERS.flatMap((letter) => line(letter, yOf(height, letter), right, used.has(letter))),
    ...parts.flatMap((part, k): Shape[] => {
      const x1 = LEFT + step * (eventsIn(parts.slice(0, k)) + 1)
      if (isLocal(part)) return local(part, k, x1, yOf(height, part.at))
      const [x2, y1, y2] = [x1 + step, yOf(height, part.from), yOf(height, part.to)]
      const at = { role: 'message', tone: 'selected' } as const
      return [
        { shape: 'arrow', ...at, x1, y1, x2, y2, width: 1.5, head: HEAD },
        { shape: 'dot', ...at, x: x1, y: y1, r: 3, form: 'disc' },
        { shape: 'dot', ...at, x: x2, y: y2, r: 3, form: 'disc' },
        name(`${k + 1} ${part.type ?? 'any'}`, (x1 + x2) / 2, (y1 + y2) / 2),
      ]
    }),
    ...(pulled === null
      ? []
      : [
          {
            ...({ shape: 'arrow', role: 'message', tone: 'muted', head: HEAD, dash: [4, 3] } as const),
            ...{ x1: pulled.x, y1: yOf(height, pulled.from), x2: pulled.x + step, y2: pulled.y },
          },
        ]),
  ]
}

const line = (letter: string, y: number, right: number, isUsed: boolean): Shape[] => [
  {
    ...{ shape: 'line', role: 'process-line', tone: isUsed ? 'dim' : 'faint' },
    ...{ x1: LEFT, y1: y, x2: right, y2: y },
  },
  {
    ...{ shape: 'text', role: 'label', tone: 'ink', text: letter, align: 'right', size: LABEL },
    ...{ x: LEFT - 10, y },
  },
]

const name = (text: string, x: number, y: number): Shape => ({
  ...{ shape: 'text', role: 'message', tone: 'ink', align: 'center', size: NAME, boxed: true },
  ...{ x, y, text },
})

/** With the sign that its kind has in the diagram; its name above or below in turn, as names are long. */
function local({ kind, type }: PatternLocal, k: number, x: number, y: number): Shape[] {
  const at = { role: 'event', tone: 'selected', x, y } as const
  const sign: Shape = CROSSES.has(kind)
    ? { shape: 'cross', ...at, r: 4, width: 2 }
    : { shape: 'dot', ...at, r: 4, form: FORMS[kind] ?? 'disc' }
  const words = `${k + 1} ${LOCAL_WORDS[kind]}${type === null ? '' : ` ${type}`}`
  return [sign, name(words, x, y + (k % 2 === 0 ? -ASIDE : ASIDE))]
}
