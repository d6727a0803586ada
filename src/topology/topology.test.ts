import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../lib/usage-error.ts'
import { gridColumns } from './kinds.ts'
import {
  isBidirectional,
  isComplete,
  isConnected,
  isStronglyConnected,
  isUnidirectionalRing,
} from './predicates.ts'
import { buildTopology, processIds, type Topology } from './topology.ts'

const build = (text: string, n: number | null, seed = 1) => buildTopology(text, n, seed)
const degrees = ({ places }: Topology) => places.map(({ outgoing }) => outgoing.length)
const file = (content: string, n: number | null = null) => buildTopology('./e.txt', n, 1, () => content)

const plain = fc.constantFrom('complete', 'line', 'star', 'tree', 'grid')

test('ids are padded to one width, so that text order is number order', () => {
  expect(processIds(2)).toEqual(['p00', 'p01'])
  expect(processIds(100).at(-1)).toBe('p99')
  expect(processIds(101)[7]).toBe('p007')
  for (const n of [1, 10, 101, 1001]) expect(processIds(n).toSorted()).toEqual(processIds(n))
})

function expectCoherent({ ids, channels, places, links }: Topology): void {
  expect(places.map(({ self }) => self)).toEqual(ids)
  const fromPlaces = places.flatMap(({ self, outgoing }) => outgoing.map((to) => [self, to]))
  expect(channels).toEqual(fromPlaces)
  for (const { self, incoming, outgoing } of places) {
    expect(incoming).toEqual(channels.filter(([, to]) => to === self).map(([from]) => from))
    expect(incoming).toEqual(incoming.toSorted())
    expect(outgoing).toEqual([...new Set(outgoing)].toSorted())
    expect(outgoing).not.toContain(self)
  }
  const pairs = new Set(channels.map((ends) => ends.toSorted().join()))
  expect(links.map(([i, j]) => `${ids[i]},${ids[j]}`)).toEqual([...pairs].sort())
  for (const [i, j] of links) expect(i).toBeLessThan(j)
}

test('places, channels and links of every kind say the same', () => {
  fc.assert(
    fc.property(plain, fc.integer({ min: 1, max: 40 }), (name, n) => {
      const topology = build(name, n)
      expectCoherent(topology)
      expect(isConnected(topology.places)).toBe(true)
      expect(isBidirectional(topology.places)).toBe(true)
    }),
  )
})

test('each plain kind has its shape', () => {
  expect(isComplete(build('complete', 7).places)).toBe(true)
  expect(isUnidirectionalRing(build('ring', 5).places)).toBe(true)
  expect(build('ring', 3).channels).toEqual([
    ['p00', 'p01'],
    ['p01', 'p02'],
    ['p02', 'p00'],
  ])
  expect(build('ring', 2).links).toEqual([[0, 1]])
  expect(degrees(build('line', 4))).toEqual([1, 2, 2, 1])
  expect(degrees(build('star', 5))).toEqual([4, 1, 1, 1, 1])
  expect(build('tree', 6).links).toEqual([
    [0, 1],
    [0, 2],
    [1, 3],
    [1, 4],
    [2, 5],
  ])
  expect(degrees(build('grid', 9)).toSorted()).toEqual([2, 2, 2, 2, 3, 3, 3, 3, 4])
  expect(build('grid', 7).links).toEqual([
    [0, 1],
    [0, 3],
    [1, 2],
    [1, 4],
    [2, 5],
    [3, 4],
    [3, 6],
    [4, 5],
  ])
  expect([1, 2, 3, 6, 7, 8, 10, 12, 18, 25].map(gridColumns)).toEqual([1, 2, 2, 3, 3, 4, 4, 4, 6, 5])
})

test('a random regular graph is connected, and everyone has the degree asked for', () => {
  const sizes = fc
    .tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 39 }), fc.nat())
    .filter(([n, degree]) => degree < n && (n * degree) % 2 === 0)
  fc.assert(
    fc.property(sizes, ([n, degree, seed]) => {
      const topology = build(`random-regular:${degree}`, n, seed)
      expectCoherent(topology)
      expect(degrees(topology)).toEqual(topology.ids.map(() => degree))
      expect(isStronglyConnected(topology.places)).toBe(true)
    }),
  )
})

test('a small world is connected and has as many links as the ring it is made of', () => {
  const sizes = fc
    .tuple(
      fc.integer({ min: 5, max: 40 }),
      fc.constantFrom(4, 6, 8),
      fc.integer({ min: 0, max: 100 }),
      fc.nat(),
    )
    .filter(([n, k]) => k < n)
  fc.assert(
    fc.property(sizes, ([n, k, percent, seed]) => {
      const topology = build(`small-world:${k}:${percent}`, n, seed)
      expectCoherent(topology)
      expect(topology.links.length).toBe((n * k) / 2)
      expect(isConnected(topology.places)).toBe(true)
    }),
  )
  const lattice = build('small-world:4:0', 10)
  expect(lattice.places[0]!.outgoing).toEqual(['p01', 'p02', 'p08', 'p09'])
  expect(build('small-world:4:30', 30).links).not.toEqual(build('small-world:4:0', 30).links)
})

