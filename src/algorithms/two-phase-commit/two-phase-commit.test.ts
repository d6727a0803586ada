import { describe, expect, test } from 'vitest'
import { type Explored, type Exploring, explore } from '../../harness/explore.ts'
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
import { Prng } from '../../lib/prng.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { stepName } from '../../model/step.ts'
import { buildTopology } from '../../topology/topology.ts'
import { entry } from './index.ts'
import type { TwoPhaseCommit } from './two-phase-commit.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

/** Crashes at any moment, each with a recovery, the coordinator's as well; some crash twice. */
function crashes(seed: number, peers: number): string {
  const dice = new Prng(seed, 'crashes')
  const crash = (process: number, fromMs: number) =>
    `crash p0${process} at ${fromMs + dice.below(60)}ms for ${1 + dice.below(150)}ms`
  const unlucky = Array.from({ length: peers }, (_, i) => i).filter(() => dice.chance(1, 2))
  const twice = unlucky.filter(() => dice.chance(1, 3))
  return [...unlucky.map((i) => crash(i, 0)), ...twice.map((i) => crash(i, 220))].join(', ')
}

const DELAYS = ['latency 2-12ms', 'latency 1-40ms, duplicate 30%', 'latency 5ms']

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 2 + (seed % 6),
  topology: seed % 3 === 0 ? 'star' : 'complete',
  options: { refusals: seed % 4 === 0 ? 1 : 0 },
  faults: DELAYS[seed % DELAYS.length]!,
})

const decisions = ({ history }: Simulated) =>
  (history as unknown as HistoryEvent<TwoPhaseCommit>[]).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'decided' ? [event.indication.decision] : [],
  )

describe('keeps its promises', PATIENT, () => {
  test('where nothing fails: it commits if all are willing', async () => {
    for (const seed of seeds(200)) {
      const conditions = varied(seed)
      const run = await trial(entry, seed, conditions)
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      if (conditions.options!.refusals === 0) {
        const all = Array(conditions.peers).fill('commit')
        expect(decisions(run), `seed ${seed}`).toEqual(all)
      }
    }
  })

  test('whoever crashes, whenever, and recovers', async () => {
    const ways = new Set<string>()
    for (const seed of seeds(500)) {
      const { faults, ...conditions } = varied(seed)
      const all = [faults, crashes(seed, conditions.peers)].filter(Boolean).join(', ')
      const run = await trial(entry, seed, { ...conditions, faults: all })
      expect(run.conducted.failure, `seed ${seed}: ${all}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${all}: ${broken(run)}`).toBe('valid')
      for (const decision of decisions(run)) ways.add(decision)
    }
    expect([...ways].sort()).toEqual(['abort', 'commit'])
  })

  test('one that stays down and is not the coordinator: the others abort', async () => {
    for (const seed of seeds(50)) {
      const faults = `latency 2-12ms, crash p02 at ${seed % 9}ms`
      const run = await trial(entry, seed, { peers: 4, faults })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(new Set(decisions(run)), `seed ${seed}`).toEqual(new Set(['abort']))
    }
  })

  test('asked again, or to refuse when it has promised, it does nothing', async () => {
    const requests = ['p00 commit', 'p00 commit @1ms', 'p01 refuse @30ms', 'p00 refuse @2ms']
    const run = await trial(entry, 1, { peers: 3, requests, faults: 'latency 5ms' })
    expect([decisions(run), broken(run)]).toEqual([['commit', 'commit', 'commit'], []])
  })

  test('a coordinator that has refused tells everyone', async () => {
    const requests = ['p00 refuse', 'p00 commit @10ms']
    const run = await trial(entry, 1, { peers: 3, requests })
    expect([decisions(run), broken(run)]).toEqual([['abort', 'abort', 'abort'], []])
  })

  test('one process alone; nobody asked', async () => {
    const alone = await trial(entry, 1, { peers: 1 })
    expect([decisions(alone), broken(alone)]).toEqual([['commit'], []])
    const idle = await trial({ ...entry, workload: () => [] }, 1, { peers: 3 })
    expect([decisions(idle), broken(idle), unseen(idle)]).toEqual([[], [], ['COMMITTED']])
  })
})

