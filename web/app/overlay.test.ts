import { expect, test } from 'vitest'
import { frameOf } from '../draw/space-time.ts'
import type { RunData } from '../model/run-data.ts'
import { GRIP, gripLine, marks, scrollMark } from './overlay.ts'

/** Three processes with one event each, at 0, 10 and 20 ns. */
const run = {
  length: 3,
  processes: ['p00', 'p01', 'p02'],
  process: (i: number) => i,
  valueOn: (_: string, i: number) => i * 10,
} as unknown as RunData
const frame = frameOf(run, {
  width: 400,
  height: 300,
  axis: 'real',
  from: 5,
  to: 25,
  order: [0, 1, 2],
  scrollTop: 0,
})
const none = {
  witnesses: new Set<number>(),
  proofs: [],
  message: null,
  found: [],
  locals: [],
  gripX: null,
  lineFrom: null,
  consistent: true,
}

test('a witness in view is framed and named by its position; one out of view, or of no event, is not', () => {
  const list = marks(run, frame, { ...none, witnesses: new Set([0, 1, 99]) })
  expect(list.map(({ shape, tone }) => [shape, tone])).toEqual([
    ['polyline', 'offending'],
    ['text', 'offending'],
  ])
  expect(list.every(({ ref }) => ref === undefined || ref.event === 1)).toBe(true)
})

test('numbers of witnesses do not lie over each other, and each keeps its square', () => {
  const crowd = { ...run, length: 60, process: (i: number) => (i < 50 ? 1 : 2) } as unknown as RunData
  const list = marks(
    crowd,
    { ...frame, x: (i) => 60 + 4 * i },
    { ...none, witnesses: new Set([9, 10, 20, 55]) },
  )
  expect(list.filter(({ shape }) => shape === 'polyline').length).toBe(4)
  expect(list.flatMap((shape) => (shape.shape === 'text' ? shape.text : []))).toEqual(['9', '20', '55'])
})

test('an event of a motif is ringed where it is in view', () => {
  const list = marks(run, frame, { ...none, locals: [0, 2] })
  expect(list).toMatchObject([{ shape: 'polyline', tone: 'selected', ref: { event: 2 } }])
  const xs = list
    .flatMap((shape) => (shape.shape === 'polyline' ? shape.points : []))
    .filter((_, k) => k % 2 === 0)
  expect((Math.min(...xs) + Math.max(...xs)) / 2).toBeCloseTo(frame.x(2))
})

test('the grip stands on the axis above the line of the cut, and is red and dashed with it', () => {
  const placed = { ...none, gripX: 200, lineFrom: 60, consistent: false }
  expect(marks(run, frame, placed)).toMatchObject([{ shape: 'dot', tone: 'offending', x: 200, y: GRIP.y }])
  expect(gripLine(placed)).toMatchObject([{ tone: 'offending', x1: 200, x2: 200, y2: 60, dash: [6, 4] }])
  expect(marks(run, frame, { ...placed, gripX: 5_000 })).toEqual([])
})

test('what part of the processes is seen shows only when not all are', () => {
  expect(scrollMark(frame, { width: 400, height: 300 }, 0)).toEqual([])
  const [mark] = scrollMark({ ...frame, contentHeight: 3000 }, { width: 400, height: 300 }, 0)
  expect(mark).toMatchObject({ shape: 'rect', y: frame.top, h: (300 - frame.top) / 10 })
})
