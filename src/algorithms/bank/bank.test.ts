import { describe, expect, test } from 'vitest'
import { goldenRuns } from '../../harness/golden-runs.ts'
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
import type { Bank } from './bank.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const topologies = ['complete', 'ring', 'star', 'line', 'tree']

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 2 + (seed % 7),
  topology: topologies[seed % topologies.length]!,
  options: { opening: seed % 4, spendings: 3 + (seed % 9) },
  faults: seed % 2 === 0 ? 'latency 2-12ms' : 'latency exponential 15ms',
})

test(
  'keeps its promises, whatever the schedule and the topology, over channels that reorder',
  PATIENT,
  async () => {
    for (const seed of seeds(400)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  },
)

test('money does cross money', PATIENT, async () => {
  let seen = 0
  for (const seed of seeds(100)) seen += unseen(await trial(entry, seed, { peers: 4 })).length === 0 ? 1 : 0
  expect(seen).toBeGreaterThan(90)
})

test('each process sends as often as it is told, if it can pay, and then is still', PATIENT, async () => {
  for (const seed of seeds(50)) {
    const { history } = await trial(entry, seed, { peers: 5, options: { opening: 7, spendings: 7 } })
    for (const at of ['p00', 'p04']) {
      const of = (kind: string) => history.filter((event) => event.at === at && event.kind === kind).length
      expect(of('send'), `seed ${seed}`).toBe(7)
      expect(of('timeout'), `seed ${seed}`).toBe(7)
    }
  }
})

test('a transfer that is not covered, or leads nowhere, is not made', PATIENT, async () => {
  const requests = [
    'p00 transfer to=p01 amount=8',
    'p00 transfer to=p00 amount=1',
    'p00 transfer to=p02 amount=1',
  ]
  const conditions = { peers: 4, topology: 'line', requests, options: { opening: 7, spendings: 0 } }
  const { history, conducted } = await trial(entry, 1, conditions)
  expect(history.filter(({ kind }) => kind === 'send')).toEqual([])
  expect(conducted.outcome.verdict).toBe('valid')
})

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels', async () => {
    const faults = 'latency 2-12ms, loss 10%'
    expect(await tally(entry, 50, { peers: 4, broken: ['reliable'], faults })).toEqual({ 'PAID OUT': 50 })
  })

  test('no duplicates', async () => {
    const faults = 'latency 2-12ms, duplicate 10%'
    expect(await tally(entry, 50, { peers: 4, broken: ['noDuplicates'], faults })).toEqual({ 'PAID OUT': 50 })
  })

  test('no crashes', async () => {
    const faults = 'latency 2-12ms, crash p01 at 30ms'
    const caught = await tally(entry, 50, { peers: 4, broken: ['crashes'], faults })
    expect(Object.keys(caught)).toEqual(['PAID OUT'])
    expect(caught['PAID OUT']).toBeGreaterThan(40)
  })

  test('nor recoveries: the balance is as at the beginning', async () => {
    const faults = 'latency 2-12ms, crash p01 at 30ms for 5ms'
    const requests = ['p01 transfer to=p00 amount=50 @1ms', 'p01 transfer to=p00 amount=60 @50ms']
    const caught = await tally(entry, 20, { peers: 2, broken: ['crashes'], faults, requests })
    expect(caught['BOOKS KEPT']).toBe(20)
    expect(caught['NO OVERDRAFT']).toBeGreaterThan(0)
  })
})

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Parameters<typeof sabotaged<Bank>>[1]; by: string[] }> = {
    'what goes out is not taken off': {
      slip: reacting((upon, state) => ({
        ...upon,
        timeout: {
          spend(timer) {
            const { balance } = state
            upon.timeout.spend(timer)
            state.balance = balance
          },
        },
      })),
      by: ['BOOKS KEPT'],
    },
    'what comes in is not booked': {
      slip: reacting((upon) => ({ ...upon, message: { money: () => {} } })),
      by: ['BOOKS KEPT'],
    },
    'what comes in is booked twice': {
      slip: reacting((upon) => ({
        ...upon,
        message: {
          money(message, from) {
            upon.message.money(message, from)
            upon.message.money(message, from)
          },
        },
      })),
      by: ['BOOKS KEPT', 'NO OVERDRAFT'],
    },
    'money is sent twice and taken off once': {
      slip: acting(({ send }) => ({
        send(to, message) {
          send(to, message)
          send(to, message)
        },
      })),
      by: ['BOOKS KEPT'],
    },
    'nobody looks whether there is any': {
      slip: reacting((upon, state, { send, outgoing, random, indicate }) => ({
        ...upon,
        timeout: {
          spend(timer) {
            if (state.balance > 0) return upon.timeout.spend(timer)
            state.balance--
            send(random.pick(outgoing), { type: 'money', amount: 1 })
            indicate({ type: 'balance', amount: state.balance })
          },
        },
      })),
      by: ['NO OVERDRAFT'],
    },
    'one token is sent where another is taken off': {
      slip: acting(({ send }) => ({
        send: (to, { amount }) => send(to, { type: 'money', amount: amount + 1 }),
      })),
      by: ['BOOKS KEPT'],
    },
  }
  // They take options, or faults, that a sweep does not draw.
  const beyond = ['nobody looks whether there is any']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by }) => {
    const caught = await tally(sabotaged(entry, slip), 20, {
      peers: 3,
      options: { opening: 2 },
      eventsMax: 5000,
    })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