test.each([2, 5, 20])('%i processes: 3(n − 1) messages and 2n records', PATIENT, async (n) => {
  const { history } = await trial(entry, n, { peers: n })
  const of = (kind: string) => history.filter((event) => event.kind === kind).length
  expect([of('send'), of('store')]).toEqual([3 * (n - 1), 2 * n])
})

describe('all schedules', PATIENT, () => {
  const verdicts = (asked: Partial<Exploring>): Record<string, Explored> => {
    const { limit, properties } = explore({ entry, ...asked })
    expect(limit).toBeNull()
    return Object.fromEntries(properties.map((one) => [one.property.split(' ')[0]!, one]))
  }

  test.each([2, 3, 4])('of %i processes, each of which may refuse: all promises hold', (peers) => {
    const all = Object.values(verdicts({ peers })).map(({ verdict }) => verdict)
    expect(all).toEqual(['holds', 'holds', 'holds', 'holds', 'holds', 'seen'])
  })

  test.each([1, 2])('with %i crashes and recoveries nobody decides what another does not', (crashes) => {
    const found = verdicts({ crashes, options: { timeoutMs: 200 } })
    expect([found.AC1, found.AC2, found.AC3].map((one) => one!.verdict)).toEqual(Array(3).fill('holds'))
    // Explored is what may happen in any time at all: a timeout may come before the vote, a recovery never.
    expect(found.AC4!.verdict).toBe('violated')
    expect(found.AC5!.steps!.map(stepName)).toEqual([
      'p00 asked {"type":"commit"}',
      'p00>p01:voteRequest#0',
      'crash p00',
    ])
  })

  // Counted by a program that knows the algorithm and nothing of the explorer.
  test.each([
    ['fifo', 2, 13, 17, 5],
    ['fifo', 3, 81, 154, 9],
    ['fifo', 4, 769, 2187, 12],
    ['bag', 3, 85, 168, 9],
    ['bag', 4, 895, 2784, 12],
  ] as const)('over a %s, %i processes: %i states', (channels, peers, states, transitions, depth) => {
    expect(explore({ entry, channels, peers, watch: false })).toMatchObject({ states, transitions, depth })
  })
})

