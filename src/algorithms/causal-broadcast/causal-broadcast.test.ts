import { describe, expect, test } from 'vitest'
import { explore } from '../../harness/explore.ts'
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
  unseen,
} from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { buildTopology } from '../../topology/topology.ts'
import type { CausalBroadcast } from './causal-broadcast.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<CausalBroadcast>[]
const sent = (run: Simulated) => events(run).filter(({ kind }) => kind === 'send').length
const plans = [
  'latency 2-12ms',
  'latency exponential 15ms, duplicate 30%',
  'latency 1-100ms',
  'latency exponential 30ms',
]

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 1 + (seed % 8),
  options: { broadcasts: 1 + (seed % 12) },
  faults:
    plans[seed % plans.length]! +
    (seed % 8 > 2 && seed % 3 === 0 ? `, crash p01 at ${5 + (seed % 40)}ms` : ''),
})

describe('keeps its promises', PATIENT, () => {
  test('over channels that reorder and copy, and through crashes', async () => {
    for (const seed of seeds(300)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('a message had to wait in most runs', async () => {
    let seen = 0
    for (const seed of seeds(30)) {
      const run = await trial(entry, seed, { peers: 8, options: { broadcasts: 12 } })
      if (unseen(run).length === 0) seen++
    }
    expect(seen).toBeGreaterThan(15)
  })

  test('n(n − 1) messages each', async () => {
    const run = await trial(entry, 1, { peers: 6, options: { broadcasts: 4 } })
    expect(sent(run)).toBe(4 * 6 * 5)
  })

  test('two that broadcast under one name are two; a name that is empty, or used, is refused', async () => {
    const requests = [
      'p01 broadcast id=a',
      'p02 broadcast id=a',
      'p01 broadcast id=',
      'p01 broadcast id=a @5ms',
    ]
    const run = await trial(entry, 1, { peers: 5, requests })
    const said = events(run).flatMap((event) =>
      event.kind === 'indicate' && event.indication.type === 'fail' ? [event.indication.reason] : [],
    )
    expect(said).toEqual([
      'a message has a name of one character or more',
      'p01:a has been broadcast already',
    ])
    expect(broken(run)).toEqual([])
  })

  test('a vector of others, or without its sender, is counted and dropped', async () => {
    const short: Slip = acting(({ send, self }) => ({
      send: (to, message) => send(to, self === 'p01' ? { ...message, clock: { p09: 1, p00: 1 } } : message),
    }))
    const run = await trial(sabotaged(entry, short), 1, { peers: 4, requests: ['p00 broadcast id=a'] })
    expect([run.conducted.failure, broken(run)]).toEqual([null, []])
  })
})

describe(
  'all schedules of three processes, in which one broadcasts and another whenever it likes',
  PATIENT,
  () => {
    test('all promises hold', () => {
      const { limit, properties } = explore({ entry })
      expect(limit).toBeNull()
      expect(properties.map(({ property, verdict }) => `${property} ${verdict}`)).toEqual([
        'CAUSAL ORDER holds',
        'VALIDITY holds',
        'NO DUPLICATION holds',
        'NO CREATION holds',
        'AGREEMENT holds',
        'A MESSAGE HAD TO WAIT seen',
      ])
    })

    test('the shortest in which an answer comes first, if nobody waits', () => {
      const { properties } = explore({ entry: sabotaged(entry, hasty) })
      const { verdict, finding } = properties.find(({ property }) => property === 'CAUSAL ORDER')!
      expect(verdict).toBe('violated')
      expect(finding?.explanation).toBe('p02 delivered p01:b2 before p00:b1, which happened before it')
    })
  },
)

type Slip = Parameters<typeof sabotaged<CausalBroadcast>>[1]

/** Everything is delivered when it comes. */
const hasty: Slip = reacting((upon, state, { indicate }) => ({
  ...upon,
  message: {
    data(message, from) {
      const name = `${message.origin}:${message.id}`
      if (!state.seen.has(name)) indicate({ type: 'deliver', id: name })
      upon.message.data(message, from)
      state.waiting = []
    },
  },
}))

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels: behind a loss all that is later waits', async () => {
    const faults = 'latency 2-12ms, partition isolate p04'
    const caught = await tally(entry, 20, { peers: 5, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(['VALIDITY', 'AGREEMENT']))
    expect(caught['CAUSAL ORDER']).toBeUndefined()
  })

  // The properties ask nothing of who has crashed; but it is up again, and nobody hears it.
  test('that who crashes stays down: who has forgotten how many it sent is heard no more', async () => {
    const faults = 'latency 2-12ms, crash p01 at 15ms for 5ms'
    const requests = ['p01 broadcast id=a', 'p01 broadcast id=b @40ms']
    const run = await trial(entry, 1, { peers: 4, broken: ['crashes'], faults, requests })
    const delivered = events(run).flatMap((event) =>
      event.kind === 'indicate' && event.indication.type === 'deliver'
        ? [`${event.at} ${event.indication.id}`]
        : [],
    )
    expect(delivered.filter((each) => each.endsWith('p01:a'))).toHaveLength(4)
    expect(delivered.filter((each) => each.endsWith('p01:b'))).toEqual(['p01 p01:b'])
  })

  test('a channel from everyone to everyone', () => {
    for (const name of ['ring', 'star', 'grid']) {
      expect(entry.topology.fits(buildTopology(name, 5, 1).places), name).toMatch(/--topology complete/)
    }
  })
})

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'everything is delivered when it comes': { slip: hasty, by: ['CAUSAL ORDER'] },
    'the vector says only how many are its own: FIFO, not causal': {
      slip: acting(({ send }) => ({
        send(to, message) {
          const { origin, clock } = message
          send(to, { ...message, clock: { [origin]: clock[origin]! } })
        },
      })),
      by: ['CAUSAL ORDER'],
    },
    'the vector is that of after the next': {
      slip: reacting((upon, state, { self }) => ({
        ...upon,
        request: {
          broadcast(request) {
            state.delivered[self] = (state.delivered[self] ?? 0) + 1
            upon.request.broadcast(request)
          },
        },
      })),
      by: ['VALIDITY'],
    },
    'what waits is not looked at again': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          data(message, from) {
            const waiting = state.waiting
            state.waiting = []
            upon.message.data(message, from)
            state.waiting = [...waiting, ...state.waiting]
          },
        },
      })),
      by: ['VALIDITY', 'AGREEMENT'],
    },
    'nobody passes on': {
      slip: reacting((upon, _, { self, outgoing, send }) => ({
        ...upon,
        message: {
          data(message, from) {
            if (from === message.origin && self !== from) upon.message.data(message, from)
            else if (outgoing.length < 0) send(from, message)
          },
        },
      })),
      by: ['AGREEMENT'],
      conditions: {
        requests: ['p01 broadcast id=a'],
        faults: 'latency 2-12ms, crash p01 at 6ms, crash p02 at 6ms',
      },
    },
    'nobody remembers what it has seen': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          data(message, from) {
            state.seen.clear()
            for (const each of Object.keys(state.delivered)) delete state.delivered[each]
            upon.message.data(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const run = { peers: 5, eventsMax: 4000, options: { broadcasts: 10 }, ...conditions }
    const caught = await tally(sabotaged(entry, slip), 40, run)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })

  test.each(Object.entries(cases))('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })
})
