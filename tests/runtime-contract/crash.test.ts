/** Processes that go, and processes that come back: with what they stored, and nothing else. */
import { describe, expect } from 'vitest'
import { type Arm, law, type Parts, type Ran, until } from './arms.ts'
import { type Handlers, little, note, saw, tick } from './little.ts'
import { announced, balance, of, sound } from './reading.ts'

/** Everybody sends everybody a note every 2 ms, `rounds` times, after a recovery too. */
const busy = (rounds: number, more: Handlers = {}) =>
  little({
    initial: () => ({ sent: 0 }),
    start: ({ setTimer }) => setTimer(tick('send'), 2),
    recover: ({ setTimer }) => setTimer(tick('send'), 2),
    tick({ outgoing, send, setTimer }, _, state) {
      for (const to of outgoing) send(to, note(state.sent))
      if (++state.sent < rounds) setTimer(tick('send'), 2)
    },
    ...more,
  })

const CRASH = 'crash p01 at 25ms for 20ms'

/** Whatever is said of a run with crashes, this is true of it too. */
async function soundly(arm: Arm, algorithm: ReturnType<typeof little>, parts: Parts): Promise<Ran> {
  const ran = await arm.run(algorithm, parts)
  sound(ran, { fifo: parts.streams !== 'exchange' })
  expect(nothingOld(ran)).toEqual([])
  return ran
}

/** Deliveries across a crash: of what an older incarnation had sent, or what was meant for one. */
function nothingOld({ history }: Ran): string[] {
  const incarnation = new Map<string, number>()
  const of = (id: string) => incarnation.get(id) ?? 0
  const sent = new Map<string, { from: number; to: number }>()
  const old: string[] = []
  for (const event of history) {
    if (event.kind === 'recover') incarnation.set(event.at, of(event.at) + 1)
    if (event.kind === 'send') sent.set(event.messageId, { from: of(event.at), to: of(event.to) })
    if (event.kind !== 'deliver') continue
    const was = sent.get(event.messageId)
    if (was?.from !== of(event.from) || was.to !== of(event.at)) old.push(event.messageId)
  }
  return old
}

/** Events of a process while it is down, but for the fate of what it had sent. */
function whileDown({ history }: Ran): string[] {
  const down = new Set<string>()
  return history.flatMap((event) => {
    if (event.kind === 'crash') down.add(event.at)
    else if (event.kind === 'recover') down.delete(event.at)
    else if (down.has(event.at) && event.kind !== 'lost' && event.kind !== 'linkUp')
      return [`${event.at} ${event.kind}`]
    return []
  })
}

