import { expect, test } from 'vitest'
import { hash32, mix32 } from './hash.ts'

test('the finalizer is that of MurmurHash3', () => {
  expect(mix32(0)).toBe(0)
  expect(mix32(1)).toBe(0x514e28b7) // hashing an empty text with seed 1 applies just the finalizer
  expect(mix32(0xffff_ffff)).toBe(0x81f16f39) // and with seed 2^32 - 1
})

test('texts that differ in one letter differ in about half of the bits', () => {
  const texts = Array.from({ length: 1000 }, (_, i) => `p${String(i).padStart(3, '0')}`)
  const hashes = texts.map(hash32)
  expect(new Set(hashes).size).toBe(texts.length)
  const ones = (bits: number) => bits.toString(2).replaceAll('0', '').length
  const moved = hashes.slice(1).map((hash, i) => ones((hash ^ hashes[i]!) >>> 0))
  const mean = moved.reduce((sum, bits) => sum + bits, 0) / moved.length
  expect(mean).toBeGreaterThan(15)
  expect(mean).toBeLessThan(17)
})

test('a hash is 32 bits without a sign, whatever the text', () => {
  for (const text of ['', 'é', '\u{1f600}', 'x'.repeat(10_000)]) {
    expect(hash32(text)).toBe(hash32(text) >>> 0)
  }
})
