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
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { buildTopology } from '../../topology/topology.ts'
import { entry } from './index.ts'
import type { RicartAgrawala } from './ricart-agrawala.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const fifo: CatalogueEntry<RicartAgrawala> = { ...entry, assumes: { ...entry.assumes, fifo: true } }
const delays = ['latency 2-12ms', 'latency exponential 15ms', 'latency 1-100ms', 'latency 5ms']

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 1 + (seed % 7),
  options: { times: 1 + (seed % 3), holdMs: 1 + (seed % 9) },
  faults: delays[seed % delays.length]!,
})

const granted = ({ history }: Simulated) =>
  history.flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'granted' ? [event.at] : [],
  )

describe('keeps its promises', PATIENT, () => {
  test.each([
    ['channels that reorder', entry],
    ['FIFO channels', fifo],
  ])('over %s', async (_, over) => {
    for (const seed of seeds(250)) {
      const conditions = varied(seed)
      const run = await trial(over, seed, conditions)
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      const wanted = conditions.peers * (conditions.options!.times as number)
      expect(granted(run), `seed ${seed}`).toHaveLength(wanted)
    }
  })

  test('held until it is asked for', async () => {
    for (const seed of seeds(50)) {
      const requests = ['p01 acquire', 'p02 acquire @100ms', 'p01 release @500ms', 'p02 release @900ms']
      const run = await trial(entry, seed, { peers: 4, requests, options: { holdMs: 0 } })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(granted(run), `seed ${seed}`).toEqual(['p01', 'p02'])
    }
  })

  test('who never releases it owes the others; who does not hold it cannot release it', async () => {
    const requests = ['p01 acquire', 'p02 release @50ms', 'p02 acquire @100ms', 'p02 release @200ms']
    const run = await trial(entry, 1, { peers: 4, requests, options: { holdMs: 0 } })
    expect([granted(run), broken(run)]).toEqual([['p01'], []])
  })

  test('a reply is deferred in nearly every run', async () => {
    let seen = 0
    for (const seed of seeds(50)) seen += unseen(await trial(entry, seed, { peers: 4 })).length === 0 ? 1 : 0
    expect(seen).toBeGreaterThan(45)
  })
})

test.each([1, 2, 5, 20])('%i processes: 2(n − 1) messages each time', PATIENT, async (n) => {
  const { history } = await trial(entry, n, { peers: n, watchStates: false })
  expect(history.filter(({ kind }) => kind === 'send')).toHaveLength(2 * n * 2 * (n - 1))
})

test(
  'numbers are not clocks: what is known by way of a third process may be out of order',
  PATIENT,
  async () => {
    const run = await trial(entry, 1, {
      peers: 3,
      faults: 'latency 5ms, latency 100ms of request on p02->p01',
      requests: ['p00 acquire', 'p01 acquire @1ms', 'p02 acquire @12ms', 'p01 acquire @60ms'],
      options: { holdMs: 10 },
    })
    expect([granted(run), broken(run)]).toEqual([['p00', 'p01', 'p01', 'p02'], []])
  },
)

describe('all schedules of three processes that want it twice each', PATIENT, () => {
  test('all promises hold', () => {
    const { limit, properties } = explore({ entry })
    expect(limit).toBeNull()
    const verdicts = properties.map(({ property, verdict }) => `${property} ${verdict}`)
    expect(verdicts).toEqual([
      'MUTUAL EXCLUSION holds',
      'IN ORDER holds',
      'EVERY REQUEST IS GRANTED holds',
      '2(n − 1) MESSAGES holds',
      'A REPLY WAS DEFERRED seen',
    ])
  })

  // Counted by a program that knows the algorithm and nothing of the explorer.
  test.each([
    ['bag', 37_229, 125_212],
    ['fifo', 25_674, 71_372],
  ] as const)('over a %s: %i states', (channels, states, transitions) => {
    expect(explore({ entry, channels, watch: false })).toMatchObject({ states, transitions, depth: 37 })
  })
})

