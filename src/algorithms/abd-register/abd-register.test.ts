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
import type { AbdRegister } from './abd-register.ts'
import { entry } from './index.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

const fifo: CatalogueEntry<AbdRegister> = { ...entry, assumes: { ...entry.assumes, fifo: true } }
const delays = ['latency 2-12ms', 'latency exponential 15ms, duplicate 30%', 'latency 1-100ms', 'latency 5ms']

/** A minority of the processes, down at times of their own. */
function crashes(seed: number, peers: number): string {
  const many = seed % (Math.floor((peers - 1) / 2) + 1)
  return Array.from(
    { length: many },
    (_, i) => `, crash p0${(seed + i) % peers} at ${(i * 37 + seed) % 150}ms`,
  ).join('')
}

/** Any size, everyone reading and writing or only some, up to as many crashes as it withstands. */
const varied = (seed: number): Conditions => {
  const peers = 2 + (seed % 7)
  return {
    watchStates: false,
    peers,
    options: {
      writers: 1 + (seed % peers),
      readers: 1 + ((seed * 5) % peers),
      operations: 5,
      everyMs: 10 + (seed % 40),
    },
    faults: delays[seed % delays.length]! + crashes(seed, peers),
  }
}

describe('keeps its promises, whoever reads and writes, with a minority down', PATIENT, () => {
  test.each([
    ['channels that reorder and duplicate', entry],
    ['FIFO channels', fifo],
  ])('over %s', async (_, over) => {
    let down = 0
    for (const seed of seeds(250)) {
      const run = await trial(over, seed, varied(seed))
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
      down += run.history.filter(({ kind }) => kind === 'crash').length
    }
    expect(down, 'processes that crashed').toBeGreaterThan(100)
  })

  test('reads meet writes, and copies that differ', async () => {
    let seen = 0
    for (const seed of seeds(100)) seen += unseen(await trial(entry, seed, { peers: 5 })).length === 0 ? 1 : 0
    expect(seen).toBeGreaterThan(90)
  })
})

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<AbdRegister>[]
const sent = (run: Simulated) => run.history.filter(({ kind }) => kind === 'send').length
const asked = (run: Simulated) => run.history.filter(({ kind }) => kind === 'request').length

/** What each operation returned, by its id. */
const answers = (run: Simulated) =>
  Object.fromEntries(
    events(run).flatMap((event) =>
      event.kind === 'indicate' ? [[event.indication.id, event.indication.value] as const] : [],
    ),
  )

test('4(n − 1) messages an operation, if nobody crashes', PATIENT, async () => {
  for (const seed of seeds(50)) {
    const peers = 1 + (seed % 9)
    const options = { writers: 1, readers: 1 }
    const run = await trial(entry, seed, { peers, options })
    expect(sent(run), `seed ${seed}`).toBe(4 * (peers - 1) * asked(run))
    expect(asked(run), `seed ${seed}`).toBe(8)
  }
})

test('two round trips an operation, however many processes', PATIENT, async () => {
  for (const peers of [2, 5, 16]) {
    const requests = ['p00 write id=w value=a', 'p01 read id=r @100ms']
    const run = await trial(entry, 1, { peers, requests, faults: 'latency 5ms' })
    const at = (kind: string) =>
      run.history.filter((event) => event.kind === kind).map((event) => event.timeNs / 1e6)
    expect(at('indicate'), `${peers} processes`).toEqual([20, 120])
    expect(answers(run)).toEqual({ w: 'a', r: 'a' })
  }
})

test('what is asked of a busy process waits its turn', PATIENT, async () => {
  const requests = ['p01 write id=w value=a', 'p01 read id=r1', 'p01 write id=v value=b', 'p01 read id=r2']
  for (const seed of seeds(20)) {
    const run = await trial(entry, seed, { peers: 3, requests })
    expect(answers(run), `seed ${seed}`).toEqual({ w: 'a', r1: 'a', v: 'b', r2: 'b' })
  }
})

