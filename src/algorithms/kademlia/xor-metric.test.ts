import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prng } from '../../lib/prng.ts'
import { bucketOf, type Id, isId, nearer, somewhereIn } from './xor-metric.ts'

const big = (id: Id) => BigInt(`0x${id}`)
const text = (value: bigint) => value.toString(16).padStart(64, '0')
const id = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(text)
/** Two that agree in some of the highest bits, as neighbours do. */
const pair = fc
  .tuple(id, fc.integer({ min: 0, max: 255 }), id)
  .map(([a, bits, b]) => [a, text(big(a) ^ (big(b) >> BigInt(bits)))] as const)

describe('the metric', () => {
  test('which of two is nearer: as the whole numbers say', () => {
    fc.assert(
      fc.property(pair, id, ([a, b], target) => {
        const [da, db] = [big(a) ^ big(target), big(b) ^ big(target)]
        expect(Math.sign(nearer(target, a, b))).toBe(da < db ? -1 : da > db ? 1 : 0)
      }),
    )
  })

  test('bucket i is the distances in [2^i, 2^(i+1))', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        fc.pre(a !== b)
        const distance = big(a) ^ big(b)
        const i = BigInt(bucketOf(a, b))
        expect(distance >= 2n ** i && distance < 2n ** (i + 1n)).toBe(true)
        expect(bucketOf(b, a)).toBe(Number(i))
      }),
    )
    expect(bucketOf(text(5n), text(5n))).toBe(-1)
    expect(bucketOf(text(0n), text(0b1001n))).toBe(3) // two bits differ: their number is not the bucket
  })

  test('a number drawn for a bucket falls into it, and not always on the same place', () => {
    fc.assert(
      fc.property(id, fc.integer({ min: 0, max: 255 }), fc.nat(), (own, bucket, seed) => {
        const drawn = somewhereIn(bucket, own, new Prng(seed))
        expect(isId(drawn)).toBe(true)
        expect(bucketOf(own, drawn)).toBe(bucket)
      }),
    )
    const drawn = Array.from({ length: 50 }, (_, seed) => somewhereIn(255, text(0n), new Prng(seed)))
    expect(new Set(drawn).size).toBe(50)
  })

  test('what is no number', () => {
    for (const wrong of ['', 'f'.repeat(63), 'F'.repeat(64), `${'0'.repeat(63)}g`, 7, null]) {
      expect(isId(wrong), String(wrong)).toBe(false)
    }
  })
})
