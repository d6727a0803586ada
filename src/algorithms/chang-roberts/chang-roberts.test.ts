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
import type { HistoryEvent } from '../../model/history.ts'
import type { Context } from '../../model/process.ts'
import type { Arc } from '../../topology/arc.ts'
import { assemble, buildTopology } from '../../topology/topology.ts'
import type { ChangRoberts } from './chang-roberts.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const fifo: CatalogueEntry<ChangRoberts> = { ...entry, assumes: { ...entry.assumes, fifo: true } }
const delays = ['latency 2-12ms', 'latency exponential 15ms', 'latency 1-200ms', 'latency 5ms']

/** Any size, any number of initiators, from one to all. */
const varied = (seed: number): Conditions => {
  const peers = 2 + (seed % 19)
  return {
    watchStates: false,
    peers,
    topology: seed % 3 === 0 ? 'ring' : 'shuffled-ring',
    options: { initiators: (seed * 7) % (peers + 1) },
    faults: delays[seed % delays.length]!,
  }
}

const nominations = ({ conducted }: Simulated) =>
  conducted.outcome.messages.find(({ type }) => type === 'election')?.sent ?? 0

const leaders = ({ history }: Simulated) =>
  (history as unknown as HistoryEvent<ChangRoberts>[]).flatMap((event) =>
    event.kind === 'indicate' ? [event.indication.leader] : [],
  )

describe('keeps its promises, whoever stands', PATIENT, () => {
  test.each([
    ['channels that reorder', entry],
    ['FIFO channels', fifo],
  ])('over %s', async (_, over) => {
    for (const seed of seeds(250)) {
      const run = await trial(over, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      const { ids } = run.plan.topology
      expect(leaders(run), `seed ${seed}`).toEqual(ids.map(() => ids.at(-1)))
    }
  })

  test('asked at any time, also when the election is over', async () => {
    for (const seed of seeds(50)) {
      const requests = [`p02 elect @${seed}ms`, 'p04 elect @1ms', 'p01 elect @500ms']
      const run = await trial(entry, seed, { peers: 5, requests })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })
})

test('nobody is asked, nothing happens', PATIENT, async () => {
  const run = await trial({ ...entry, workload: () => [] }, 1, { peers: 5 })
  expect(nominations(run)).toBe(0)
  expect(run.conducted.outcome.verdict).toBe('valid')
})

test('a weaker nomination is put out in nearly every run', PATIENT, async () => {
  let seen = 0
  for (const seed of seeds(50)) seen += unseen(await trial(entry, seed, { peers: 6 })).length === 0 ? 1 : 0
  expect(seen).toBeGreaterThan(45)
})

/** All stand at once; the ring goes up or down the ids. */
function ringOf(n: number, step: 1 | -1, faults: string): Promise<Simulated> {
  const arcs = Array.from({ length: n }, (_, i): Arc => [i, (i + step + n) % n])
  const topology = assemble('a ring', n, arcs)
  const asking = { entry, options: { initiators: 0 }, topology, runtime: 'simulator', seed: 1 } as const
  return simulated(planRun({ ...asking, broken: [], requests: [], faults }))
}

describe('what it costs', PATIENT, () => {
  test.each([2, 3, 7, 20])('%i down the ids: n(n+1)/2; up the ids: 2n − 1', async (n) => {
    for (const faults of ['latency 5ms', 'latency 2-12ms']) {
      const [worst, best] = [await ringOf(n, -1, faults), await ringOf(n, 1, faults)]
      expect(nominations(worst)).toBe((n * (n + 1)) / 2)
      expect(nominations(best)).toBe(2 * n - 1)
      expect(broken(worst)).toEqual([])
    }
  })

  test('one stands alone next to the greatest: it is one round, and one more', async () => {
    const run = await trial(entry, 1, { peers: 9, topology: 'ring', requests: ['p07 elect'] })
    expect(nominations(run)).toBe(1 + 9) // p08 takes over at once
    expect(leaders(run)).toHaveLength(9)
  })

  test('the mean over rings drawn at random is n·Hn', async () => {
    const n = 20
    const runs = 400
    let sum = 0
    for (const seed of seeds(runs)) {
      const run = await trial(entry, seed, { peers: n, faults: 'latency 5ms', watchStates: false })
      sum += nominations(run)
    }
    const harmonic = Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((all, term) => all + term, 0)
    // The standard error of the mean is about 0.5: beyond four of them.
    expect(Math.abs(sum / runs - n * harmonic), `mean ${sum / runs}`).toBeLessThan(2)
  })
})

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels: where a nomination or the announcement is lost, it stops', async () => {
    const faults = 'latency 2-12ms, loss 10%'
    const caught = await tally(entry, 50, { peers: 8, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['TERMINATION'])
    expect(caught.TERMINATION).toBeGreaterThan(25)
  })

  test('no crashes: the ring is open', async () => {
    const faults = 'latency 2-12ms, crash p01 at 1ms'
    const caught = await tally(entry, 30, { peers: 5, broken: ['crashes'], faults })
    expect(caught).toEqual({ TERMINATION: 30 })
  })

  test('nor recoveries: who has forgotten that it knows says it again', async () => {
    const faults = 'latency 5ms, crash p00 at 31ms for 1ms'
    const requests = ['p04 elect', 'p00 elect @40ms'] // p00 hears at 30 ms that it is p04
    const caught = await tally(entry, 5, {
      peers: 5,
      topology: 'ring',
      broken: ['crashes'],
      faults,
      requests,
    })
    expect(caught).toEqual({ TERMINATION: 5 })
  })

  test('no duplicates: for the number of nominations, and for nothing else', async () => {
    const faults = 'latency 2-12ms, duplicate 50%'
    const caught = await tally(entry, 30, { peers: 10, broken: ['noDuplicates'], faults })
    expect(Object.keys(caught)).toEqual(['AT MOST n(n+1)/2 NOMINATIONS'])
    expect(caught['AT MOST n(n+1)/2 NOMINATIONS']).toBeGreaterThan(15)
  })

  test('a unidirectional ring', () => {
    const unfit = [
      ...['complete', 'line', 'star', 'tree', 'grid'].map((name) => buildTopology(name, 6, 1)),
      assemble('two rings', 4, [
        [0, 1],
        [1, 0],
        [2, 3],
        [3, 2],
      ]),
      assemble('a ring with a chord', 3, [
        [0, 1],
        [1, 2],
        [2, 0],
        [0, 2],
      ]),
    ]
    for (const { name, places } of unfit) {
      expect(entry.topology.fits(places), name).toMatch(/unidirectional ring; use --topology ring/)
    }
    expect(() => trial(entry, 1, { peers: 4, topology: 'complete' })).toThrow(/does not fit/)
  })

  test('more initiators than processes are refused', () => {
    expect(() => trial(entry, 1, { peers: 4, options: { initiators: 5 } })).toThrow(/there are 4 processes/)
  })
})