test('a write that its writer did not live to see the end of was made or was not', PATIENT, async () => {
  const met = new Set<unknown>()
  for (const seed of seeds(60)) {
    const faults = 'latency 2-12ms, crash p00 at 21ms'
    const requests = ['p00 write id=w value=a', 'p01 read id=r1 @60ms', 'p02 read id=r2 @120ms']
    const run = await trial(entry, seed, { peers: 5, requests, faults })
    const { r1, r2 } = answers(run)
    expect(broken(run), `seed ${seed}`).toEqual([])
    met.add(`${r1} ${r2}`)
  }
  // One copy may be met by the second read only; never by the first only.
  expect(met).toEqual(new Set(['null null', 'a a', 'null a']))
})

describe('what is assumed is needed', PATIENT, () => {
  test('no majority down', async () => {
    const faults = 'latency 2-12ms, crash p01 at 30ms, crash p02 at 50ms'
    const caught = await tally(entry, 50, { peers: 4, broken: ['crashes'], faults })
    expect(caught).toEqual({ TERMINATION: 50 })
  })

  test('… of which one too many is left out unless it is broken on purpose', async () => {
    const faults = 'latency 2-12ms, crash p01 at 30ms, crash p02 at 50ms'
    const { plan, conducted } = await trial(entry, 1, { peers: 4, faults })
    expect(plan.notes.join()).toMatch(/crash p02 at 50ms left out: .* at most 1 of 4/)
    expect(conducted.outcome.verdict).toBe('valid')
  })

  test('no recoveries: whoever comes back has forgotten what it had acknowledged', async () => {
    // w is held by p00 and p01 when it ends, and p01 forgets it. p00 is slow: p01 and p02 are a majority.
    const slow = ['p00->p02', 'p02->p00', 'p00->p01', 'p01->p00'].map((on) => `latency 200ms on ${on}`)
    const faults = `latency 5ms, ${slow[0]}, ${slow[1]}, crash p01 at 30ms for 1ms`
    const requests = ['p00 write id=w value=a', 'p02 read id=r @40ms']
    const caught = await tally(entry, 5, { peers: 3, broken: ['crashes'], faults, requests })
    expect(caught).toEqual({ ATOMICITY: 5 })
  })

  test('reliable channels: nobody asks twice', async () => {
    const faults = 'latency 2-12ms, loss 20%'
    const caught = await tally(entry, 50, { peers: 5, broken: ['reliable'], faults })
    expect(Object.keys(caught)).toEqual(['TERMINATION'])
    expect(caught.TERMINATION).toBeGreaterThan(25)
  })

  test('a channel from everyone to everyone', () => {
    for (const topology of ['ring', 'star', 'line', 'grid']) {
      expect(() => trial(entry, 1, { peers: 6, topology })).toThrow(/everyone must reach everyone/)
    }
  })

  test('more writers than processes are refused', () => {
    expect(() => trial(entry, 1, { peers: 2, options: { writers: 3 } })).toThrow(
      /--writers 3: .* 2 processes/,
    )
  })
})

type Slip = Parameters<typeof sabotaged<AbdRegister>>[1]
type Message = AbdRegister['message']

const sending = (change: (message: Message, self: string) => Message | null): Slip =>
  acting(({ send, self }) => ({
    send(to, message) {
      const changed = change(message, self)
      if (changed !== null) send(to, changed)
    },
  }))

/** What is written takes its time to every single copy, and is asked for meanwhile by who is free to. */
const busy: Conditions = {
  peers: 4,
  options: { writers: 2, readers: 2, operations: 8, everyMs: 60 },
  faults: 'latency 1-5ms, jitter 0-100ms of propagate',
  eventsMax: 20_000,
}

