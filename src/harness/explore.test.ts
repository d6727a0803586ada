/**
 * Against what other model checkers count. A number is met exactly where the
 * model has the same grain; where it has not, the test says why.
 */
import { describe, expect, test } from 'vitest'
import { catalogue } from '../algorithms/index.ts'
import type { CatalogueEntry, Input } from '../model/catalogue.ts'
import type { Algorithm, Signature } from '../model/process.ts'
import { natural } from '../model/shape.ts'
import { stepName } from '../model/step.ts'
import { counterexample, ExploreRun, type Exploring, explore } from './explore.ts'
import { replayed } from './replayed.ts'
import { PATIENT, reacting, sabotaged } from './testing.ts'

async function load(name: string): Promise<CatalogueEntry> {
  const { entry } = await catalogue[name]!()
  return 'upon' in entry ? entry.upon(await load(entry.over)) : entry
}

const verdicts = (exploring: Exploring) =>
  Object.fromEntries(explore(exploring).properties.map(({ property, verdict }) => [property, verdict]))

const lengths = (exploring: Exploring) =>
  Object.fromEntries(
    explore(exploring).properties.flatMap(({ property, steps }) => (steps ? [[property, steps.length]] : [])),
  )

describe('Chandy–Lamport over a bounded bank', () => {
  /** Each may send `sends` tokens one by one, to anybody; p00 may begin the snapshot at any moment. */
  const inputs = (entry: CatalogueEntry, sends: number): Input<any>[] => {
    const { topology, exploration } = new ExploreRun({ entry })
    expect(topology.ids.length).toBe(3)
    return exploration.inputs.map((input) => ({ ...input, times: input.times === 1 ? sends : input.times }))
  }
  const bounded = (entry: CatalogueEntry, opening: number, sends: number): Exploring => {
    const all = inputs(entry, sends)
    return {
      entry,
      options: { opening },
      inputs: [...all.slice(0, -1), { ...all.at(-1)!, times: 1 }],
      watch: false,
    }
  }

  // Three engines written independently, SPIN 6.5.2 among them, agree on these: T tokens each, S sends each.
  test.each([
    { T: 1, S: 1, states: 20_963, transitions: 72_079 },
    { T: 1, S: 2, states: 429_804, transitions: 1_706_964 },
    { T: 2, S: 2, states: 2_009_291, transitions: 8_851_881 },
  ])('has $states states with $T tokens and $S sends', PATIENT, async ({ T, S, states, transitions }) => {
    const result = explore(bounded(await load('chandy-lamport'), T, S))
    expect(result.states).toBe(states)
    expect(result.transitions + 1).toBe(transitions) // they count the first state as well
  })

  test('over channels that are not FIFO breaks in four steps, and its sum in eight', PATIENT, async () => {
    const entry = await load('chandy-lamport')
    const result = explore({ entry, channels: 'bag' })
    const of = (name: string) => result.properties.find(({ property }) => property === name)!
    expect(of('CONSISTENT CUT').steps?.map(stepName)).toEqual([
      'p00 asked {"id":"s","type":"takeSnapshot"}',
      'p00 asked {"request":{"amount":1,"to":"p01","type":"transfer"},"type":"basic"}',
      'p00>p01:money#0',
      'p00>p01:marker#0',
    ])
    expect(of('CONSERVATION').steps).toHaveLength(8)
    expect(of('CONSERVATION').finding?.explanation).toBe('snapshot s holds 2 tokens; there are 3')
    expect(of('TERMINATION').verdict).toBe('holds')
  })

  test('over FIFO channels keeps all its promises', PATIENT, async () => {
    expect(verdicts({ entry: await load('chandy-lamport') })).toMatchObject({
      'CONSISTENT CUT': 'holds',
      'CHANNEL STATE': 'holds',
      CONSERVATION: 'holds',
      TERMINATION: 'holds',
      'A CHANNEL WAS NOT EMPTY': 'seen',
    })
  })
})

test('a counterexample, replayed, breaks the same promise', PATIENT, async () => {
  const entry = await load('chandy-lamport')
  const result = explore({ entry, channels: 'bag' })
  const broken = result.properties.filter(({ steps }) => steps !== null)
  expect(broken.map(({ property }) => property)).toEqual(['CONSISTENT CUT', 'CHANNEL STATE', 'CONSERVATION'])
  for (const explored of broken) {
    const schedule = counterexample(result, explored, { algorithm: 'chandy-lamport' })!
    const { conducted } = await replayed(schedule)
    const judged = conducted.outcome.properties.find(({ name }) => name === explored.property)
    expect(judged?.verdict, explored.property).toBe('violated')
  }
})

