import { describe, expect, test } from 'vitest'
import { goldenRuns } from '../../harness/golden-runs.ts'
import { planRun } from '../../harness/plan.ts'
import { type Simulated, simulated } from '../../harness/simulated.ts'
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
import type { FaultRule } from '../../model/fault.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { buildTopology } from '../../topology/topology.ts'
import type { Heartbeat } from './heartbeat.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const fifo: CatalogueEntry<Heartbeat> = { ...entry, assumes: { ...entry.assumes, fifo: true } }
const delays = [
  'latency 2-12ms',
  'latency 1-30ms',
  'latency 20ms',
  'latency 1-9ms, duplicate 30%',
  'latency 5ms, latency 80ms on p00->p01',
]

/** Any size from 2 to 6, any number of crashes, too short a delay or one that is long enough. */
const varied = (seed: number): Conditions => {
  const peers = 2 + (seed % 5)
  const crashes = Array.from(
    { length: seed % peers },
    (_, i) => `, crash p0${(seed + i) % peers} at ${37 * i + seed}ms`,
  )
  return {
    watchStates: false,
    peers,
    options: { deltaMs: 5 + (seed % 50) },
    faults: delays[seed % delays.length]! + crashes.join(''),
    forMs: 4000, // long enough for the delay to grow beyond the slowest answer there was
  }
}

