import { expect, test } from 'vitest'
import { longHistory } from '../model/testing.ts'
import { ARROWS_MOST, cellsOf } from './density.ts'
import type { DrawList, LatticeShape } from './shapes.ts'
import { fit, NO_FILTER, type SpaceTimeView, spaceTime } from './space-time.ts'

const { data } = longHistory(20_000, 6, 2)
const view: SpaceTimeView = {
  ...{ width: 1280, height: 600, axis: 'real', ...fit(data, 'real'), scrollTop: 0 },
  ...{ order: [0, 1, 2, 3, 4, 5], selected: null, filter: NO_FILTER, cut: null },
  ...{ showTimers: false, showRecordedCuts: true },
}

const latticeOf = (list: DrawList) => list.find((shape): shape is LatticeShape => shape.shape === 'lattice')

test('beyond so many arrows their density is drawn, and said', () => {
  const list = spaceTime(data, view)
  expect(list.filter(({ role }) => role === 'message' || role === 'in-transit')).toEqual([])
  expect([...cellsOf(latticeOf(list)!)].length).toBeGreaterThan(100)
  const notes = list.flatMap((shape) => (shape.shape === 'text' && shape.role === 'note' ? shape.text : []))
  expect(notes).toEqual([expect.stringMatching(/^[\d\u202f]+ messages in view, as shades/)])
  const zoomed = spaceTime(data, { ...view, from: data.timeNs(0), to: data.timeNs(200) })
  const arrows = zoomed.filter(({ shape, ref }) => shape !== 'text' && ref?.message !== undefined)
  expect(arrows.length).toBeGreaterThan(0)
  expect(arrows.length).toBeLessThan(ARROWS_MOST)
  expect(latticeOf(zoomed)).toBe(undefined)
})

test('the shades lie between the lines, and within the pane however it is scrolled', () => {
  for (const scrollTop of [0, 37]) {
    const cells = [...cellsOf(latticeOf(spaceTime(data, { ...view, height: 150, scrollTop }))!)]
    expect(cells.length).toBeGreaterThan(0)
    for (const { x, y, w, h } of cells) {
      expect([x >= 0, x + w <= 1280, y >= 0, y + h <= 150, w > 0, h > 0]).toEqual(Array(6).fill(true))
    }
  }
})
