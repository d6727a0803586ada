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
import { stepName } from '../../model/step.ts'
import { buildTopology } from '../../topology/topology.ts'
import { inOrder } from './checker.ts'
import { entry } from './index.ts'
import type { LamportMutex } from './lamport-mutex.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const delays = ['latency 2-12ms', 'latency exponential 15ms', 'latency 1-100ms', 'latency 5ms']

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 1 + (seed % 7),
  options: { times: 1 + (seed % 3), holdMs: 1 + (seed % 9) },
  faults: delays[seed % delays.length]!,
})

const count = ({ history }: Simulated, what: string) =>
  history.filter((event) => event.kind === 'indicate' && event.indication.type === what).length

describe('keeps its promises', PATIENT, () => {
  test('whatever the schedule', async () => {
    for (const seed of seeds(300)) {
      const conditions = varied(seed)
      const run = await trial(entry, seed, conditions)
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      const wanted = conditions.peers * (conditions.options!.times as number)
      expect([count(run, 'granted'), count(run, 'released')], `seed ${seed}`).toEqual([wanted, wanted])
    }
  })

  test('with timestamps on requests alone, all but the order', async () => {
    for (const seed of seeds(100)) {
      const { options, ...rest } = varied(seed)
      const run = await trial(entry, seed, { ...rest, options: { ...options, stamps: 'requests' } })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(run.conducted.outcome.properties.map(({ name }) => name)).not.toContain('IN ORDER')
    }
  })

  test('what is known by way of a third process is in order too, if every message is stamped', async () => {
    const conditions: Conditions = {
      peers: 3,
      faults: 'latency 5ms, latency 100ms on p02->p01',
      requests: ['p00 acquire', 'p02 acquire @12ms', 'p01 acquire @40ms'],
    }
    const orderOf = async (stamps: string) => {
      const { history } = await trial(entry, 1, { ...conditions, options: { holdMs: 10, stamps } })
      return history.flatMap((event) =>
        event.kind === 'indicate' && event.indication.type === 'granted' ? [event.at] : [],
      )
    }
    expect(await orderOf('all')).toEqual(['p00', 'p02', 'p01'])
    expect(await orderOf('requests')).toEqual(['p00', 'p01', 'p02'])
  })

  test('held until it is asked for, and by nobody else before', async () => {
    for (const seed of seeds(50)) {
      const requests = ['p01 acquire', 'p02 acquire @100ms', 'p01 release @500ms', 'p02 release @900ms']
      const run = await trial(entry, seed, { peers: 4, requests, options: { holdMs: 0 } })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      const at = run.history.filter(
        (event) => event.kind === 'indicate' && event.indication.type === 'granted',
      )
      expect(
        at.map((event) => event.at),
        `seed ${seed}`,
      ).toEqual(['p01', 'p02'])
      expect(at[1]!.timeNs, `seed ${seed}`).toBeGreaterThan(500e6)
    }
  })

  test('who never releases it owes the others, not the algorithm', async () => {
    const requests = ['p01 acquire', 'p02 acquire @100ms']
    const run = await trial(entry, 1, { peers: 4, requests, options: { holdMs: 0 } })
    expect([count(run, 'granted'), broken(run)]).toEqual([1, []])
  })

  test('a release of what is not held is nothing', async () => {
    const run = await trial(entry, 1, { peers: 3, requests: ['p01 release', 'p01 acquire @1ms'] })
    expect(run.history.filter(({ kind }) => kind === 'send')).toHaveLength(6)
    expect(broken(run)).toEqual([])
  })

  test('two want it at once in nearly every run', async () => {
    let seen = 0
    for (const seed of seeds(50)) seen += unseen(await trial(entry, seed, { peers: 4 })).length === 0 ? 1 : 0
    expect(seen).toBeGreaterThan(45)
  })
})

test.each([1, 2, 5, 20])('%i processes: 3(n − 1) messages each time', PATIENT, async (n) => {
  const run = await trial(entry, n, { peers: n, watchStates: false })
  expect(run.history.filter(({ kind }) => kind === 'send')).toHaveLength(2 * n * 3 * (n - 1))
})

/** The same, with clocks up to another bound. */
const bounded = (clockMax: number, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  ...entry,
  ...more,
  smallScope: { ...entry.smallScope!, within: ({ clock }) => clock <= clockMax },
})

describe('all schedules of three processes', PATIENT, () => {
  /**
   * MCLamportMutex.cfg of tlaplus/Examples (N = 3, maxClock = 6), as its manifest has it: 724,274
   * distinct states, 2,729,079 generated, depth 61. TLC generates the initial state, and where a
   * process is inside also that it enters again; a model of the specification has 44,571 such states.
   */
  test('as many as TLC finds', () => {
    const { states, transitions, depth, limit } = explore({ entry, watch: false })
    expect({ states, depth, limit }).toEqual({ states: 724_274, depth: 61, limit: null })
    expect(transitions).toBe(2_729_079 - 1 - 44_571)
  })

  test.each([
    ['requests alone are stamped', 4, 'requests'],
    ['all messages are stamped', 8, 'all'],
  ])('where %s all promises hold', (_, clockMax, stamps) => {
    const { limit, properties } = explore({ entry: bounded(clockMax), options: { stamps } })
    expect(limit).toBeNull()
    const verdicts = properties.map(({ property, verdict }) => `${property} ${verdict}`)
    expect(verdicts).toEqual([
      'MUTUAL EXCLUSION holds',
      ...(stamps === 'all' ? ['IN ORDER holds'] : []),
      'EVERY REQUEST IS GRANTED holds',
      '3(n − 1) MESSAGES holds',
      'TWO WANTED IT AT ONCE seen',
    ])
  })

  test('the shortest in which stamps on requests alone are not enough for the order', () => {
    const asked = { properties: () => [inOrder] }
    const { properties } = explore({ entry: bounded(4, asked) })
    const [{ verdict, finding, steps }] = properties as [(typeof properties)[0]]
    expect(verdict).toBe('violated')
    expect(finding?.explanation).toBe(
      'p01 got the resource ahead of p02, whose request happened before its own',
    )
    expect(steps!.map(stepName)).toHaveLength(17)
  })
})

