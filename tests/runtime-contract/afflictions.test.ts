/** What befalls a process while it goes on: it is paused, slow, wrong about the time, or lies. */
import { describe, expect } from 'vitest'
import { law } from './arms.ts'
import { go, little, note, saw, steady, tick } from './little.ts'
import { announced, balance, deliveryOf, of, sentBetween, sound, told } from './reading.ts'

const COUNT = 50

/** Each sends COUNT notes to each of the others, and as many lists of numbers. */
const talker = little({
  start({ outgoing, send }) {
    for (let n = 0; n < COUNT; n++) {
      for (const to of outgoing) send(to, note(n))
      for (const to of outgoing) send(to, { type: 'numbers', list: [n] })
    }
  },
})

describe('a process', () => {
  law('that is paused handles nothing, and all of it afterwards, in order', async (arm) => {
    const fault = 'pause p01 at 10ms for 30ms'
    const ran = await arm.run(steady(60), { faults: fault, requests: [go('p01', 20)] })
    sound(ran)
    const own = ran.history.filter(({ at, kind }) => at === 'p01' && kind !== 'linkUp')
    const [from, to] = own.flatMap(({ kind, position }) => (kind === 'fault' ? [position] : []))
    expect(own.filter(({ position }) => position > from! && position < to!)).toEqual([])
    expect(told(ran)).toEqual([`is paused (${fault})`, `goes on (${fault})`])
    expect(of(ran, 'fault')[1]!.timeNs).toBeGreaterThanOrEqual(40e6)
    const waited = sentBetween(ran, 'p00', 'p01', from!, to!)
    expect(waited.length).toBeGreaterThan(2)
    for (const { messageId } of waited) expect(deliveryOf(ran, messageId)!.position).toBeGreaterThan(to!)
    expect(of(ran, 'request', 'p01')[0]!.position).toBeGreaterThan(to!)
    expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
  })

  law('that is paused answers on the stream it was asked on', async (arm) => {
    const answering = little({
      start: ({ self, send }) => self === 'p00' && send('p01', note(1)),
      note({ self, send, indicate }, { n }, from) {
        if (self === 'p01') send(from, note(n + 1))
        else indicate(saw(n))
      },
    })
    const faults = 'pause p01 at 0ms for 20ms, latency 5ms'
    const ran = await arm.run(answering, {
      faults,
      streams: 'exchange',
      channels: 'on demand',
      delivery: 'unordered',
    })
    sound(ran, { fifo: false })
    expect(announced(ran)).toEqual([2])
    expect(of(ran, 'deliver', 'p01')[0]!.timeNs).toBeGreaterThanOrEqual(20e6 - 1000)
  })

  law('that crashes while it is paused is paused no more, and what waited is lost', async (arm) => {
    const faults = 'pause p01 at 10ms for 300ms, crash p01 at 20ms for 10ms'
    const ran = await arm.run(steady(60), { faults })
    sound(ran, { reliable: false })
    const [paused] = of(ran, 'fault')
    const [crashed] = of(ran, 'crash')
    const waited = sentBetween(ran, 'p00', 'p01', paused!.position, crashed!.position)
    expect(waited.length).toBeGreaterThan(0)
    const lost = of(ran, 'lost')
    for (const { messageId } of waited)
      expect(lost.find((event) => event.messageId === messageId)?.cause).toBe('crash')
    const recovered = of(ran, 'recover')[0]!
    const again = of(ran, 'deliver', 'p01').filter(({ position }) => position > recovered.position)
    expect(again[0]!.timeNs, 'before the pause would have been over').toBeLessThan(310e6)
    expect(told(ran)).toEqual(['is paused (pause p01 at 10ms for 300ms)'])
    expect(Object.values(ran.ended!.faultsFired)).toEqual([1, 1])
  })

  law('cancels a timer that waits while it is paused, and it does not go off', async (arm) => {
    const canceller = little({
      start: ({ self, send, setTimer }) => {
        if (self === 'p00') send('p01', note(1))
        else if (self === 'p01') setTimer(tick('wait'), 20)
      },
      note: ({ cancelTimer }) => cancelTimer(tick('wait')),
      tick: ({ indicate }) => indicate(saw('tick')),
    })
    const ran = await arm.run(canceller, { faults: 'pause p01 at 1ms for 40ms, latency 8ms' })
    sound(ran)
    expect(of(ran, 'cancelTimer')).toHaveLength(1)
    expect(announced(ran)).toEqual([])
  })

  law('that is slow takes its time over each event', async (arm) => {
    const fault = 'slow p01 4ms at 5ms for 40ms'
    const ran = await arm.run(steady(20), { faults: fault })
    sound(ran)
    const [slow, quick] = of(ran, 'fault').map(({ position }) => position)
    const steps = ran.history.filter(
      ({ at, kind, position }) =>
        at === 'p01' && (kind === 'deliver' || kind === 'timeout') && position > slow! && position < quick!,
    )
    expect(steps.length).toBeGreaterThan(3)
    for (const [i, { timeNs }] of steps.slice(1).entries())
      expect(timeNs - steps[i]!.timeNs).toBeGreaterThanOrEqual(4e6 - 2000)
    expect(told(ran)).toEqual([`takes 4 ms over each event (${fault})`, `is quick again (${fault})`])
    expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
  })

  law('has a clock that can be wrong, and then right again', async (arm) => {
    const reader = little({
      start: ({ setTimer }) => setTimer(tick(''), 5),
      tick({ now, indicate, setTimer }, { n }) {
        indicate(saw(now()))
        if (n < 8) setTimer(tick('', n + 1), 5)
      },
    })
    const fault = 'clock p01 +500ms at 12ms for 20ms'
    const ran = await arm.run(reader, { faults: fault })
    sound(ran)
    const [wrong, right] = of(ran, 'fault').map(({ position }) => position)
    const read = announced(ran, 'p01')
    for (const [i, { position, timeNs, localNs }] of of(ran, 'timeout', 'p01').entries()) {
      const isWrong = position > wrong! && position < right!
      expect(localNs - timeNs, `the timeout at ${timeNs}`).toBe(isWrong ? 500e6 : 0)
      expect(read[i], 'that is what `now` says').toBeCloseTo(localNs / 1e6, 2)
    }
    expect(of(ran, 'timeout', 'p00').every(({ timeNs, localNs }) => timeNs === localNs)).toBe(true)
    expect(told(ran)).toEqual([
      `its clock is put forward by 500 ms (${fault})`,
      `its clock is put back by 500 ms (${fault})`,
    ])
    expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
  })

  law('has timers that go by its clock', async (arm) => {
    const waiter = little({
      start: ({ setTimer }) => setTimer(tick(''), 2),
      tick: ({ setTimer, indicate }, { n }) => (n === 0 ? setTimer(tick('', 1), 60) : indicate(saw(n))),
    })
    const ran = await arm.run(waiter, { faults: 'clock p01 drift 500000ppm, clock p02 drift -200000ppm' })
    sound(ran)
    const waited = (at: string) => of(ran, 'indicate', at)[0]!.timeNs / 1e6
    expect(waited('p01')).toBeGreaterThanOrEqual(40)
    expect(waited('p00')).toBeGreaterThanOrEqual(60)
    expect(waited('p02')).toBeGreaterThanOrEqual(75)
    expect(waited('p01')).toBeLessThan(waited('p00'))
    expect(waited('p00')).toBeLessThan(waited('p02'))
    const local = of(ran, 'indicate', 'p01')[0]!
    expect(local.localNs / local.timeNs).toBeGreaterThan(1.3)
    expect(local.localNs / local.timeNs).toBeLessThanOrEqual(1.5)
  })

  law('lies: it is silent, equivocates, tells a lie', async (arm) => {
    const faults =
      'byzantine p00 silent of numbers, byzantine p01 lies note.n, byzantine p02 equivocates note.n'
    const ran = await arm.run(talker, { faults })
    sound(ran)
    expect(of(ran, 'send', 'p00').every(({ message }) => message.type === 'note')).toBe(true)
    const fired = ran.ended!.faultsFired
    expect(fired).toEqual({
      'byzantine p00 silent of numbers': 2 * COUNT,
      'byzantine p01 lies note.n': 2 * COUNT,
      'byzantine p02 equivocates note.n': told(ran, 'p02').length,
    })
    expect(told(ran, 'p02').length).toBeGreaterThan(COUNT)
    expect(told(ran, 'p00')).toHaveLength(2 * COUNT)
    const said = (at: string, to: string) =>
      of(ran, 'send', at).flatMap(({ message, ...send }) =>
        send.to === to && message.type === 'note' ? [message.n] : [],
      )
    expect(said('p01', 'p00'), 'to all the same').toEqual(said('p01', 'p02'))
    expect(said('p01', 'p00').every((n, i) => n !== i)).toBe(true)
    const other = said('p02', 'p01')
    expect(said('p02', 'p00').every((n, i) => n !== other[i])).toBe(true)
    expect(of(ran, 'fault', 'p01').map(({ peer }) => peer)).toContain('p02')
  })
})