type Slip = Parameters<typeof sabotaged<ChangRoberts>>[1]

type State = ChangRoberts['state']

/** A slip in the handler of nominations; `usual` is what it does otherwise. */
const onElection = (
  change: (candidate: string, usual: () => void, state: State, context: Context<ChangRoberts>) => void,
): Slip =>
  reacting((upon, state, context) => ({
    ...upon,
    message: {
      ...upon.message,
      election(message, from) {
        change(message.candidate, () => upon.message.election(message, from), state, context)
      },
    },
  }))

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'weaker candidates are passed on too': {
      slip: onElection((candidate, usual, _, { self, send, outgoing }) => {
        if (candidate < self) send(outgoing[0]!, { type: 'election', candidate })
        else usual()
      }),
      by: ['AGREEMENT', 'MAXIMUM'],
    },
    'a greater candidate is taken for the leader': {
      slip: onElection((candidate, usual, state, { self, indicate }) => {
        if (candidate > self && state.leader === null) {
          state.leader = candidate
          indicate({ type: 'leader', leader: candidate })
        }
        usual()
      }),
      by: ['AGREEMENT', 'MAXIMUM'],
    },
    'the announcement goes round for ever': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          elected(message, from) {
            state.leader = null
            upon.message.elected(message, from)
          },
        },
      })),
      by: ['TERMINATION'],
    },
    'nobody passes the announcement on': {
      slip: acting(({ send, self }) => ({
        send(to, message) {
          if (message.type === 'election' || message.leader === self) send(to, message)
        },
      })),
      by: ['TERMINATION'],
    },
    'each nomination is sent twice': {
      slip: acting(({ send }) => ({
        send(to, message) {
          send(to, message)
          if (message.type === 'election') send(to, message)
        },
      })),
      by: ['AT MOST n(n+1)/2 NOMINATIONS'],
    },
    'whoever does not stand itself drops the weaker': {
      slip: onElection((candidate, usual, { participating }, { self }) => {
        if (candidate > self || candidate === self || participating) usual()
      }),
      by: ['TERMINATION'],
      conditions: { options: { initiators: 1 } },
    },
    'whoever stands passes nothing on': {
      slip: onElection((candidate, usual, { participating }, { self }) => {
        if (!participating || candidate === self) usual()
      }),
      by: ['TERMINATION'],
    },
    'the leader is who announces, not who is announced': {
      slip: acting(({ send, self }) => ({
        send: (to, message) =>
          send(to, message.type === 'elected' ? { type: 'elected', leader: self } : message),
      })),
      by: ['AGREEMENT', 'MAXIMUM'],
    },
  }
  // They take options, or faults, that a sweep does not draw.
  const beyond = ['whoever does not stand itself drops the weaker']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 20, { peers: 8, eventsMax: 3000, ...conditions })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
