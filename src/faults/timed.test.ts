import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Prng } from '../lib/prng.ts'
import { sidesOf } from './division.ts'
import type { Division } from './fault.ts'
import { judge } from './judge.ts'
import { Occurrences } from './occurrences.ts'
import { faultsOf, formatFaults, parseFaults, placed } from './plan.ts'

const idsOf = (n: number) => Array.from({ length: n }, (_, i) => `p0${i}`)
const linksOf = (n: number) =>
  idsOf(n).flatMap((_, i) => idsOf(n).flatMap((_, j) => (i < j ? [[i, j] as const] : [])))
const within = (faults: string, n: number) =>
  placed(parseFaults(faults), { ids: idsOf(n), links: linksOf(n) })

/** Who loses what to whom at a time. */
function severed(faults: string, n: number, nowMs = 0): string[] {
  const { rules } = within(faults, n)
  return idsOf(n).flatMap((from) =>
    idsOf(n).flatMap((to) => {
      const { lost } = judge(rules, { from, to, type: 'a', nowMs }, new Prng(1))
      return lost === null ? [] : [`${from}->${to}`]
    }),
  )
}

const both = (...pairs: string[]) =>
  pairs
    .flatMap((pair) => [`${pair.slice(0, 3)}->${pair.slice(4)}`, `${pair.slice(4)}->${pair.slice(0, 3)}`])
    .sort()

test('partitions in their shapes', () => {
  expect(severed('partition halves', 4)).toEqual(both('p00-p02', 'p00-p03', 'p01-p02', 'p01-p03'))
  expect(severed('partition halves', 3)).toEqual(both('p00-p02', 'p01-p02'))
  expect(severed('partition minority', 5).filter((arc) => arc.endsWith('p00'))).toEqual([
    'p02->p00',
    'p03->p00',
    'p04->p00',
  ])
  expect(severed('partition isolate p01', 3)).toEqual(both('p00-p01', 'p01-p02'))
  expect(severed('partition bridge p01', 3)).toEqual(both('p00-p02'))
  expect(severed('partition p00 / p02', 4)).toEqual(both('p00-p02'))
  expect(severed('partition p00 / p01 / p02', 4)).toEqual(both('p00-p01', 'p00-p02', 'p01-p02'))
  expect(severed('partition p02 / p00 one-way', 3)).toEqual(['p02->p00'])
  expect(severed('partition isolate p01 one-way', 3)).toEqual(['p01->p00', 'p01->p02'])
})

test('the minority is fewer than half, and the majority more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (n) => {
      const ids = Array.from({ length: n }, (_, i) => `p${String(i).padStart(2, '0')}`)
      const first = (division: Division) => ids.filter((id) => sidesOf(division, ids)(id) === 0).length
      expect(2 * first({ shape: 'minority' })).toBeLessThan(n)
      expect(2 * (first({ shape: 'minority' }) + 1)).toBeGreaterThanOrEqual(n)
      expect(2 * first({ shape: 'halves' }) - n).toBeOneOf([0, 1])
    }),
  )
})

test('a partition is a cut and a heal of each link that crosses, and one of them begins it', () => {
  const { timed } = within('partition bridge p02 at 10ms for 5ms', 3)
  const text = 'partition bridge p02 at 10ms for 5ms'
  const link = ['p00', 'p01']
  expect(timed).toEqual([
    { kind: 'cut', link, oneWay: false, atMs: 10, text, breaks: 'reliable', begins: true },
    { kind: 'heal', link, oneWay: false, atMs: 15, text, breaks: 'reliable', begins: false },
  ])
  const halves = within('partition halves one-way at 1ms', 4).timed
  expect(halves.map((event) => 'link' in event && event.link.join('->'))).toEqual([
    'p00->p02',
    'p00->p03',
    'p01->p02',
    'p01->p03',
  ])
  expect(halves.every((event) => 'oneWay' in event && event.oneWay)).toBe(true)
  expect(halves.map(({ begins }) => begins)).toEqual([true, false, false, false])
})

test('a partition in its place has the text it had', () => {
  const faults = 'partition halves at 10ms for 5ms, loss 1%, byzantine p00 silent, partition p00 / p01'
  const plan = within(faults, 2)
  expect(formatFaults(plan)).toBe(formatFaults(parseFaults(faults)))
  expect(faultsOf(plan)).toHaveLength(4)
  expect(() =>
    judge(
      parseFaults('partition halves').rules,
      { from: 'p00', to: 'p01', type: 'a', nowMs: 0 },
      new Prng(1),
    ),
  ).toThrow(/placed/)
})