describe('what is assumed is needed', PATIENT, () => {
  const crowded: Conditions = { peers: 4, options: { times: 3 } }

  test('reliable channels: who misses a reply waits for ever', async () => {
    const faults = 'latency 2-12ms, loss 5%'
    const caught = await tally(entry, 50, { ...crowded, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['EVERY REQUEST IS GRANTED'])
    expect(caught['EVERY REQUEST IS GRANTED']).toBeGreaterThan(45)
  })

  test('no duplicates: a reply to the last request is taken for one to this', async () => {
    const faults = 'latency 2-40ms, duplicate 30%'
    const caught = await tally(entry, 50, { ...crowded, broken: ['noDuplicates'], faults })
    expect(caught['MUTUAL EXCLUSION']).toBeGreaterThan(10)
    expect(caught['2(n − 1) MESSAGES']).toBeGreaterThan(40)
  })

  test('no crashes: who is down does not reply', async () => {
    const faults = 'latency 2-12ms, crash p03 at 20ms'
    const caught = await tally(entry, 30, { ...crowded, broken: ['crashes'], faults })
    expect(caught['EVERY REQUEST IS GRANTED']).toBe(30)
  })

  test('nor recoveries: who has forgotten its request and its numbers replies to all', async () => {
    const faults = 'latency 2-12ms, crash p03 at 20ms for 10ms'
    const caught = await tally(entry, 50, { ...crowded, broken: ['crashes'], faults })
    expect(Object.keys(caught)).toContain('EVERY REQUEST IS GRANTED')
  })

  test('a channel from everyone to everyone', () => {
    for (const name of ['ring', 'star', 'grid', 'tree']) {
      expect(entry.topology.fits(buildTopology(name, 5, 1).places), name).toMatch(/use --topology complete/)
    }
  })
})

type Slip = Parameters<typeof sabotaged<RicartAgrawala>>[1]
type State = RicartAgrawala['state']

/** A slip in the handler of requests; `usual` is what it does otherwise. */
const onRequest = (change: (number: number, from: string, usual: () => void, state: State) => void): Slip =>
  reacting((upon, state) => ({
    ...upon,
    message: {
      ...upon.message,
      request: (message, from) =>
        change(message.number, from, () => upon.message.request(message, from), state),
    },
  }))

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[] }> = {
    'a number is taken from what was sent, not from what was seen': {
      slip: onRequest((_, __, usual, state) => {
        const { highest } = state
        usual()
        state.highest = highest
      }),
      by: ['IN ORDER'],
    },
    'everyone is let ahead, whatever the numbers': {
      slip: onRequest((_, __, usual, state) => {
        const { own } = state
        if (own !== null && state.awaited.size > 0) state.own = Number.POSITIVE_INFINITY
        usual()
        state.own = own
      }),
      by: ['MUTUAL EXCLUSION'],
    },
    'each takes a tie for its own': {
      slip: onRequest((number, from, usual, state) => {
        if (state.own === number) state.deferred.add(from)
        else usual()
      }),
      by: ['EVERY REQUEST IS GRANTED'],
    },
    'a tie goes to the other': {
      slip: reacting((upon, state, { send }) => ({
        ...upon,
        message: {
          ...upon.message,
          request(message, from) {
            if (state.own === message.number) send(from, { type: 'reply' })
            else upon.message.request(message, from)
          },
        },
      })),
      by: ['MUTUAL EXCLUSION'],
    },
    'who holds it replies at once': {
      slip: reacting((upon, state, { send }) => ({
        ...upon,
        message: {
          ...upon.message,
          request(message, from) {
            if (state.own !== null && state.awaited.size === 0) send(from, { type: 'reply' })
            else upon.message.request(message, from)
          },
        },
      })),
      by: ['MUTUAL EXCLUSION'],
    },
    'a deferred reply is forgotten': {
      slip: acting(({ send, outgoing }) => ({
        send(to, message) {
          if (message.type !== 'reply' || to !== outgoing[0]) send(to, message)
        },
      })),
      by: ['EVERY REQUEST IS GRANTED'],
    },
    'whom it has replied to at the end it replies to again': {
      slip: reacting((upon, { deferred }) => ({
        ...upon,
        timeout: {
          release(timer) {
            const owed = [...deferred]
            upon.timeout.release(timer)
            for (const other of owed) deferred.add(other)
          },
        },
      })),
      by: ['2(n − 1) MESSAGES'],
    },
    'one reply fewer is enough': {
      slip: reacting((upon, { awaited }) => ({
        ...upon,
        message: {
          ...upon.message,
          reply(message, from) {
            const [other] = [...awaited].filter((process) => process !== from)
            if (awaited.size === 2) awaited.delete(other!)
            upon.message.reply(message, from)
          },
        },
      })),
      by: ['MUTUAL EXCLUSION'],
    },
  }
  test.each(Object.entries(cases))('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by }) => {
    const conditions = {
      peers: 4,
      options: { times: 3, holdMs: 40 },
      faults: 'latency 1-60ms',
      eventsMax: 5000,
    }
    const caught = await tally(sabotaged(entry, slip), 60, conditions)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
