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
import { entry } from './index.ts'
import type { Plumtree } from './plumtree.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const topologies = ['random-regular:4', 'complete', 'grid', 'star', 'tree', 'small-world']
const plans = [
  'latency 2-12ms',
  'latency exponential 15ms, duplicate 30%',
  'latency 2-12ms, loss 30% at 0ms for 300ms',
  'latency 2-12ms, partition halves at 5ms for 400ms',
  'latency 1-60ms, reorder 30% by 1-50ms',
]

const varied = (seed: number): Conditions => ({
  watchStates: false,
  topology: topologies[seed % topologies.length]!,
  peers: 5 + (seed % 9),
  options: { broadcasts: 1 + (seed % 6), dispatchMs: 5 + (seed % 40) },
  faults: plans[seed % plans.length]!,
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<Plumtree>[]

/** How many messages of a type were sent about each broadcast. */
function sentOf(run: Simulated, type: 'gossip' | 'graft' | 'prune'): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const event of events(run)) {
    if (event.kind !== 'send' || event.message.type !== type) continue
    const { id } = event.message as { id: string }
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

const heard = (run: Simulated) =>
  events(run).filter((event) => event.kind === 'indicate' && event.indication.type === 'deliver').length

describe('keeps its promises', PATIENT, () => {
  test('through loss, copies, overtaking and partitions that heal', async () => {
    for (const seed of seeds(250)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(run.conducted.ended.how, `seed ${seed}`).toBe('quiescent')
    }
  })

  test('a crash in the tree: those below it are grafted elsewhere', async () => {
    let grafted = 0
    for (const seed of seeds(60)) {
      const faults = `latency 2-12ms, crash p0${seed % 8} at ${50 + (seed % 100)}ms`
      const run = await trial(entry, seed, { peers: 12, faults })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      if (Object.keys(sentOf(run, 'graft')).length > 0) grafted++
    }
    expect(grafted).toBeGreaterThan(20)
  })

  test('where all take as long, one broadcast makes a tree; the next from there take n − 1', async () => {
    for (const seed of seeds(20)) {
      const run = await trial(entry, seed, {
        peers: 20,
        options: { initiator: 'p03', broadcasts: 4 },
        faults: 'latency 5ms',
      })
      const { links } = run.plan.topology
      const whole = sentOf(run, 'gossip')
      expect(whole['p03:b1'], `seed ${seed}`).toBe(2 * links.length - 19)
      for (const id of ['p03:b2', 'p03:b3', 'p03:b4']) expect(whole[id], `seed ${seed}, ${id}`).toBe(19)
    }
  })

  test('two that broadcast under one name are two; a name that is empty, or used, is refused', async () => {
    const requests = [
      'p01 broadcast id=a',
      'p02 broadcast id=a',
      'p01 broadcast id=',
      'p01 broadcast id=a @5ms',
    ]
    const run = await trial(entry, 1, { peers: 5, requests })
    const said = events(run).flatMap((event) =>
      event.kind === 'indicate' && event.indication.type === 'fail' ? [event.indication.reason] : [],
    )
    expect(said).toEqual([
      'a message has a name of one character or more',
      'p01:a has been broadcast already',
    ])
    expect([heard(run), broken(run)]).toEqual([10, []])
  })

  test('a graft of what nobody has is counted, and nothing else', async () => {
    const run = await trial(sabotaged(entry, grafting), 1, { peers: 5, watchStates: true })
    expect(run.conducted.failure).toBeNull()
    expect(broken(run)).toEqual([])
  })

  test('links are pruned in every run of a mesh, and a tree is used', async () => {
    for (const seed of seeds(30)) {
      const run = await trial(entry, seed, {
        peers: 12,
        options: { initiator: 'p00' },
        faults: 'latency 5ms',
      })
      expect(unseen(run), `seed ${seed}`).toEqual([])
    }
  })
})

describe('what is assumed is needed', PATIENT, () => {
  test('that faults end: behind a cut that stays nobody hears', async () => {
    const caught = await tally(entry, 10, { peers: 6, faults: 'latency 2-12ms, partition halves at 0ms' })
    expect(caught).toEqual({ VALIDITY: 10, AGREEMENT: 10 })
  })

  test('that those who are up stay connected: behind a crashed centre nobody hears', async () => {
    const conditions = { peers: 8, topology: 'star', options: { initiator: 'p01' } }
    const caught = await tally(entry, 10, { ...conditions, faults: 'latency 2-12ms, crash p00 at 60ms' })
    expect(caught).toEqual({ VALIDITY: 10, AGREEMENT: 10 })
  })

  // p01 has confirmed the message to p00, and what it sent on to p02 is lost with all it knew.
  test('that who crashes stays down: who has forgotten tells nobody', async () => {
    const faults = 'latency 1ms, latency 5ms on p01->p02, crash p01 at 4ms for 10ms'
    const options = { initiator: 'p00', broadcasts: 1, dispatchMs: 1 }
    const conditions: Conditions = { peers: 3, topology: 'line', options, faults }
    expect(await tally(entry, 5, { ...conditions, broken: ['crashes'] })).toEqual({
      VALIDITY: 5,
      AGREEMENT: 5,
    })
  })

  test('links both ways', () => {
    expect(() => trial(entry, 1, { peers: 5, topology: 'ring' })).toThrow(/prunes the other/)
    expect(() => trial(entry, 1, { peers: 5, options: { initiator: 'p09' } })).toThrow(/--initiator p09/)
  })
})

type Slip = Parameters<typeof sabotaged<Plumtree>>[1]

/** p01 asks for what was never announced. */
const grafting: Slip = reacting((upon, _, { self, outgoing, send }) => ({
  ...upon,
  message: {
    ...upon.message,
    prune(message, from) {
      if (self === 'p01') send(outgoing[0]!, { type: 'graft', id: 'p09:nothing' })
      upon.message.prune(message, from)
    },
  },
}))

const parted = 'latency 2-12ms, partition halves at 5ms for 400ms'

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'two broadcasts under one id, and one is lost': {
      slip: reacting((upon, { received }) => ({
        ...upon,
        request: {
          broadcast(request) {
            const taken = [...received.keys()].some((name) => name.endsWith(`:${request.id}`))
            if (!taken) upon.request.broadcast(request)
          },
        },
      })),
      by: ['VALIDITY'],
      conditions: { requests: ['p01 broadcast id=a', 'p02 broadcast id=a @500ms'] },
    },
    'names are not announced': {
      slip: acting(({ send }) => ({
        send(to, message) {
          send(to, message.type === 'ihave' ? { ...message, announced: [] } : message)
        },
      })),
      by: ['VALIDITY', 'AGREEMENT'],
      conditions: { faults: parted },
    },
    'a name is announced once': {
      slip: reacting((upon, { owed }) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          dispatch(timer) {
            upon.timeout.dispatch(timer)
            for (const waits of owed.values()) waits.clear()
          },
        },
      })),
      by: ['VALIDITY', 'AGREEMENT'],
      conditions: { faults: parted },
    },
    'who is asked for a message prunes instead': {
      slip: reacting((upon, _, { send }) => ({
        ...upon,
        message: { ...upon.message, graft: ({ id }, from) => send(from, { type: 'prune', id }) },
      })),
      by: ['VALIDITY', 'AGREEMENT'],
      conditions: { faults: parted },
    },
    'a graft is answered twice': {
      slip: reacting((upon) => ({
        ...upon,
        message: {
          ...upon.message,
          graft(message, from) {
            upon.message.graft(message, from)
            upon.message.graft(message, from)
          },
        },
      })),
      by: ['ONCE A LINK'],
      conditions: { faults: parted },
    },
    'it is delivered before anybody looks': {
      slip: reacting((upon, { received }, { indicate }) => ({
        ...upon,
        message: {
          ...upon.message,
          gossip(message, from) {
            if (received.has(message.id)) indicate({ type: 'deliver', id: message.id })
            upon.message.gossip(message, from)
          },
        },
      })),
      by: ['NO DUPLICATION'],
    },
    'it is passed on under another name': {
      slip: acting(({ send }) => ({
        send(to, message) {
          send(to, message.type === 'gossip' ? { ...message, id: `${message.id}'` } : message)
        },
      })),
      by: ['NO CREATION'],
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
