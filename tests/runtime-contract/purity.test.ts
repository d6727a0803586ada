/**
 * A process is its state, and a step is what its handler does with it. What else a handler can do in
 * JavaScript is caught in the simulator, each kind by its name: on real hosts nobody could tell.
 */
import { describe, expect, test } from 'vitest'
import { firstDifference, keptElsewhere } from '../../src/harness/determinism.ts'
import { planRun } from '../../src/harness/plan.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import type { Algorithm } from '../../src/model/process.ts'
import { HandlerThrew } from '../../src/runtimes/experiment.ts'
import { Impure } from '../../src/runtimes/simulator/purity.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { arms, SEED } from './arms.ts'
import { go, type Little, little, note, saw, shapes, tick } from './little.ts'
import { announced, of, sound } from './reading.ts'

const simulator = arms.find(({ name }) => name === 'simulator')!

type Deed = () => unknown

const deeds: Record<string, [deed: Deed, instead: RegExp]> = {
  'Math.random': [() => Math.random(), /use context\.random/],
  'Date.now': [() => Date.now(), /use context\.now\(\)/],
  'new Date()': [() => new Date(), /use context\.now\(\)/],
  'Date()': [() => Date(), /use context\.now\(\)/],
  'performance.now': [() => performance.now(), /use context\.now\(\)/],
  'process.hrtime': [() => process.hrtime(), /use context\.now\(\)/],
  'process.hrtime.bigint': [() => process.hrtime.bigint(), /use context\.now\(\)/],
  setTimeout: [() => setTimeout(() => {}, 0), /use context\.setTimer/],
  setInterval: [() => setInterval(() => {}, 0), /use context\.setTimer/],
  setImmediate: [() => setImmediate(() => {}), /use context\.setTimer/],
  queueMicrotask: [() => queueMicrotask(() => {}), /a step is one piece/],
  'process.nextTick': [() => process.nextTick(() => {}), /a step is one piece/],
  fetch: [() => fetch('http://127.0.0.1:1/'), /context\.send/],
  'crypto.getRandomValues': [() => crypto.getRandomValues(new Uint8Array(1)), /use context\.random/],
  'crypto.randomUUID': [() => crypto.randomUUID(), /use context\.random/],
  'a promise': [() => void Promise.resolve().then(() => {}), /a step is one piece/],
}

/** In each handler that there is, one at a time. */
const places = ['start', 'go', 'note', 'tick', 'recover'] as const

function doing(deed: Deed, where: (typeof places)[number]): Algorithm<Little> {
  const at = (place: string) => (place === where ? deed() : undefined)
  return little({
    start({ self, send, setTimer }) {
      if (self !== 'p00') return
      send('p01', note(1))
      setTimer(tick('t'), 1)
      at('start')
    },
    go: () => void at('go'),
    note: () => void at('note'),
    tick: () => void at('tick'),
    recover: () => void at('recover'),
  })
}

const parts = { requests: [go('p02', 5)], faults: 'crash p02 at 10ms for 10ms' }

describe.each(Object.entries(deeds))('%s', (name, [deed, instead]) => {
  test('is caught in every handler and named, with what to use instead', async () => {
    for (const where of places) {
      const { error, history } = await simulator.run(doing(deed, where), parts)
      expect(error, where).toBeInstanceOf(HandlerThrew)
      const { cause, message, process } = error as HandlerThrew
      expect(cause, where).toBeInstanceOf(Impure)
      expect(message, where).toMatch(`${process} threw while handling`)
      expect(message, where).toMatch(`${name} is not for a handler: `)
      expect(message, where).toMatch(instead)
      expect(history.at(-1)!.kind, where).toBe('throw')
    }
  })

  test('is caught though the handler hides it', async () => {
    const hidden = () => {
      try {
        deed()
      } catch {
        // as somebody may who wants to be on the safe side
      }
    }
    const { error } = await simulator.run(doing(hidden, 'note'), parts)
    expect(String(error)).toMatch(`p01 threw while handling a message: ${name} is not for a handler`)
  })
})

test('so is what a process does before its first step', async () => {
  const lucky = little({ initial: () => ({ luck: Math.random() }) })
  const { error } = await simulator.run(lucky)
  expect(String(error)).toMatch(
    'p00 threw while handling its own beginning: Math.random is not for a handler',
  )
})

