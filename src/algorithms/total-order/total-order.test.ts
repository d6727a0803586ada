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
import { entry } from './index.ts'
import type { TotalOrder } from './total-order.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<TotalOrder>[]
const sent = (run: Simulated) => events(run).filter(({ kind }) => kind === 'send').length
const plans = ['latency 2-12ms', 'latency exponential 15ms, duplicate 30%', 'latency 1-100ms', 'latency 5ms']
const orders = ['sequencer', 'lamport']

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 1 + (seed % 8),
  options: { broadcasts: 1 + (seed % 12), by: orders[seed % 2]! },
  faults: plans[(seed >> 1) % plans.length]!,
})

describe('keeps its promises', PATIENT, () => {
  test('by either, whatever the schedule', async () => {
    for (const seed of seeds(300)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test.each(orders)('by %s a message had to wait in most runs', async (by) => {
    let seen = 0
    for (const seed of seeds(30)) {
      const run = await trial(entry, seed, { peers: 6, options: { broadcasts: 12, by } })
      if (unseen(run).length === 0) seen++
    }
    expect(seen).toBeGreaterThan(15)
  })

  test.each([
    ['sequencer', 'p01', 6],
    ['sequencer', 'p00', 5],
    ['lamport', 'p01', 30],
  ])('six processes, by %s, from %s: %i messages', async (by, from, messages) => {
    const run = await trial(entry, 1, { peers: 6, options: { by }, requests: [`${from} broadcast id=a`] })
    expect(sent(run)).toBe(messages)
  })

  test('two that broadcast under one name are two; a name that is empty, or used, is refused', async () => {
    const requests = [
      'p01 broadcast id=a',
      'p02 broadcast id=a',
      'p01 broadcast id=',
      'p01 broadcast id=a @5ms',
    ]
    for (const by of orders) {
      const run = await trial(entry, 1, { peers: 5, requests, options: { by } })
      const said = events(run).flatMap((event) =>
        event.kind === 'indicate' && event.indication.type === 'fail' ? [event.indication.reason] : [],
      )
      expect(said).toEqual([
        'a message has a name of one character or more',
        'p01:a has been broadcast already',
      ])
      expect(broken(run), by).toEqual([])
    }
  })

  test('who gives out numbers and is not the sequencer is counted, and nothing else', async () => {
    const usurping: Slip = reacting((upon, _, { self, outgoing, send }) => ({
      ...upon,
      request: {
        broadcast(request) {
          upon.request.broadcast(request)
          for (const other of outgoing) send(other, { type: 'ordered', number: 1, id: `${self}:mine` })
        },
      },
    }))
    const run = await trial(sabotaged(entry, usurping), 1, { peers: 4, requests: ['p02 broadcast id=a'] })
    expect([run.conducted.failure, broken(run)]).toEqual([null, ['COST']])
  })
})

describe('all schedules of three processes, of which two broadcast', PATIENT, () => {
  test.each(orders)('by %s all promises hold', (by) => {
    const { limit, properties } = explore({ entry, options: { by } })
    expect(limit).toBeNull()
    expect(properties.map(({ property, verdict }) => `${property} ${verdict}`)).toEqual([
      'TOTAL ORDER holds',
      'CAUSAL ORDER holds',
      'VALIDITY holds',
      'NO DUPLICATION holds',
      'NO CREATION holds',
      'COST holds',
      'A MESSAGE HAD TO WAIT seen',
    ])
  })
})

describe('what is assumed is needed', PATIENT, () => {
  const crowded: Conditions = { peers: 5, options: { broadcasts: 12, by: 'lamport' } }
  const numbered: Conditions = { peers: 5, options: { broadcasts: 12, by: 'sequencer' } }

  test('FIFO, by clocks: what is overtaken is taken for a copy, and is lost', async () => {
    const caught = await tally(entry, 50, { ...crowded, broken: ['fifo'], faults: 'latency 1-60ms' })
    expect(caught.VALIDITY).toBeGreaterThan(40)
  })

  test('FIFO, by a sequencer: for causal order, and for nothing else', async () => {
    const requests = ['p01 broadcast id=a', 'p01 broadcast id=b @1ms', 'p01 broadcast id=c @2ms']
    const caught = await tally(entry, 50, {
      ...numbered,
      broken: ['fifo'],
      faults: 'latency 1-60ms',
      requests,
    })
    expect(Object.keys(caught)).toEqual(['CAUSAL ORDER'])
  })

  test('reliable channels: behind a loss all that is later waits', async () => {
    const faults = 'latency 2-12ms, loss 10%'
    for (const conditions of [crowded, numbered]) {
      const caught = await tally(entry, 20, { ...conditions, broken: ['reliable'], faults })
      expect(caught.VALIDITY).toBeGreaterThan(15)
      expect(caught['TOTAL ORDER']).toBeUndefined()
    }
  })

  test('no crashes: without the sequencer nothing is ordered, and clocks wait for everybody', async () => {
    const crash = (who: string) => `latency 2-12ms, crash ${who} at 1ms`
    const requests = ['p01 broadcast id=a @5ms']
    for (const [conditions, who] of [
      [numbered, 'p00'],
      [crowded, 'p03'],
    ] as const) {
      const asking = { ...conditions, broken: ['crashes' as const], faults: crash(who), requests }
      expect((await tally(entry, 10, asking)).VALIDITY, who).toBe(10)
    }
  })

  test('a channel from everyone to everyone', () => {
    for (const name of ['ring', 'star', 'grid']) {
      expect(entry.topology.fits(buildTopology(name, 5, 1).places), name).toMatch(/--topology complete/)
    }
  })
})

type Slip = Parameters<typeof sabotaged<TotalOrder>>[1]

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'numbers are given and nobody looks at them': {
      slip: reacting((upon, _, { indicate }) => ({
        ...upon,
        message: { ...upon.message, ordered: ({ id }) => indicate({ type: 'deliver', id }) },
      })),
      by: ['TOTAL ORDER'],
      conditions: { broken: ['fifo'] },
    },
    'numbers are given and not waited for': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          ordered(message, from) {
            state.turn = Math.max(state.turn, message.number)
            upon.message.ordered(message, from)
          },
        },
      })),
      by: ['VALIDITY'],
      conditions: { broken: ['fifo'] },
    },
    'everyone delivers its own message at once': {
      slip: reacting((upon, _, { self, indicate }) => ({
        ...upon,
        request: {
          broadcast(request) {
            indicate({ type: 'deliver', id: `${self}:${request.id}` })
            upon.request.broadcast(request)
          },
        },
      })),
      by: ['TOTAL ORDER', 'NO DUPLICATION'],
    },
    'a submission that comes twice is numbered twice': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          submit(message, from) {
            if (state.numbered.delete(message.id)) state.numbered.add(`${message.id} before`)
            upon.message.submit(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
      conditions: { faults: 'latency 2-12ms, duplicate 50% of submit' },
    },
    'by clocks: one of the others is told a later timestamp': {
      slip: acting(({ send }) => ({
        send(to, message) {
          send(
            to,
            message.type === 'data' && to === 'p02' ? { ...message, clock: message.clock + 2 } : message,
          )
        },
      })),
      by: ['TOTAL ORDER'],
      conditions: { options: { by: 'lamport', broadcasts: 12 } },
    },
    'by clocks: the clock does not go beyond what is received': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          data(message, from) {
            const { clock } = state
            upon.message.data(message, from)
            state.clock = clock
          },
        },
      })),
      by: ['VALIDITY'],
      conditions: { options: { by: 'lamport', broadcasts: 12 } },
    },
    'by clocks: nobody acknowledges': {
      slip: acting(({ send }) => ({
        send(to, message) {
          if (message.type !== 'acknowledge') send(to, message)
        },
      })),
      by: ['VALIDITY', 'COST'],
      conditions: { options: { by: 'lamport', broadcasts: 3 } },
    },
    'two broadcasts under one id, and one is lost': {
      slip: reacting((upon, { numbered }) => ({
        ...upon,
        message: {
          ...upon.message,
          submit(message, from) {
            const [, id] = message.id.split(':')
            if (![...numbered].some((name) => name.endsWith(`:${id}`))) upon.message.submit(message, from)
          },
        },
      })),
      by: ['VALIDITY'],
      conditions: { requests: ['p01 broadcast id=a', 'p02 broadcast id=a @500ms'] },
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const options = { broadcasts: 12, by: 'sequencer' }
    const run = { peers: 5, eventsMax: 4000, options, faults: 'latency 1-40ms', ...conditions }
    const caught = await tally(sabotaged(entry, slip), 40, run)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })

  // They take requests, options or faults that a sweep does not draw.
  const beyond = [
    'numbers are given and not waited for',
    'by clocks: one of the others is told a later timestamp',
    'by clocks: the clock does not go beyond what is received',
    'by clocks: nobody acknowledges',
    'two broadcasts under one id, and one is lost',
  ]
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })
})