describe('what is assumed is needed', PATIENT, () => {
  const crowded: Conditions = { peers: 4, options: { times: 3 } }

  test('FIFO: an acknowledgement that overtakes an older request hides it', async () => {
    const caught = await tally(entry, 50, { ...crowded, broken: ['fifo'], faults: 'latency 2-40ms' })
    expect(caught['MUTUAL EXCLUSION']).toBeGreaterThan(25)
  })

  test('reliable channels: who is not answered waits for ever', async () => {
    const faults = 'latency 2-12ms, loss 5%'
    const caught = await tally(entry, 50, { ...crowded, broken: ['reliable'], faults })
    expect(caught['EVERY REQUEST IS GRANTED']).toBeGreaterThan(45)
    expect(caught['MUTUAL EXCLUSION']).toBeUndefined()
  })

  test('no duplicates: for the number of messages, and for nothing else', async () => {
    const faults = 'latency 2-12ms, duplicate 30%'
    const caught = await tally(entry, 50, { ...crowded, broken: ['noDuplicates'], faults })
    expect(caught).toEqual({ '3(n − 1) MESSAGES': 50 })
  })

  test('no crashes: who is down acknowledges nothing', async () => {
    const faults = 'latency 2-12ms, crash p03 at 20ms'
    const caught = await tally(entry, 30, { ...crowded, broken: ['crashes'], faults })
    expect(caught['EVERY REQUEST IS GRANTED']).toBe(30)
  })

  test('nor recoveries: who has forgotten its request acknowledges, and its queue is empty', async () => {
    const faults = 'latency 2-12ms, crash p03 at 20ms for 10ms'
    const caught = await tally(entry, 50, { ...crowded, broken: ['crashes'], faults })
    expect(Object.keys(caught)).toContain('EVERY REQUEST IS GRANTED')
  })

  test('a channel from everyone to everyone', () => {
    for (const name of ['ring', 'star', 'grid', 'tree']) {
      const { places } = buildTopology(name, 5, 1)
      expect(entry.topology.fits(places), name).toMatch(/use --topology complete/)
    }
  })
})

type Slip = Parameters<typeof sabotaged<LamportMutex>>[1]

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; requests?: string[] }> = {
    'the clock does not go beyond the timestamp received': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          request(message, from) {
            const { clock } = state
            upon.message.request(message, from)
            state.clock = clock
          },
        },
      })),
      by: ['IN ORDER'],
    },
    'only requests are stamped': {
      slip: ({ initial }) => ({
        initial,
        upon: entry.make({ times: 1, holdMs: 5, stamps: 'requests' }).upon,
      }),
      by: ['IN ORDER'],
    },
    'it enters when all have acknowledged, first or not': {
      slip: reacting((upon, { acknowledged, holding }, { outgoing, setTimer }) => ({
        ...upon,
        message: {
          ...upon.message,
          acknowledge(message, from) {
            upon.message.acknowledge(message, from)
            if (!holding && acknowledged.size === outgoing.length) setTimer({ type: 'enter' }, 0)
          },
        },
      })),
      by: ['MUTUAL EXCLUSION'],
    },
    'each takes a tie for its own': {
      slip: reacting((upon, { queue }, { self }) => ({
        ...upon,
        message: {
          ...upon.message,
          request(message, from) {
            upon.message.request(message, from)
            if (queue.get(self) === message.clock) queue.set(from, message.clock + 1)
          },
        },
      })),
      by: ['MUTUAL EXCLUSION'],
    },
    'the acknowledgements of the last time still count': {
      slip: reacting((upon, state) => {
        const release = () => {
          const kept = [...state.acknowledged]
          upon.timeout.release({ type: 'release' })
          for (const other of kept) state.acknowledged.add(other)
        }
        return { ...upon, timeout: { ...upon.timeout, release } }
      }),
      by: ['MUTUAL EXCLUSION'],
      requests: ['p01 acquire', 'p00 acquire @595ms', 'p01 acquire @600ms'],
    },
    'one of the others is not told of the release': {
      slip: acting(({ send, outgoing }) => ({
        send(to, message) {
          if (message.type !== 'release' || to !== outgoing[0]) send(to, message)
        },
      })),
      by: ['EVERY REQUEST IS GRANTED'],
    },
    'the clients that wait at a process are forgotten': {
      slip: reacting((upon, state) => ({
        ...upon,
        request: {
          ...upon.request,
          acquire(request) {
            if (!state.queue.size) upon.request.acquire(request)
          },
        },
      })),
      by: ['EVERY REQUEST IS GRANTED'],
    },
    'each release is acknowledged too': {
      slip: reacting((upon, { clock }, { send }) => ({
        ...upon,
        message: {
          ...upon.message,
          release(message, from) {
            upon.message.release(message, from)
            send(from, { type: 'acknowledge', clock })
          },
        },
      })),
      by: ['3(n − 1) MESSAGES'],
    },
  }
  test.each(Object.entries(cases))('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by, requests = [] }) => {
    const conditions = {
      requests,
      peers: 4,
      options: { times: 3, holdMs: 200 },
      faults: 'latency 1-100ms',
      eventsMax: 5000,
    }
    const caught = await tally(sabotaged(entry, slip), 60, conditions)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