describe('Chang–Roberts', () => {
  // TLC counts 137 for three nodes. Its specification begins in one of eight states, a set of initiators
  // each, and knows no announcement: it ends when somebody has won. Here everybody may stand at any
  // moment, and the winner is told to all. On the ring p00 → p01 → p02 that makes 105 states.
  test('on a ring of three has 105 states, and keeps its promises', async () => {
    const entry = await load('chang-roberts')
    expect(explore({ entry, topology: 'ring', watch: false })).toMatchObject({ states: 105, depth: 10 })
    const said = verdicts({ entry, topology: 'ring' })
    expect(said).toEqual({
      AGREEMENT: 'holds',
      MAXIMUM: 'holds',
      TERMINATION: 'holds',
      'AT MOST n(n+1)/2 NOMINATIONS': 'holds',
      'A NOMINATION WAS EXTINGUISHED': 'seen',
    })
  })

  test('a sabotage is found by a shortest way', async () => {
    const entry = sabotaged(
      await load('chang-roberts'),
      reacting<any>((upon: any, state, { self, outgoing, send }) => ({
        ...upon,
        message: {
          ...upon.message,
          // Whoever has not stood lets every nomination pass, also a weaker one.
          election(event: { candidate: string }, from: string) {
            if (event.candidate < self && !state.participating)
              send(outgoing[0]!, { type: 'election', ...event })
            else upon.message.election(event, from)
          },
        },
      })) as (algorithm: Algorithm<Signature>) => Algorithm<Signature>,
    )
    expect(lengths({ entry, topology: 'ring' })).toMatchObject({ MAXIMUM: 4, AGREEMENT: 8 })
  })

  test('a message that is lost or a process that crashes leaves them without a leader', async () => {
    const entry = await load('chang-roberts')
    expect(lengths({ entry, topology: 'ring', loss: true })).toEqual({ TERMINATION: 2 })
    expect(lengths({ entry, topology: 'ring', crashes: 1 })).toEqual({ TERMINATION: 2 })
  })
})

/** A process for each question about the explorer itself. */
interface Little extends Signature {
  request: { type: 'go' }
  message: { type: 'hop'; n: number }
  timer: { type: 'slow' } | { type: 'quick' }
  indication: { type: 'said'; n: number }
  state: { said: number[] }
  stable: { kept: number }
}

function little(
  upon: Algorithm<Little>['upon'],
  more: Partial<CatalogueEntry<Little, {}>> = {},
): CatalogueEntry {
  return {
    name: 'little',
    summary: 'for a test',
    options: {},
    make: () => ({ initial: () => ({ said: [] }), upon }),
    assumes: {
      fifo: false,
      reliable: true,
      noDuplicates: true,
      crashes: 'recover',
      synchrony: 'asynchronous',
    },
    topology: { default: 'complete', fits: () => null },
    streams: 'channel',
    channels: 'fixed',
    shapes: { request: { go: {} }, message: { hop: { n: natural } }, timer: { slow: {}, quick: {} } },
    workload: () => [],
    properties: () => [],
    ends: 'quiescent',
    smallScope: {
      peers: 1,
      inputs: (places) => [{ at: places[0]!.self, times: 1, requests: () => [{ type: 'go' as const }] }],
    },
    ...more,
  }
}

const nothing = { message: { hop() {} }, timeout: { slow() {}, quick() {} } }

describe('what an exploration takes into account', () => {
  test('every face of every die', () => {
    const entry = little(({ random }, state) => ({
      ...nothing,
      request: {
        go() {
          state.said.push(random.below(3))
          if (state.said[0] === 1) state.said.push(random.pick([5, 6]))
          if (random.chance(1, 4)) state.said.push(9)
          if (random.chance(1, 1)) state.said.push(7)
        },
      },
    }))
    // three faces, of which one leads to two more; each with or without the 9; and the first state
    expect(explore({ entry }).states).toBe((3 - 1 + 2) * 2 + 1)
  })

  test('timers that overlap in either order, and no others', () => {
    const after = (slowMs: number, quickMinMs: number) =>
      little(({ setTimer }, state) => ({
        message: nothing.message,
        request: {
          go() {
            setTimer({ type: 'slow' }, 0, slowMs)
            setTimer({ type: 'quick' }, quickMinMs, quickMinMs + 1)
          },
        },
        timeout: {
          slow: () => void state.said.push(1),
          quick: () => void state.said.push(2),
        },
      }))
    expect(explore({ entry: after(10, 5) }).states).toBe(2 + 4) // 1, 2, 1 2 and 2 1
    expect(explore({ entry: after(10, 10) }).states).toBe(2 + 2) // 1 and 1 2
  })

  test('crashes at any moment, and coming back with what was stored', () => {
    const entry = little(({ store }, state) => ({
      ...nothing,
      request: {
        go() {
          state.said.push(1)
          store({ kept: 7 })
        },
      },
      recover(stored) {
        state.said.push(stored?.kept ?? 0)
      },
    }))
    // fresh or asked; down without a store or with; back with 0 or with 7; and asked after that 0
    expect(explore({ entry, crashes: 1 }).states).toBe(2 + 2 + 2 + 1)
    expect(explore({ entry, crashes: 0 }).states).toBe(2)
  })

  test('a clock cannot be explored, and a limit is said', () => {
    const clock = little(({ now }, state) => ({
      ...nothing,
      request: { go: () => void state.said.push(now()) },
    }))
    expect(() => explore({ entry: clock })).toThrow('p00 reads its clock')
    const endless = little(({ setTimer }, state) => ({
      message: nothing.message,
      request: { go: () => setTimer({ type: 'slow' }, 1) },
      timeout: {
        slow() {
          state.said.push(state.said.length)
          setTimer({ type: 'slow' }, 1)
        },
        quick() {},
      },
    }))
    expect(explore({ entry: endless, statesMax: 100 })).toMatchObject({
      states: 100,
      limit: 'states',
      open: 1,
    })
  })
})
