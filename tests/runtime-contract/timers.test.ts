import { describe, expect } from 'vitest'
import { HandlerThrew } from '../../src/runtimes/experiment.ts'
import { law } from './arms.ts'
import { type Handlers, little, saw, tick } from './little.ts'
import { announced, of, sound } from './reading.ts'

/** p00 does something at its start; the other processes nothing. Each timeout is announced with the time. */
const first = (start: Handlers['start'], more: Handlers = {}) =>
  little({
    start: (its, state) => its.self === 'p00' && start?.(its, state),
    tick: ({ indicate, now }, timer) => indicate(saw([timer.name, timer.n, now()])),
    ...more,
  })

describe('a timer', () => {
  law('never goes off early by the clock of its process', async (arm) => {
    const delays = Array.from({ length: 60 }, (_, n) => 0.3 + n * 0.61)
    const many = first(({ setTimer }) => {
      for (const [n, ms] of delays.entries()) setTimer(tick('t', n), ms)
    })
    const ran = await arm.run(many)
    sound(ran)
    const [armed] = of(ran, 'setTimer')
    const times = announced(ran) as [string, number, number][]
    expect(times).toHaveLength(delays.length)
    for (const [, n, atMs] of times) {
      expect(atMs - armed!.localNs / 1e6, `timer of ${delays[n]} ms`).toBeGreaterThanOrEqual(
        delays[n]! - 0.001,
      )
    }
  })

  law('goes off once, however often an equal one is set, and counts from the last time', async (arm) => {
    const again = first(({ setTimer }) => {
      setTimer(tick('t'), 5)
      setTimer(tick('t'), 1)
      setTimer({ name: 't', n: 0, type: 'tick' }, 20) // equal, whatever the order of its fields
    })
    const ran = await arm.run(again)
    sound(ran)
    expect(announced(ran)).toHaveLength(1)
    expect((announced(ran)[0] as number[])[2]).toBeGreaterThanOrEqual(20)
  })

  law('may be set again thousands of times, as one that watches for silence is', async (arm) => {
    const watchful = first(({ setTimer, cancelTimer }) => {
      for (let n = 0; n < 5000; n++) {
        setTimer(tick('silence'), 10)
        setTimer(tick('other', n), 5)
        if (n > 0) cancelTimer(tick('other', n - 1))
      }
    })
    const ran = await arm.run(watchful)
    sound(ran)
    expect(of(ran, 'timeout').map(({ timer }) => [timer.name, timer.n])).toEqual([
      ['other', 4999],
      ['silence', 0],
    ])
  })

  law('that differs in a field is another timer', async (arm) => {
    const two = first(({ setTimer, cancelTimer }) => {
      for (const [name, n] of [
        ['a', 1],
        ['a', 2],
        ['b', 1],
      ] as const)
        setTimer(tick(name, n), 2)
      cancelTimer(tick('a', 2))
    })
    const ran = await arm.run(two)
    sound(ran)
    expect(of(ran, 'timeout').map(({ timer }) => timer)).toEqual([tick('a', 1), tick('b', 1)])
  })

  law('that is cancelled never goes off, and nobody waits for it', async (arm) => {
    const cancelled = first(({ setTimer, cancelTimer }) => {
      cancelTimer(tick('was never set'))
      setTimer(tick('t'), 60_000)
      setTimer(tick('u'), 3)
      cancelTimer(tick('t'))
    })
    const ran = await arm.run(cancelled, { ends: { atMs: 5000 } })
    sound(ran)
    expect(announced(ran)).toHaveLength(1)
    expect(ran.ended!.durationNs).toBeLessThan(1e9)
  })

  law('may be set again by its own timeout', async (arm) => {
    const beating = first(({ setTimer }) => setTimer(tick('beat', 5), 1), {
      tick({ setTimer, indicate }, { n }) {
        indicate(saw(n))
        if (n > 0) setTimer(tick('beat', n - 1), 1)
      },
    })
    const ran = await arm.run(beating)
    sound(ran)
    expect(announced(ran)).toEqual([5, 4, 3, 2, 1, 0])
  })

  law('with an interval goes off within it, not always at the same time', async (arm) => {
    const many = first(({ setTimer }) => {
      for (let n = 0; n < 40; n++) setTimer(tick('t', n), 5, 25)
    })
    const ran = await arm.run(many)
    sound(ran)
    const [armed] = of(ran, 'setTimer')
    const delays = (announced(ran) as [string, number, number][]).map(([, , ms]) => ms - armed!.localNs / 1e6)
    expect(delays).toHaveLength(40)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(4.999)
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(5)
    if (arm.name === 'simulator') expect(Math.max(...delays)).toBeLessThanOrEqual(25)
    expect(of(ran, 'setTimer')[0]).toMatchObject({ minMs: 5, maxMs: 25 })
  })

  law('may be as long as one likes', async (arm) => {
    const patient = first(({ setTimer }) => {
      setTimer(tick('longer than any of Node'), 2 ** 31 + 1000)
      setTimer(tick('wide'), 1000, 5e9)
      setTimer(tick('far'), 1e12, 1e15)
      setTimer(tick('soon'), 1)
    })
    const ran = await arm.run(patient, { ends: { atMs: 30 } })
    expect(ran.error).toBe(null)
    expect(ran.ended!.how).toBe('time over')
    expect(of(ran, 'timeout').map(({ timer }) => timer.name)).toEqual(['soon'])
  })

  law('is gone with a crash, and does not come back, however late everything is', async (arm) => {
    const doomed = little({
      start({ self, setTimer }) {
        if (self === 'p01') for (let n = 0; n < 10; n++) setTimer(tick('old', n), 20 + n * 10)
        if (arm.name === 'simulator' || self !== 'p02') return // in virtual time nothing is ever late
        const wakes = performance.now() + 60 // when the crash and some of the timers are overdue
        while (performance.now() < wakes);
      },
      recover: ({ setTimer }) => setTimer(tick('old', 3), 1),
    })
    const ran = await arm.run(doomed, { faults: 'crash p01 at 15ms for 5ms' })
    sound(ran)
    const [recovered] = of(ran, 'recover')
    const timeouts = of(ran, 'timeout')
    expect(timeouts.map(({ timer }) => timer)).toEqual([tick('old', 3)])
    expect(timeouts[0]!.position).toBeGreaterThan(recovered!.position)
  })

  law('of a time that is none is a mistake, and named', async (arm) => {
    const times: [number, number?][] = [[-1], [5, 4], [Number.NaN], [1, Number.POSITIVE_INFINITY]]
    for (const [min, max] of times) {
      const ran = await arm.run(first(({ setTimer }) => setTimer(tick('t'), min, max)))
      expect(ran.error, `setTimer(…, ${min}, ${max})`).toBeInstanceOf(HandlerThrew)
      expect(String(ran.error)).toMatch(/^HandlerThrew: p00 threw while handling start: p00 set a timer from/)
    }
  })
})