describe('what is assumed is needed', PATIENT, () => {
  test('whoever crashes recovers: who is uncertain is blocked while the coordinator is down', async () => {
    // Asked at 5 ms; they have voted at 10 ms; it has decided at 15 ms, and they know at 20 ms.
    for (const [ms, blocked] of [
      [9, false],
      [11, true],
      [14, true],
      [19, true],
      [21, false],
    ] as const) {
      const caught = await tally(entry, 5, { peers: 4, faults: `latency 5ms, crash p00 at ${ms}ms` })
      expect(caught, `at ${ms} ms`).toEqual(blocked ? { 'AC5 TERMINATION': 5 } : {})
    }
  })

  test('but not all: if somebody knows, it is enough to ask', async () => {
    const faults = 'latency 5ms, latency 30ms of decision on p00->p02, crash p00 at 22ms'
    expect(await tally(entry, 5, { peers: 4, faults })).toEqual({})
    expect(await tally(entry, 5, { peers: 4, topology: 'star', faults })).toEqual({ 'AC5 TERMINATION': 5 })
  })

  test('reliable channels: who has missed the request and the decision does not know of either', async () => {
    const faults = 'latency 2-12ms, loss 30%'
    const caught = await tally(entry, 50, { peers: 6, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['AC5 TERMINATION'])
    expect(caught['AC5 TERMINATION']).toBeGreaterThan(3)
  })

  test('a bound on delays: what comes late is taken for a failure', async () => {
    const faults = 'latency 80-160ms'
    const caught = await tally(entry, 50, { peers: 6, faults })
    expect(Object.keys(caught)).toEqual(['AC4 ALL YES'])
    expect(caught['AC4 ALL YES']).toBeGreaterThan(40)
  })

  test('a channel to and from everyone', () => {
    for (const name of ['ring', 'line', 'tree']) {
      expect(entry.topology.fits(buildTopology(name, 5, 1).places), name).toMatch(/use --topology star/)
    }
    expect(() => trial(entry, 1, { peers: 3, options: { refusals: 4 } })).toThrow(/there are 3 processes/)
  })
})

type Slip = Parameters<typeof sabotaged<TwoPhaseCommit>>[1]

describe('sabotage is found', PATIENT, () => {
  const crashing = (seed: number) => ['latency 2-12ms', crashes(seed, 4)].filter(Boolean).join(', ')
  const cases: Record<string, { slip: Slip; by: string[]; faults?: (seed: number) => string }> = {
    'a yes is not logged': {
      slip: acting(({ store }) => ({ store: (log) => log.phase !== 'uncertain' && store(log) })),
      by: ['AC1 AGREEMENT'],
      faults: crashing,
    },
    'the coordinator does not log its decision': {
      slip: acting(({ store }) => ({
        store: (log) => (log.phase !== 'commit' || !log.coordinating) && store(log),
      })),
      by: ['AC1 AGREEMENT', 'AC2 NO WAY BACK'],
      faults: crashing,
    },
    'who is uncertain aborts when it has waited long enough': {
      slip: reacting((upon, state, { indicate, outgoing, send }) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          decision() {
            state.phase = 'abort'
            indicate({ type: 'decided', decision: 'abort' })
            for (const to of outgoing) send(to, { type: 'decision', decision: 'abort' })
          },
        },
      })),
      by: ['AC1 AGREEMENT'],
      faults: (seed) => `latency 5ms, latency ${150 + seed * 10}ms of decision on p00->p02`,
    },
    'a no is taken for a yes': {
      slip: reacting((upon) => ({
        ...upon,
        message: {
          ...upon.message,
          vote: (_, from) => upon.message.vote({ type: 'vote', vote: 'yes' }, from),
        },
      })),
      by: ['AC1 AGREEMENT', 'AC3 COMMIT'],
    },
    'all but one vote is enough': {
      slip: reacting((upon, { yes }, { outgoing }) => ({
        ...upon,
        message: {
          ...upon.message,
          vote(vote, from) {
            yes.add(outgoing.find((other) => other !== from)!)
            upon.message.vote(vote, from)
          },
        },
      })),
      by: ['AC3 COMMIT'],
    },
    'it aborts to be on the safe side': {
      slip: acting(({ send }) => ({
        send: (to, message) => send(to, message.type === 'vote' ? { type: 'vote', vote: 'no' } : message),
      })),
      by: ['AC4 ALL YES'],
    },
    'who recovers uncertain waits to be told': {
      slip: reacting((upon, state) => ({
        ...upon,
        recover(log) {
          if (log?.phase === 'uncertain') Object.assign(state, log)
          else upon.recover?.(log)
        },
      })),
      by: ['AC5 TERMINATION'],
      faults: crashing,
    },
    'the coordinator forgets whom it has asked': {
      slip: reacting((upon, state) => ({
        ...upon,
        recover(log) {
          upon.recover?.(log && { ...log, coordinating: false })
          if (log) state.coordinating = log.coordinating
        },
      })),
      by: ['AC5 TERMINATION'],
      faults: () => 'latency 50-60ms, crash p00 at 30ms for 50ms',
    },
    'a late decision turns the earlier one round': {
      slip: reacting((upon, state, { indicate }) => ({
        ...upon,
        message: {
          ...upon.message,
          decision({ type, decision }, from) {
            if (state.phase === 'commit') indicate({ type: 'decided', decision: 'abort' })
            else upon.message.decision({ type, decision }, from)
          },
        },
      })),
      by: ['AC1 AGREEMENT', 'AC2 NO WAY BACK'],
      faults: () => 'latency 2-12ms, duplicate 50%',
    },
  }
  // They take options, or faults, that a sweep does not draw.
  const beyond = ['who is uncertain aborts when it has waited long enough', 'a no is taken for a yes']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by, faults = () => 'latency 2-12ms' }) => {
    const caught = new Set<string>()
    for (const seed of seeds(100)) {
      const conditions = { peers: 4, eventsMax: 3000, watchStates: false, faults: faults(seed) }
      const refusals = seed % 3 === 0 ? 1 : 0
      for (const name of broken(
        await trial(sabotaged(entry, slip), seed, { ...conditions, options: { refusals } }),
      ))
        caught.add(name)
    }
    expect([...caught]).toEqual(expect.arrayContaining(by))
  })
})
