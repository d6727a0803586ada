import { expect, test } from 'vitest'
import type { RunData } from '../model/run-data.ts'
import { longHistory } from '../model/testing.ts'
import { BAND, countCrossings, gridFor } from './crossings.ts'
import { NO_FILTER } from './view.ts'

const { data } = longHistory(4_000, 5, 3)
const order = [3, 0, 1, 4, 2]
const counted = { axis: 'real', order, filter: NO_FILTER } as const
const end = data.timeNs(data.length - 1) + 1

/** Message by message, what a grid is a sum of. */
function crossed(run: RunData): Map<number, number> {
  const byGap = new Map<number, number>()
  const { messages } = run
  for (let m = 0; m < messages.length; m++) {
    const rows = [order.indexOf(messages.from[m]!), order.indexOf(messages.to[m]!)]
    for (let gap = Math.min(...rows); gap < Math.max(...rows); gap++)
      byGap.set(gap, (byGap.get(gap) ?? 0) + 1)
  }
  return byGap
}

const sum = (counts: Iterable<number>) => [...counts].reduce((all, count) => all + count, 0)

test('every message is counted once in each gap that it crosses, wherever the lines stand', () => {
  for (const bins of [1, 64, 1_000]) {
    const grid = countCrossings(data, counted, 0, end, bins)
    const perGap = bins * grid.types
    for (const [gap, count] of crossed(data)) {
      expect(sum(grid.counts.subarray(gap * perGap, (gap + 1) * perGap))).toBe(count)
    }
  }
})

test('a filter takes out what it takes out, and nothing else', () => {
  const filter = { ...NO_FILTER, types: new Set([0]) }
  const some = countCrossings(data, { ...counted, filter }, 0, end, 8)
  const all = countCrossings(data, counted, 0, end, 8)
  for (const [cell, count] of all.counts.entries()) {
    expect(some.counts[cell]).toBe(cell % all.types === 0 ? count : 0)
  }
})

test('a window is seen finely enough, and a grid is counted again only when it must be', () => {
  const run = [0, end] as const
  const whole = gridFor(data, counted, run, run, 300)
  expect(gridFor(data, counted, [end / 4, end / 2], run, 300), 'the same for a wide window').toBe(whole)
  const narrow = [end / 2, end / 2 + end / 1_000] as const
  const part = gridFor(data, counted, narrow, run, 300)
  expect(part).not.toBe(whole)
  const width = narrow[1] - narrow[0]
  expect(gridFor(data, counted, [narrow[0] + width / 3, narrow[1] + width / 3], run, 300), 'panned').toBe(
    part,
  )
  expect((width / (part.to - part.from)) * part.bins).toBeGreaterThanOrEqual(300)
})

test('a band of gaps has the counts that it has among all', () => {
  const all = countCrossings(data, counted, 0, end, 64)
  const perGap = 64 * all.types
  for (const gaps of [
    [0, 2],
    [1, 3],
    [3, 4],
    [2, 2],
  ] as const) {
    const band = countCrossings(data, counted, 0, end, 64, gaps)
    expect(band.counts).toEqual(all.counts.slice(gaps[0] * perGap, gaps[1] * perGap))
  }
})

test('bands beyond the first have the gaps that follow', () => {
  const many = longHistory(6_000, 100, 5).data
  const tall = { ...counted, order: many.processes.map((_, process) => process) }
  const run = [0, many.timeNs(many.length - 1) + 1] as const
  const bands = [0, 1, 2].map((band) => gridFor(many, tall, run, run, 300, band))
  expect(bands.map(({ gaps }) => gaps)).toEqual([
    [0, BAND],
    [BAND, 2 * BAND],
    [2 * BAND, 99],
  ])
  const whole = countCrossings(many, tall, ...run, bands[0]!.bins)
  expect(bands.map(({ counts }) => sum(counts)).reduce((a, b) => a + b)).toBe(sum(whole.counts))
  expect(gridFor(many, tall, run, run, 300, 0), 'the first is still there').toBe(bands[0])
})
