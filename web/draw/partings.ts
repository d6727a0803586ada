/** Where a run parts from the one beside it: a stroke across a line, and a sign where that comes first. */
import type { RunData } from '../model/run-data.ts'
import type { Frame } from './frame.ts'
import type { Shape } from './shapes.ts'

export interface PartingMark {
  readonly event: number
  readonly isFirst: boolean // no other difference could have caused it
}

const HALF = 9 // px above and below the line
const SIZE = 13

export function* partingMarks(data: RunData, frame: Frame, marks: readonly PartingMark[]): Generator<Shape> {
  for (const { event, isFirst } of marks) {
    const [x, y] = [frame.x(event), frame.yOf(data.process(event))]
    if (!(x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom)) continue
    const tone = isFirst ? 'ink' : 'muted'
    const common = { role: 'parting', tone, ref: { event } } as const
    const ends = { x1: x, y1: y - HALF, x2: x, y2: y + HALF }
    yield {
      shape: 'line',
      ...common,
      ...ends,
      width: isFirst ? 3 : 1.5,
      ...(isFirst ? {} : { dash: [2, 2] }),
    }
    if (!isFirst) continue
    const text = { text: '≠', align: 'center', size: SIZE, bold: true, boxed: true } as const
    yield { shape: 'text', ...common, ...text, x, y: y - HALF - SIZE / 2 - 1 }
  }
}
