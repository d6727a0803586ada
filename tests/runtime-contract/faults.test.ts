/** Each kind of fault fires; the history and the count of what fired say the same. */
import { describe, expect } from 'vitest'
import { law, type Ran } from './arms.ts'
import { little, note, steady } from './little.ts'
import { balance, deliveryOf, lostSentMs, of, sentWithin, sound, told } from './reading.ts'

const COUNT = 400

/** p00 and p01 send COUNT notes to each of the others, p00 also as many lists of numbers. */
const pourer = little({
  start({ self, outgoing, send }) {
    for (let n = 0; self !== 'p02' && n < COUNT; n++) {
      for (const to of outgoing) send(to, note(n))
      if (self === 'p00') for (const to of outgoing) send(to, { type: 'numbers', list: [n] })
    }
  },
})

const lostOn = (ran: Ran, from: string, to: string) =>
  of(ran, 'lost', from).filter((event) => event.to === to).length

/** Within 5 standard deviations of the binomial distribution: passed once in two million runs. */
const about = (count: number, of: number, share: number) =>
  expect(Math.abs(count - of * share)).toBeLessThan(5 * Math.sqrt(of * share * (1 - share)) + 1)

describe('a fault rule', () => {
  law('loses its share of the messages, says so, and no other is lost', async (arm) => {
    const ran = await arm.run(pourer, { faults: 'loss 25%' })
    sound(ran, { reliable: false })
    const { sent, lost, delivered } = balance(ran)
    expect(sent).toBe(6 * COUNT)
    about(lost, sent, 0.25)
    expect(delivered).toBe(sent - lost)
    expect(ran.ended!.faultsFired).toEqual({ 'loss 25%': lost })
    expect(new Set(of(ran, 'lost').map(({ cause }) => cause))).toEqual(new Set(['loss']))
  })

  law('is about the messages it names: of a type, on a channel', async (arm) => {
    const faults = 'loss 100% of numbers on p00->p02, loss 50% on p00->p01'
    const ran = await arm.run(pourer, { faults })
    sound(ran, { reliable: false })
    const lost = of(ran, 'lost')
    expect(lostOn(ran, 'p00', 'p02')).toBe(COUNT)
    expect(lost.filter(({ to }) => to === 'p02').every(({ message }) => message.type === 'numbers')).toBe(
      true,
    )
    about(lostOn(ran, 'p00', 'p01'), 2 * COUNT, 0.5)
    expect(of(ran, 'lost', 'p01')).toEqual([])
    expect(ran.ended!.faultsFired).toEqual({
      'loss 100% of numbers on p00->p02': COUNT,
      'loss 50% on p00->p01': lost.length - COUNT,
    })
  })

  law('duplicates: a copy more of the same message, each delivered', async (arm) => {
    const ran = await arm.run(pourer, { faults: 'duplicate 30% on p00-p01' })
    sound(ran, { noDuplicates: false })
    const copies = of(ran, 'duplicate')
    about(copies.length, 3 * COUNT, 0.3)
    expect(balance(ran)).toMatchObject({ delivered: 6 * COUNT + copies.length, lost: 0 })
    expect(ran.ended!.faultsFired).toEqual({ 'duplicate 30% on p00-p01': copies.length })
    const times = new Map<string, number>()
    for (const { messageId } of of(ran, 'deliver')) times.set(messageId, (times.get(messageId) ?? 0) + 1)
    const twice = [...times].filter(([, count]) => count === 2).map(([id]) => id)
    expect(twice.sort()).toEqual(copies.map(({ messageId }) => messageId).sort())
  })

  law('delays a message by its latency, at least', async (arm) => {
    const ran = await arm.run(pourer, { faults: 'latency 30ms on p00->p01' })
    sound(ran)
    const sentAt = new Map(of(ran, 'send').map(({ messageId, timeNs }) => [messageId, timeNs]))
    const delays = of(ran, 'deliver', 'p01').filter(({ from }) => from === 'p00')
    expect(delays).toHaveLength(2 * COUNT)
    for (const { messageId, timeNs } of delays) {
      expect(timeNs - sentAt.get(messageId)!).toBeGreaterThanOrEqual(30e6 - 1)
    }
    expect(ran.ended!.faultsFired).toEqual({ 'latency 30ms on p00->p01': 2 * COUNT })
  })

  law('cuts a link for its time: both ways, and only that one', async (arm) => {
    const ran = await arm.run(steady(60), { faults: 'cut p00-p01 at 20ms for 20ms' })
    sound(ran, { reliable: false })
    expect(of(ran, 'linkDown').map(({ at, peer }) => `${at} ${peer}`)).toEqual(['p00 p01', 'p01 p00'])
    const lost = of(ran, 'lost')
    expect(new Set(lost.map(({ at, to, cause }) => `${at}→${to} ${cause}`))).toEqual(
      new Set(['p00→p01 cut', 'p01→p00 cut']),
    )
    for (const send of of(ran, 'send')) {
      const isOnIt = send.at !== 'p02' && send.to !== 'p02'
      const inIt = send.timeNs >= 20e6 && send.timeNs < 40e6 - 1e6
      if (isOnIt && inIt) expect(lost.some(({ messageId }) => messageId === send.messageId)).toBe(true)
    }
    expect(lost.every(({ timeNs }) => timeNs >= 20e6 && timeNs < 41e6)).toBe(true)
    expect(ran.ended!.faultsFired).toEqual({ 'cut p00-p01 at 20ms for 20ms': 1 })
  })

  law('throws the same dice on every run of one seed, and others for another', async (arm) => {
    const lost = async (seed: number) =>
      of(await arm.run(pourer, { seed, faults: 'loss 10%' }), 'lost').map(({ messageId }) => messageId)
    const once = await lost(1)
    expect(await lost(1)).toEqual(once)
    expect(await lost(2)).not.toEqual(once)
  })
})

