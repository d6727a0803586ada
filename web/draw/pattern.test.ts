import { expect, test } from 'vitest'
import { LETTERS, letterAt, pattern } from './pattern.ts'
import type { ArrowShape } from './shapes.ts'

const size = { width: 300, height: 120, pulled: null }
const arrowsOf = (list: ReturnType<typeof pattern>) =>
  list.filter((shape): shape is ArrowShape => shape.shape === 'arrow')

test('messages go from line to line, each begun after the one before ended', () => {
  const messages = [
    { from: 'a', to: 'c', type: 'ask' },
    { from: 'c', to: 'b', type: null },
  ]
  const list = pattern({ ...size, pattern: messages })
  const arrows = arrowsOf(list)
  expect(arrows.map(({ y1, y2 }) => [letterAt(120, y1), letterAt(120, y2)])).toEqual([
    ['a', 'c'],
    ['c', 'b'],
  ])
  expect(arrows[1]!.x1).toBeGreaterThan(arrows[0]!.x2)
  expect(Math.max(...arrows.map(({ x2 }) => x2))).toBeLessThan(300)
  const words = list.flatMap((shape) => (shape.shape === 'text' ? shape.text : []))
  expect(words).toEqual([...LETTERS, '1 ask', '2 any'])
})

test('an event of a process alone has the sign of its kind and takes half the room of a message', () => {
  const list = pattern({
    ...size,
    pattern: [
      { at: 'b', kind: 'request', type: 'poll' },
      { from: 'b', to: 'c', type: null },
      { at: 'c', kind: 'crash', type: null },
    ],
  })
  const signs = list.filter(({ role }) => role === 'event')
  expect(signs).toMatchObject([{ shape: 'dot', form: 'square' }, { shape: 'cross' }])
  const [xs, arrow] = [signs.map((shape) => ('x' in shape ? shape.x : 0)), arrowsOf(list)[0]!]
  const places = [xs[0]!, arrow.x1, arrow.x2, xs[1]!]
  const steps = places.slice(1).map((x, k) => x - places[k]!)
  for (const step of steps) expect(step).toBeCloseTo(steps[0]!)
  const words = list.flatMap((shape) => (shape.shape === 'text' ? shape.text : []))
  expect(words).toEqual([...LETTERS, '1 is asked poll', '2 any', '3 crashes'])
})

test('an arrow that is being drawn follows the pointer', () => {
  const list = pattern({ ...size, pattern: [], pulled: { from: 'b', x: 80, y: 100 } })
  expect(arrowsOf(list)).toMatchObject([{ x1: 80, y2: 100, dash: [4, 3] }])
  expect(letterAt(120, arrowsOf(list)[0]!.y1)).toBe('b')
})

test('every height is of a line', () => {
  expect([-5, 0, 59, 60, 119, 500].map((y) => letterAt(120, y))).toEqual(['a', 'a', 'b', 'c', 'd', 'd'])
})
