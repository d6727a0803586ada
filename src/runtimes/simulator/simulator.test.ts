import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseFaults } from '../../faults/plan.ts'
import { ObjectQueue } from '../../lib/event-queue.ts'
import type { Algorithm, Context, Place, ProcessId } from '../../model/process.ts'
import { natural } from '../../model/shape.ts'
import { type Block, KIND, NOBODY } from '../../trace-format/events.ts'
import { Recorder } from '../../trace-format/recorder.ts'
import type { Ended, Experiment } from '../experiment.ts'
import { RECORD_BYTES } from './digest.ts'
import { type Means, Simulation, simulate } from './simulator.ts'

interface Chat {
  request: never
  message: { type: 'word'; n: number }
  timer: { type: 'tick'; n: number }
  indication: { type: 'at'; ms: number }
  state: { said: number }
  stable: never
}

const WORDS = 40

/** p00 says so many words to everybody at once, or one with each tick; who hears a word says when. */
const chat = (ticks: number): Algorithm<Chat> => ({
  initial: () => ({ said: 0 }),
  upon({ self, outgoing, send, setTimer, indicate, now }: Context<Chat>, state) {
    const say = () => {
      state.said++
      for (const to of outgoing) send(to, { type: 'word', n: state.said })
    }
    return {
      start() {
        if (self !== 'p00') return
        if (ticks > 0) setTimer({ type: 'tick', n: 1 }, 1, 5)
        else for (let i = 0; i < WORDS; i++) say()
      },
      request: {},
      message: { word: () => indicate({ type: 'at', ms: now() }) },
      timeout: {
        tick({ n }) {
          say()
          indicate({ type: 'at', ms: now() })
          if (n < ticks) setTimer({ type: 'tick', n: n + 1 }, 1, 5)
        },
      },
    }
  },
})

const ids = ['p00', 'p01', 'p02']
const complete: Place[] = ids.map((self) => {
  const others = ids.filter((id) => id !== self)
  return { self, incoming: others, outgoing: others }
})

const shapes = { message: { word: { n: natural } } }

interface Ran {
  readonly ended: Ended
  readonly blocks: readonly Block[]
}

function run(faults: string, more: Partial<Experiment<Chat>> = {}, ticks = 0, means?: Means): Ran {
  const blocks: Block[] = []
  const recorder = new Recorder(3, (block) => blocks.push(block))
  const experiment: Experiment<Chat> = {
    algorithm: chat(ticks),
    places: complete,
    streams: 'channel',
    channels: 'fixed',
    delivery: 'unordered',
    shapes,
    requests: [],
    faults: parseFaults(faults),
    seed: 7,
    ends: 'quiescent',
    eventsMax: 100_000,
    recorder,
    watchStates: false,
    ...more,
  }
  const ended = simulate(experiment, means)
  recorder.flush()
  return { ended, blocks }
}

interface Event {
  readonly kind: number
  readonly process: ProcessId
  readonly message: string // p00#3, or ''
  readonly timeNs: number
}

const events = ({ blocks }: Ran): Event[] =>
  blocks.flatMap((block) =>
    Array.from({ length: block.length }, (_, i) => {
      const sender = block.kind[i] === KIND.deliver ? block.peer[i]! : block.process[i]!
      return {
        kind: block.kind[i]!,
        process: ids[block.process[i]!]!,
        message: block.peer[i] === NOBODY ? '' : `${ids[sender]}#${block.number[i]}`,
        timeNs: block.timeNs[i]!,
      }
    }),
  )

/** Which messages an event of that kind is of, and when it was. */
const of = (ran: Ran, kind: number) =>
  new Map(
    events(ran).flatMap((event) => (event.kind === kind ? [[event.message, event.timeNs] as const] : [])),
  )

