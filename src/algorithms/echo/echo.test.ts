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
import { assemble, buildTopology } from '../../topology/topology.ts'
import type { Echo } from './echo.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const TOPOLOGIES = ['complete', 'line', 'star', 'tree', 'grid', 'random-regular:4', 'small-world:4:20']
const DELAYS = ['latency 2-12ms', 'latency exponential 15ms, duplicate 30%', 'latency 1-200ms', 'latency 5ms']

const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 6 + (seed % 15),
  topology: TOPOLOGIES[seed % TOPOLOGIES.length]!,
  faults: DELAYS[seed % DELAYS.length]!,
})

const decided = ({ history }: Simulated) =>
  history.flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'decided' ? [event.indication] : [],
  )

describe('keeps its promises', PATIENT, () => {
  test('on any network, over channels that reorder and duplicate', async () => {
    for (const seed of seeds(350)) {
      const conditions = varied(seed)
      const run = await trial(entry, seed, conditions)
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(decided(run), `seed ${seed}`).toEqual([{ type: 'decided', processes: conditions.peers }])
    }
  })

  test.each(TOPOLOGIES)('%s: two messages a link', async (topology) => {
    for (const seed of seeds(10)) {
      const run = await trial(entry, seed, { peers: 12, topology })
      const { sent } = run.conducted.outcome.messages.reduce((all, one) => ({ sent: all.sent + one.sent }), {
        sent: 0,
      })
      expect(sent, `seed ${seed}`).toBe(2 * run.plan.topology.links.length)
    }
  })

  test('one process alone, and nobody asked', async () => {
    const alone = await trial(entry, 1, { peers: 1, topology: 'complete' })
    expect([decided(alone), broken(alone)]).toEqual([[{ type: 'decided', processes: 1 }], []])
    const idle = await trial({ ...entry, workload: () => [] }, 1, { peers: 6 })
    expect([decided(idle), broken(idle)]).toEqual([[], []])
  })

  test('asked again it does nothing', async () => {
    for (const seed of seeds(50)) {
      const requests = ['p02 initiate', `p02 initiate @${seed}ms`]
      const run = await trial(entry, seed, { peers: 8, requests })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('explorers cross in nearly every run', async () => {
    let seen = 0
    for (const seed of seeds(50)) seen += unseen(await trial(entry, seed, { peers: 6 })).length === 0 ? 1 : 0
    expect(seen).toBeGreaterThan(45)
  })
})

describe('all schedules', PATIENT, () => {
  /**
   * MCEcho.cfg of tlaplus/Examples has 75 states on the same triangle. There each process has three
   * steps more: it begins, it finds that it has heard from all, it sends its echo; here the echo is
   * sent in the step that hears from the last neighbour. A program that knows the specification and
   * nothing of the explorer counts 75 with these steps and 29 without.
   */
  test('of the triangle: 29 states', () => {
    expect(explore({ entry, watch: false })).toMatchObject({ states: 29, transitions: 39, depth: 8 })
  })

  test.each([
    ['line', 4],
    ['star', 4],
    ['grid', 4],
    ['complete', 4],
    ['grid', 6],
  ])('%s of %i: all promises hold', (topology, peers) => {
    const { limit, properties } = explore({ entry, topology, peers })
    expect(limit).toBeNull()
    const promises = properties.filter(({ kind }) => kind !== 'sometimes')
    expect(promises.filter(({ verdict }) => verdict !== 'holds')).toEqual([])
    expect(promises).toHaveLength(6)
  })
})

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels: who misses an explorer or an echo waits for it', async () => {
    const faults = 'latency 2-12ms, loss 5%'
    const caught = await tally(entry, 50, { peers: 10, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['TERMINATION'])
    expect(caught.TERMINATION).toBeGreaterThan(40)
  })

  test('no crashes: the wave does not come back from who is down', async () => {
    const faults = 'latency 2-12ms, crash p03 at 3ms'
    const caught = await tally(entry, 30, {
      peers: 10,
      broken: ['crashes'],
      faults,
      requests: ['p00 initiate'],
    })
    expect(caught).toEqual({ TERMINATION: 30 })
  })

  test('nor recoveries: who has forgotten the wave takes part a second time', async () => {
    const faults = 'latency 2-30ms, crash p03 at 20ms for 1ms'
    const caught = await tally(entry, 50, {
      peers: 10,
      broken: ['crashes'],
      faults,
      requests: ['p00 initiate'],
    })
    expect(caught['SPANNING TREE']).toBeGreaterThan(5)
    expect(caught['ONE MESSAGE EACH WAY']).toBeGreaterThan(5)
  })

  test('one initiator: two count a part each', async () => {
    const requests = ['p00 initiate', 'p05 initiate']
    const caught = await tally(entry, 30, { peers: 10, topology: 'grid', requests })
    expect(caught.COUNT).toBeGreaterThan(25)
    expect(caught.TERMINATION).toBe(30)
  })

  test('a connected network, both ways', () => {
    const apart = assemble('apart', 4, [
      [0, 1],
      [1, 0],
      [2, 3],
      [3, 2],
    ])
    for (const { name, places } of [apart, buildTopology('ring', 5, 1)]) {
      expect(entry.topology.fits(places), name).toMatch(/use grid, tree/)
    }
    expect(() => trial(entry, 1, { peers: 6, options: { initiator: 'p09' } })).toThrow(/p00 … p05/)
  })
})

