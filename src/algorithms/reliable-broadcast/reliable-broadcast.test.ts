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
} from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { buildTopology } from '../../topology/topology.ts'
import { entry } from './index.ts'
import type { ReliableBroadcast } from './reliable-broadcast.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<ReliableBroadcast>[]
const sent = (run: Simulated) => events(run).filter(({ kind }) => kind === 'send').length
const heard = (run: Simulated) =>
  events(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' ? [event.at] : [],
  )
const plans = ['latency 2-12ms', 'latency exponential 15ms, duplicate 30%', 'latency 1-100ms']

const varied = (seed: number): Conditions => {
  const peers = 1 + (seed % 8)
  const crashes = Array.from(
    { length: Math.ceil(peers / 2) - 1 },
    (_, i) => `crash p0${i} at ${3 + (seed % (9 + i))}ms`,
  )
  return {
    watchStates: false,
    peers,
    options: { broadcasts: 1 + (seed % 4), uniform: seed % 2 === 0 },
    faults: [plans[seed % plans.length]!, ...(seed % 3 === 0 ? [] : crashes)].join(', '),
  }
}

describe('keeps its promises', PATIENT, () => {
  test('whoever crashes, of a minority', async () => {
    for (const seed of seeds(300)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('others deliver what one broadcast that crashed with it, in some runs', async () => {
    let seen = 0
    for (const seed of seeds(30)) {
      const faults = 'latency 2-12ms, crash p01 at 6ms'
      const run = await trial(entry, seed, { peers: 5, faults, options: { initiator: 'p01', broadcasts: 1 } })
      expect(broken(run), `seed ${seed}`).toEqual([])
      const who = new Set(heard(run))
      if (who.size === 5) seen++ // p01 too, before it crashed
    }
    expect(seen).toBeGreaterThan(15)
  })

  test.each([
    [1, 0],
    [2, 2],
    [5, 20],
    [20, 380],
  ])('%i processes: n(n − 1) = %i messages', async (peers, messages) => {
    for (const uniform of [false, true]) {
      const options = { broadcasts: 1, uniform }
      expect(sent(await trial(entry, 1, { peers, options, faults: 'latency 2-12ms' }))).toBe(messages)
    }
  })

  test('two that broadcast under one name are two; a name that is empty, or used, is refused', async () => {
    const requests = [
      'p01 broadcast id=a',
      'p02 broadcast id=a',
      'p01 broadcast id=',
      'p01 broadcast id=a @5ms',
    ]
    const run = await trial(entry, 1, { peers: 5, requests, faults: 'latency 2-12ms' })
    const said = events(run).flatMap((event) =>
      event.kind === 'indicate' && event.indication.type === 'fail' ? [event.indication.reason] : [],
    )
    expect(said).toEqual([
      'a message has a name of one character or more',
      'p01:a has been broadcast already',
    ])
    expect([heard(run).length, broken(run)]).toEqual([10, []])
  })
})

describe('all schedules of three processes', PATIENT, () => {
  test.each([
    [false, 1],
    [true, 1],
  ])('uniform %s, %i crash: all promises hold', (uniform, crashes) => {
    const { limit, properties } = explore({ entry, options: { uniform }, crashes })
    expect(limit).toBeNull()
    const violated = properties.filter(({ verdict }) => verdict === 'violated')
    expect(violated.map(({ property }) => property)).toEqual([])
    expect(properties.map(({ property }) => property).includes('UNIFORM AGREEMENT')).toBe(uniform)
  })
})

/** The promise of the one, asked of the other. */
const asUniform = {
  ...entry,
  properties: () => entry.properties({ uniform: true, broadcasts: 1, initiator: null }),
}

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels: who is cut off hears nothing', async () => {
    const conditions = {
      peers: 5,
      broken: ['reliable' as const],
      faults: 'latency 2-12ms, partition isolate p04',
    }
    const caught = await tally(entry, 20, { ...conditions, options: { initiator: 'p00' } })
    expect(caught).toEqual({ VALIDITY: 20, AGREEMENT: 20 })
  })

  test('a majority, for uniform: without it nobody ever knows enough', async () => {
    const faults = 'latency 2-12ms, crash p01 at 0ms, crash p02 at 0ms, crash p03 at 0ms'
    const conditions = {
      peers: 5,
      broken: ['crashes' as const],
      faults,
      options: { initiator: 'p00', uniform: true },
    }
    expect(await tally(entry, 10, conditions)).toEqual({ VALIDITY: 10 })
  })

  test('that who crashes stays down: who has forgotten delivers, and passes on, again', async () => {
    const faults = 'latency 5ms, latency 8ms on p00->p02, crash p01 at 6ms for 1ms'
    const conditions = { peers: 3, options: { initiator: 'p00', broadcasts: 1 }, faults }
    const caught = await tally(entry, 5, { ...conditions, broken: ['crashes'] })
    expect(Object.keys(caught)).toContain('COST')
  })

  test('eager is not uniform: who delivers and crashes may be the only one', () => {
    const { properties } = explore({ entry: asUniform, options: { uniform: false }, crashes: 1 })
    const { verdict } = properties.find(({ property }) => property === 'UNIFORM AGREEMENT')!
    expect(verdict).toBe('violated')
  })

  test('a channel from everyone to everyone', () => {
    for (const name of ['ring', 'star', 'grid']) {
      expect(entry.topology.fits(buildTopology(name, 5, 1).places), name).toMatch(/--topology complete/)
    }
    expect(() => trial(entry, 1, { peers: 5, options: { initiator: 'p09' } })).toThrow(/--initiator p09/)
  })
})

