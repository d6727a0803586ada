/** How a run begins, and what a channel does with what is sent on it. */
import { describe, expect } from 'vitest'
import { Prng } from '../../src/lib/prng.ts'
import { law, SEED } from './arms.ts'
import { type Handlers, little, type Note, note } from './little.ts'
import { announced, of, sound } from './reading.ts'

const toAll: (message: Note) => NonNullable<Handlers['start']> =
  (message) =>
  ({ outgoing, send }) => {
    for (const to of outgoing) send(to, message)
  }

describe('begin', () => {
  law('all start in the order of their ids, before any delivery', async (arm) => {
    const chatty = little({ start: toAll(note(1)) })
    const ran = await arm.run(chatty, { n: 4 })
    sound(ran)
    const starts = of(ran, 'start')
    expect(starts.map(({ at }) => at)).toEqual(['p00', 'p01', 'p02', 'p03'])
    const delivered = of(ran, 'deliver')
    expect(delivered).toHaveLength(12)
    expect(delivered[0]!.position).toBeGreaterThan(starts.at(-1)!.position)
  })

  law('what is sent on demand to a process that has not started waits for it', async (arm) => {
    const early = little({ start: ({ self, send }) => self === 'p00' && send('p02', note(1)) })
    const ran = await arm.run(early, { channels: 'on demand' })
    sound(ran)
    const [delivered] = of(ran, 'deliver', 'p02')
    expect(delivered!.position).toBeGreaterThan(of(ran, 'start', 'p02')[0]!.position)
  })

  law('a process without a start is there all the same', async (arm) => {
    const ran = await arm.run(little({}))
    sound(ran)
    expect(ran.history.filter(({ kind }) => kind !== 'linkUp').map(({ kind }) => kind)).toEqual([
      'start',
      'start',
      'start',
    ])
  })
})

/** Now and then large, mostly small, down to nothing at all. */
const sizeOf = (n: number) => (n % 200 === 7 ? 200_000 : n % 10 === 3 ? 4096 + n : n % 97)
const texts = new Map<number, string>()
const textOf = (n: number): string => {
  if (!texts.has(n)) texts.set(n, makeText(n))
  return texts.get(n)!
}
const makeText = (n: number) => {
  const letters = new Prng(SEED, 'text', n)
  const piece = Array.from({ length: 61 }, () => 'aé€😀"\\z'[letters.below(7)]).join('')
  return piece.repeat(Math.ceil(sizeOf(n) / piece.length)).slice(0, sizeOf(n))
}

/** Everyone in `senders` sends `count` notes to the others at its start; all check what they get. */
function flood(senders: readonly string[], count: number, text: (n: number) => string) {
  const got = new Map<string, number[]>() // channel → numbers in the order of arrival
  const wrong: string[] = []
  const algorithm = little({
    start({ self, outgoing, send }) {
      if (!senders.includes(self)) return
      for (let n = 0; n < count; n++) for (const to of outgoing) send(to, note(n, text(n)))
    },
    note({ self }, { n, text: body }, from) {
      const channel = `${from}→${self}`
      if (!got.has(channel)) got.set(channel, [])
      got.get(channel)!.push(n)
      if (body !== text(n)) wrong.push(`${channel} #${n}`)
    },
  })
  return { algorithm, got, wrong }
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('a channel', () => {
  const ways: [string, string[], string | undefined][] = [
    ['one way', ['p00'], undefined],
    ['both ways', ['p00', 'p01'], undefined],
    ['both ways with latency', ['p00', 'p01'], 'latency 0-5ms'],
  ]
  for (const [title, senders, faults] of ways) {
    law(`2000 messages of all sizes arrive whole and in order, ${title}`, async (arm) => {
      const { algorithm, got, wrong } = flood(senders, 2000, textOf)
      const ran = await arm.run(algorithm, { n: 2, ...(faults ? { faults } : {}) })
      sound(ran)
      expect(wrong).toEqual([])
      expect(got.size).toBe(senders.length)
      for (const numbers of got.values()) expect(numbers).toEqual(upTo(2000))
    })
  }

  law('4000 messages of 5 kB from one handler arrive, though no buffer takes them at once', async (arm) => {
    const body = 'x'.repeat(5000)
    const { algorithm, got, wrong } = flood(['p00'], 4000, () => body)
    const ran = await arm.run(algorithm, { n: 2 })
    sound(ran)
    expect(wrong).toEqual([])
    expect(got.get('p00→p01')).toEqual(upTo(4000))
  })

  law('each channel is in order, whatever goes on in the others', async (arm) => {
    const { algorithm, got } = flood(['p00', 'p01', 'p02', 'p03'], 300, (n) => 'y'.repeat(n % 700))
    const ran = await arm.run(algorithm, { n: 4, faults: 'latency 0-3ms on p00->p01' })
    sound(ran)
    expect(got.size).toBe(12)
    for (const numbers of got.values()) expect(numbers).toEqual(upTo(300))
  })

  law('on demand, what is sent while it opens stays in order with what is sent after', async (arm) => {
    const got: number[] = []
    const impatient = little({
      start({ self, send, setTimer }) {
        if (self !== 'p00') return
        for (let n = 0; n < 50; n++) send('p01', note(n))
        for (let n = 0; n < 20; n++) setTimer({ type: 'tick', name: 'again', n }, n / 4)
      },
      tick: ({ send }, { n }) => send('p01', note(50 + n)),
      note: (_, { n }) => got.push(n),
    })
    const ran = await arm.run(impatient, { channels: 'on demand' })
    sound(ran)
    expect(got.slice(0, 50)).toEqual(upTo(50))
    expect(got).toHaveLength(70)
  })

  law('latency never lets a message overtake another', async (arm) => {
    const got: number[] = []
    const steady = little({
      start: ({ self, setTimer }) => self === 'p00' && setTimer({ type: 'tick', name: '', n: 0 }, 0),
      tick({ send, setTimer }, { n }) {
        for (let i = 0; i < 5; i++) send('p01', note(n * 5 + i))
        if (n < 30) setTimer({ type: 'tick', name: '', n: n + 1 }, 1)
      },
      note: (_, { n }) => got.push(n),
    })
    sound(await arm.run(steady, { faults: 'latency 0-20ms' }))
    expect(got).toEqual(upTo(155))
  })

  law('ping and pong take turns', async (arm) => {
    const rally = little({
      start: ({ self, send }) => self === 'p00' && send('p01', note(0)),
      note({ send, indicate }, { n }, from) {
        indicate({ type: 'saw', what: n })
        if (n < 200) send(from, note(n + 1))
      },
    })
    const ran = await arm.run(rally, { n: 2 })
    sound(ran)
    expect(announced(ran)).toEqual(upTo(201))
  })
})