describe('keeps its promises, whoever crashes', PATIENT, () => {
  test.each([
    ['channels that reorder and duplicate', entry],
    ['FIFO channels', fifo],
  ])('over %s', async (_, over) => {
    let crashes = 0
    for (const seed of seeds(150)) {
      const run = await trial(over, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      crashes += run.history.filter(({ kind }) => kind === 'crash').length
    }
    expect(crashes).toBeGreaterThan(150)
  })

  test('crashes are found, and suspicions are wrong before, in most runs', async () => {
    let seen = 0
    for (const seed of seeds(50)) seen += unseen(await trial(entry, seed, { peers: 4 })).length === 0 ? 1 : 0
    expect(seen).toBeGreaterThan(45)
  })
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<Heartbeat>[]

const suspicions = (run: Simulated) =>
  events(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'suspect' ? [event] : [],
  )

test(
  'a delay that is long enough from the start: no mistake, and each crash is found in two rounds',
  PATIENT,
  async () => {
    for (const seed of seeds(30)) {
      const faults = 'latency 2-12ms, crash p01 at 130ms'
      const run = await trial(entry, seed, { peers: 5, options: { deltaMs: 30 }, faults })
      const found = suspicions(run)
      expect(found.map(({ at }) => at).sort(), `seed ${seed}`).toEqual(['p00', 'p02', 'p03', 'p04'])
      for (const { timeNs } of found) {
        expect(timeNs / 1e6, `seed ${seed}`).toBeGreaterThan(130)
        expect(timeNs / 1e6, `seed ${seed}`).toBeLessThanOrEqual(130 + 2 * 30)
      }
    }
  },
)

test('2n(n − 1) messages a round', PATIENT, async () => {
  for (const peers of [2, 4, 7]) {
    const run = await trial(entry, 1, { peers, options: { deltaMs: 50 }, faults: 'latency 5ms', forMs: 540 })
    const sent = run.history.filter(({ kind }) => kind === 'send').length
    expect(sent, `${peers} processes`).toBe(10 * 2 * peers * (peers - 1))
  }
})

test('the delay stops growing where it is long enough', PATIENT, async () => {
  for (const seed of seeds(20)) {
    const run = await trial(entry, seed, {
      peers: 4,
      options: { deltaMs: 5 },
      faults: 'latency 2-12ms',
      forMs: 4000,
    })
    const waits = events(run).flatMap((event) => (event.kind === 'setTimer' ? [event.minMs] : []))
    expect(Math.max(...waits), `seed ${seed}`).toBeGreaterThanOrEqual(15)
    expect(Math.max(...waits), `seed ${seed}`).toBeLessThanOrEqual(30) // 24 ms at most, and Δ
  }
})

/** A run in which each message takes longer than those before: no bound that holds from some time on. */
function everSlower(seed: number): Promise<Simulated> {
  const rule: FaultRule = {
    text: 'latency 8ms',
    breaks: 'timing',
    judge: ({ nowMs }) => ({ fate: 'deliver after', ms: 5 + 2 * nowMs }),
  }
  const topology = buildTopology('complete', 4, seed)
  const asking = { entry, options: { deltaMs: 20 }, topology, runtime: 'simulator', seed } as const
  const plan = planRun({
    ...asking,
    broken: [],
    requests: [],
    faults: 'none',
    watchStates: false,
    forMs: 1000 + 37 * seed,
  })
  const faults = { rules: [rule], timed: [] }
  return simulated({ ...plan, experiment: { ...plan.experiment, faults } })
}

describe('what is assumed is needed', PATIENT, () => {
  test('a bound on the delays, from some time on: without it mistakes never cease', async () => {
    let wrong = 0
    for (const seed of seeds(20)) {
      const run = await everSlower(seed)
      const last = suspicions(run).at(-1)!
      expect(last.timeNs / 1e6, `seed ${seed}`).toBeGreaterThan((1000 + 37 * seed) / 2)
      if (broken(run).length === 0) continue // the end of the run came when they were right for a moment
      expect(broken(run), `seed ${seed}`).toEqual(['EVENTUAL STRONG ACCURACY'])
      wrong++
    }
    expect(wrong).toBeGreaterThan(3)
  })

  test('reliable channels: a reply that is lost is one that is late', async () => {
    const faults = 'latency 2-12ms, loss 20%'
    const caught = await tally(entry, 30, { peers: 5, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['EVENTUAL STRONG ACCURACY'])
    expect(caught['EVENTUAL STRONG ACCURACY']).toBeGreaterThan(25)
  })

  test('no recoveries: who comes back answers, and is not suspected for ever', async () => {
    const faults = 'latency 2-12ms, crash p01 at 300ms for 200ms'
    const caught = await tally(entry, 30, { peers: 4, broken: ['crashes'], faults })
    expect(caught).toEqual({ 'STRONG COMPLETENESS': 30 })
  })

  test('a channel from everyone to everyone, and somebody to watch', () => {
    for (const topology of ['ring', 'star', 'line']) {
      expect(() => trial(entry, 1, { peers: 5, topology, faults: 'none' })).toThrow(
        /everyone watches everyone/,
      )
    }
    expect(() => trial(entry, 1, { peers: 1, faults: 'none' })).toThrow(/2 processes or more/)
  })
})

type Slip = Parameters<typeof sabotaged<Heartbeat>>[1]

const onTimeout = (
  change: (usual: () => void, state: Heartbeat['state'], outgoing: readonly string[]) => void,
): Slip =>
  reacting((upon, state, { outgoing }) => ({
    ...upon,
    timeout: { timeout: (timer) => change(() => upon.timeout.timeout(timer), state, outgoing) },
  }))

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[] }> = {
    'the delay does not grow': {
      slip: ({ initial, upon }) => ({
        initial,
        upon: (context, state) =>
          upon({ ...context, setTimer: (timer) => context.setTimer(timer, 5) }, state),
      }),
      by: ['PATIENCE', 'EVENTUAL STRONG ACCURACY'],
    },
    'the delay grows with every round': {
      slip: onTimeout((usual, state) => {
        state.delayMs += 5
        usual()
      }),
      by: ['PATIENCE'],
    },
    'the delay grows when somebody is suspected, rightly or not': {
      slip: onTimeout((usual, state, outgoing) => {
        if (outgoing.some((process) => !state.alive.has(process))) state.delayMs += 5
        usual()
      }),
      by: ['PATIENCE'],
    },
    'who has answered once is alive for ever': {
      slip: onTimeout((usual, { alive }) => {
        const before = [...alive]
        usual()
        for (const process of before) alive.add(process)
      }),
      by: ['STRONG COMPLETENESS'],
    },
    'whoever answers answers for all: heartbeats are forged': {
      slip: reacting((upon, { alive }, { outgoing }) => ({
        ...upon,
        message: {
          ...upon.message,
          heartbeatReply() {
            for (const process of outgoing) alive.add(process)
          },
        },
      })),
      by: ['STRONG COMPLETENESS'],
    },
    'after a while requests are not answered any more': {
      slip: acting(({ send, now }) => ({
        send(to, message) {
          if (message.type === 'heartbeatRequest' || now() < 100) send(to, message)
        },
      })),
      by: ['EVENTUAL STRONG ACCURACY'],
    },
    'who is suspected is suspected anew in each round': {
      slip: onTimeout((usual, { alive, suspected }) => {
        for (const process of suspected) if (!alive.has(process)) suspected.delete(process)
        usual()
      }),
      by: ['ALTERNATION'],
    },
    'a mistake is made good and not said': {
      slip: acting(({ indicate }) => ({
        indicate(indication) {
          if (indication.type === 'suspect') indicate(indication)
        },
      })),
      by: ['ALTERNATION', 'EVENTUAL STRONG ACCURACY'],
    },
  }
  test.each(Object.entries(cases))('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by }) => {
    const caught = await tally(sabotaged(entry, slip), 10, { peers: 4, options: { deltaMs: 5 } })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
