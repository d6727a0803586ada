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
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { assemble } from '../../topology/topology.ts'
import type { Bank } from '../bank/bank.ts'
import { entry as bank } from '../bank/index.ts'
import { entry as pingPong } from '../ping-pong/index.ts'
import type { PingPong } from '../ping-pong/ping-pong.ts'
import type { Snapshotting } from './chandy-lamport.ts'
import { entry as superposition } from './index.ts'

const entry: CatalogueEntry<Snapshotting<Bank>> = superposition.upon(bank)
const overPingPong: CatalogueEntry<Snapshotting<PingPong>> = superposition.upon(pingPong)

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const topologies = ['complete', 'ring', 'star', 'line', 'tree', 'random-regular:2']
const delays = ['latency 2-12ms', 'latency exponential 15ms', 'latency 1-60ms']

/** Whoever initiates, however many snapshots at once, over whatever channels. */
const varied = (seed: number): Conditions => ({
  watchStates: false,
  peers: 3 + (seed % 6),
  topology: topologies[seed % topologies.length]!,
  faults: delays[seed % delays.length]!,
  options: {
    snapshots: 1 + (seed % 3),
    initiator: seed % 2 === 0 ? null : `p0${seed % 3}`,
    everyMs: 5 + (seed % 20),
  },
})

