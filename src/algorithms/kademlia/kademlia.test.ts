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
  unseen,
} from '../../harness/testing.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { idOf } from './identity.ts'
import { entry, type Options } from './index.ts'
import { kademlia, RULES } from './kademlia.ts'
import type { Kademlia, Rules } from './vocabulary.ts'
import { BITS } from './xor-metric.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const FEW = { k: 4, finds: 10 }
const faults = [
  'latency 2-12ms',
  'latency 1-30ms, duplicate 20%',
  'latency 5ms, crash p01 at 1000ms, crash p04 at 2s for 500ms',
  'latency 2-12ms, reorder 20% by 1-30ms',
  'latency 2-12ms, crash p00 at 3700ms, crash p05 at 3800ms for 300ms, crash p07 at 4000ms',
  'latency 2-12ms, loss 5%',
]

/** From 8 processes to 15, buckets of four: they are full, and nobody knows all. */
const varied = (seed: number): Conditions => ({
  peers: 8 + (seed % 8),
  options: { ...FEW, alpha: 1 + (seed % 3), difficulty: seed % 6 },
  faults: faults[seed % faults.length]!,
})

describe('keeps its promises', PATIENT, () => {
  test('with full buckets, crashes, recoveries, losses and copies', async () => {
    for (const seed of seeds(200)) {
      const run = await trial(entry, seed, { watchStates: false, ...varied(seed) })
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('among forty with buckets of four, and shows what it is to show', async () => {
    for (const seed of seeds(8)) {
      const run = await trial(entry, seed, { peers: 40, options: FEW, watchStates: false })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(unseen(run), `seed ${seed}`).toEqual([])
      const hops = indications(run).map((one) => ('hops' in one ? one.hops : 0))
      expect(Math.max(...hops), `seed ${seed}: who is found is not known at first`).toBeGreaterThan(1)
    }
  })

  test('alone, and of two', async () => {
    for (const peers of [1, 2]) {
      const run = await trial(entry, 1, { peers })
      expect(run.conducted.outcome.verdict, `${peers}: ${broken(run)}`).toBe('valid')
    }
  })
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<Kademlia>[]

const indications = (run: Simulated) =>
  events(run).flatMap((event) => (event.kind === 'indicate' ? [event.indication] : []))

const got = (run: Simulated) => indications(run).flatMap((one) => (one.type === 'got' ? [one.value] : []))

const PUT = 'p01 put id=put key=colour value=blue ttlMs=60000 replication=3 @3500ms'
const SLOW = { replicateMs: 100_000, republishMs: 100_000, answerMs: 100 }

/** Who held the colour in a run without crashes; with the same seed it is the same. */
async function holders(seed: number): Promise<string[]> {
  const run = await trial(entry, seed, { peers: 12, requests: [PUT], options: SLOW })
  return events(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'holds' ? [event.at] : [],
  )
}

describe('a value', PATIENT, () => {
  test('is found after all holders but one have crashed', async () => {
    for (const seed of seeds(20)) {
      const all = await holders(seed)
      expect(all, `seed ${seed}`).toHaveLength(3)
      const [last, ...lost] = all.sort((a, b) => (b === 'p01' ? -1 : a < b ? -1 : 1))
      const asker = ['p02', 'p03', 'p04', 'p05'].find((process) => !all.includes(process))!
      const crashes = lost.map((process) => `, crash ${process} at 3700ms`).join('')
      const requests = [PUT, `${asker} get id=get key=colour @3800ms`]
      const run = await trial(entry, seed, {
        peers: 12,
        requests,
        options: SLOW,
        faults: `latency 2-12ms${crashes}`,
      })
      expect(got(run), `seed ${seed}: ${last} has it`).toEqual(['blue'])
      expect(broken(run), `seed ${seed}`).toEqual([])
    }
  })

  test('is lost with its last holder, and published again by whoever put it', async () => {
    for (const seed of seeds(10)) {
      const all = (await holders(seed)).filter((process) => process !== 'p01')
      const crashes = all.map((process) => `, crash ${process} at 3700ms`).join('')
      const asker = ['p02', 'p03', 'p04', 'p05', 'p06'].find((process) => !all.includes(process))!
      const requests = [PUT, ...[3800, 8000].map((ms) => `${asker} get id=get${ms} key=colour @${ms}ms`)]
      const run = await trial(entry, seed, {
        peers: 12,
        requests,
        options: { ...SLOW, republishMs: 4000 },
        faults: `latency 2-12ms${crashes}`,
      })
      expect(got(run).at(-1), `seed ${seed}`).toBe('blue')
    }
  })

  test('expires', async () => {
    const requests = [
      PUT.replace('60000', '500'),
      ...[3900, 4200].map((ms) => `p07 get id=${ms} key=colour @${ms}ms`),
    ]
    for (const seed of seeds(10)) {
      const run = await trial(entry, seed, { peers: 12, requests })
      expect(got(run), `seed ${seed}`).toEqual(['blue', null])
    }
  })

  test('survives the crash of everyone: it is in the store, sealed', async () => {
    const all = Array.from({ length: 5 }, (_, i) => `, crash p0${i} at 3700ms for ${10 + i}ms`).join('')
    const run = await trial(entry, 1, {
      peers: 5,
      requests: [PUT, 'p02 get id=get key=colour @6000ms'],
      options: SLOW,
      faults: `latency 2-12ms${all}`,
    })
    expect(got(run)).toEqual(['blue'])
    const stored = events(run).flatMap((event) => (event.kind === 'store' ? [event.stable] : []))
    expect(JSON.stringify(stored)).not.toContain('blue')
  })
})

describe('what cannot be', PATIENT, () => {
  test('is answered with the sentence', async () => {
    const requests = [
      `p00 put id=long key=colour value=${'x'.repeat(1025)} ttlMs=10 replication=2`,
      'p00 find id=target target=xyz',
      `p00 get id=key key=${'k'.repeat(65)}`,
    ]
    const run = await trial(entry, 1, { peers: 3, requests })
    const failed = indications(run).flatMap((one) => (one.type === 'fail' ? [one.why] : []))
    expect(failed).toEqual([
      'the value has 1025 characters, at most 1024 can be put',
      'target is no number: 64 hexadecimal digits, in lower case',
      'a key has 1 to 64 characters, not 65',
    ])
    expect(broken(run)).toEqual([])
  })

  test('is counted and dropped: thousands of messages that lie about one field or another', async () => {
    const fields = ['ping.nonce', 'nodes.contacts', 'findNode.rpc', 'pong.nonce', 'stored.rpc', 'nodes.rpc']
    let struck = 0
    for (const seed of seeds(120)) {
      const liar = `p0${3 + (seed % 4)}`
      const lie = `byzantine ${liar} equivocates ${fields[seed % fields.length]}`
      const run = await trial(entry, seed, { peers: 8, broken: ['honest'], faults: `latency 2-12ms, ${lie}` })
      expect(run.conducted.failure, `seed ${seed}: ${lie}`).toBeNull()
      struck += events(run).filter(({ kind }) => kind === 'fault').length
      // Of the liar itself they go by what it sent, and it gets no answers: it hurts itself.
      const hurt = ['CLOSEST', 'FOUND', 'EXPIRY', 'KEPT']
      const grave = run.conducted.outcome.properties
        .filter(({ name, verdict }) => verdict === 'violated' && !hurt.includes(name))
        .flatMap(({ findings }) => findings.map(({ explanation }) => explanation))
        .filter((sentence) => !sentence.endsWith(`of ${liar}`))
      expect(grave, `seed ${seed}: ${lie}`).toEqual([])
    }
    expect(struck).toBeGreaterThan(2000)
  })

  test('a process that asks too much is not answered, and whoever does not is', async () => {
    const { state } = flooded(500)
    expect(state.counts.limited).toBe(300)
  })

  test('a number without work is refused, and its sender not heard any more', () => {
    const { state, sent } = flooded(30, 1_000_001)
    expect(state.counts.refused).toBe(30)
    expect(state.scores.get('p01')).toBe(-10)
    expect(sent).toBe(0)
  })
})

/** One process, told by another the same many times at one moment. */
function flooded(times: number, nonce?: number) {
  const options = { ...defaults, difficulty: 12 }
  const algorithm = kademlia(options)
  const place = (self: string, other: string) => ({ self, incoming: [other], outgoing: [other] })
  const state = algorithm.initial(place('p00', 'p01'))
  const other = algorithm.initial(place('p01', 'p00'))
  let sent = 0
  const nothing = () => {}
  const upon = algorithm.upon(
    {
      ...place('p00', 'p01'),
      send: () => sent++,
      indicate: nothing,
      setTimer: nothing,
      cancelTimer: nothing,
      now: () => 5,
      random: { below: () => 0, pick: ([first]) => first!, chance: () => false },
      store: nothing,
    },
    state,
  )
  for (let i = 0; i < times; i++) {
    upon.message.ping({ type: 'ping', rpc: i, nonce: nonce ?? other.self.nonce }, 'p01')
  }
  return { state, sent }
}

const defaults = Object.fromEntries(
  Object.entries(entry.options).map(([name, option]) => [name, option.default]),
) as unknown as Options

describe('what is assumed is needed', PATIENT, () => {
  test('honesty: who holds a value can say what it likes', async () => {
    const caught = await tally(entry, 20, {
      peers: 8,
      broken: ['honest'],
      faults: 'latency 2-12ms, byzantine p02 lies value.value, byzantine p05 lies value.value',
    })
    expect(caught['NO INVENTION']).toBeGreaterThan(5)
  })

  test('somebody to join through: without it nobody is anybody’s neighbour', async () => {
    const crashes = ['p00', 'p01', 'p02', 'p03'].map((boot) => `, crash ${boot} at 0ms`).join('')
    const run = await trial(entry, 1, { peers: 8, options: { joinMs: 10 }, faults: `latency 2ms${crashes}` })
    expect(indications(run).filter(({ type }) => type === 'found' || type === 'got')).toEqual([])
  })

  test('answers in time: where all come too late nobody joins', async () => {
    const late = { peers: 8, options: { answerMs: 20 }, faults: 'latency 15ms' }
    expect(await tally(entry, 5, late)).toEqual({ ANSWERED: 5 })
  })

  test('a way to everyone', () => {
    expect(() => trial(entry, 1, { peers: 5, topology: 'ring' })).toThrow(/use --topology complete/)
    expect(() => trial(entry, 1, { peers: 5, options: { k: 2 } })).toThrow(/--replication 3/)
  })
})

const ruled = (rules: Partial<Rules>): CatalogueEntry<Kademlia, Options> => ({
  ...entry,
  make: (options) => kademlia(options, { ...RULES, ...rules }),
})

const ones = (id: string) =>
  [...id].reduce(
    (sum, digit) => sum + [...Number.parseInt(digit, 16).toString(2)].filter((b) => b === '1').length,
    0,
  )

/** How many bits differ: what one of the originals took for the bucket. */
function popcount(a: string, b: string): number {
  const xor = BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
  return Math.min(BITS - 1, ones(xor.toString(16)))
}

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: CatalogueEntry<Kademlia, Options>; by: string[]; of?: Conditions }> = {
    'the bucket is the number of bits that differ': {
      slip: ruled({ place: popcount }),
      by: ['BUCKETS'],
    },
    'the work of others is checked with one’s own nonce': {
      slip: ruled({
        isProved: ({ process }, { nonce }, bits) =>
          RULES.isProved(ofNonce(process, nonce), ofNonce(process, nonce), bits),
      }),
      by: ['ANSWERED'],
    },
    'a full bucket drops its oldest without asking': {
      slip: ruled({ whenFull: 'drop the oldest' }),
      by: ['KEPT'],
      of: { peers: 12, options: { k: 3 } },
    },
    'a value lives ten seconds with whoever is told of it': {
      slip: ruled({ lifetime: () => 10_000 }),
      by: ['EXPIRY'],
      of: { peers: 8, options: { ttlMs: 300, gets: 30 } },
    },
    'whoever is named enters, work or no work': {
      slip: ruled({ isProved: () => true }),
      by: ['PROVED'],
      of: {
        peers: 8,
        broken: ['honest'],
        faults: 'latency 2-12ms, byzantine p03 lies pong.nonce, byzantine p03 lies nodes.nonce',
      },
    },
    'a lookup is content with those it knew itself': {
      slip: sabotaged(
        entry,
        reacting((upon) => ({
          ...upon,
          message: {
            ...upon.message,
            nodes: (message, from) => upon.message.nodes({ ...message, contacts: [] }, from),
          },
        })),
      ),
      by: ['CLOSEST'],
    },
    'a holder says it has nothing': {
      slip: sabotaged(
        entry,
        reacting((upon) => ({
          ...upon,
          message: {
            ...upon.message,
            findValue: (message, from) =>
              upon.message.findValue({ ...message, key: `${message.key}?` }, from),
          },
        })),
      ),
      by: ['FOUND'],
    },
    'who does not answer is waited for': {
      slip: sabotaged(
        entry,
        acting(({ setTimer }) => ({
          setTimer: (timer, ...times) => {
            if (timer.type !== 'unanswered') setTimer(timer, ...times)
          },
        })),
      ),
      by: ['ANSWERED'],
      of: { peers: 8, faults: 'latency 2-12ms, crash p03 at 3900ms' },
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, of = { peers: 8 } }) => {
    const caught = await tally(slip, 12, of)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})

function ofNonce(process: string, nonce: number) {
  return { process, nonce, id: idOf(process, nonce) }
}