describe('the ways into the world are open again', () => {
  const works = async () => {
    expect(Math.random()).toBeLessThan(1)
    expect(Date.now()).toBeGreaterThan(1e12)
    expect(new Date().getFullYear()).toBeGreaterThan(2000)
    expect(new Date() instanceof Date).toBe(true)
    expect(performance.now()).toBeGreaterThan(0)
    expect(process.hrtime.bigint()).toBeGreaterThan(0n)
    expect(crypto.randomUUID()).toHaveLength(36)
    await new Promise<void>((resolve) => setTimeout(resolve, 0))
    await new Promise<void>((resolve) => process.nextTick(resolve))
    await new Promise<void>((resolve) => queueMicrotask(resolve))
  }
  const own = () => [
    Object.getOwnPropertyDescriptor(performance, 'now'),
    Object.getOwnPropertyDescriptor(crypto, 'randomUUID'),
    ...['Date', 'setTimeout', 'fetch'].map((name) => Object.getOwnPropertyDescriptor(globalThis, name)),
  ]

  test('after a run', async () => {
    const before = own()
    sound(await simulator.run(little({})))
    await works()
    expect(own()).toEqual(before)
  })

  test('after a run that failed', async () => {
    const before = own()
    const { error } = await simulator.run(doing(() => Math.random(), 'start'))
    expect(error).toBeInstanceOf(HandlerThrew)
    await works()
    expect(own()).toEqual(before)
  })
})

test('a handler may still make a date of a number, and print', async () => {
  const modest = little({
    start({ self, indicate }) {
      if (self !== 'p00') return
      process.stderr.write('')
      console.debug('')
      indicate(saw(new Date(0).toISOString()))
    },
  })
  const ran = await simulator.run(modest)
  sound(ran)
  expect(announced(ran)).toEqual(['1970-01-01T00:00:00.000Z'])
  expect(of(ran, 'throw')).toEqual([])
})

describe('what is kept elsewhere than in the state', () => {
  const entry = (make: () => Algorithm<Little>) =>
    ({
      name: 'little',
      summary: '',
      options: {},
      make,
      assumes: {
        fifo: true,
        reliable: true,
        noDuplicates: true,
        crashes: 'recover',
        synchrony: 'asynchronous',
      },
      topology: { default: 'complete', fits: () => null },
      streams: 'channel',
      channels: 'fixed',
      shapes: { request: {}, message: shapes.message, timer: {} },
      workload: () => [],
      properties: () => [],
      ends: 'quiescent',
    }) as unknown as CatalogueEntry

  const plan = (make: () => Algorithm<Little>) =>
    planRun({
      entry: entry(make),
      options: {},
      topology: buildTopology('complete', 2, SEED),
      runtime: 'simulator',
      seed: SEED,
      broken: [],
      requests: [],
    })

  const talkative = (count: () => number): Algorithm<Little> =>
    little({
      start: ({ self, send }) => self === 'p00' && send('p01', note(0)),
      note({ send, indicate }, { n }, from) {
        indicate(saw(count()))
        if (n < 5) send(from, note(n + 1))
      },
    })

  test('in a variable of the module is found by running again, and the event named', () => {
    let ever = 0
    const forgetsNothing = () => talkative(() => ++ever)
    expect(firstDifference(plan(forgetsNothing))).toMatch(
      /^event \d+, p01 indicate at \d+\.\d{3} ms, says something else the second time$/,
    )
  })

  test('in a variable beside the state is found by taking the process up again, and the event named', () => {
    const beside = (): Algorithm<Little> => ({
      initial: () => ({}),
      upon(context, state) {
        let here = 0
        return talkative(() => ++here).upon(context, state)
      },
    })
    expect(firstDifference(plan(beside))).toBeNull()
    const found = keptElsewhere(plan(beside))
    expect(found).toMatch(/^a process keeps something elsewhere than in its state: event \d+, /)
    expect(found).toMatch(/, p0[01] indicate at .*, says something else taken up again from its state$/)
  })

  test('and not where there is none', () => {
    const pure = () => talkative(() => 1)
    expect(firstDifference(plan(pure))).toBeNull()
    expect(keptElsewhere(plan(pure))).toBeNull()
  })
})