describe('keeps its promises, whatever the schedule', PATIENT, () => {
  test('over the bank, on all topologies, with several snapshots at once', async () => {
    for (const seed of seeds(400)) {
      const run = await trial(entry, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('asked of several at once for the same snapshot', async () => {
    const requests = [
      'p00 takeSnapshot id=s @50ms',
      'p02 takeSnapshot id=s @52ms',
      'p03 takeSnapshot id=s @53ms',
    ]
    for (const seed of seeds(100)) {
      const run = await trial(entry, seed, { peers: 4, requests })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      expect(markers(run), `seed ${seed}`).toBe(12)
    }
  })

  test('over ping-pong, whose state holds a Map', async () => {
    let underWay = 0
    for (const seed of seeds(200)) {
      const options = { pings: 12, snapshots: 1 + (seed % 2) }
      const run = await trial(overPingPong, seed, { peers: 2 + (seed % 4), options })
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      underWay += consistentPings(run, seed)
    }
    expect(underWay, 'pings under way at the cut').toBeGreaterThan(100)
  })
})

/** Of each ping that waits at the cut either it or its pong is in transit: nothing is in between. */
function consistentPings({ history }: Simulated, seed: number): number {
  let waiting = 0
  let inTransit = 0
  for (const { snapshot } of completions<PingPong>(history)) {
    expect(snapshot.processState.waiting, `seed ${seed}`).toBeInstanceOf(Map)
    waiting += snapshot.processState.waiting.size
    inTransit += Object.values(snapshot.channelStates).flat().length
  }
  expect(inTransit, `seed ${seed}`).toBe(waiting)
  return waiting
}

function completions<B extends Bank | PingPong>(history: Simulated['history']) {
  return (history as unknown as HistoryEvent<Snapshotting<B>>[]).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'completed' ? [event.indication] : [],
  )
}

const markers = ({ conducted }: Simulated) =>
  conducted.outcome.messages.find(({ type }) => type === 'marker')?.sent ?? 0

test('a snapshot costs exactly one marker a channel', PATIENT, async () => {
  for (const seed of seeds(60)) {
    const run = await trial(entry, seed, varied(seed))
    const channels = run.plan.topology.channels.length
    expect(markers(run), `seed ${seed}`).toBe(channels * (run.plan.options.snapshots as number))
  }
})

test('one that nobody asks for costs nothing', PATIENT, async () => {
  const run = await trial(entry, 1, {
    peers: 4,
    requests: ['p00 basic request={"type":"transfer","to":"p01","amount":1}'],
  })
  expect(markers(run)).toBe(0)
})

test(
  'money is in transit at the cut in most runs, and on the whole all of it is found',
  PATIENT,
  async () => {
    let seen = 0
    for (const seed of seeds(100)) {
      const run = await trial(entry, seed, { peers: 5 })
      if (unseen(run).length === 0) seen++
      const inSnapshot = completions<Bank>(run.history).reduce(
        (sum, { snapshot: { processState, channelStates } }) => {
          const arriving = Object.values(channelStates).flat()
          return sum + processState.balance + arriving.reduce((all, { amount }) => all + amount, 0)
        },
        0,
      )
      expect(inSnapshot, `seed ${seed}`).toBe(500)
    }
    expect(seen).toBeGreaterThan(80)
  },
)

describe('what is assumed is needed', PATIENT, () => {
  test('FIFO channels', async () => {
    const caught = await tally(entry, 100, { peers: 6, broken: ['fifo'] })
    expect(Object.keys(caught).sort()).toEqual(['CHANNEL STATE', 'CONSERVATION', 'CONSISTENT CUT'])
    expect(caught['CHANNEL STATE']).toBeGreaterThan(60)
    expect(caught['CONSISTENT CUT']).toBeGreaterThan(5)
  })

  test('reliable channels: a lost marker leaves its channel open for ever', async () => {
    const caught = await tally(entry, 50, {
      peers: 4,
      broken: ['reliable'],
      faults: 'latency 2-12ms, loss 20% of marker',
    })
    expect(caught.TERMINATION).toBeGreaterThan(40)
    // Who is told to record only by a later marker has received meanwhile what was sent after the lost one.
    expect(Object.keys(caught).sort()).toEqual(['CONSISTENT CUT', 'TERMINATION'])
  })

  test('reliable channels: lost money is in no snapshot', async () => {
    const caught = await tally(entry, 50, {
      peers: 4,
      broken: ['reliable'],
      faults: 'latency 2-12ms, loss 10% of money',
    })
    expect(Object.keys(caught).sort()).toEqual(['CONSERVATION', 'PAID OUT'])
    expect(caught.CONSERVATION).toBeGreaterThan(30)
  })

  test('no duplicates: a second marker completes a second time, money is found twice', async () => {
    const faults = 'latency 2-12ms, duplicate 20%'
    const caught = await tally(entry, 50, { peers: 4, broken: ['noDuplicates'], faults })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(['TERMINATION', 'CONSERVATION']))
    expect(caught.TERMINATION).toBeGreaterThan(25)
    expect(caught.CONSERVATION).toBeGreaterThan(25)
  })

  test('no crashes: who is down sends no marker', async () => {
    const faults = 'latency 2-12ms, crash p02 at 61ms'
    const caught = await tally(entry, 30, { peers: 4, broken: ['crashes'], faults })
    expect(caught.TERMINATION).toBe(30)
  })

  test('a topology on which markers reach everyone', () => {
    const oneWay = assemble('one way', 3, [
      [0, 1],
      [1, 2],
    ])
    expect(overPingPong.topology.fits(oneWay.places)).toMatch(/strongly connected/)
  })
})

type Slip = Parameters<typeof sabotaged<Snapshotting<Bank>>>[1]

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'an alias is kept of the state, not a copy': {
      slip: reacting((upon, state) => {
        const alias = () => {
          for (const snapshot of state.snapshots.values()) snapshot.processState = state.basic
        }
        return {
          ...upon,
          request: {
            ...upon.request,
            takeSnapshot(request) {
              upon.request.takeSnapshot(request)
              alias()
            },
          },
          message: {
            ...upon.message,
            marker(marker, from) {
              upon.message.marker(marker, from)
              alias()
            },
          },
        }
      }),
      by: ['CONSERVATION'],
    },
    'one channel gets no marker': {
      slip: acting(({ send, self, outgoing }) => ({
        send(to, message) {
          if (message.type === 'marker' && self === 'p01' && to === outgoing.at(-1)) return
          send(to, message)
        },
      })),
      by: ['TERMINATION'],
    },
    'markers leave one step late, after whatever comes next': {
      slip: ({ initial, upon }) => {
        const late = new Map<string, (() => void)[]>()
        return {
          initial,
          upon: (context, state) => {
            const waiting = late.get(context.self) ?? []
            late.set(context.self, waiting)
            const send: typeof context.send = (to, message) => {
              if (message.type === 'marker') return void waiting.push(() => context.send(to, message))
              context.send(to, message)
              for (const leave of waiting.splice(0)) leave()
            }
            return upon({ ...context, send }, state)
          },
        }
      },
      by: ['CONSISTENT CUT', 'CONSERVATION'],
    },
    'each marker records again': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          marker(marker, from) {
            state.snapshots.delete(marker.id)
            upon.message.marker(marker, from)
          },
        },
      })),
      by: ['ONE MARKER'],
    },
    'the channel of the first marker is not closed': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          marker(marker, from) {
            if (state.snapshots.has(marker.id)) upon.message.marker(marker, from)
            else upon.request.takeSnapshot({ type: 'takeSnapshot', id: marker.id })
          },
        },
      })),
      by: ['TERMINATION'],
    },
    'the first marker closes all channels': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          marker(marker, from) {
            const first = !state.snapshots.has(marker.id)
            if (first) upon.request.takeSnapshot({ type: 'takeSnapshot', id: marker.id })
            if (first) state.snapshots.get(marker.id)!.recording = [from]
            if (state.snapshots.get(marker.id)!.recording.length > 0) upon.message.marker(marker, from)
          },
        },
      })),
      by: ['CHANNEL STATE', 'CONSERVATION'],
    },
    'what comes after the marker is recorded too': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          basic(message, from) {
            for (const { recording, channelStates } of state.snapshots.values()) {
              if (recording.length > 0 && !recording.includes(from))
                channelStates[from]!.push(message.message)
            }
            upon.message.basic(message, from)
          },
        },
      })),
      by: ['CHANNEL STATE', 'CONSERVATION'],
    },
    'the cut is said to be where the snapshot is complete': {
      slip: acting(({ indicate }) => ({
        indicate(indication) {
          if (indication.type === 'completed') indicate({ type: 'recorded', id: indication.id })
          if (indication.type !== 'recorded') indicate(indication)
        },
      })),
      by: ['CHANNEL STATE'],
    },
    'channels are not recorded at all': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          basic(message, from) {
            const open = [...state.snapshots.values()].map(
              (snapshot) => [snapshot, snapshot.recording] as const,
            )
            for (const [snapshot] of open) snapshot.recording = []
            upon.message.basic(message, from)
            for (const [snapshot, recording] of open) snapshot.recording = recording
          },
        },
      })),
      by: ['CHANNEL STATE', 'CONSERVATION'],
    },
    'two snapshots are taken for one': {
      slip: acting(({ send }) => ({
        send: (to, message) => send(to, message.type === 'marker' ? { type: 'marker', id: 's1' } : message),
      })),
      by: ['TERMINATION'],
      conditions: { options: { snapshots: 2 } },
    },
    'what is recorded is not handed on': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          basic(message, from) {
            const { balance } = state.basic
            upon.message.basic(message, from)
            const recording = [...state.snapshots.values()].some((snapshot) =>
              snapshot.recording.includes(from),
            )
            if (recording) state.basic.balance = balance
          },
        },
      })),
      by: ['BOOKS KEPT'],
    },
  }

  // They take options, or faults, that a sweep does not draw.
  const beyond = ['two snapshots are taken for one']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 30, { peers: 4, eventsMax: 3000, ...conditions })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
