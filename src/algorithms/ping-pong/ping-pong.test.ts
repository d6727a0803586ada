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
import { entry } from './index.ts'
import type { PingPong } from './ping-pong.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 2 + (seed % 8),
  options: { pings: 1 + (seed % 5) },
})

test(
  'keeps its promises, whatever the schedule, over channels that reorder and duplicate',
  PATIENT,
  async () => {
    for (const seed of seeds(400)) {
      const faults = ['latency 2-20ms', 'latency exponential 10ms, duplicate 30%', 'duplicate 100%'][
        seed % 3
      ]!
      const run = await trial(entry, seed, { ...varied(seed), faults })
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(unseen(run), `seed ${seed}`).toEqual([])
    }
  },
)

test('two messages a ping, whoever is pinged', PATIENT, async () => {
  for (const seed of seeds(100)) {
    const { history } = await trial(entry, seed, varied(seed))
    const of = (kind: string) => history.filter((event) => event.kind === kind).length
    expect(of('send'), `seed ${seed}`).toBe(2 * of('request'))
    expect(of('indicate'), `seed ${seed}`).toBe(of('request'))
  }
})

test('the round trip is as long as the two messages took', PATIENT, async () => {
  for (const seed of seeds(20)) {
    const { history } = await trial(entry, seed, { peers: 2 })
    const [sent, , , came] = history.filter(({ kind }) => kind === 'send' || kind === 'deliver')
    const answer = history.find((event) => event.kind === 'indicate')
    const { roundTripMs } = (answer as unknown as { indication: PingPong['indication'] }).indication
    expect(roundTripMs, `seed ${seed}`).toBeCloseTo((came!.timeNs - sent!.timeNs) / 1e6, 6)
  }
})

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels: what is lost is never answered', async () => {
    const faults = 'latency 2-20ms, loss 30%'
    const caught = await tally(entry, 50, { peers: 4, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['ANSWERED'])
    expect(caught.ANSWERED).toBeGreaterThan(15)
  })

  test('no crashes: whoever is down does not answer', async () => {
    const faults = 'latency 2-20ms, crash p01 at 5ms'
    const caught = await tally(entry, 50, { peers: 2, broken: ['crashes'], faults })
    expect(Object.keys(caught)).toEqual(['ANSWERED'])
    expect(caught.ANSWERED).toBeGreaterThan(25)
  })

  test('a crash and a recovery: what is remembered is gone, and an id is used again', async () => {
    const faults = 'latency 20-40ms, crash p00 at 5ms for 1ms'
    const caught = await tally(entry, 20, { peers: 2, broken: ['crashes'], faults, options: { pings: 2 } })
    expect(caught).toEqual({ ANSWERED: 20 })
  })
})

const twice: Conditions = {
  peers: 3,
  options: { pings: 3 },
  faults: 'latency 2-20ms, duplicate 50%',
  eventsMax: 2000,
}

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Parameters<typeof sabotaged<PingPong>>[1]; by: string[] }> = {
    'each pong is announced, also the second': {
      slip: reacting((upon, _, { indicate }) => ({
        ...upon,
        message: {
          ...upon.message,
          pong: ({ id }, from) => indicate({ type: 'answered', target: from, id, roundTripMs: 1 }),
        },
      })),
      by: ['ONE ANSWER'],
    },
    'the pong goes to p00, not to whom the ping came from': {
      slip: acting(({ send, outgoing, self }) => ({
        send: (to, message) =>
          send(message.type === 'pong' && self !== 'p02' ? outgoing.at(-1)! : to, message),
      })),
      by: ['ANSWERED', 'NO UNASKED PONG'],
    },
    'every pong has the id 0': {
      slip: acting(({ send }) => ({
        send: (to, message) => send(to, message.type === 'pong' ? { type: 'pong', id: 0 } : message),
      })),
      by: ['ANSWERED', 'NO UNASKED PONG'],
    },
    'the id does not grow': {
      slip: reacting((upon, state) => ({
        ...upon,
        request: {
          ping(request) {
            state.nextId = 0
            upon.request.ping(request)
          },
        },
      })),
      by: ['ANSWERED'],
    },
    'a pong is answered too, for ever': {
      slip: reacting((upon, _, { send }) => ({
        ...upon,
        message: {
          ...upon.message,
          pong(message, from) {
            upon.message.pong(message, from)
            send(from, message)
          },
        },
      })),
      by: ['NO UNASKED PONG'],
    },
    'somebody else is named as the one who answered': {
      slip: acting(({ indicate, outgoing }) => ({
        indicate: (indication) =>
          indicate({ ...indication, target: outgoing.find((id) => id !== indication.target)! }),
      })),
      by: ['ANSWERED'],
    },
  }

  // They take options, or faults, that a sweep does not draw.
  const beyond = ['every pong has the id 0', 'the id does not grow']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by }) => {
    const caught = await tally(sabotaged(entry, slip), 20, twice)
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
