import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../lib/sha256.ts'
import type { Contact } from './identity.ts'
import { closest, emptyTable, everyone, gone, heardOf, inOrder, type Table } from './routing-table.ts'
import { bucketOf, nearer } from './xor-metric.ts'

const contact = (i: number): Contact => ({ process: `p${i + 10}`, nonce: i, id: sha256(`${i}`) })
const own = sha256('own')
const far = Array.from({ length: 400 }, (_, i) => contact(i)).filter(({ id }) => bucketOf(own, id) === 255)

const filled = (contacts: readonly Contact[], k: number): Table => {
  const table = emptyTable(own)
  for (const [i, one] of contacts.entries()) heardOf(table, one, k, i, bucketOf)
  return table
}

describe('a bucket', () => {
  const step = fc.tuple(fc.constantFrom('heard', 'gone'), fc.integer({ min: 0, max: 40 }))

  test('holds at most k, all at its distance, each once, and the least recently heard of first', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (steps, k) => {
        const table = emptyTable(own)
        for (const [at, [what, i]] of steps.entries()) {
          if (what === 'heard') heardOf(table, contact(i), k, at, bucketOf)
          else gone(table, contact(i), bucketOf)
          for (const [index, { known, spares }] of inOrder(table)) {
            const all = [...known, ...spares]
            expect(known.length).toBeLessThanOrEqual(k)
            expect(spares.length).toBeLessThanOrEqual(k)
            expect(new Set(all.map(({ process }) => process)).size).toBe(all.length)
            expect(all.every(({ id }) => bucketOf(own, id) === index)).toBe(true)
            if (spares.length > 0) expect(known.length).toBe(k) // nobody waits while there is room
          }
        }
      }),
    )
  })

  test('that is full keeps whom it has, and has its oldest asked, one at a time', () => {
    const table = filled(far.slice(0, 3), 3)
    const met = heardOf(table, far[3]!, 3, 10, bucketOf)
    expect(met).toMatchObject({ as: 'spare, and the oldest is to be asked', oldest: { id: far[0]!.id } })
    expect(heardOf(table, far[4]!, 3, 11, bucketOf)).toEqual({ as: 'spare' })
    expect(everyone(table).map(({ id }) => id)).toEqual(far.slice(0, 3).map(({ id }) => id))
  })

  test('the oldest answers and is the youngest; it does not, and the last spare takes its place', () => {
    const table = filled(far.slice(0, 5), 3)
    heardOf(table, far[0]!, 3, 10, bucketOf)
    expect(everyone(table).map(({ id }) => id)).toEqual([far[1]!.id, far[2]!.id, far[0]!.id])
    expect(gone(table, far[1]!, bucketOf)).toMatchObject({ left: true, entered: { id: far[4]!.id } })
    expect(everyone(table).map(({ id }) => id)).toEqual([far[2]!.id, far[0]!.id, far[4]!.id])
    expect(gone(table, far[1]!, bucketOf)).toMatchObject({ left: false, entered: undefined })
  })
})

test('the closest of a table are those that sorting all of them gives', () => {
  const numbers = fc.uniqueArray(fc.nat(2000), { maxLength: 120 })
  fc.assert(
    fc.property(numbers, fc.nat(), fc.integer({ min: 1, max: 20 }), (is, seed, k) => {
      const table = filled(is.map(contact), 20)
      const target = seed % 7 === 0 ? own : sha256(`target ${seed}`)
      const sorted = everyone(table).sort((a, b) => nearer(target, a.id, b.id))
      expect(closest(table, target, k)).toEqual(sorted.slice(0, k))
    }),
  )
})
