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
  seedsToFind,
  tally,
  trial,
} from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { Context } from '../../model/process.ts'
import { type Block, flawOn } from './block.ts'
import { entry } from './index.ts'
import type { Blockchain } from './vocabulary.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
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
  'byzantine p01 lies announce.messages',
  'byzantine p01 lies gossip.origin',
  'byzantine p01 silent at 500ms for 2s',
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

describe('what is assumed is needed', PATIENT, () => {
  test('blocks that come soon: with late ones a buried block is changed', async () => {
    const slow = { peers: 6, options: { depth: 2, everyMs: 40, messages: 60 }, faults: 'latency 100-300ms' }
    const caught = await tally(entry, 20, slow)
    expect(caught['COMMON PREFIX']).toBeGreaterThan(5)
  })

  test('that nobody mines much faster: who does so in secret changes what was buried', async () => {
    const fast = acting<Blockchain>(({ self, setTimer }) => ({
      setTimer: (timer, ms, most) =>
        setTimer(timer, timer.type === 'mine' && self === 'p01' ? ms / 20 : ms, most),
    }))
    const requests = Array.from(
      { length: 64 },
      (_, i) => `p0${[1, 0, 1, 2, 1, 3, 1, 4][i % 8]} mine message=m${i} @${300 + i * 15}ms`,
    )
    const secretly = ['announce', 'statsReply'].map((what) => `byzantine p01 silent of ${what} at 0ms for 3s`)
    const faults = `latency 2-12ms, ${secretly.join(', ')}`
    const conditions: Conditions = { peers: 5, options: { depth: 4 }, requests, faults }
    expect((await tally(entry, 20, conditions))['COMMON PREFIX'] ?? 0).toBeLessThan(5)
    expect((await tally(sabotaged(entry, fast), 20, conditions))['COMMON PREFIX']).toBeGreaterThan(15)
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
type Upon = ReturnType<ReturnType<typeof entry.make>['upon']>

/** A slip in what is done with one message. */
const hearing = (
  change: (
    upon: Upon['message'],
    state: Blockchain['state'],
    context: Context<Blockchain>,
  ) => Partial<Upon['message']>,
): Slip =>
  reacting((upon, state, context) => ({
    ...upon,
    message: { ...upon.message, ...change(upon.message, state, context) },
  }))

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string; conditions?: Partial<Conditions> }> = {
    'a block is appended unread': {
      slip: hearing(({ announce }, state, { indicate }) => ({
        announce(message, from) {
          const { type: _, height, ...block } = message
          if (height !== state.chain.length) return announce(message, from)
          state.chain.push(block)
          indicate({ type: 'adopted', height, blocks: [block] })
        },
      })),
      by: 'VALID CHAIN',
    },
    'the latest block is taken, on whatever height it stands': {
      slip: hearing(({ announce }, state, { indicate }) => ({
        announce(message, from) {
          const { type: _, height, ...block } = message
          const below = state.chain[height - 1]?.hash ?? null
          const isOther = state.chain[height] !== undefined && state.chain[height].hash !== block.hash
          if (!isOther || flawOn(below, block, 1) !== null) return announce(message, from)
          state.chain.splice(height, Infinity, block)
          indicate({ type: 'adopted', height, blocks: [block] })
        },
      })),
      by: 'CHAIN GROWTH',
    },
    'who has something to mine listens to nobody': {
      slip: hearing(({ announce, statsReply }, { pool }) => ({
        announce(message, from) {
          if (pool.length === 0) announce(message, from)
        },
        statsReply(message, from) {
          if (pool.length === 0) statsReply(message, from)
        },
      })),
      by: 'COMMON PREFIX',
      conditions: { options: { depth: 3, messages: 60, everyMs: 60 } },
    },
    'of two chains of the same height everyone keeps its own': {
      slip: hearing(({ statsReply }, { chain }) => ({
        statsReply(message, from) {
          const hash = message.height === chain.length ? (chain.at(-1)?.hash ?? null) : message.hash
          statsReply({ ...message, hash }, from)
        },
      })),
      by: 'CONVERGENCE',
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
      slip: hearing(({ getBlockReply }, state) => ({
        getBlockReply(message, from) {
          const before = new Set(state.pool)
          getBlockReply(message, from)
          state.pool = state.pool.filter((waiting) => before.has(waiting))
        },
      })),
      by: 'CHAIN QUALITY',
    },
    'what is asked is answered by nothing': {
      slip: acting(({ indicate }) => ({
        indicate(indication) {
          if (indication.type !== 'accepted') indicate(indication)
        },
      })),
      by: 'REFUSAL',
    },
    'blocks are adopted and not told of': {
      slip: acting(({ send }) => ({
        send(to, message) {
          if (message.type !== 'announce' && message.type !== 'getBlockReply') send(to, message)
        },
      })),
      by: 'CONVERGENCE',
    },
    'an answer that comes twice is taken for a lie': {
      slip: hearing(({ statsReply }, { refused }, { indicate }) => ({
        statsReply(message, from) {
          const before = refused.unasked
          statsReply(message, from)
          if (refused.unasked === before) return
          indicate({ type: 'foundOut', peer: from, why: 'nobody has asked it', isProved: true })
        },
      })),
      by: 'JUSTICE',
      conditions: { faults: 'latency 2-12ms, duplicate 30%' },
    },
    'the silent are never dropped': {
      slip: reacting((upon, { peers }, { now }) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          gossip(timer) {
            for (const peer of peers.keys()) peers.set(peer, now())
            upon.timeout.gossip(timer)
          },
        },
      })),
      by: 'SILENCE',
      conditions: { faults: 'latency 2-12ms, crash p01 at 900ms' },
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 20, { peers: 5, eventsMax: 60_000, ...conditions })
    expect(Object.keys(caught)).toContain(by)
  })

  // So did one of the originals; the others count it out for one round, and nothing is lost.
  test('withstood: a process that is busy with a round of its own answers nobody', async () => {
    const busy: Slip = hearing(({ stats }, state) => ({
      stats(message, from) {
        if (state.round === null) stats(message, from)
      },
    }))
    const faults = 'latency 2-12ms, partition halves at 800ms for 1200ms, loss 5%'
    expect(await tally(sabotaged(entry, busy), 40, { peers: 5, faults })).toEqual({})
  })

  // It takes options that a sweep does not draw.
  const beyond = ['who has something to mine listens to nobody']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })
})