type Slip = Parameters<typeof sabotaged<Echo>>[1]

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[] }> = {
    'it echoes at once, without waiting for its own answers': {
      slip: reacting((upon, state, { send, indicate }) => ({
        ...upon,
        message: {
          ...upon.message,
          explorer(message, from) {
            const first = !state.reached
            upon.message.explorer(message, from)
            if (!first || state.awaited.size === 0) return
            indicate({ type: 'done', children: [] })
            send(from, { type: 'echo', processes: 1 })
          },
        },
      })),
      by: ['DECIDES AFTER ALL', 'COUNT', 'ONE MESSAGE EACH WAY'],
    },
    'the explorer goes back to the parent too': {
      slip: acting(({ send }) => ({
        send(to, message) {
          if (message.type === 'echo') send(to, { type: 'explorer' })
          send(to, message)
        },
      })),
      by: ['ONE MESSAGE EACH WAY', 'CHILD IFF PARENT'],
    },
    'the latest explorer is the parent, not the first': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          explorer(message, from) {
            const { parent } = state
            if (state.reached && parent !== null) state.parent = from
            upon.message.explorer(message, from)
          },
        },
      })),
      by: ['TERMINATION', 'CHILD IFF PARENT'],
    },
    'an explorer that crossed is not taken for an answer': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          explorer(message, from) {
            if (!state.reached) upon.message.explorer(message, from)
          },
        },
      })),
      by: ['TERMINATION'],
    },
    'each echo counts one, not those below': {
      slip: acting(({ send }) => ({
        send: (to, message) => send(to, message.type === 'echo' ? { type: 'echo', processes: 1 } : message),
      })),
      by: ['COUNT'],
    },
    'a copy of an echo is counted again': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          echo(message, from) {
            if (!state.awaited.has(from)) state.processes += message.processes
            upon.message.echo(message, from)
          },
        },
      })),
      by: ['COUNT'],
    },
    'one neighbour is forgotten': {
      slip: ({ initial, upon }) => ({
        initial(place) {
          const state = initial(place)
          if (place.incoming.length > 1) state.awaited.delete(place.incoming.at(-1)!)
          return state
        },
        upon,
      }),
      by: ['DECIDES AFTER ALL', 'TERMINATION'],
    },
  }
  test.each(Object.entries(cases))('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by }) => {
    const faults = 'latency 2-30ms, duplicate 40%'
    const caught = await tally(sabotaged(entry, slip), 30, { peers: 8, eventsMax: 3000, faults })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
