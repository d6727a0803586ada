import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from '../../lib/prng.ts'
import { sha256 } from '../../lib/sha256.ts'
import type { Contact } from './identity.ts'
import { answered, beginLookup, isOver, type Lookup, result, silent, toAsk } from './lookup.ts'
import { closest, emptyTable, heardOf, type Table } from './routing-table.ts'
import { bucketOf, nearer } from './xor-metric.ts'

const contact = (i: number): Contact => ({ process: `p${1000 + i}`, nonce: 0, id: sha256(`${i}`) })

/** Everybody has heard of everybody, in an order of its own: each bucket holds k, or all there are. */
function tables(n: number, k: number, seed: number): Map<string, Table> {
  const all = Array.from({ length: n }, (_, i) => contact(i))
  const dice = new Prng(seed)
  return new Map(
    all.map((self) => {
      const table = emptyTable(self.id)
      const others = all.filter((other) => other !== self)
      while (others.length > 0) {
        const [other] = others.splice(dice.below(others.length), 1)
        heardOf(table, other!, k, 0, bucketOf)
      }
      return [self.process, table]
    }),
  )
}

/** All that are asked answer, one after another in any order, but for those who are silent. */
function run(lookup: Lookup, of: Map<string, Table>, alpha: number, dead: Set<string>, dice: Prng): number {
  const open: string[] = []
  let most = 0
  while (!isOver(lookup)) {
    open.push(...toAsk(lookup, alpha).map(({ process }) => process))
    most = Math.max(most, open.length)
    const [process] = open.splice(dice.below(open.length), 1)
    if (dead.has(process!)) silent(lookup, process!)
    else answered(lookup, process!, closest(of.get(process!)!, lookup.target, lookup.k))
  }
  return most
}

describe('a lookup', () => {
  const sizes = fc.record({
    n: fc.integer({ min: 2, max: 60 }),
    k: fc.integer({ min: 1, max: 8 }),
    alpha: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  })

  test('over complete tables returns the k nearest of all, in ⌈log₂ n⌉ + 1 hops, asking α at a time', () => {
    fc.assert(
      fc.property(sizes, ({ n, k, alpha, seed }) => {
        const of = tables(n, k, seed)
        const target = sha256(`target ${seed}`)
        const self = contact(seed % n)
        const lookup = beginLookup(target, k, self, closest(of.get(self.process)!, target, k))
        const most = run(lookup, of, alpha, new Set(), new Prng(seed))
        const all = Array.from({ length: n }, (_, i) => contact(i))
        const truly = all.sort((a, b) => nearer(target, a.id, b.id)).slice(0, k)
        const found = result(lookup, k)
        expect(found.map(({ process }) => process)).toEqual(truly.map(({ process }) => process))
        expect(most).toBeLessThanOrEqual(alpha)
        expect(Math.max(...found.map(({ hops }) => hops))).toBeLessThanOrEqual(Math.ceil(Math.log2(n)) + 1)
      }),
      { numRuns: 150 },
    )
  })

  test('ends whoever is silent, and never returns one of those', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ n, k, alpha, seed }, half) => {
        const of = tables(n, k, seed)
        const dead = new Set(Array.from({ length: half % n }, (_, i) => contact((i * 7) % n).process))
        const self = contact(0)
        dead.delete(self.process)
        const known = closest(of.get(self.process)!, self.id, k)
        const lookup = beginLookup(sha256(`${seed}`), k, self, known)
        run(lookup, of, alpha, dead, new Prng(seed))
        expect(result(lookup, k).filter(({ process }) => dead.has(process))).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  test('hears nothing from whom it did not ask', () => {
    const lookup = beginLookup(sha256('x'), 3, contact(0), [contact(1)])
    answered(lookup, 'p99', [contact(2)])
    expect(lookup.candidates).toHaveLength(2)
  })
})
