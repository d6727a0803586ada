import { beforeAll, describe, expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { cutAt } from '../model/cut.ts'
import type { RunData } from '../model/run-data.ts'
import { dataOf, longHistory, realRun } from '../model/testing.ts'
import { dashOf } from './palette.ts'
import type { ArrowShape, DotShape, DrawList, Shape, TextShape } from './shapes.ts'
import { fit, frameOf, hit, NO_FILTER, type SpaceTimeView, spaceTime } from './space-time.ts'
import { PING, viewOf, WINDOW, withRole, words } from './testing.ts'

describe('a small run, as data', () => {
  test('an arrow leads from the line and time of its send to those of its delivery', () => {
    const hand = new Hand(3)
    hand.send(0, 2, PING) // 0: 10 µs
    hand.send(2, 1, { type: 'pong' }) // 1: 20 µs
    hand.deliver(2, 0, 0) // 2: 30 µs
    hand.deliver(1, 2, 0) // 3: 40 µs
    const data = dataOf(hand, 3)
    const view = viewOf(data, WINDOW)
    const list = spaceTime(data, view)
    const { left, right } = frameOf(data, view)
    const px = (us: number) => left + ((right - left) * us) / 100
    const lines = withRole(list, 'process-line').map((line) => (line as ArrowShape).y1)
    expect(lines.length).toBe(3)
    const arrows = withRole<ArrowShape>(list, 'message', 'arrow')
    expect(arrows.map(({ x1, y1, x2, y2, tone, ref }) => ({ x1, y1, x2, y2, tone, ref }))).toEqual([
      { x1: px(10), y1: lines[0], x2: px(30), y2: lines[2], tone: 0, ref: { message: 0 } },
      { x1: px(20), y1: lines[2], x2: px(40), y2: lines[1], tone: 1, ref: { message: 1 } },
    ])
    expect(arrows.map(({ dash }) => dash)).toEqual([dashOf(0), dashOf(1)])
    expect(dashOf(0)).not.toEqual(dashOf(1))
    expect(words(list, 'message')).toEqual(['ping', 'pong'])
    expect(words(list, 'label')).toEqual(['p00', 'p01', 'p02'])
    const dots = withRole<DotShape>(list, 'event', 'dot')
    expect(dots.map(({ x, y, ref }) => [x, y, ref?.event])).toEqual([
      [px(10), lines[0], 0],
      [px(40), lines[1], 3],
      [px(20), lines[2], 1],
      [px(30), lines[2], 2],
    ])
  })

  test('processes stand in the order asked for, and one that is not shown takes its messages with it', () => {
    const hand = new Hand(3)
    hand.send(0, 2, PING)
    hand.deliver(2, 0, 0)
    hand.send(0, 1, PING)
    hand.deliver(1, 0, 1)
    const data = dataOf(hand, 3)
    const list = spaceTime(data, viewOf(data, { order: [2, 0] }))
    expect(words(list, 'label')).toEqual(['p02', 'p00'])
    const arrows = withRole<ArrowShape>(list, 'message', 'arrow')
    expect(arrows.map(({ ref }) => ref?.message)).toEqual([0])
    expect(arrows[0]!.y1).toBeGreaterThan(arrows[0]!.y2)
  })

  test('a lost message ends in a cross, one on its way in an open end, a copy leaves from its send', () => {
    const hand = new Hand(2)
    hand.send(0, 1, PING) // 0: lost
    hand.fate('lost', 0, 1, 0, 'test')
    hand.send(0, 1, PING) // 2: never arrives
    hand.send(0, 1, PING) // 3: twice
    hand.fate('duplicate', 0, 1, 2)
    hand.deliver(1, 0, 2)
    hand.deliver(1, 0, 2)
    const data = dataOf(hand, 2)
    const list = spaceTime(data, viewOf(data, WINDOW))
    const [top, bottom] = withRole<ArrowShape>(list, 'process-line').map(({ y1 }) => y1)
    const lost = withRole(list, 'lost')
    expect(lost.map(({ shape, ref }) => [shape, ref])).toEqual([
      ['line', { message: 0 }],
      ['cross', { message: 0 }],
    ])
    expect((lost[1] as DotShape).y).toBe((top! + bottom!) / 2)
    expect(withRole(list, 'in-transit').map(({ shape }) => shape)).toEqual(['line', 'dot'])
    const [copy] = withRole<ArrowShape>(list, 'duplicate', 'arrow')
    const original = withRole<ArrowShape>(list, 'message', 'arrow').find(({ ref }) => ref?.message === 2)!
    expect([copy!.x1, copy!.y1]).toEqual([original.x1, original.y1])
    expect(copy!.x2).toBeGreaterThan(original.x2)
  })

  test('a process that is down is shaded until it recovers, or for ever', () => {
    const hand = new Hand(2)
    hand.at(0, 'start')
    hand.at(0, 'crash') // 20 µs
    hand.at(1, 'crash') // 30 µs
    hand.at(0, 'recover', null) // 40 µs
    const data = dataOf(hand, 2)
    const view = viewOf(data, WINDOW)
    const frame = frameOf(data, view)
    const shades = withRole<Extract<Shape, { shape: 'rect' }>>(spaceTime(data, view), 'crash', 'rect')
    expect(shades.map(({ x, w, ref }) => [x, x + w, ref?.process])).toEqual([
      [frame.xOf(20_000), frame.xOf(40_000), 0],
      [frame.xOf(30_000), frame.right, 1],
    ])
  })

  test('in logical time an event stands at its Lamport time', () => {
    const { data } = longHistory(60, 3, 1)
    const view = viewOf(data, { axis: 'logical' })
    const frame = frameOf(data, view)
    const dots = withRole<DotShape>(spaceTime(data, view), 'event', 'dot')
    expect(dots.length).toBeGreaterThan(30)
    for (const { x, ref } of dots) expect(x).toBe(frame.xOf(data.lamport(ref!.event!)))
    for (const { x1, x2 } of withRole<ArrowShape>(spaceTime(data, view), 'message', 'arrow')) {
      expect(x2).toBeGreaterThan(x1)
    }
  })

  test('set-up is left out of the whole run', () => {
    const hand = new Hand(2)
    for (let i = 0; i < 10; i++) hand.at(0, 'linkUp', undefined, 1, 5)
    const start = hand.at(0, 'start')
    hand.wait(1e9)
    const end = hand.at(0, 'timeout', PING)
    const data = dataOf(hand, 2)
    const { from, to } = fit(data, 'real')
    expect(from).toBeGreaterThan(data.timeNs(0) - 2e7)
    expect(from).toBeLessThan(data.timeNs(start))
    expect(to).toBeGreaterThan(data.timeNs(end))
    expect(fit(data, 'logical').from).toBeGreaterThan(data.lamport(0))
  })
})

describe('what is selected', () => {
  const hand = new Hand(3)
  hand.send(0, 1, PING) // 0
  hand.deliver(1, 0, 0) // 1
  hand.at(2, 'timeout', PING) // 2: concurrent
  hand.at(1, 'timeout', PING) // 3: selected
  hand.send(1, 2, PING) // 4
  hand.deliver(2, 1, 0) // 5
  const data = dataOf(hand, 3)
  const list = spaceTime(data, viewOf(data, { ...WINDOW, selected: 3 }))

  test('lights up its past and its future, and dims the rest', () => {
    const tones = new Map(withRole(list, 'event').map(({ ref, tone }) => [ref?.event, tone]))
    expect([0, 1, 2, 3, 4, 5].map((i) => tones.get(i))).toEqual([
      'past',
      'past',
      'dim',
      'selected',
      'future',
      'future',
    ])
    const parts = withRole<ArrowShape>(list, 'process-line').map(({ ref, tone }) => [ref?.process, tone])
    expect(parts).toEqual([
      [0, 'faint'],
      [0, 'past'],
      [1, 'faint'],
      [1, 'past'],
      [1, 'future'],
      [2, 'faint'],
      [2, 'future'],
    ])
  })
})

describe('filters', () => {
  const hand = new Hand(3)
  hand.send(0, 1, { type: 'ping', to: 'Berlin' })
  hand.deliver(1, 0, 0)
  hand.send(1, 2, { type: 'pong' })
  hand.fate('lost', 1, 2, 0, 'test')
  const data = dataOf(hand, 3)
  const shown = (filter: Partial<SpaceTimeView['filter']>) => {
    const list = spaceTime(data, viewOf(data, { filter: { ...NO_FILTER, ...filter } }))
    const messages = new Set(list.flatMap(({ ref }) => ref?.message ?? []))
    const events = withRole<DotShape>(list, 'event', 'dot').map(({ ref }) => data.messageOf(ref!.event!))
    expect(new Set(events), 'their events go with them').toEqual(messages)
    return [...messages].sort()
  }

  test.each([
    ['nothing', {}, [0, 1]],
    ['a type', { types: new Set([1]) }, [1]],
    ['a process', { processes: new Set([0]) }, [0]],
    ['what a text finds', { events: Uint8Array.of(1, 0, 0, 0) }, [0]],
    ['a fate', { fates: new Set(['lost'] as const) }, [1]],
    ['all at once', { types: new Set([1]), events: Uint8Array.of(1, 0, 0, 0) }, []],
  ])('by %s', (_, filter, expected) => {
    expect(shown(filter)).toEqual(expected)
  })
})

describe('a real snapshot of 20 processes on 1280×720', () => {
  let data: RunData
  let list: DrawList
  beforeAll(async () => {
    data = (await realRun('chandy-lamport', '--peers', '20', '--seed', '3')).data
    list = spaceTime(data, viewOf(data))
  }, 60_000)

  test('all lines fit, wide enough apart to be read', () => {
    const ys = withRole<ArrowShape>(list, 'process-line').map(({ y1 }) => y1)
    expect(ys.length).toBe(20)
    for (const [k, y] of ys.slice(1).entries()) expect(y - ys[k]!).toBeGreaterThanOrEqual(24)
    expect(ys.at(-1)).toBeLessThan(600)
    expect(words(list, 'label').length).toBe(20)
  })

  test('each message is an arrow, none a shade', () => {
    expect(withRole(list, 'message', 'arrow').length).toBe(data.messages.length)
    expect(withRole(list, 'density')).toEqual([])
    expect(words(list, 'recorded-cut')).toEqual(['recorded cut s1, consistent'])
  })

  test('nothing is drawn outside of the pane', () => {
    const zoomed = fit(data, 'real')
    const middle = (zoomed.from + zoomed.to) / 2
    const view = viewOf(data, {
      from: middle - 5e6,
      to: middle + 5e6,
      height: 300,
      scrollTop: 100,
      selected: 900,
    })
    for (const shape of spaceTime(data, { ...view, cut: cutAt(data, 1_000), showTimers: true })) {
      for (const [x, y] of pointsOf(shape)) {
        expect(x >= 0 && x <= view.width && y >= -1 && y <= view.height + 1, JSON.stringify(shape)).toBe(true)
      }
    }
  })

  test('pointing at a dot finds its event, at an arrow its message, at a name its process', () => {
    const frame = frameOf(data, viewOf(data))
    for (const { x, y } of withRole<DotShape>(list, 'event', 'dot')) {
      // Where several lie on the same point, any of them.
      const event = hit(list, x, y)!.event!
      expect([frame.x(event), frame.yOf(data.process(event))]).toEqual([x, y])
    }
    const sparse = spaceTime(
      data,
      viewOf(data, { filter: { ...NO_FILTER, types: new Set([0]) }, order: [3, 7] }),
    )
    const arrows = withRole<ArrowShape>(sparse, 'message', 'arrow')
    expect(arrows.length).toBeGreaterThan(0)
    for (const { x1, y1, x2, y2, ref } of arrows) {
      const target = hit(sparse, x1 + (x2 - x1) * 0.37, y1 + (y2 - y1) * 0.37)
      expect(target).toEqual({ message: ref!.message, role: 'message' })
    }
    const label = withRole<TextShape>(list, 'label', 'text')[4]!
    expect(hit(list, label.x - 5, label.y)).toEqual({ process: 4, role: 'label' })
    expect(hit(list, 600, 5)).toBe(null)
  })
})

function pointsOf(shape: Shape): [number, number][] {
  switch (shape.shape) {
    case 'line':
    case 'arrow':
      return [
        [shape.x1, shape.y1],
        [shape.x2, shape.y2],
      ]
    case 'polyline':
      return Array.from({ length: shape.points.length / 2 }, (_, k) => [
        shape.points[2 * k]!,
        shape.points[2 * k + 1]!,
      ])
    case 'rect':
      return [
        [shape.x, shape.y],
        [shape.x + shape.w, shape.y + shape.h],
      ]
    default:
      return [[shape.x, shape.y]]
  }
}
