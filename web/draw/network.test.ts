import { describe, expect, test } from 'vitest'
import { Hand, runOf } from '../../src/trace-format/testing.ts'
import { RunData } from '../model/run-data.ts'
import { hit } from './hit.ts'
import { type NetworkView, network, positionsOf } from './network.ts'
import type { DotShape, DrawList, LineShape, Role, Shape } from './shapes.ts'

const VIEW: NetworkView = { width: 600, height: 400, layout: 'ring', cursorNs: 0, selected: null }
const PING = { type: 'ping' }

const withRole = <S extends Shape>(list: DrawList, role: Role, shape: S['shape']) =>
  list.filter((own): own is S => own.role === role && own.shape === shape)

const hand = new Hand(3)
hand.send(0, 1, PING) // 10 µs
hand.send(1, 0, { type: 'pong' }) // 20 µs
hand.deliver(1, 0, 0) // 30 µs
hand.fate('lost', 1, 0, 0, 'test') // 40 µs
hand.at(2, 'crash') // 50 µs
hand.at(0, 'linkDown', undefined, 1) // 60 µs
hand.at(2, 'recover', null) // 70 µs
hand.send(2, 0, PING) // 80 µs, for ever on its way
const run = {
  ...runOf(3),
  links: [
    [0, 1],
    [0, 2],
  ] as const,
}
const data = RunData.of({ run }, hand.flush().blocks)
const at = (us: number, changes: Partial<NetworkView> = {}) =>
  network(data, { ...VIEW, cursorNs: us * 1_000, ...changes })
const points = positionsOf(3, VIEW)

describe('the network', () => {
  test('has a circle per process and a line per link, thicker where more went', () => {
    const list = at(0)
    const circles = withRole<DotShape>(list, 'process', 'dot')
    expect(circles.map(({ x, y, ref }) => [x, y, ref?.process])).toEqual(
      points.map(({ x, y }, i) => [x, y, i]),
    )
    const lines = withRole<LineShape>(list, 'link', 'line')
    expect(lines.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])).toEqual([
      [points[0]!.x, points[0]!.y, points[1]!.x, points[1]!.y],
      [points[0]!.x, points[0]!.y, points[2]!.x, points[2]!.y],
    ])
    expect(lines[0]!.width).toBeGreaterThan(lines[1]!.width!)
  })

  test('shows a message where it is on its way, and only then', () => {
    const travelling = (us: number) =>
      at(us)
        .filter(({ role }) => role === 'travelling')
        .map(({ shape, tone, ref }) => [shape, tone, ref?.message])
    expect(travelling(5)).toEqual([])
    expect(travelling(15)).toEqual([['dot', 0, 0]])
    expect(travelling(25)).toEqual([
      ['dot', 0, 0],
      ['cross', 1, 1],
    ])
    expect(travelling(45)).toEqual([])
    expect(travelling(500)).toEqual([['dot', 0, 2]])
    const [dot] = withRole<DotShape>(at(15), 'travelling', 'dot')
    expect(dot!.x).toBeCloseTo(points[0]!.x + (points[1]!.x - points[0]!.x) / 4)
    expect(hit(at(15), dot!.x, dot!.y)).toEqual({ message: 0, role: 'travelling' })
  })

  test('shows what is down, while it is', () => {
    const down = (us: number) => ({
      processes: withRole<DotShape>(at(us), 'process', 'dot').map(({ tone }) => tone === 'down'),
      links: withRole<LineShape>(at(us), 'link', 'line').map(({ tone }) => tone === 'down'),
    })
    expect(down(45)).toEqual({ processes: [false, false, false], links: [false, false] })
    expect(down(65)).toEqual({ processes: [false, false, true], links: [true, false] })
    expect(down(75)).toEqual({ processes: [false, false, false], links: [true, false] })
  })

  test.each(['ring', 'circle', 'grid'] as const)('as a %s keeps 20 processes apart and inside', (layout) => {
    const places = positionsOf(20, { ...VIEW, layout })
    for (const [i, a] of places.entries()) {
      expect(a.x > 20 && a.x < VIEW.width - 20 && a.y > 20 && a.y < VIEW.height - 20).toBe(true)
      for (const b of places.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(24)
    }
  })
})