describe('recovery', () => {
  law('is `initial`, then `recover` with what was stored last, and never `start`', async (arm) => {
    const made: string[] = []
    const keeper = little({
      initial: ({ self }) => {
        made.push(self)
        return { n: 0 }
      },
      start({ self, store, setTimer }, state) {
        state.n = 77
        if (self !== 'p01') return
        store({ n: 1 })
        store({ n: 2, of: 'first life' })
        setTimer(tick('store'), 1)
      },
      tick: ({ store }) => store({ n: 3 }),
      recover: ({ indicate }, stored, state) => indicate(saw({ stored, state: { ...state } })),
    })
    const ran = await soundly(arm, keeper, { faults: CRASH })
    expect(announced(ran)).toEqual([{ stored: { n: 3 }, state: { n: 0 } }])
    expect(of(ran, 'recover').map(({ at, stored }) => [at, stored])).toEqual([['p01', { n: 3 }]])
    expect(of(ran, 'start').map(({ at }) => at)).toEqual(['p00', 'p01', 'p02'])
    expect(made).toEqual(['p00', 'p01', 'p02', 'p01'])
    expect(ran.ended!.faultsFired).toEqual({ [CRASH]: 1 })
  })

  law('of one that had stored nothing is with null', async (arm) => {
    const forgetful = little({ recover: ({ indicate }, stored) => indicate(saw([stored])) })
    const ran = await soundly(arm, forgetful, { faults: CRASH })
    expect(announced(ran)).toEqual([[null]])
  })

  law('keeps what was stored through a second crash', async (arm) => {
    const counter = little({
      recover({ store, indicate }, stored) {
        const lives = ((stored as { lives: number } | null)?.lives ?? 0) + 1
        store({ lives })
        indicate(saw(lives))
      },
    })
    const ran = await soundly(arm, counter, { faults: 'crash p01 at 5ms for 5ms, crash p01 at 60ms for 5ms' })
    expect(announced(ran)).toEqual([1, 2])
  })

  law('opens channels that are new and empty, and work both ways', async (arm) => {
    const ran = await soundly(arm, busy(60), { faults: CRASH })
    const [recovered] = of(ran, 'recover')
    const after = of(ran, 'deliver').filter(({ position }) => position > recovered!.position)
    const ways = new Set(after.map(({ from, at }) => `${from}→${at}`))
    expect([...ways].sort().join()).toBe('p00→p01,p00→p02,p01→p00,p01→p02,p02→p00,p02→p01')
    expect(whileDown(ran)).toEqual([])
  })

  law('comes even when it is asked for before the crash is over', async (arm) => {
    const lives = 'crash p01 at 10ms for 1ms, crash p01 at 12ms for 1ms, crash p02 at 10ms for 2ms'
    const ran = await soundly(arm, busy(40), { faults: lives })
    expect(
      of(ran, 'crash')
        .map(({ at }) => at)
        .sort(),
    ).toEqual(['p01', 'p01', 'p02'])
    expect(
      of(ran, 'recover')
        .map(({ at }) => at)
        .sort(),
    ).toEqual(['p01', 'p01', 'p02'])
    const last = Math.max(...of(ran, 'recover').map(({ position }) => position))
    const between = of(ran, 'deliver').filter(
      ({ position, from, at }) => position > last && from !== 'p00' && at !== 'p00',
    )
    expect(new Set(between.map(({ at }) => at)), 'p01 and p02 have each other again').toEqual(
      new Set(['p01', 'p02']),
    )
  })

  law(
    'is on the same host, with the same key and address',
    async (arm) => {
      const mesh = await arm.mesh()
      const identity = () => [mesh.host(1).peerId.toString(), ...mesh.host(1).getMultiaddrs().map(String)]
      const before = identity()
      await soundly(arm, busy(30), { faults: CRASH })
      expect(identity()).toEqual(before)
      expect(mesh.linked()).toBe(3)
    },
    { simulator: 'it has no hosts' },
  )
})

