import { describe, expect, test } from 'vitest'
import { Prng } from '../../lib/prng.ts'
import { ddmin, type Fails, type Order, oneByOne } from './fewer-steps.ts'
import { inReadingOrder } from './reading-order.ts'
import { findingShape } from './shape.ts'
import { smallerOptions, smallerValues, zeroDice } from './smaller-values.ts'
import type { Item } from './trial.ts'

const item = (n: number): Item => ({ step: { do: 'crash', at: `p${n}` }, by: {}, trace: null })
const list = Array.from({ length: 1000 }, (_, i) => item(i))
const at = (items: readonly Item[]) => items.map(({ step }) => Number((step as { at: string }).at.slice(1)))

/** Fails while all of these are there; counts how often it was asked. */
function needing(...numbers: number[]) {
  const asked = { times: 0 }
  const fails: Fails = (items) => {
    asked.times++
    const there = new Set(at(items))
    return numbers.every((n) => there.has(n)) ? items : null
  }
  return { fails, asked }
}

describe('ddmin', () => {
  const orders: readonly (readonly [string, Order])[] = [
    ['from the end', 'from the end'],
    ['from the beginning', 'from the beginning'],
    ['by dice', new Prng(7)],
  ]
  test.each(orders)('%s: finds what is needed, in far fewer trials than steps', (_, order) => {
    const { fails, asked } = needing(3, 500, 999)
    expect(at(ddmin(list, fails, order))).toEqual([3, 500, 999])
    expect(asked.times).toBeLessThan(200)
  })

  test('nothing needed, nothing left; all needed, all left', () => {
    expect(ddmin(list, (items) => items)).toEqual([])
    const few = list.slice(0, 7)
    expect(ddmin(few, needing(...at(few)).fails)).toEqual(few)
    expect(ddmin([], () => null)).toEqual([])
  })

  test('what goes with what is left out is not asked for again', () => {
    // Whatever is odd happens only after the even one before it.
    const fails: Fails = (items) => {
      const there = new Set(at(items))
      const left = items.filter((_, i) => at(items)[i]! % 2 === 0 || there.has(at(items)[i]! - 1))
      return at(left).includes(501) ? left : null
    }
    expect(at(ddmin(list, fails))).toEqual([500, 501])
  })
})

test('one by one: again, until nothing changes', () => {
  // 2 can go only when 5 is gone, which is tried before it; 7 only when 2 is, which is tried after it.
  const fails: Fails = (items) => {
    const there = new Set(at(items))
    if (!there.has(4) || (there.has(2) && !there.has(7)) || (there.has(5) && !there.has(2))) return null
    return items
  }
  expect(at(oneByOne(list.slice(0, 10), fails))).toEqual([4])
})

describe('reading order', () => {
  const sends = {}
  const step = (process: string, by: object = {}): Item => ({
    step: { do: 'request', at: process, request: { type: 'go' } },
    by,
    trace: null,
  })
  const arrives = (from: string, to: string, by: object): Item => ({
    step: { do: 'deliver', from, to, type: 'note', nth: 0 },
    by: {},
    trace: { by, kth: 0 },
  })
  const names = (items: readonly Item[]) =>
    items.map(({ step }) => ('to' in step ? `>${step.to}` : 'at' in step ? step.at : ''))

  test('a process goes on as long as it can; a message comes after what sent it', () => {
    const items = [
      step('p0'),
      step('p1'),
      step('p0'),
      step('p1', sends),
      arrives('p1', 'p0', sends),
      step('p1'),
    ]
    expect(names(inReadingOrder(items))).toEqual(['p0', 'p0', 'p1', 'p1', 'p1', '>p0'])
  })

  test('nothing passes a crash', () => {
    const crash: Item = { step: { do: 'crash', at: 'p2' }, by: {}, trace: null }
    const items = [step('p0'), step('p1'), crash, step('p0'), step('p1'), step('p0')]
    expect(names(inReadingOrder(items))).toEqual(['p0', 'p1', 'p2', 'p0', 'p0', 'p1'])
  })
})

describe('values', () => {
  const asked = (n: number, to = 'p01'): Item => ({
    step: { do: 'request', at: 'p00', request: { type: 'pay', to, inner: { amount: n } } as any },
    by: {},
    trace: null,
  })
  const amountOf = ({ step }: Item) => (step as any).request.inner.amount as number
  const shapes = {
    pay: {
      to: { label: 'text', fits: () => true, parse: String } as any,
      inner: { label: 'positive', fits: (v: any) => v.amount > 0, parse: String } as any,
    },
  }

  test.each([
    [1000, 1, 1],
    [1000, 37, 37],
    [5, 5, 5],
  ])('%d, of which %d is enough', (value, enough, left) => {
    const fails: Fails = (items) => (items.every((one) => amountOf(one) >= enough) ? items : null)
    expect(smallerValues([asked(value), asked(value)], shapes, fails).map(amountOf)).toEqual([left, left])
  })

  test('never what does not fit its shape', () => {
    expect(smallerValues([asked(9)], shapes, (items) => items).map(amountOf)).toEqual([1])
  })

  test('dice show 0 where they may', () => {
    const thrown: Item = { ...asked(1), step: { ...asked(1).step, dice: [3, 2, 1] } }
    const fails: Fails = (items) => (items[0]!.step.dice![1] === 2 ? items : null)
    expect(zeroDice([thrown], fails)[0]!.step.dice).toEqual([0, 2, 0])
  })

  test('options, if they are numbers', () => {
    let last: Readonly<Record<string, unknown>> = {}
    smallerOptions({ n: 100, name: 'x', m: 3 }, (options) => {
      const works = (options.n as number) >= 6
      if (works) last = options
      return works
    })
    expect(last).toEqual({ n: 6, name: 'x', m: 0 })
  })
})

test.each([
  ['p01 completed snapshot s1 twice', 'p22 completed snapshot s3 twice'],
  ['snapshot s1: p00, p02 and p03 never completed', 'snapshot s2: p01 never completed'],
  ['held [{"amount":1} {"amount":2}] but [] was recorded', 'held [{"amount":7}] but [] was recorded'],
  ['of message p01#4, 12.5 ms late', 'of message p00#17, -3 ms late'],
])('the same kind of failure: %s', (one, other) => {
  expect(findingShape(one)).toBe(findingShape(other))
})

test.each([
  ['p01 completed twice', 'p01 recorded twice'],
  ['held [] but ["x"] was recorded', 'held ["x"] but [] was recorded'],
])('another kind: %s', (one, other) => {
  expect(findingShape(one)).not.toBe(findingShape(other))
})
