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
  unseen,
} from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { Gossip } from './gossip.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const modes = ['push', 'pull', 'push-pull']
const topologies = ['complete', 'random-regular:4', 'grid']
const plans = [
  'latency 2-12ms',
  'latency exponential 15ms, duplicate 30%',
  'latency 2-12ms, loss 30%',
  'latency 2-12ms, partition halves at 5ms for 400ms',
  'latency 2-12ms, crash p01 at 60ms, crash p02 at 30ms for 200ms',
]

const varied = (seed: number): Conditions => ({
  watchStates: false,
  topology: topologies[seed % topologies.length]!,
  peers: 5 + (seed % 9),
  options: {
    broadcasts: 1 + (seed % 4),
    mode: modes[seed % 3]!,
    stop: seed % 2 === 0 ? 'coin' : 'counter',
    feedback: seed % 5 !== 0,
    k: 1 + (seed % 3),
  },
  faults: plans[seed % plans.length]!,
})

const heard = ({ history }: Simulated) =>
  history.filter((event) => event.kind === 'indicate' && event.indication.type === 'deliver').length

describe('keeps its promises', PATIENT, () => {
  test('through loss, copies, partitions that heal, crashes and recoveries', async () => {
    for (const seed of seeds(200)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('without anti-entropy some are left over; with it nobody is, after a partition too', async () => {
    const parted: Conditions = { peers: 10, faults: 'latency 2-12ms, partition halves at 0ms for 500ms' }
    let left = 0
    for (const seed of seeds(30)) {
      const alone = await trial(entry, seed, { ...parted, options: { antiEntropyMs: 0 } })
      expect(broken(alone), `seed ${seed}`).toEqual([])
      if (heard(alone) < 10) left++
      const healing = await trial(entry, seed, parted)
      expect(broken(healing), `seed ${seed}`).toEqual([])
      expect(heard(healing), `seed ${seed}`).toBe(10)
    }
    expect(left).toBeGreaterThan(20)
  })

  test('two that broadcast under one name are two rumours', async () => {
    const run = await trial(entry, 1, { peers: 5, requests: ['p01 broadcast id=a', 'p02 broadcast id=a'] })
    expect([heard(run), broken(run)]).toEqual([10, []])
  })

  test('a name that is empty, or was used before, is refused with a sentence', async () => {
    const requests = ['p01 broadcast id=', 'p01 broadcast id=a', 'p01 broadcast id=a @5ms']
    const run = await trial(entry, 1, { peers: 5, requests })
    const said = (run.history as unknown as HistoryEvent<Gossip>[]).flatMap((event) =>
      event.kind === 'indicate' && event.indication.type === 'fail' ? [event.indication.reason] : [],
    )
    expect(said).toEqual(['a rumour has a name of one character or more', 'p01:a has been broadcast already'])
    expect([heard(run), broken(run)]).toEqual([5, []])
  })

  test('who says what cannot be is counted, and in the end drawn no more', async () => {
    const lying = sabotaged(entry, answering)
    const run = await trial(lying, 1, { peers: 3, options: { broadcasts: 12, initiator: 'p00' } })
    const last = run.history.findLast(
      (event) => event.kind === 'send' && event.to === 'p01' && event.at === 'p00',
    )
    expect(run.conducted.failure).toBeNull()
    expect(last!.timeNs / 1e6).toBeLessThan(1500)
  })

  test('a rumour dies out in nearly every run, and anti-entropy had something to heal in some', async () => {
    let [died, healed] = [0, 0]
    for (const seed of seeds(30)) {
      const run = await trial(entry, seed, { peers: 20, options: { k: 1 } })
      expect(heard(run), `seed ${seed}`).toBe(20)
      if (unseen(run).length === 0) died++
      const alone = await trial(entry, seed, { peers: 20, options: { k: 1, antiEntropyMs: 0 } })
      if (heard(alone) < 20) healed++
    }
    expect(died).toBeGreaterThan(25)
    expect(healed).toBeGreaterThan(15)
  })
})

describe('what is assumed is needed', PATIENT, () => {
  test('that faults end: behind a cut that stays nobody hears', async () => {
    const caught = await tally(entry, 10, { peers: 6, faults: 'latency 2-12ms, partition halves at 0ms' })
    expect(caught).toEqual({ VALIDITY: 10, AGREEMENT: 10 })
  })

  test('honesty: a liar invents a rumour', async () => {
    const faults = 'latency 2-12ms, byzantine p01 lies contact.rumours'
    const caught = await tally(entry, 20, {
      peers: 6,
      broken: ['honest'],
      faults,
      options: { broadcasts: 3 },
    })
    expect(Object.keys(caught)).toContain('NO CREATION')
  })

  test('links both ways', () => {
    expect(() => trial(entry, 1, { peers: 5, topology: 'ring' })).toThrow(/answers come back/)
    expect(() => trial(entry, 1, { peers: 5, options: { initiator: 'p09' } })).toThrow(/--initiator p09/)
  })
})

type Slip = Parameters<typeof sabotaged<Gossip>>[1]

/** p01 answers every contact with what it was never told. */
const answering: Slip = reacting((upon, _, { self, send }) => ({
  ...upon,
  message: {
    ...upon.message,
    contact(message, from) {
      if (self === 'p01') send(from, { type: 'answer', known: ['p09:nothing'], rumours: [] })
      else upon.message.contact(message, from)
    },
  },
}))

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'two broadcasts under one id, and one is lost': {
      slip: reacting((upon, { known }) => ({
        ...upon,
        request: {
          broadcast(request) {
            const taken = [...known].some((name) => name.endsWith(`:${request.id}`))
            if (!taken) upon.request.broadcast(request)
          },
        },
      })),
      by: ['VALIDITY'],
      conditions: { requests: ['p01 broadcast id=a', 'p02 broadcast id=a @500ms'] },
    },
    'nobody remembers what it has told': {
      slip: reacting((upon, { known }) => ({
        ...upon,
        message: {
          ...upon.message,
          contact(message, from) {
            known.clear()
            upon.message.contact(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
    },
    'the first useless contact counts as all of them': {
      slip: reacting((upon, { hot }) => ({
        ...upon,
        message: {
          ...upon.message,
          answer(message, from) {
            for (const [id] of hot) hot.set(id, 9)
            upon.message.answer(message, from)
          },
        },
      })),
      by: ['PATIENCE'],
    },
    'a digest that differs is passed over': {
      slip: reacting((upon) => ({ ...upon, message: { ...upon.message, digest() {} } })),
      by: ['VALIDITY', 'AGREEMENT'],
      conditions: { options: { k: 1 } },
    },
    'anti-entropy comes once': {
      slip: reacting((upon, _, { self, outgoing, send }) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          antiEntropy() {
            if (self === 'p00') send(outgoing[0]!, { type: 'digest', known: [] })
          },
        },
      })),
      by: ['VALIDITY', 'AGREEMENT'],
      conditions: { faults: 'latency 2-12ms, partition halves at 0ms for 500ms' },
    },
    'it is passed on under another name': {
      slip: acting(({ send }) => ({
        send(to, message) {
          if (message.type !== 'contact') return send(to, message)
          send(to, { ...message, rumours: message.rumours.map((id) => `${id}'`) })
        },
      })),
      by: ['NO CREATION'],
    },
    'what it has lost interest in it goes on to tell': {
      slip: reacting((upon, { hot, known }) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          round(timer) {
            for (const id of known) if (!hot.has(id)) hot.set(id, 0)
            upon.timeout.round(timer)
          },
        },
      })),
      by: ['INTEREST'],
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 20, { peers: 8, eventsMax: 20_000, ...conditions })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })

  // They take requests, options or faults that a sweep does not draw.
  const beyond = ['two broadcasts under one id, and one is lost']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })
})
