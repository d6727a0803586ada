import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FOREIGN, mine, misunderstanding, proves, SPEAKS } from './identity.ts'
import {
  accountShape,
  digestOf,
  isNewer,
  type Member,
  NEWS_MAX,
  readAccount,
  readDigest,
  STATUSES,
  tellings,
  textOf,
  toTell,
} from './members.ts'

const accounts = fc.record({
  process: fc.constantFrom('p00', 'p01', 'p02'),
  incarnation: fc.integer({ min: 0, max: 3 }),
  status: fc.constantFrom(...STATUSES),
  nonce: fc.nat(999_999_999),
})

const merged = (all: readonly Member[]) => {
  const members = new Map<string, Member>()
  for (const account of all) {
    const known = members.get(account.process)
    if (known === undefined || isNewer(account, known)) members.set(account.process, account)
  }
  return digestOf(members)
}

describe('accounts of members', () => {
  test('come to the same in any order, however often', () => {
    fc.assert(
      fc.property(fc.array(accounts), fc.array(accounts), (some, more) => {
        const all = merged([...some, ...more])
        expect(merged([...more, ...some])).toBe(all)
        expect(merged([...some, ...more, ...some, ...more.toReversed()])).toBe(all)
      }),
    )
  })

  test('of one incarnation the worse is believed; only a new one undoes it', () => {
    const of = (incarnation: number, status: Member['status']) => ({ incarnation, status })
    expect(isNewer(of(1, 'suspect'), of(1, 'alive'))).toBe(true)
    expect(isNewer(of(1, 'alive'), of(1, 'suspect'))).toBe(false)
    expect(isNewer(of(1, 'left'), of(1, 'dead'))).toBe(true)
    expect(isNewer(of(2, 'alive'), of(1, 'dead'))).toBe(true)
    expect(isNewer(of(1, 'alive'), of(1, 'alive'))).toBe(false)
  })

  test('are read as they were written', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        expect(readAccount(textOf(account))).toEqual(account)
      }),
    )
    for (const text of ['p00:1a', 'p00:1x/1', 'p00:1a/-1', 7]) expect(accountShape.fits(text)).toBe(false)
  })

  test('are read from a digest as they were written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(accounts, { selector: ({ process }) => process }), (all) => {
        const digest = digestOf(new Map(all.map((account) => [account.process, account])))
        const read = readDigest(digest)!.map(({ process, incarnation, status }) => [
          process,
          incarnation,
          status,
        ])
        const written = all.map(({ process, incarnation, status }) => [process, incarnation, status])
        expect(read).toEqual(written.sort())
      }),
    )
    for (const text of ['p00', 'p00:1', 'p00:1x', 'q:1a', 'p00:-1a'])
      expect(readDigest(text), text).toBeNull()
  })
})

test('news is told so often, the least told first, and so much at a time', () => {
  const ids = Array.from({ length: 15 }, (_, i) => `p${String(i).padStart(2, '0')}`)
  const members = new Map(
    ids.map((process) => [process, { process, incarnation: 0, status: 'alive', nonce: 0 } as Member]),
  )
  const news = new Map(ids.map((process) => [process, 0]))
  const told = new Map<string, number>()
  const times = tellings(ids.length)
  expect(times).toBe(12)
  for (let messages = 0; news.size > 0; messages++) {
    expect(messages).toBeLessThan(100)
    const next = toTell(news, members, times)
    expect(next.length).toBeLessThanOrEqual(NEWS_MAX)
    for (const { process } of next.map(readAccount)) told.set(process, (told.get(process) ?? 0) + 1)
  }
  expect([...told.values()]).toEqual(ids.map(() => times))
})

describe('identity', () => {
  test('work is bound to a name', () => {
    const nonce = mine('p01', 10)
    expect(proves('p01', nonce, 10)).toBe(true)
    const others = Array.from({ length: 50 }, (_, i) => `p${i + 10}`)
    expect(others.filter((other) => proves(other, nonce, 10)).length).toBeLessThan(2)
  })

  test('who speaks another protocol, another version, or can do less, is told so', () => {
    expect(misunderstanding(SPEAKS)).toBeNull()
    expect(misunderstanding('membership/1.7 ping indirect sync more')).toBeNull()
    expect(misunderstanding(FOREIGN)).toBe('it speaks version 2, here it is 1')
    expect(misunderstanding('kademlia/1.0 ping')).toBe('it speaks kademlia, here it is membership')
    expect(misunderstanding('membership/1.0 ping')).toBe('it is not capable of indirect, sync')
    expect(misunderstanding('hello')).toMatch(/no protocol/)
  })
})
