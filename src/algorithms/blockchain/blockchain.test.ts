import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { goldenRuns } from '../../harness/golden-runs.ts'
import type { Simulated } from '../../harness/simulated.ts'
import {
  acting,
  broken,
  type Conditions,
  PATIENT,
  reacting,
  sabotaged,
  seeds,
  tally,
  trial,
} from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { type Block, flaw, flawOn, hashOf, search } from './block.ts'
import { groupsOf, ranked } from './chain.ts'
import { entry } from './index.ts'
import { sha256 } from './sha256.ts'
import type { Blockchain } from './vocabulary.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

test('SHA-256 is the platform’s, at every length around a block of it', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255)
    expect(sha256(bytes), `${length} bytes`).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})

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

const faults = [
  'latency 2-12ms',
  'latency 2-12ms, loss 10%',
  'latency 2-12ms, duplicate 30%, reorder 20% by 5-50ms',
  'latency 2-12ms, crash p01 at 900ms',
  'latency 2-12ms, crash p01 at 900ms for 700ms, crash p02 at 1500ms for 300ms',
  'latency 2-12ms, partition halves at 800ms for 1200ms',
  'latency 2-12ms, partition isolate p02 at 500ms for 2s, loss 5%',
]
const liars = [
  'byzantine p01 lies statsReply.height',
  'byzantine p01 equivocates statsReply.height',
  'byzantine p01 lies announce.nonce',
  'byzantine p01 lies announce.height',
  'byzantine p01 lies getBlockReply.messages',
  'byzantine p01 silent of getBlockReply',
  'byzantine p01 silent of announce',
]

const varied = (seed: number, plan: readonly string[]): Conditions => ({
  watchStates: false,
  peers: 5 + (seed % 6),
  topology: ['complete', 'random-regular:4', 'random-regular:2'][seed % 3]!,
  faults: plan[seed % plan.length]!,
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<Blockchain>[]
const indicated = <T extends Blockchain['indication']['type']>(run: Simulated, type: T) =>
  events(run).filter((event) => event.kind === 'indicate' && event.indication.type === type)

describe('keeps its promises', PATIENT, () => {
  test('through loss, copies, crashes, recoveries and partitions', async () => {
    for (const seed of seeds(210)) {
      const run = await trial(entry, seed, varied(seed, faults))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('and with a liar among them', async () => {
    for (const seed of seeds(140)) {
      const lies = liars.map((liar) => `latency 2-12ms, ${liar}`)
      const run = await trial(entry, seed, varied(seed, lies))
      expect(run.plan.notes, `seed ${seed}`).toEqual([])
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('where nonces are really searched for', async () => {
    for (const seed of seeds(10)) {
      const options = { realHashing: true, difficulty: 2, messages: 8 }
      const run = await trial(entry, seed, { peers: 5, watchStates: false, options })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      for (const event of indicated(run, 'adopted')) {
        const { blocks } = (event as unknown as { indication: { blocks: Block[] } }).indication
        for (const { hash } of blocks) expect(hash.endsWith('00'), `seed ${seed}`).toBe(true)
      }
    }
  })
})

test('who tells of a chain that is not there is found out', PATIENT, async () => {
  for (const liar of ['lies statsReply.height', 'silent of getBlockReply']) {
    let found = 0
    for (const seed of seeds(10)) {
      const run = await trial(entry, seed, { peers: 5, faults: `latency 2-12ms, byzantine p01 ${liar}` })
      found += indicated(run, 'foundOut').filter(
        (event) => (event as unknown as { indication: { peer: string } }).indication.peer === 'p01',
      ).length
    }
    expect(found, liar).toBeGreaterThan(0)
  }
})

describe('what is assumed is needed', PATIENT, () => {
  test('blocks that come soon: with late ones a buried block is changed', async () => {
    const slow = { peers: 6, options: { depth: 2, everyMs: 40, messages: 60 }, faults: 'latency 100-300ms' }
    const caught = await tally(entry, 20, slow)
    expect(caught['COMMON PREFIX']).toBeGreaterThan(5)
  })

  test('few liars: behind a wall of silence nobody gets anything into a chain', async () => {
    const silent = ['p01', 'p02', 'p03'].map((liar) => `byzantine ${liar} silent`)
    const conditions = { peers: 5, topology: 'line', broken: ['honest' as const] }
    const caught = await tally(entry, 10, { ...conditions, faults: `latency 2-12ms, ${silent.join(', ')}` })
    expect(caught['CHAIN QUALITY']).toBe(10)
  })

  test('links both ways, and a difficulty that can be met', () => {
    expect(() => trial(entry, 1, { peers: 5, topology: 'ring' })).toThrow(/links both ways/)
    expect(() => trial(entry, 1, { peers: 5, options: { difficulty: 9 } })).toThrow(/--difficulty 9/)
  })
})

type Slip = Parameters<typeof sabotaged<Blockchain>>[1]

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string; conditions?: Partial<Conditions> }> = {
    'a block is appended unread': {
      slip: reacting((upon, state, { indicate }) => ({
        ...upon,
        message: {
          ...upon.message,
          announce(message, from) {
            const { type: _, height, ...block } = message
            if (height !== state.chain.length) return upon.message.announce(message, from)
            state.chain.push(block)
            indicate({ type: 'adopted', height, blocks: [block] })
          },
        },
      })),
      by: 'VALID CHAIN',
      conditions: { faults: 'latency 2-12ms, byzantine p01 lies announce.nonce' },
    },
    'there are no rounds of consensus': {
      slip: reacting((upon, state) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          consensus() {
            if (!state.synced) upon.timeout.consensus({ type: 'consensus' })
          },
        },
      })),
      by: 'CONVERGENCE',
      conditions: { faults: 'latency 2-12ms, partition halves at 800ms for 1200ms' },
    },
    'the messages of a block that is given up are forgotten': {
      slip: reacting((upon, state) => {
        const own = new Set(state.pool)
        const kept = () => {
          state.pool = state.pool.filter((message) => own.has(message))
        }
        return {
          ...upon,
          message: {
            ...upon.message,
            getBlockReply(message, from) {
              own.clear()
              for (const waiting of state.pool) own.add(waiting)
              upon.message.getBlockReply(message, from)
              kept()
            },
          },
        }
      }),
      by: 'CHAIN QUALITY',
    },
    'what is asked is answered by nothing': {
      slip: acting(({ indicate }) => ({
        indicate(indication) {
          if (indication.type !== 'accepted') indicate(indication)
        },
      })),
      by: 'REFUSAL',
      conditions: { requests: ['p00 mine message=a @300ms', 'p00 mine message=b @301ms'] },
    },
    'blocks are adopted and not told of': {
      slip: acting(({ send }) => ({
        send(to, message) {
          if (message.type !== 'announce' && message.type !== 'getBlockReply') send(to, message)
        },
      })),
      by: 'CONVERGENCE',
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 20, { peers: 5, eventsMax: 60_000, ...conditions })
    expect(Object.keys(caught)).toContain(by)
  })
})
