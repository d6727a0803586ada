import { expect, test } from 'vitest'
import { Prng } from '../lib/prng.ts'
import { judge } from './judge.ts'
import { parseFaults } from './plan.ts'
import { cities, cityOf, distancesKm, regionUs } from './regions.ts'

/** The earth's mean radius in km (IUGG 1980, R1). */
const RADIUS_KM = 6371.0088

/** The haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68(2), 1984. */
function greatCircleKm(a: (typeof cities)[number], b: (typeof cities)[number]): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2
  const h =
    half(a.latitude, b.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude)
  return 2 * RADIUS_KM * Math.asin(Math.sqrt(h))
}

test('the table of distances is that of the coordinates, within a kilometre', () => {
  expect(distancesKm).toHaveLength(cities.length)
  for (const [i, a] of cities.entries()) {
    for (const [j, b] of cities.entries()) {
      const km = distancesKm[i]![j]!
      expect(Number.isInteger(km)).toBe(true)
      expect(Math.abs(km - greatCircleKm(a, b)), `${a.name} – ${b.name}`).toBeLessThanOrEqual(1)
      expect(km).toBe(distancesKm[j]![i])
    }
  }
})

test('a message takes at least what light in glass does, in whole microseconds', () => {
  const vacuumKmPerMs = 299.792458
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      const us = regionUs(`p0${i}`, `p0${j}`)
      expect(Number.isInteger(us)).toBe(true)
      expect((us - 1000) / 1000).toBeCloseTo(distancesKm[i]![j]! / ((vacuumKmPerMs * 2) / 3), 2)
    }
  }
  expect(regionUs('p00', 'p01')).toBe(28_869) // New York – London
  expect(regionUs('p00', 'p08'), 'in one city').toBe(1_000)
})

test('processes are dealt over the cities in the order of their ids', () => {
  expect(['p00', 'p07', 'p08', 'p17', 'p000', 'p009'].map(cityOf)).toEqual([0, 7, 0, 1, 0, 1])
})

test('as a rule: on top of others, for the messages it is about', () => {
  const { rules } = parseFaults('latency regions of a, latency 1ms')
  const delay = (type: string) =>
    judge(rules, { from: 'p00', to: 'p01', type, nowMs: 0 }, new Prng(1)).delaysMs
  expect(delay('a')).toEqual([29.869])
  expect(delay('b')).toEqual([1])
})
