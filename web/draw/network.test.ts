import { describe, expect, test } from 'vitest'
import { Hand, runOf } from '../../src/trace-format/testing.ts'
import { RunData } from '../model/run-data.ts'
import { hit } from './hit.ts'
import { type NetworkView, network } from './network.ts'
import { placesOf, positionsOf } from './network-places.ts'
import { dashOf } from './palette.ts'
import type { DotShape, DrawList, LineShape, Role, Shape, TextShape } from './shapes.ts'

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
        .filter(({ role, shape }) => role === 'travelling' && shape !== 'line')
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

  test('tells the type of a message by the dashes behind it, which lead back to its sender', () => {
    const list = at(25)
    for (const tail of withRole<LineShape>(list, 'travelling', 'line')) {
      const { from, typeIndex } = data.messages
      const heads = list.filter(({ ref }) => ref?.message !== undefined) as DotShape[]
      const head = heads.find(({ x, y }) => x === tail.x2 && y === tail.y2)!
      const m = head.ref!.message!
      expect(tail.dash).toEqual(dashOf(typeIndex[m]!))
      const sender = points[from[m]!]!
      const far = ({ x, y }: { x: number; y: number }) => Math.hypot(x - sender.x, y - sender.y)
      expect(far({ x: tail.x1, y: tail.y1 })).toBeLessThan(far(head))
    }
    expect(withRole(list, 'travelling', 'line')).toHaveLength(2)
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

describe('more of the network', () => {
  test('links are as thick as they were used so far, and a chosen one stands out', () => {
    const widths = (us: number) =>
      withRole<LineShape>(at(us, { traffic: 'so-far' }), 'link', 'line').map(({ width }) => width!)
    expect(widths(5)).toEqual([1, 1])
    expect(widths(15)[0]).toBeGreaterThan(1)
    expect(widths(25)[0]).toBeGreaterThan(widths(15)[0]!)
    expect(widths(75)[1], 'nothing was sent over it yet').toBe(1)
    expect(widths(85)[1]).toBeGreaterThan(1)
    const [, chosen] = withRole<LineShape>(at(5, { selectedLink: [0, 2] }), 'link', 'line')
    expect(chosen).toMatchObject({ tone: 'selected', ref: { link: [0, 2] } })
    const [first, second] = [points[0]!, points[2]!]
    const middle = [(first.x + second.x) / 2, (first.y + second.y) / 2] as const
    expect(hit(at(5), ...middle)).toEqual({ role: 'link', link: [0, 2] })
  })

  test('a link that is cut has a cross; parts that cannot reach each other are named', () => {
    expect(withRole(at(45), 'link', 'cross')).toHaveLength(0)
    const crosses = withRole(at(75), 'link', 'cross')
    expect(crosses.map(({ ref }) => ref)).toEqual([{ link: [0, 1] }])
    const notes = (us: number) => withRole<TextShape>(at(us), 'note', 'text').map(({ text }) => text)
    expect(notes(45)).toEqual([])
    expect(notes(75)).toEqual(['2 parts: p00 p02 ╱ p01'])
    const narrow = withRole<TextShape>(at(75, { width: 145 }), 'note', 'text').map(({ text }) => text)
    expect(narrow, 'in less room fewer names').toEqual(['2 parts'])
  })

  test('processes are coloured by a value that stands beside their names; one that is down is not', () => {
    const coloured = [
      { tone: 'ramp-0', text: '1' },
      { tone: 'ramp-6', text: '9' },
      { tone: 'muted', text: null },
    ] as const
    const tones = (us: number) =>
      withRole<DotShape>(at(us, { coloured }), 'value', 'dot').map(({ tone, ref }) => [ref?.process, tone])
    expect(tones(45)).toEqual([
      [0, 'ramp-0'],
      [1, 'ramp-6'],
      [2, 'muted'],
    ])
    expect(tones(65).map(([process]) => process)).toEqual([0, 1])
    const names = withRole<TextShape>(at(45, { coloured }), 'label', 'text').map(({ text }) => text)
    expect(names).toEqual(['p00: 1', 'p01: 9', 'p02'])
    expect(withRole(at(45), 'value', 'dot')).toEqual([])
  })

  test('by forces all stand inside, and the same in a pane of any size', () => {
    const small = placesOf(data, { ...VIEW, layout: 'force' })
    const large = placesOf(data, { width: 1112, height: 712, layout: 'force' })
    for (const [i, { x, y }] of small.entries()) {
      expect(x >= 44 && x <= VIEW.width - 44 && y >= 44 && y <= VIEW.height - 44).toBe(true)
      expect((large[i]!.x - 44) / 1024).toBeCloseTo((x - 44) / 512)
      expect((large[i]!.y - 44) / 624).toBeCloseTo((y - 44) / 312)
    }
    expect(hit(at(5, { layout: 'force' }), small[1]!.x, small[1]!.y)).toMatchObject({ process: 1 })
  })
})