test('a small world that came out in parts is drawn again', () => {
  for (let seed = 0; seed < 50; seed++) {
    expect(isConnected(build('small-world:2:50', 30, seed).places), `seed ${seed}`).toBe(true)
  }
})

test('a shuffled ring is a one-way ring of all, in an order drawn from the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (n, seed) => {
      const topology = build('shuffled-ring', n, seed)
      expectCoherent(topology)
      expect(isUnidirectionalRing(topology.places)).toBe(true)
    }),
  )
  // Of 4 there are 3! rings; each is drawn about as often as any other.
  const drawn = new Map<string, number>()
  for (let seed = 0; seed < 600; seed++) {
    const ring = build('shuffled-ring', 4, seed).channels.join(' ')
    drawn.set(ring, (drawn.get(ring) ?? 0) + 1)
  }
  expect(drawn.size).toBe(6)
  for (const [ring, times] of drawn) expect(Math.abs(times - 100), ring).toBeLessThan(45)
})

test('the same words and seed give the same channels, another seed others', () => {
  for (const text of ['random-regular:3', 'small-world', 'shuffled-ring']) {
    expect(build(text, 20, 5)).toEqual(build(text, 20, 5))
    expect(build(text, 20, 5).channels).not.toEqual(build(text, 20, 6).channels)
  }
  expect(build('random-regular', 20).name).toBe('random-regular:4')
  expect(build('small-world:6', 20).name).toBe('small-world:6:10')
})

test('what does not fit is refused with what would', () => {
  const cases: [string, number | null, RegExp][] = [
    ['ring', 1, /at least 2/],
    ['shuffled-ring', 1, /at least 2/],
    ['random-regular:4', 4, /degree 4 needs at least 5 processes, or with 4 take degree 2 to 3/],
    ['random-regular:3', 7, /take 8, or degree 4/],
    ['random-regular:0', 7, /at least 1/],
    ['random-regular:1', 4, /degree 2 or more/],
    ['random-regular:x', 4, /whole number, as in 'random-regular:4'/],
    ['small-world:3', 9, /even number, such as 4/],
    ['small-world:4:101', 9, /take 0 to 100/],
    ['small-world:4', 4, /at least 5 processes, or with 4 take k = 2/],
    ['ring:3', 3, /more parameters than 'ring'/],
    ['complete', 0, /1 to 65535/],
    ['complete', 2.5, /1 to 65535/],
    ['complete', 60_000, /channels/],
    ['complete', null, /how many/],
    ['compleet', 4, /Did you mean 'complete'\?.*random-regular\[:degree\].*edges\.txt/],
    ['constructor', 4, /no topology 'constructor'/],
    ['./e.txt', 4, /no files can be read here/],
  ]
  for (const [text, n, complaint] of cases) {
    expect(() => build(text, n), `${text} of ${n}`).toThrow(UsageError)
    expect(() => build(text, n)).toThrow(complaint)
  }
})

test('a file of edges', () => {
  const topology = file(
    '# a triangle with a tail\np00 p01\n\n1 -> 2 # one way\n2 → 0\r\n  p02   p03  \n0 1\n',
  )
  expect(topology.channels.map((ends) => ends.join('→'))).toEqual([
    'p00→p01',
    'p01→p00',
    'p01→p02',
    'p02→p00',
    'p02→p03',
    'p03→p02',
  ])
  expect(topology.name).toBe('./e.txt')
  expectCoherent(topology)
  expect(file('0 1', 2).ids).toEqual(['p00', 'p01'])
})

test('a mistake in a file is told with its line', () => {
  expect(() => file('0 1\n0 x')).toThrow(/e\.txt, line 2: '0 x' is no link; write 'p00 p03'/)
  expect(() => file('0 1\n\n1 1')).toThrow(/line 3: '1 1' joins a process to itself/)
  expect(() => file('0 99999')).toThrow(/line 1: .* beyond the last process/)
  expect(() => file('0 1\n1 4')).toThrow(/names process 4 but not 2/)
  expect(() => file('# nothing')).toThrow(/holds no link/)
  expect(() => file('0 1', 3)).toThrow(/joins 2 processes, but 3 are asked for/)
  const unreadable = () => {
    throw new Error('ENOENT')
  }
  expect(() => buildTopology('./gone.txt', null, 1, unreadable)).toThrow(
    /'.\/gone.txt' cannot be read: ENOENT/,
  )
})

test('the predicates tell their shapes apart', () => {
  const twoRings = file('0 -> 1\n1 -> 0\n2 -> 3\n3 -> 2').places
  expect(isUnidirectionalRing(twoRings)).toBe(false)
  expect(isConnected(twoRings)).toBe(false)
  const oneWay = file('0 -> 1\n1 -> 2').places
  expect(isConnected(oneWay)).toBe(true)
  expect(isStronglyConnected(oneWay)).toBe(false)
  expect(isBidirectional(oneWay)).toBe(false)
  expect(isStronglyConnected(build('ring', 4).places)).toBe(true)
  expect(isUnidirectionalRing(build('line', 3).places)).toBe(false)
  expect(isComplete(build('ring', 3).places)).toBe(false)
})