describe('a rule', () => {
  law('can have a window', async (arm) => {
    const faults = 'loss 100% at 10ms for 20ms, latency 3ms at 40ms for 30ms, duplicate 100% at 80ms for 30ms'
    const ran = await arm.run(steady(130), { faults })
    sound(ran, { reliable: false, noDuplicates: false })
    const lost = lostSentMs(ran)
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.every((ms) => ms >= 10 && ms < 30)).toBe(true)
    expect(sentWithin(ran, 'p00', 'p01', 10, 30).length).toBe(of(ran, 'lost', 'p00').length / 2)
    expect(of(ran, 'duplicate').length).toBeGreaterThan(0)
    for (const { messageId, timeNs } of sentWithin(ran, 'p00', 'p01', 40, 70)) {
      expect(deliveryOf(ran, messageId)!.timeNs - timeNs).toBeGreaterThanOrEqual(3e6 - 1)
    }
    expect(Object.keys(ran.ended!.faultsFired)).toHaveLength(3)
  })

  law('loses the k-th message of a type on a channel, and no other', async (arm) => {
    const fault = 'loss 3rd of numbers on p00->p02'
    const ran = await arm.run(pourer, { faults: fault })
    sound(ran, { reliable: false })
    const [lost, ...more] = of(ran, 'lost')
    expect(more).toEqual([])
    expect(lost).toMatchObject({ at: 'p00', to: 'p02', cause: 'loss', message: { list: [2] } })
    expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
  })

  law('says how far apart the cities are that processes live in', async (arm) => {
    const ran = await arm.run(steady(3), { faults: 'latency regions' })
    sound(ran)
    const leastMs = { 'p00 p01': 28.869, 'p01 p02': 48.828, 'p00 p02': 55.283 }
    for (const { at, to, messageId, timeNs } of of(ran, 'send')) {
      const km = leastMs[[at, to].sort().join(' ') as keyof typeof leastMs]
      expect((deliveryOf(ran, messageId)!.timeNs - timeNs) / 1e6, `${at} ${to}`).toBeGreaterThanOrEqual(
        km - 0.001,
      )
    }
    expect(ran.ended!.faultsFired).toEqual({ 'latency regions': of(ran, 'send').length })
  })

  for (const streams of ['exchange', 'channel'] as const) {
    law(
      `lets what comes later overtake a message that is late: ${streams} streams`,
      async (arm) => {
        const fault = 'reorder 20% by 10-20ms'
        const delivery = streams === 'channel' ? 'fifo' : 'unordered'
        const ran = await arm.run(steady(40), { faults: fault, streams, delivery })
        sound(ran, { fifo: false })
        const late = of(ran, 'fault')
        expect(late.length).toBeGreaterThan(10)
        expect(ran.ended!.faultsFired).toEqual({ [fault]: late.length })
        let overtaken = 0
        for (const { what, at, peer } of late) {
          const delivery = deliveryOf(ran, /^\S+/.exec(what)![0])!
          const send = of(ran, 'send').find(({ messageId }) => messageId === delivery.messageId)!
          expect(delivery.timeNs - send.timeNs).toBeGreaterThanOrEqual(10e6 - 1)
          const later = of(ran, 'deliver', peer!).filter(
            ({ from, timeNs }) => from === at && timeNs < delivery.timeNs,
          )
          if (
            later.some(({ message }) => (message as { n: number }).n > (delivery.message as { n: number }).n)
          )
            overtaken++
        }
        expect(overtaken).toBeGreaterThan(late.length / 4)
      },
      streams === 'channel'
        ? {
            'tcp + noise': 'a stream delivers in order',
            'memory + plaintext': 'a stream delivers in order',
          }
        : {},
    )
  }
})