/** One after the other, by two in turn. */
const reads = [1, 2, 3, 4].map((i) => `p0${2 + (i % 2)} read id=r${i} @${i * 150}ms`)

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string[]; conditions?: Partial<Conditions> }> = {
    'a read does not write back what it found': {
      slip: reacting((upon, state, { outgoing }) => ({
        ...upon,
        message: {
          ...upon.message,
          answer(answer, from) {
            upon.message.answer(answer, from)
            const { current, phase } = state
            if (current?.request.type !== 'read' || current.round !== 'propagate') return
            for (const other of outgoing) upon.message.ack({ type: 'ack', phase }, other) // nobody has yet
          },
        },
      })),
      by: ['ATOMICITY'],
      conditions: { peers: 5, options: { writers: 1, readers: 3, operations: 8, everyMs: 60 } },
    },
    'half of the processes are taken for a majority': {
      slip: reacting((upon, state) => {
        const ghost = () => state.current?.heard.add('p99')
        const early = <A extends unknown[]>(handler: (...args: A) => void) => {
          return (...args: A) => {
            ghost()
            handler(...args)
            ghost()
          }
        }
        const { query, answer, propagate, ack } = upon.message
        return { ...upon, message: { query, answer: early(answer), propagate, ack: early(ack) } }
      }),
      by: ['ATOMICITY'],
    },
    'an older version replaces a newer one': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          propagate(message, from) {
            upon.message.propagate(message, from)
            const { number, writer, value } = message
            state.version = { number, writer, value }
          },
        },
      })),
      by: ['ATOMICITY'],
    },
    'who writes goes by its own copy alone': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          answer(answer, from) {
            const isWrite = state.current?.request.type === 'write'
            upon.message.answer(isWrite ? { ...answer, number: 0, writer: null } : answer, from)
          },
        },
      })),
      by: ['ATOMICITY'],
      conditions: { peers: 3, options: { writers: 2, readers: 1, operations: 8, everyMs: 150 } },
    },
    'versions of the same number are taken for the same': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          answer(answer, from) {
            const known = state.current?.version
            upon.message.answer(known?.number === answer.number ? { ...answer, ...known } : answer, from)
          },
          propagate(message, from) {
            const isKnown = message.number === state.version.number
            upon.message.propagate(isKnown ? { ...message, ...state.version } : message, from)
          },
        },
      })),
      by: ['ATOMICITY'],
      conditions: { requests: ['p00 write id=w value=a', 'p01 write id=v value=b', ...reads] },
    },
    'late answers are counted too': {
      slip: reacting((upon, state) => ({
        ...upon,
        message: {
          ...upon.message,
          answer: (answer, from) => upon.message.answer({ ...answer, phase: state.phase }, from),
          ack: (_, from) => upon.message.ack({ type: 'ack', phase: state.phase }, from),
        },
      })),
      by: ['ATOMICITY'],
      conditions: { peers: 3, options: { writers: 1, readers: 2, operations: 8, everyMs: 30 } },
    },
    'who is busy forgets what else it is asked': {
      slip: reacting((upon, state) => {
        const drop = <R extends AbdRegister['request']>(handler: (request: R) => void) => {
          return (request: R) => {
            if (state.current === null) handler(request)
          }
        }
        return { ...upon, request: { read: drop(upon.request.read), write: drop(upon.request.write) } }
      }),
      by: ['TERMINATION'],
    },
    'the value is not the one of its version': {
      slip: sending((message, self) => ('value' in message ? { ...message, value: self } : message)),
      by: ['NO INVENTION'],
    },
    'each query is sent twice': {
      slip: acting(({ send }) => ({
        send(to, message) {
          send(to, message)
          if (message.type === 'query') send(to, message)
        },
      })),
      by: ['TWO ROUNDS'],
    },
    'whoever holds nothing does not answer': {
      slip: sending((message) => (message.type === 'answer' && message.value === null ? null : message)),
      by: ['TERMINATION'],
    },
  }
  // They take options, or faults, that a sweep does not draw.
  const beyond = ['a read does not write back what it found', 'late answers are counted too']
  const swept = Object.entries(cases).filter(([name]) => !beyond.includes(name))
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry, slip))).not.toBeNull()
  })

  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const caught = await tally(sabotaged(entry, slip), 40, { ...busy, ...conditions })
    expect(Object.keys(caught)).toEqual(expect.arrayContaining(by))
  })
})
