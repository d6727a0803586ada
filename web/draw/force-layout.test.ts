import { describe, expect, test } from 'vitest'
import { buildTopology } from '../../src/topology/topology.ts'
import { forceLayout, type Place } from './force-layout.ts'

const laidOut = (kind: string, peers: number) => {
  const { links } = buildTopology(kind, peers, 1)
  return { links, places: forceLayout(peers, links) }
}

const apart = (a: Place, b: Place) => Math.hypot(a.x - b.x, a.y - b.y)

describe('a layout by forces', () => {
  test.each(['ring', 'complete', 'line', 'star'])(
    'of a %s keeps all apart and inside, each time the same',
    (kind) => {
      const { places } = laidOut(kind, 20)
      expect(laidOut(kind, 20).places).toEqual(places)
      for (const [i, a] of places.entries()) {
        expect(a.x >= 0 && a.x <= 1 && a.y >= 0 && a.y <= 1).toBe(true)
        for (const b of places.slice(i + 1)) expect(apart(a, b)).toBeGreaterThan(0.03)
      }
    },
  )

  test('puts what is linked nearer than what is not', () => {
    const { links, places } = laidOut('ring', 30)
    const linked = links.map(([a, b]) => apart(places[a]!, places[b]!))
    const all = places.flatMap((a, i) => places.slice(i + 1).map((b) => apart(a, b)))
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(linked)).toBeLessThan(mean(all) / 3)
  })

  test('two halves that are not linked stand apart', () => {
    const links = [0, 5].flatMap((first) =>
      [0, 1, 2, 3, 4].flatMap((i) => [1, 2].map((by) => [first + i, first + ((i + by) % 5)] as const)),
    )
    const places = forceLayout(10, links)
    const within = apart(places[0]!, places[2]!)
    const middle = (from: number) => {
      const half = places.slice(from, from + 5)
      const sum = (of: (place: Place) => number) => half.reduce((total, place) => total + of(place), 0) / 5
      return { x: sum(({ x }) => x), y: sum(({ y }) => y) }
    }
    expect(apart(middle(0), middle(5))).toBeGreaterThan(within)
  })

  test('of 200 processes takes no more steps than it may', () => {
    const before = process.cpuUsage()
    const { places } = laidOut('complete', 200)
    const small = process.cpuUsage(before)
    expect(places).toHaveLength(200)
    expect(places.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true)
    const again = process.cpuUsage()
    forceLayout(1_000, [])
    const large = process.cpuUsage(again)
    // As many pairs in all: 25 times as many processes squared cost about a few times as much.
    expect(large.user / Math.max(1, small.user)).toBeLessThan(12)
  })

  test('of nobody, of one and of two', () => {
    expect(forceLayout(0, [])).toEqual([])
    expect(forceLayout(1, [])).toEqual([{ x: 0.5, y: 0.5 }])
    const [a, b] = forceLayout(2, [[0, 1]])
    expect(apart(a!, b!)).toBeGreaterThan(0.5)
  })
})
