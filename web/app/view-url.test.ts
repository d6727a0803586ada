import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_VIEW, queryOf, type View, viewOf } from './view-url.ts'

const text = fc.string({ unit: 'grapheme' })
const cutBy = fc.oneof(
  fc.record({ position: fc.nat() }),
  fc.record({ lamport: fc.nat() }),
  fc.record({ earliest: fc.nat() }),
  fc.record({ latest: fc.nat() }),
)
const hundredths = (least: number, most: number) =>
  fc.integer({ min: least * 100, max: most * 100 }).map((value) => value / 100)
const view: fc.Arbitrary<View> = fc.record({
  with: fc.option(fc.string({ minLength: 1 })),
  run: fc.option(text),
  at: fc.option(fc.nat()),
  message: fc.option(fc.nat()),
  cut: fc.option(cutBy),
  moved: fc.array(fc.tuple(fc.nat(99), fc.integer({ min: -1, max: 9999 }))).map((all) => new Map(all)),
  axis: fc.constantFrom('real', 'logical', 'aligned'),
  window: fc.option(fc.tuple(hundredths(-9, 1000), hundredths(1001, 1e9))),
  types: fc.option(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }))),
  hidden: fc.array(fc.nat(99)),
  text,
  about: text,
  here: text,
  pins: fc.array(fc.string({ minLength: 1, unit: 'grapheme' })),
  follow: fc.option(fc.nat()),
  layout: text,
  colour: text,
  traffic: fc.constantFrom('all', 'so-far'),
  link: fc.option(fc.tuple(fc.nat(99), fc.integer({ min: 100, max: 999 }))),
  motif: text,
  place: fc.option(fc.nat()),
  trace: fc.option(fc.nat()),
  traces: text,
})

test('a view survives its address', () => {
  fc.assert(
    fc.property(view, (shown) => {
      expect(viewOf(queryOf(shown))).toEqual(shown)
    }),
    { seed: 11 },
  )
})

test('a fresh page has a bare address', () => {
  expect(queryOf(DEFAULT_VIEW)).toBe('')
  expect(viewOf('')).toEqual(DEFAULT_VIEW)
})

test('what makes no sense is left out, not guessed', () => {
  const odd = viewOf(
    '?types=%25a&link=3-1&follow=-1&at=x&cut=1e3&window=9..1&hidden=1,a,2&moved=0:5,b&axis=round',
  )
  expect(odd).toEqual({ ...DEFAULT_VIEW, types: ['%a'], hidden: [1, 2], moved: new Map([[0, 5]]) })
})
