/** Fault rules are asked at every message; the history and the count of what fired say the same. */
import { describe, expect } from 'vitest'
import { law, type Ran } from './arms.ts'
import { little, note, tick } from './little.ts'
import { balance, of, sound } from './reading.ts'

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
    const steady = little({
      start: ({ setTimer }) => setTimer(tick('', 0), 1),
      tick({ outgoing, send, setTimer }, { n }) {
        for (const to of outgoing) send(to, note(n))
        if (n < 60) setTimer(tick('', n + 1), 1)
      },
    })
    const ran = await arm.run(steady, { faults: 'cut p00-p01 at 20ms for 20ms' })
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
    expect(ran.ended!.faultsFired).toMatchObject({ cut: 1, heal: 1 })
  })

  law('throws the same dice on every run of one seed, and others for another', async (arm) => {
    const lost = async (seed: number) =>
      of(await arm.run(pourer, { seed, faults: 'loss 10%' }), 'lost').map(({ messageId }) => messageId)
    const once = await lost(1)
    expect(await lost(1)).toEqual(once)
    expect(await lost(2)).not.toEqual(once)
  })
})