describe('a concern throws dice of its own', () => {
  test('which messages are lost does not depend on what else befalls them', () => {
    const alone = [...of(run('loss 30%'), KIND.lost).keys()]
    expect(alone.length).toBeGreaterThan(5)
    for (const others of ['latency 2-20ms', 'duplicate 20%', 'jitter 0-5ms', 'crash p02 at 900ms']) {
      for (const faults of [`loss 30%, ${others}`, `${others}, loss 30%`]) {
        const lost = events(run(faults)).filter(({ kind }) => kind === KIND.lost)
        const byLoss = lost.filter(({ timeNs }) => timeNs === 0).map(({ message }) => message)
        expect(byLoss, faults).toEqual(alone)
      }
    }
  })

  test('when a message comes does not depend on which others are lost', () => {
    const all = of(run('latency 2-20ms'), KIND.deliver)
    const some = of(run('latency 2-20ms, loss 30%'), KIND.deliver)
    expect(some.size).toBeLessThan(all.size - 5)
    for (const [message, timeNs] of some) expect(timeNs, message).toBe(all.get(message))
    expect(new Set(all.values()).size, 'and they are not all the same').toBeGreaterThan(all.size / 2)
  })

  test('nor does the latency that a run has of its own', () => {
    const all = of(run('none'), KIND.deliver)
    for (const [message, timeNs] of of(run('loss 30%'), KIND.deliver)) expect(timeNs).toBe(all.get(message))
  })

  test('the channels of another process are no concern', () => {
    const toP01 = (ran: Ran) =>
      events(ran).filter(({ process, kind }) => process === 'p01' && kind === KIND.deliver)
    const two = complete.map((place) => ({ ...place, outgoing: place.outgoing.filter((to) => to !== 'p02') }))
    const times = (ran: Ran) => toP01(ran).map(({ timeNs }) => timeNs)
    expect(times(run('latency 2-20ms', { places: two }))).toEqual(times(run('latency 2-20ms')))
  })

  test('a rule that is in the plan twice strikes twice as often', () => {
    const [once, twice] = ['loss 30%', 'loss 30%, loss 30%'].map((faults) => of(run(faults), KIND.lost))
    for (const message of once!.keys()) expect(twice!.has(message)).toBe(true)
    expect(twice!.size).toBeGreaterThan(once!.size)
  })

  test('and another seed is another run', () => {
    const [a, b] = [7, 8].map((seed) => [...of(run('loss 30%', { seed }), KIND.lost).keys()])
    expect(a).not.toEqual(b)
  })
})

describe('a run', () => {
  const WILD = [
    'latency exponential 5ms, loss 10%, duplicate 10%',
    'crash p01 at 20ms for 10ms, cut p00-p02 at 10ms for 20ms',
  ].join(', ')

  test('has one digest, whatever queue it runs on and however often it is let go on', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { digest } = run(WILD, { seed }, 30).ended
      expect(digest).toMatch(/^[0-9a-f]{64}$/)
      expect(run(WILD, { seed }, 30, { queue: new ObjectQueue() }).ended.digest, `seed ${seed}`).toBe(digest)
    }
  })

  test('let go on by few events at a time is the same run', () => {
    const whole = run(WILD, {}, 30)
    const recorder = new Recorder(3, () => {})
    const simulation = new Simulation<Chat>({
      algorithm: chat(30),
      places: complete,
      streams: 'channel',
      channels: 'fixed',
      delivery: 'unordered',
      requests: [],
      faults: parseFaults(WILD),
      seed: 7,
      ends: { atMs: 60_000 },
      eventsMax: 100_000,
      recorder,
      watchStates: false,
      shapes,
    })
    let ended: Ended | null = null
    while (ended === null) ended = simulation.advance(3)
    expect(ended.digest).toBe(whole.ended.digest)
  })

  test('differs in its digest when any event differs in anything', () => {
    const base = run('latency 5ms').ended.digest
    expect(run('latency 5ms').ended.digest).toBe(base)
    expect(run('latency 6ms').ended.digest).not.toBe(base)
    expect(run('latency 5ms', { algorithm: chat(1) }).ended.digest).not.toBe(base)
  })

  test('is the sum of its records, be they in one chunk or in many', () => {
    const kept: Buffer[] = []
    const { ended, blocks } = run(WILD, {}, 600, { keep: (records) => void kept.push(Buffer.from(records)) })
    expect(kept.length).toBeGreaterThan(1)
    expect(createHash('sha256').update(Buffer.concat(kept)).digest('hex')).toBe(ended.digest)
    const recorded = blocks.reduce((sum, { length }) => sum + length, 0)
    expect(Buffer.concat(kept).length).toBe(recorded * RECORD_BYTES)
  })
})
