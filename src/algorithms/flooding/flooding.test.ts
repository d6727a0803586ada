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
import { assemble, type Topology } from '../../topology/topology.ts'
import type { Flooding } from './flooding.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const fifo: CatalogueEntry<Flooding> = { ...entry, assumes: { ...entry.assumes, fifo: true } }
const topologies = ['line', 'star', 'tree', 'grid', 'complete', 'random-regular:2', 'small-world:2:30']
const delays = ['latency 2-12ms', 'latency exponential 15ms, duplicate 30%', 'latency 5ms, duplicate 100%']

/** Any size from 2 (3 where the kind needs it) to 20, one rumour or several that overlap. */
const varied = (seed: number): Conditions => {
  const topology = topologies[seed % topologies.length]!
  return {
    watchStates: false,
    topology,
    peers: Math.max(2 + (seed % 19), topology.includes(':') ? 3 : 2),
    options: { broadcasts: 1 + (seed % 4) },
    faults: delays[seed % delays.length]!,
  }
}

const sent = ({ conducted }: Simulated) =>
  conducted.outcome.messages.find(({ type }) => type === 'rumour')?.sent ?? 0

describe('keeps its promises, whoever begins, on every topology', PATIENT, () => {
  test.each([
    ['channels that reorder and duplicate', entry],
    ['FIFO channels', fifo],
  ])('over %s', async (_, over) => {
    for (const seed of seeds(250)) {
      const run = await trial(over, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('several begin at once, each with a rumour of its own', async () => {
    const requests = ['p00 broadcast id=a', 'p03 broadcast id=b', 'p05 broadcast id=c @3ms']
    for (const seed of seeds(50)) {
      const run = await trial(entry, seed, { peers: 6, topology: 'grid', requests })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(sent(run), `seed ${seed}`).toBe(3 * (2 * 7 - 5))
    }
  })
})

test('something comes twice wherever there is a cycle, and nowhere on a tree', PATIENT, async () => {
  for (const seed of seeds(30)) {
    expect(unseen(await trial(entry, seed, { peers: 6, topology: 'complete' })), `seed ${seed}`).toEqual([])
    const tree = await trial(entry, seed, { peers: 6, topology: 'tree' })
    expect(unseen(tree), `seed ${seed}`).toEqual(['A RUMOUR CAME TWICE'])
  }
})

/** A tree in which each process has that many children, as Maelstrom's `tree4`. */
const treeOf = (n: number, children: number): Topology =>
  assemble(
    `tree of ${children}`,
    n,
    Array.from({ length: n - 1 }, (_, i) => [Math.floor(i / children), i + 1] as const).flatMap(([i, j]) => [
      [i, j] as const,
      [j, i] as const,
    ]),
  )

async function on(topology: Topology): Promise<Simulated> {
  const options = { broadcasts: 1, initiator: null }
  const asking = {
    entry,
    options,
    topology,
    runtime: 'simulator',
    seed: 1,
    broken: [],
    requests: [],
  } as const
  return simulated(planRun(asking))
}

describe('what it costs', PATIENT, () => {
  test('2|E| − (n − 1) messages for each rumour', async () => {
    for (const topology of ['line', 'grid', 'tree', 'random-regular:4', 'complete', 'small-world']) {
      for (const peers of [6, 13, 20]) {
        const run = await trial(entry, peers, { peers, topology, options: { broadcasts: 3 } })
        const { links } = run.plan.topology
        expect(sent(run), `${topology} of ${peers}`).toBe(3 * (2 * links.length - (peers - 1)))
      }
    }
  })

  // Maelstrom, doc/03-broadcast/02-performance.md: messages per operation of 25 nodes; half the
  // operations are reads, which cost none. Measured there, in this order: 12.006, 27.81, 290.56.
  test.each([
    ['line', 12],
    ['grid', 28],
    ['complete', 288],
  ])(
    '25 processes, %s: %d messages an operation, as Maelstrom measures it',
    async (topology, perOperation) => {
      expect(sent(await trial(entry, 1, { peers: 25, topology })) / 2).toBe(perOperation)
    },
  )

  test('… and 12 on its tree4, where it measures 11.994', async () => {
    expect(sent(await on(treeOf(25, 4))) / 2).toBe(12)
  })
})

/** How far each process is from one of them. */
function distances({ places }: Topology, from: string): Record<string, number> {
  const far = new Map([[from, 0]])
  for (const [id, distance] of far) {
    const { outgoing } = places.find(({ self }) => self === id)!
    for (const next of outgoing) if (!far.has(next)) far.set(next, distance + 1)
  }
  return Object.fromEntries(far)
}

const hops = ({ history }: Simulated): Record<string, number> =>
  Object.fromEntries(
    (history as unknown as HistoryEvent<Flooding>[]).flatMap((event) =>
      event.kind === 'indicate' ? [[event.at, event.indication.hops]] : [],
    ),
  )

test('if all messages take as long, each hears on a shortest path', PATIENT, async () => {
  for (const topology of ['line', 'tree', 'grid', 'random-regular:3', 'small-world']) {
    for (const seed of seeds(5)) {
      const conditions = { peers: 20, topology, options: { initiator: 'p07' }, faults: 'latency 5ms' }
      const run = await trial(entry, seed, conditions)
      const far = distances(run.plan.topology, 'p07')
      expect(hops(run), `${topology}, seed ${seed}`).toEqual(far)
      const lost = await trial(sabotaged(entry, losingHops), seed, conditions)
      expect(hops(lost), `${topology}, seed ${seed}: hops are lost`).not.toEqual(far)
      for (const event of run.history) {
        if (event.kind === 'indicate') expect(event.timeNs / 1e6).toBe(5 * far[event.at]!)
      }
    }
  }
})

describe('what is assumed is needed', PATIENT, () => {
  test('reliable channels: behind a loss on a line nobody hears', async () => {
    const faults = 'latency 2-12ms, loss 10%'
    const caught = await tally(entry, 50, { peers: 10, topology: 'line', broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['REACH'])
    expect(caught.REACH).toBeGreaterThan(20)
  })

  test('no crashes: who is down does not hear', async () => {
    const faults = 'latency 2-12ms, crash p02 at 1ms'
    const options = { initiator: 'p00' }
    const caught = await tally(entry, 30, { peers: 6, broken: ['crashes'], faults, options })
    expect(caught).toEqual({ REACH: 30 })
  })

  test('nor recoveries: who has forgotten delivers again', async () => {
    // p01 hears at 5 ms and forgets at 6, when what it has sent is lost too; p02 hears at 8, and tells it.
    const faults = 'latency 5ms, latency 8ms on p00->p02, crash p01 at 6ms for 1ms'
    const conditions = { peers: 3, topology: 'complete', options: { initiator: 'p00' } }
    const caught = await tally(entry, 5, { ...conditions, broken: ['crashes'], faults })
    expect(caught).toEqual({ 'NO DUPLICATION': 5, COST: 5 })
  })

  test('ids that nobody else gives', async () => {
    const requests = ['p00 broadcast id=a', 'p03 broadcast id=a']
    expect(await tally(entry, 10, { peers: 4, topology: 'line', requests })).toEqual({ COST: 10 })
  })

  test('links both ways, and a connected topology', () => {
    const apart = assemble('apart', 4, [
      [0, 1],
      [1, 0],
      [2, 3],
      [3, 2],
    ])
    expect(entry.topology.fits(apart.places)).toMatch(/must reach everyone/)
    expect(() => trial(entry, 1, { peers: 5, topology: 'ring' })).toThrow(/both ways/)
  })

  test('an initiator that is none of the processes is refused', () => {
    const options = { initiator: 'p09' }
    expect(() => trial(entry, 1, { peers: 5, options })).toThrow(/--initiator p09: .* p00 … p04/)
  })
})

type Slip = Parameters<typeof sabotaged<Flooding>>[1]

const losingHops: Slip = acting(({ send }) => ({
  send: (to, { type, id }) => send(to, { type, id, hops: 1 }),
}))

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'the sender is told again what it said': {
      slip: reacting((upon, state, { send }) => ({
        ...upon,
        message: {
          rumour(message, from) {
            if (!state.heard.has(message.id)) send(from, { ...message, hops: message.hops + 1 })
            upon.message.rumour(message, from)
          },
        },
      })),
      by: ['COST'],
    },
    'nobody remembers': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          rumour(message, from) {
            state.heard.clear()
            upon.message.rumour(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION', 'COST'],
    },
    'only the last rumour is remembered': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          rumour(message, from) {
            if (!state.heard.has(message.id)) state.heard.clear()
            upon.message.rumour(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
      conditions: { options: { broadcasts: 4 }, faults: 'latency 2-60ms' },
    },
    'it is delivered before anybody looks': {
      slip: reacting((upon, state, { indicate }) => ({
        ...upon,
        message: {
          rumour(message, from) {
            if (state.heard.has(message.id)) indicate({ type: 'deliver', id: message.id, hops: message.hops })
            upon.message.rumour(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
    },
    'a time to live of half the network by the neighbours, which is 0 in a small one': {
      slip: acting(({ send, outgoing, incoming }) => ({
        send(to, message) {
          const ttl = Math.floor(7 / Math.max(outgoing.length, incoming.length) / 2) - 1
          if (message.hops <= Math.max(1, ttl)) send(to, message)
        },
      })),
      by: ['REACH'],
    },
    'who begins tells nobody': {
      slip: reacting((upon, state, { indicate }) => ({
        ...upon,
        request: {
          broadcast({ id }) {
            state.heard.add(id)
            indicate({ type: 'deliver', id, hops: 0 })
          },
        },
      })),
      by: ['REACH'],
    },
    'the last neighbour is left out': {
      slip: acting(({ send, outgoing }) => ({
        send(to, message) {
          if (to !== outgoing.at(-1)) send(to, message)
        },
      })),
      by: ['REACH', 'COST'],
    },
    'it is passed on under another id': {
      slip: acting(({ send }) => ({
        send: (to, message) => send(to, { ...message, id: `b${message.hops + 1}` }),
      })),
      by: ['NO CREATION'],
    },
    'who passes it on does not deliver': {
      slip: acting(({ indicate, self }) => ({
        indicate(indication) {
          if (self !== 'p01') indicate(indication)
        },
      })),
      by: ['REACH'],
    },
  }
  // They take options, or faults, that a sweep does not draw.
  const beyond = ['only the last rumour is remembered']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 20, { peers: 7, eventsMax: 3000, ...conditions })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