describe('all of it at once', () => {
  law('loses no count of a message: sent + duplicated = delivered + lost + in transit', async (arm) => {
    const faults = [
      'latency 1-5ms',
      'loss 5%',
      'duplicate 5%',
      'cut p00->p01 at 10ms for 10ms',
      'cut p01-p02 held at 15ms for 15ms',
      'partition isolate p02 at 30ms for 10ms',
      'pause p00 at 12ms for 20ms',
      'slow p01 2ms at 10ms for 30ms',
      'crash p02 at 45ms for 10ms',
      'clock p00 -20ms at 5ms for 30ms',
      'byzantine p01 lies note.n at 5ms for 40ms',
    ]
    for (const parts of [
      {},
      { streams: 'exchange', channels: 'on demand', delivery: 'unordered' } as const,
    ]) {
      const more = 'streams' in parts ? [...faults, 'reorder 20% by 5-20ms'] : faults
      const ran = await arm.run(steady(70), { ...parts, faults: more.join(', ') })
      sound(ran, { reliable: false, noDuplicates: false, fifo: !('streams' in parts) })
      const { sent, delivered, lost } = balance(ran)
      expect(sent).toBe(delivered + lost)
      for (const fault of more) expect(ran.ended!.faultsFired[fault], fault).toBeGreaterThan(0)
    }
  })

  law('and when the time is over in the middle of it, what is left is in transit', async (arm) => {
    const faults =
      'latency 1-30ms, pause p01 at 5ms for 200ms, cut p00-p02 held at 5ms for 200ms, duplicate 10%'
    const ran = await arm.run(steady(500), { faults, ends: { atMs: 60 } })
    expect(ran.ended!.how).toBe('time over')
    const { sent, delivered, lost, inTransit } = balance(ran)
    expect(inTransit).toBeGreaterThan(0)
    expect(sent).toBe(delivered + lost + inTransit)
  })
})