test('a one-way cut is one way, and a window is from its beginning up to its end', () => {
  expect(severed('cut p01->p00', 3)).toEqual(['p01->p00'])
  const at = (nowMs: number) => severed('cut p00-p01 at 10ms for 5ms', 2, nowMs).length
  expect([9.999, 10, 14.999, 15].map(at)).toEqual([0, 2, 2, 0])
})

test('what is held is delivered when the link is up again, and takes its latency then', () => {
  const { rules } = within('cut p00->p01 held at 10ms for 5ms, latency 2ms', 2)
  const sent = (nowMs: number) => judge(rules, { from: 'p00', to: 'p01', type: 'a', nowMs }, new Prng(1))
  expect(sent(9).delaysMs).toEqual([2])
  expect(sent(11)).toMatchObject({ lost: null, delaysMs: [6], fired: ['latency 2ms'] })
  expect(sent(11).told).toEqual(['is held (cut p00->p01 held at 10ms for 5ms)'])
})

test('every rule can have a window', () => {
  const kinds = [
    'latency 5ms',
    'jitter 5-5ms',
    'loss 100%',
    'duplicate 100%',
    'reorder 100% by 5ms',
    'latency regions',
  ]
  for (const kind of kinds) {
    const { rules } = parseFaults(`${kind} at 10ms for 5ms`)
    expect(rules[0]!.window, kind).toEqual({ fromMs: 10, toMs: 15 })
    const fired = (nowMs: number) =>
      judge(rules, { from: 'p00', to: 'p01', type: 'a', nowMs }, new Prng(1)).fired.length
    expect([9.999, 10, 14.999, 15].map(fired), kind).toEqual([0, 1, 1, 0])
  }
})

test('the k-th message of a type on a channel is lost, that one and once', () => {
  const { rules } = parseFaults('loss 3rd of a on p00->p01')
  const occurrences = new Occurrences(rules)
  const sends = ['a01', 'a01', 'b01', 'a10', 'a01', 'a01', 'a02', 'a01']
  const lost = sends.map((send) => {
    const [type, from, to] = [send[0]!, `p0${send[1]}`, `p0${send[2]}`]
    const nth = occurrences.next(from, to, type)
    return judge(rules, { from, to, type, nowMs: 0, nth }, new Prng(1)).lost
  })
  expect(lost.map((cause, i) => (cause === null ? '' : i)).join('')).toBe('4')
})

test('a late message is late alone', () => {
  const { rules } = parseFaults('reorder 100% by 7ms, latency 2ms, duplicate 100%')
  const fate = judge(rules, { from: 'p00', to: 'p01', type: 'a', nowMs: 0 }, new Prng(1))
  expect(fate).toMatchObject({ delaysMs: [2, 2], lateMs: [7, 7] })
  expect(fate.told).toEqual(['is late by 7 ms (reorder 100% by 7ms)'])
})

test('a pause, a slow process and a clock begin and end', () => {
  const { timed } = parseFaults(
    'pause p00 at 1ms for 2ms, slow p00 5ms at 1ms for 2ms, clock p00 +7ms at 1ms for 2ms',
  )
  expect(timed.map(({ text: _, breaks, ...event }) => [breaks, event])).toEqual([
    ['timing', { kind: 'clock', process: 'p00', byMs: 7, ppm: 0, atMs: 1, begins: true }],
    ['timing', { kind: 'pause', process: 'p00', atMs: 1, begins: true }],
    ['timing', { kind: 'slow', process: 'p00', costMs: 5, atMs: 1, begins: true }],
    ['timing', { kind: 'resume', process: 'p00', atMs: 3, begins: false }],
    ['timing', { kind: 'slow', process: 'p00', costMs: 0, atMs: 3, begins: false }],
    ['timing', { kind: 'clock', process: 'p00', byMs: -7, ppm: 0, atMs: 3, begins: false }],
  ])
})

test('a clock that has drifted is set right when it is over', () => {
  const { timed } = parseFaults('clock p00 drift -300ppm at 1s for 2s')
  expect(timed[0]).toMatchObject({ kind: 'clock', byMs: 0, ppm: -300 })
  expect(timed[1]).toMatchObject({ kind: 'clock', byMs: 0.6, ppm: 300 })
})