describe('a link', () => {
  law('is cut one way', async (arm) => {
    const fault = 'cut p00->p01 at 10ms for 20ms'
    const ran = await arm.run(steady(50), { faults: fault })
    sound(ran, { reliable: false })
    expect(of(ran, 'linkDown').map(({ at, peer }) => `${at} ${peer}`)).toEqual(['p00 p01'])
    expect(new Set(of(ran, 'lost').map(({ at, to, cause }) => `${at}→${to} ${cause}`))).toEqual(
      new Set(['p00→p01 cut']),
    )
    expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
  })

  law('that holds what is sent delivers it when it is up again, in order', async (arm) => {
    const fault = 'cut p00-p01 held at 10ms for 30ms'
    const ran = await arm.run(steady(60), { faults: fault })
    sound(ran)
    expect(of(ran, 'lost')).toEqual([])
    const held = sentWithin(ran, 'p00', 'p01', 10, 40)
    expect(held.length).toBeGreaterThan(2)
    for (const { messageId } of held) {
      expect(deliveryOf(ran, messageId)!.timeNs).toBeGreaterThanOrEqual(40e6 - 1000)
      expect(told(ran, 'p00')).toContain(`${messageId} to p01 is held (${fault})`)
    }
    expect(of(ran, 'linkDown')).toHaveLength(2)
    expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
  })

  law('that two faults hold down is up when both are over', async (arm) => {
    const faults = 'cut p00-p01 at 10ms for 20ms, partition isolate p00 at 20ms for 20ms'
    const ran = await arm.run(steady(60), { faults })
    sound(ran, { reliable: false })
    const links = ran.history.filter(
      (event) =>
        (event.kind === 'linkDown' || event.kind === 'linkUp') && event.at === 'p00' && event.timeNs > 0,
    ) as unknown as { kind: string; peer: string }[]
    expect(links.map(({ kind, peer }) => `${kind} ${peer}`)).toEqual([
      'linkDown p01',
      'linkDown p02',
      'linkUp p01',
      'linkUp p02',
    ])
    expect(Object.values(ran.ended!.faultsFired)).toEqual([1, 1])
  })

  law('is cut by a partition if it crosses it', async (arm) => {
    const lostBy = async (partition: string) => {
      const fault = `${partition} at 10ms for 20ms`
      const ran = await arm.run(steady(50), { faults: fault })
      sound(ran, { reliable: false })
      expect(ran.ended!.faultsFired).toEqual({ [fault]: 1 })
      const lost = new Set(of(ran, 'lost').map(({ at, to }) => `${at}→${to}`))
      const down = new Set(of(ran, 'linkDown').map(({ at, peer }) => `${at}→${peer}`))
      expect(down, 'and it is said of each link').toEqual(lost)
      expect(lostSentMs(ran).every((ms) => ms >= 10 && ms < 30)).toBe(true)
      return [...lost].sort().join()
    }
    expect(await lostBy('partition halves')).toBe('p00→p02,p01→p02,p02→p00,p02→p01')
    expect(await lostBy('partition minority')).toBe('p00→p01,p00→p02,p01→p00,p02→p00')
    expect(await lostBy('partition isolate p02 one-way')).toBe('p02→p00,p02→p01')
    expect(await lostBy('partition bridge p01')).toBe('p00→p02,p02→p00')
    expect(await lostBy('partition p00 / p01')).toBe('p00→p01,p01→p00')
  })
})
