import { describe, expect, test } from 'vitest'
import { open, seal } from '../../lib/cipher.ts'
import { mine, proves } from './identity.ts'
import { type Allowances, forgetIdle, isAllowed } from './rate-limit.ts'
import { forgetExpired, keep, noValues, read } from './values.ts'

const plain = { value: 'blue', version: 3, leftMs: 100, replication: 2 }

describe('values', () => {
  test('lie there sealed, each with a nonce of its own, and are read with the same secret only', () => {
    const values = noValues()
    for (const key of ['colour', 'other']) keep(values, 's', key, plain, 0, 'held')
    const [a, b] = [...values.items.values()].map(({ sealed }) => sealed)
    expect(JSON.stringify([...values.items])).not.toContain('blue')
    expect(a!.slice(0, 24)).not.toBe(b!.slice(0, 24))
    expect(read(values, 's', 'colour', 0)?.value).toBe('blue')
    expect(read(values, 'other secret', 'colour', 0)).toBeNull()
  })

  test('expire, and the same told again does not make them live longer', () => {
    const values = noValues()
    keep(values, 's', 'colour', plain, 0, 'held')
    keep(values, 's', 'colour', plain, 90, 'held')
    expect(read(values, 's', 'colour', 99)?.leftMs).toBe(1)
    expect(read(values, 's', 'colour', 100)).toBeNull()
    forgetExpired(values, 100)
    expect(values.items.size).toBe(0)
  })

  test('the later stays, whichever comes first', () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const values = noValues()
      for (const version of order) {
        keep(values, 's', 'colour', { ...plain, value: `v${version}`, version }, 0, 'held')
      }
      expect(read(values, 's', 'colour', 0)?.value).toBe('v2')
    }
  })

  test('what was sealed opens with its key and about its matter, and unchanged', () => {
    const sealed = seal('key', { epoch: 1, count: 2 }, 'grün', 'colour')
    const changed = sealed.slice(0, 30) + (sealed[30] === '0' ? '1' : '0') + sealed.slice(31)
    expect(open('key', sealed, 'colour')).toBe('grün')
    expect(open('key', sealed, 'taste')).toBeNull()
    expect(open('clef', sealed, 'colour')).toBeNull()
    expect(open('key', changed, 'colour')).toBeNull()
    expect(open('key', 'ab', 'colour')).toBeNull()
  })
})

test('so many at once, and so many a second', () => {
  const allowances: Allowances = new Map()
  const rate = { perSecond: 10, burst: 3 }
  const within = (nowMs: number) => isAllowed(allowances, 'p01', nowMs, rate)
  expect([within(0), within(0), within(0), within(0)]).toEqual([true, true, true, false])
  expect([within(100), within(100), within(50)]).toEqual([true, false, false])
  expect(isAllowed(allowances, 'p02', 100, rate)).toBe(true)
  forgetIdle(allowances, 150, rate)
  expect([...allowances.keys()]).toEqual(['p01', 'p02'])
  forgetIdle(allowances, 2000, rate)
  expect(allowances.size).toBe(0)
})

test('a number takes 2^difficulty hashes to find, and one to check', () => {
  const work = Array.from({ length: 200 }, (_, i) => mine(`p${100 + i}`, 5).nonce)
  const average = work.reduce((all, one) => all + one, 0) / work.length
  expect(average).toBeGreaterThan(20)
  expect(average).toBeLessThan(45)
  const { id } = mine('p00', 9)
  expect(proves(id, 9) && proves(id, 0)).toBe(true)
  expect(proves(id, 30)).toBe(false)
})