type Slip = Parameters<typeof sabotaged<ReliableBroadcast>>[1]

describe('sabotage is found', PATIENT, () => {
  const crash = 'latency 2-12ms, crash p01 at 6ms'
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'nobody passes on': {
      slip: reacting((upon, { pending }) => ({
        ...upon,
        message: {
          data(message, from) {
            pending.add(message.id)
            upon.message.data(message, from)
          },
        },
      })),
      by: ['AGREEMENT'],
      conditions: { faults: crash },
    },
    'a majority is half': {
      slip: () => entry.make({ uniform: false, broadcasts: 1, initiator: null }),
      by: ['UNIFORM AGREEMENT'],
      conditions: {
        faults: 'latency 2-12ms, crash p01 at 0.5ms',
        options: { uniform: true, initiator: 'p01', broadcasts: 1 },
      },
    },
    'two broadcasts under one id, and one is lost': {
      slip: reacting((upon, { pending }) => ({
        ...upon,
        request: {
          broadcast(request) {
            if (![...pending].some((name) => name.endsWith(`:${request.id}`))) upon.request.broadcast(request)
          },
        },
      })),
      by: ['VALIDITY'],
      conditions: { requests: ['p01 broadcast id=a', 'p02 broadcast id=a @500ms'] },
    },
    'nobody remembers what it delivered': {
      slip: reacting((upon, { delivered }) => ({
        ...upon,
        message: {
          data(message, from) {
            delivered.clear()
            upon.message.data(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
    },
    'the sender is told again what it said': {
      slip: reacting((upon, { pending }, { send }) => ({
        ...upon,
        message: {
          data(message, from) {
            if (!pending.has(message.id)) send(from, message)
            upon.message.data(message, from)
          },
        },
      })),
      by: ['COST'],
    },
    'it is passed on under another name': {
      slip: acting(({ send, self }) => ({
        send: (to, message) => send(to, self === 'p02' ? { ...message, id: `${message.id}'` } : message),
      })),
      by: ['NO CREATION'],
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const run = { peers: 5, eventsMax: 3000, options: { initiator: 'p01', broadcasts: 1 }, ...conditions }
    const caught = await tally(sabotaged(entry, slip), 40, run)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })

  // They take requests, options or faults that a sweep does not draw.
  const beyond = ['a majority is half', 'two broadcasts under one id, and one is lost']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })
})