describe('a crash', () => {
  law('loses what is in transit to and from the process, and what is sent to it', async (arm) => {
    const faults = `${CRASH}, latency 0-6ms`
    const ran = await soundly(arm, busy(40), { faults })
    const [crashed] = of(ran, 'crash')
    const [recovered] = of(ran, 'recover')
    const down = of(ran, 'send').filter(
      ({ to, position }) => to === 'p01' && position > crashed!.position && position < recovered!.position,
    )
    expect(down.length).toBeGreaterThan(2)
    const lost = new Map(of(ran, 'lost').map(({ messageId, cause }) => [messageId, cause]))
    for (const { messageId } of down) expect(lost.get(messageId)).toBe('crash')
    expect(lost.size, 'and some were in transit').toBeGreaterThan(down.length)
    const { sent, delivered, lost: losses } = balance(ran)
    expect(sent).toBe(delivered + losses)
  })

  law(
    'is seen by those it had links to, not by itself, and a link is down before it is up again',
    async (arm) => {
      const ran = await soundly(arm, busy(30), { faults: CRASH })
      const [crashed] = of(ran, 'crash')
      const [recovered] = of(ran, 'recover')
      const links = ran.history.filter(({ kind, position }) => {
        return position > crashed!.position && (kind === 'linkDown' || kind === 'linkUp')
      }) as unknown as { kind: string; at: string; peer: string; position: number }[]
      for (const at of ['p00', 'p02']) {
        const own = links.filter((event) => event.at === at)
        expect(own.map(({ kind, peer }) => `${kind} ${peer}`)).toEqual(['linkDown p01', 'linkUp p01'])
      }
      const own = links.filter(({ at }) => at === 'p01')
      expect(own.map(({ kind, peer }) => `${kind} ${peer}`).sort()).toEqual(['linkUp p00', 'linkUp p02'])
      expect(
        links.every(({ position }) => position < recovered!.position),
        'links come before the process',
      ).toBe(true)
    },
  )

  law('for good leaves the others alone, and the hosts whole for the next run', async (arm) => {
    const ran = await soundly(arm, busy(25), { faults: 'crash p01 at 10ms' })
    expect(of(ran, 'recover')).toEqual([])
    expect(ran.ended!.faultsFired).toEqual({ 'crash p01 at 10ms': 1 })
    const between = of(ran, 'deliver').filter(({ from, at }) => from !== 'p01' && at !== 'p01')
    expect(between).toHaveLength(50)
    const next = await arm.run(busy(3))
    sound(next)
    expect(of(next, 'deliver')).toHaveLength(18)
  })

  for (const streams of ['channel', 'exchange'] as const) {
    law(`with channels on demand, ${streams} streams: every message is accounted for`, async (arm) => {
      const parts: Parts = { streams, channels: 'on demand', delivery: 'unordered' }
      const faults = 'latency 0-4ms, crash p01 at 20ms for 10ms, crash p02 at 35ms for 10ms'
      const ran = await arm.run(busy(40), { ...parts, faults })
      sound(ran, { fifo: false })
      expect(nothingOld(ran)).toEqual([])
      expect(of(ran, 'recover')).toHaveLength(2)
      expect(of(ran, 'lost').length).toBeGreaterThan(0)
      expect(balance(ran).delivered).toBeGreaterThan(0)
    })
  }

  law('of one that everybody floods loses no count of a message', async (arm) => {
    const body = 'x'.repeat(3000)
    const flood = little({
      start({ outgoing, send }) {
        for (let n = 0; n < 400; n++) for (const to of outgoing) send(to, note(n, body))
      },
    })
    await soundly(arm, flood, { faults: 'crash p01 at 4ms for 4ms' })
  })

  law('is of no effect on a process that is down, nor recovery on one that is up', async (arm) => {
    const faults = 'crash p01 at 5ms for 10ms, crash p02 at 5ms'
    const ran = await soundly(arm, busy(10), { faults })
    expect(
      of(ran, 'crash')
        .map(({ at }) => at)
        .sort(),
    ).toEqual(['p01', 'p02'])
    expect(whileDown(ran)).toEqual([])
  })

  law('takes no request, and the run ends without it', async (arm) => {
    const asked = little({ go: ({ indicate }, { n }) => indicate(saw(n)) })
    const request = (n: number, atMs: number) => ({
      to: 'p01',
      atMs,
      request: { type: 'go' as const, n, list: [] },
    })
    const ran = await soundly(arm, asked, {
      faults: 'crash p01 at 20ms',
      requests: [request(1, 1), request(2, 40)],
    })
    expect(announced(ran)).toEqual([1])
  })

  law(
    'while hosts come back does not outlive the run',
    async (arm) => {
      const over = new AbortController()
      const ran = await arm.run(busy(1000), {
        faults: CRASH,
        signal: over.signal,
        beside: async ({ history }) => {
          await until('p01 has crashed', () => of({ history: history() }, 'crash').length > 0)
          over.abort()
        },
      })
      expect(ran.ended?.how).toBe('interrupted')
      const next = await arm.run(busy(3))
      sound(next)
      expect(of(next, 'deliver')).toHaveLength(18)
    },
    { simulator: 'its runs are over at once: nobody can interrupt them' },
  )
})
