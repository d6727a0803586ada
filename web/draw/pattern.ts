/** A pattern of messages as a small space-time diagram: what is looked for, before it is found. */
import type { PatternMessage } from '../model/motifs.ts'
import type { DrawList, Shape } from './shapes.ts'

/** The processes of a pattern; more than three messages can join. */
export const LETTERS = ['a', 'b', 'c', 'd'] as const

export interface PatternView {
  readonly width: number
  readonly height: number
  readonly pattern: readonly PatternMessage[]
  readonly pulled: { readonly from: string; readonly x: number; readonly y: number } | null // being drawn
}

const LEFT = 26
const RIGHT = 12
const HEAD = 8
const LABEL = 12
const NAME = 11

const yOf = (height: number, row: number) => ((row + 0.5) * height) / LETTERS.length

/** The letter of the line nearest to a height. */
export const letterAt = (height: number, y: number): string =>
  LETTERS[Math.min(LETTERS.length - 1, Math.max(0, Math.floor((y / height) * LETTERS.length)))]!

export function pattern({ width, height, pattern: messages, pulled }: PatternView): DrawList {
  const right = width - RIGHT
  const rowOf = (letter: string) => LETTERS.indexOf(letter as (typeof LETTERS)[number])
  const step = (right - LEFT) / (messages.length * 2 + 1)
  return [
    ...LETTERS.flatMap((letter, row): Shape[] => {
      const used = messages.some(({ from, to }) => from === letter || to === letter)
      const y = yOf(height, row)
      return [
        {
          shape: 'line',
          role: 'process-line',
          tone: used ? 'dim' : 'faint',
          x1: LEFT,
          y1: y,
          x2: right,
          y2: y,
        },
        {
          shape: 'text',
          role: 'label',
          tone: 'ink',
          x: LEFT - 10,
          y,
          text: letter,
          align: 'right',
          size: LABEL,
        },
      ]
    }),
    ...messages.flatMap(({ from, to, type }, k): Shape[] => {
      const [x1, x2] = [LEFT + step * (2 * k + 1), LEFT + step * (2 * k + 2)]
      const [y1, y2] = [yOf(height, rowOf(from)), yOf(height, rowOf(to))]
      const at = { role: 'message', tone: 'selected' } as const
      return [
        { shape: 'arrow', ...at, x1, y1, x2, y2, width: 1.5, head: HEAD },
        { shape: 'dot', ...at, x: x1, y: y1, r: 3, form: 'disc' },
        { shape: 'dot', ...at, x: x2, y: y2, r: 3, form: 'disc' },
        {
          ...{ shape: 'text', role: 'message', tone: 'ink', align: 'center', size: NAME, boxed: true },
          ...{ x: (x1 + x2) / 2, y: (y1 + y2) / 2, text: `${k + 1} ${type ?? 'any'}` },
        },
      ]
    }),
    ...(pulled === null
      ? []
      : [
          {
            ...({ shape: 'arrow', role: 'message', tone: 'muted', head: HEAD, dash: [4, 3] } as const),
            ...{ x1: pulled.x, y1: yOf(height, rowOf(pulled.from)), x2: pulled.x + step, y2: pulled.y },
          },
        ]),
  ]
}
