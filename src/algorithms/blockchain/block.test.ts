import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Block, flaw, flawOn, hashOf, search } from './block.ts'
import { groupsOf, isPossible, ranked } from './chain.ts'
import { asks, deeper, downloadOf, links } from './download.ts'

describe('a block', () => {
  const draft = { minedBy: 'p00', messages: ['Jihan', 'Park', 'é'], timestamp: 1_733_103_931 }
  const block = search(null, draft, 2, 0, 100_000)!

  test('is hashed field by field, in order; the first without a hash before it', () => {
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(draft.timestamp))
    for (const previous of [null, 'ab'.repeat(32)]) {
      const sum = createHash('sha256')
      if (previous !== null) sum.update(previous)
      sum.update('p00').update('Jihan').update('Park').update('é').update(time).update('42')
      expect(hashOf(previous, { ...draft, nonce: '42' })).toBe(sum.digest('hex'))
    }
  })

  test('that is found is valid, and no other field will do', () => {
    expect(flawOn(null, block, 2)).toBeNull()
    expect(block.hash.endsWith('00')).toBe(true)
    const changes: Partial<Block>[] = [
      { minedBy: 'p01' },
      { messages: ['a'] },
      { nonce: '1x' },
      { timestamp: 1 },
    ]
    for (const change of changes) expect(flawOn(null, { ...block, ...change }, 2)).toMatch(/another block/)
    expect(flawOn('ab', block, 2)).toMatch(/another block/)
  })

  test('keeps to its limits', () => {
    const cases: [Partial<Block>, RegExp][] = [
      [{ messages: [] }, /1 to 10 messages/],
      [{ messages: Array(11).fill('a') }, /1 to 10 messages/],
      [{ messages: [''] }, /1 to 20 characters/],
      [{ messages: ['x'.repeat(21)] }, /1 to 20 characters/],
      [{ nonce: '' }, /1 to 40 characters/],
      [{ nonce: '1'.repeat(41) }, /1 to 40 characters/],
      [{ hash: 'f'.repeat(64) }, /does not end/],
    ]
    for (const [change, says] of cases) expect(flaw({ ...block, ...change }, 2)).toMatch(says)
  })
})

test('the highest chain comes first, then that with most supporters; after a tie the smaller hash', () => {
  const told = { p01: [2, 'b'], p02: [2, 'b'], p03: [2, 'a'], p04: [3, 'z'], p05: [1, 'c'] } as const
  const groups = groupsOf(new Map(Object.entries(told).map(([p, [height, hash]]) => [p, { height, hash }])))
  expect(ranked(groups, null).map(({ hash }) => hash)).toEqual(['z', 'b', 'a', 'c'])
  expect(ranked(groups, 2).map(({ hash }) => hash)).toEqual(['z', 'a', 'b', 'c'])
})

test('only a chain without a block has no top', () => {
  const cases = [
    [0, null, true],
    [2, 'a', true],
    [1, null, false],
    [0, 'a', false],
  ] as const
  for (const [height, hash, possible] of cases) expect(isPossible({ height, hash })).toBe(possible)
})

describe('a download', () => {
  const from = (height: number, own: number) =>
    downloadOf({ height, hash: 'a', supporters: ['p01', 'p02', 'p03'] }, own)

  test('asks for blocks in turn, from the top down; if they do not fit, twice as deep', () => {
    const download = from(9, 7)
    expect(asks(download)).toEqual([
      { to: 'p01', height: 6 },
      { to: 'p02', height: 7 },
      { to: 'p03', height: 8 },
    ])
    const lows: number[] = []
    while (deeper(download)) lows.push(download.low)
    expect(lows).toEqual([4, 0])
    expect(asks(download)[0]).toEqual({ to: 'p01', height: 0 })
  })

  test('asks whoever tells of a million blocks for a few at a time', () => {
    const download = from(1_000_000, 0)
    expect(asks(download).map(({ height }) => height)).toEqual(Array.from({ length: 32 }, (_, i) => i))
    expect(download.asked).toBe(32)
  })

  test('sees at once that a block does not fit between its neighbours', () => {
    const blocks: Block[] = []
    for (let height = 0; height < 3; height++) {
      const draft = { minedBy: 'p00', messages: [`m${height}`], timestamp: height }
      blocks.push(search(blocks.at(-1)?.hash ?? null, draft, 1, 0, 10_000)!)
    }
    const download = from(3, 0)
    for (const height of [0, 2, 1]) {
      download.blocks.set(height, blocks[height]!)
      expect(links(download, height, 1)).toBe(true)
    }
    download.blocks.set(1, { ...blocks[1]!, nonce: 'x' })
    expect(links(download, 1, 1)).toBe(false)
  })
})

// A block of the course's own chain; what stood below it was not published, so its hash is taken as it is.
test('a block that others have mined, at a difficulty of 8', () => {
  const block = {
    minedBy: 'Nico Rosberg',
    messages: ['Jihan', 'Park', 'Mirha'],
    nonce: '146424285',
    timestamp: 1_733_103_931,
    hash: '6a90cf4e2ac46dd0f3b59e8a99673b4e800f08ac96731e1c35c2972900000000',
  }
  expect(flaw(block, 8)).toBeNull()
  expect(flaw(block, 9)).toMatch(/9 zeros/)
})
