import { expect, test } from 'vitest'
import { colourOf, RAMP } from './palette.ts'
import { RAMP_TONES, scaleOf, toneOf } from './value-scale.ts'

test('numbers stand on a ramp between the least and the greatest', () => {
  const scale = scaleOf(['10', null, '-4', '3.5', '10'])
  expect(scale).toEqual({ kind: 'ramp', low: -4, high: 10 })
  expect([toneOf(scale, '-4'), toneOf(scale, '3'), toneOf(scale, '10')]).toEqual([
    'ramp-0',
    'ramp-3',
    'ramp-6',
  ])
  expect(toneOf(scale, null)).toBe('muted')
  const all = scaleOf(['7'])
  expect(toneOf(all, '7'), 'one value is in the middle').toBe('ramp-3')
})

test('other values are categories, in an order of their own; a ninth has no colour', () => {
  const scale = scaleOf(['true', 'false', 'true', '3'])
  expect(scale).toEqual({ kind: 'categories', values: ['3', 'false', 'true'], more: 0 })
  expect([toneOf(scale, 'false'), toneOf(scale, 'true'), toneOf(scale, null)]).toEqual([1, 2, 'muted'])
  expect(scaleOf(['true', '3', 'false'])).toEqual(scale)
  const many = scaleOf(Array.from({ length: 11 }, (_, i) => `v${i}`))
  expect(many).toMatchObject({ kind: 'categories', more: 3 })
  expect(toneOf(many, 'v9')).toBe('muted')
  expect(scaleOf([null])).toEqual({ kind: 'categories', values: [], more: 0 })
})

test('the ramp has a colour for each step, each lighter than the one before', () => {
  const colours = RAMP_TONES.map((tone) => colourOf(tone, 'light'))
  expect(colours).toEqual(RAMP)
  const light = colours.map((hex) =>
    [0.2126, 0.7152, 0.0722].reduce(
      (sum, weight, i) => sum + weight * Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16),
      0,
    ),
  )
  for (let i = 1; i < light.length; i++) expect(light[i]! - light[i - 1]!).toBeGreaterThan(15)
})
