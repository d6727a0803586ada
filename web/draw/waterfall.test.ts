import { describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { dataOf } from '../model/testing.ts'
import { linksOf, traceAt } from '../model/traces.ts'
import type { DrawList, LineShape } from './shapes.ts'
import { beginOf, type WaterfallView, waterfall, waterfallAxis } from './waterfall.ts'

const VIEW: WaterfallView = {
  ...{ width: 500, height: 200, scrollTop: 0, rowHeight: 20 },
  ...{ axis: 'real', selected: null, cut: null, links: [] },
}

/** p00 asks the three others: one answers after a long handler, one question is lost, one is under way. */
function polled() {
  const hand = new Hand(4)
  const root = hand.at(0, 'request', { type: 'poll' })
  const asks = [1, 2, 3].map((to) => hand.send(0, to, { type: 'ask' }))
  hand.deliver(1, 0, asks[0]!, 30_000)
  const answer = hand.send(1, 0, { type: 'answer' })
  hand.fate('lost', 0, 2, asks[1]!, 'a rule')
  hand.deliver(0, 1, answer)
  const done = hand.at(0, 'indicate', { type: 'done' })
  const data = dataOf(hand, 4)
  return { data, trace: traceAt(data, root), done }
}

const of = (list: DrawList, role: string) => list.filter((shape) => shape.role === role)
const bars = (list: DrawList) =>
  list.filter((shape): shape is LineShape => shape.shape === 'line' && shape.ref?.message !== undefined)

describe('a waterfall', () => {
  const { data, trace, done } = polled()
  const list = waterfall(data, trace, VIEW)

  test('a bar for each message in its row, with the colour and dash of its type, in order of time', () => {
    expect(bars(list).map(({ y1, tone }) => [y1, tone])).toEqual([
      [30, 0],
      [50, 1],
      [70, 0],
      [90, 0],
    ])
    const [ask, answer] = bars(list)
    expect(answer!.x1).toBeGreaterThan(ask!.x2)
    expect(answer!.dash).not.toEqual(ask!.dash)
    expect(bars(list).every(({ x1, x2 }) => x1 < x2 && x2 <= VIEW.width)).toBe(true)
  })

  test('what is lost ends in a cross, what is under way in a ring', () => {
    expect(of(list, 'lost').map(({ shape }) => shape)).toEqual(['line', 'cross', 'line'])
    expect(of(list, 'in-transit')).toMatchObject([{ shape: 'dot', form: 'ring', y: 90 }])
  })

  test('a handler is as wide as it took, on the axis of time alone', () => {
    const [handler] = of(list, 'handler')
    const px = (500 - 2 * 8 - 12) / (data.timeNs(trace.lastAt) - data.timeNs(trace.root))
    expect(handler).toMatchObject({ shape: 'rect', w: expect.closeTo(30_000 * px, 3) })
    expect(of(waterfall(data, trace, { ...VIEW, axis: 'logical' }), 'handler')).toEqual([])
  })

  test('a line leads down from each cause; indications and the selection are marked', () => {
    const links = of(list, 'link') as LineShape[]
    expect(links.map(({ y1, y2 }) => [y1, y2])).toEqual([
      [10, 30],
      [30, 50],
      [10, 70],
      [10, 90],
    ])
    expect(list.filter(({ ref }) => ref?.event === done)).toMatchObject([{ form: 'diamond', y: 43 }])
    const answered = trace.step[2]!
    const chosen = waterfall(data, trace, { ...VIEW, selected: answered })
    expect(chosen.filter(({ tone }) => tone === 'selected')).toMatchObject([{ form: 'ring', y: 50 }])
    expect(list.some(({ tone }) => tone === 'selected')).toBe(false)
  })

  test('only the rows in view are drawn, with the lines from causes above', () => {
    const below = waterfall(data, trace, { ...VIEW, height: 20, scrollTop: 60 })
    expect(bars(below).map(({ ref, y1 }) => [ref!.message, y1])).toEqual([[trace.message[3]!, 10]])
    expect(of(below, 'link')).toMatchObject([{ y1: 0, y2: 10 }])
  })

  test('the cut is a line where it lies in the trace, and none where it does not', () => {
    const cutAt = (cut: number) => of(waterfall(data, trace, { ...VIEW, cut }), 'cut') as LineShape[]
    const [line] = cutAt(data.timeNs(beginOf(data, trace, 2)))
    expect(line!.x1).toBe(bars(list)[1]!.x1)
    expect(cutAt(data.timeNs(trace.root) - 1)).toEqual([])
  })

  test('a timer that goes off after the trace is led to, as far as there is room', () => {
    const hand = new Hand(1)
    const root = hand.at(0, 'request', { type: 'wait' })
    hand.at(0, 'setTimer', [{ type: 'later' }, 1, 1])
    hand.wait(1_000_000)
    const timeout = hand.at(0, 'timeout', { type: 'later' })
    const waited = dataOf(hand, 1)
    const links = linksOf(waited, root)
    const drawn = of(waterfall(waited, traceAt(waited, root), { ...VIEW, links }), 'timer')
    expect(drawn).toMatchObject([
      { shape: 'line', dash: [2, 2], x2: 492, ref: { event: timeout } },
      { shape: 'dot', form: 'ring', x: 492, ref: { event: timeout } },
    ])
  })

  test('the numbers begin with the trace', () => {
    const words = waterfallAxis(data, trace, 'real', 500).flatMap((shape) =>
      shape.shape === 'text' ? shape.text : [],
    )
    expect(words[0]).toMatch(/^0\.?0* /)
    expect(words.length).toBeGreaterThan(2)
  })
})
