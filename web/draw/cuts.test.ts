import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { cutAt, withProcessMoved } from '../model/cut.ts'
import { dataOf } from '../model/testing.ts'
import type { DotShape, PolylineShape } from './shapes.ts'
import { frameOf, spaceTime } from './space-time.ts'
import { PING, viewOf, WINDOW, withRole, words } from './testing.ts'

describe('cuts', () => {
  test('a recorded one is a line through where processes recorded, broken where one never did', () => {
    const hand = new Hand(4)
    const at = [0, 1, 3].map((process) => hand.at(process, 'indicate', { type: 'recorded', id: 's1' }))
    const data = dataOf(hand, 4)
    const view = viewOf(data, WINDOW)
    const frame = frameOf(data, view)
    const list = spaceTime(data, view)
    const lines = withRole<PolylineShape>(list, 'recorded-cut', 'polyline')
    expect(lines.map(({ points }) => points.slice(2, -2))).toEqual([
      [frame.x(at[0]!), frame.yOf(0), frame.x(at[1]!), frame.yOf(1)],
      [frame.x(at[2]!), frame.yOf(3)],
    ])
    expect(words(list, 'recorded-cut')).toEqual(['recorded cut s1, consistent'])
    expect(withRole(spaceTime(data, { ...view, showRecordedCuts: false }), 'recorded-cut')).toEqual([])
  })

  test('a recorded one that is inconsistent says by which message', () => {
    const hand = new Hand(2)
    hand.at(0, 'timeout', PING)
    hand.at(0, 'indicate', { type: 'recorded', id: 's1' })
    hand.send(0, 1, PING)
    hand.deliver(1, 0, 0)
    hand.at(1, 'timeout', PING)
    hand.at(1, 'indicate', { type: 'recorded', id: 's1' })
    const data = dataOf(hand, 2)
    const list = spaceTime(data, viewOf(data, WINDOW))
    expect(words(list, 'recorded-cut')).toEqual(['recorded cut s1, inconsistent: p00#0'])
    const [line] = withRole<PolylineShape>(list, 'recorded-cut', 'polyline')
    expect([line!.tone, line!.dash?.length]).toEqual(['offending', 2])
  })

  const hand = new Hand(3)
  hand.send(0, 1, PING) // 0
  hand.deliver(1, 0, 0) // 1
  hand.at(2, 'timeout', PING) // 2
  hand.at(1, 'timeout', PING) // 3
  const data = dataOf(hand, 3)

  test("the reader's is one straight line where it is a cut in time, between the events it divides", () => {
    const view = viewOf(data, { ...WINDOW, cut: cutAt(data, 2) })
    const frame = frameOf(data, view)
    const list = spaceTime(data, view)
    const [line] = withRole<PolylineShape>(list, 'cut', 'polyline')
    const xs = new Set(line!.points.filter((_, k) => k % 2 === 0))
    expect(xs.size).toBe(1)
    const [x] = [...xs]
    expect(x).toBeGreaterThan(frame.x(2))
    expect(x).toBeLessThan(frame.x(3))
    expect(line!.tone).toBe('cut')
    expect(withRole(list, 'cut-handle').map(({ ref }) => ref?.process)).toEqual([0, 1, 2])
    expect(words(list, 'note')).toEqual([])
  })

  test("the reader's turns red, dashed and wordy when it is inconsistent", () => {
    const cut = withProcessMoved(data, cutAt(data, 2), 0, -1)
    const view = viewOf(data, { ...WINDOW, cut })
    const list = spaceTime(data, view)
    const [line] = withRole<PolylineShape>(list, 'cut', 'polyline')
    const [moved, ...others] = withRole<DotShape>(list, 'cut-handle').map(({ x }) => x)
    expect(moved).toBeLessThan(frameOf(data, view).x(0))
    expect(new Set(others).size, 'the rest stays straight').toBe(1)
    expect([line!.tone, line!.dash?.length]).toEqual(['offending', 2])
    expect(withRole(list, 'message', 'arrow').map(({ tone, ref }) => [tone, ref?.message])).toEqual([
      ['offending', 0],
    ])
    expect(words(list, 'note')).toEqual([expect.stringContaining('p00#0')])
  })
})
