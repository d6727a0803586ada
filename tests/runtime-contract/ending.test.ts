/** How a run ends, and that nothing of it is left when it has. */
import { describe, expect, test } from 'vitest'
import { Mesh } from '../../src/runtimes/libp2p/mesh.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { law, runOn, SEED, until } from './arms.ts'
import { go, little, note, saw, tick } from './little.ts'
import { announced, balance, channelFindings, of, sound } from './reading.ts'

/** Sets its timer again and again, and sends. */
const endless = little({
  start: ({ setTimer }) => setTimer(tick('t'), 1),
  tick({ outgoing, send, setTimer }) {
    for (const to of outgoing) send(to, note(0))
    setTimer(tick('t'), 1)
  },
})

/** The same, and every note is answered once. */
const answering = little({
  start: ({ setTimer }) => setTimer(tick('t'), 1),
  tick({ outgoing, send, setTimer }) {
    for (const to of outgoing) send(to, note(0))
    setTimer(tick('t'), 1)
  },
  note: ({ send }, { n }, from) => n === 0 && send(from, note(1)),
})

/** Passes notes on for ever: never a moment without one in transit. */
const restless = little({
  start: ({ self, send }) => self === 'p00' && send('p01', note(0)),
  note: ({ send }, { n }, from) => send(from, note(n + 1)),
})

describe('a run ends', () => {
  law('when nothing is in transit, no timer armed, no request and no fault to come', async (arm) => {
    const idle = little({
      start: ({ self, setTimer }) => self === 'p00' && setTimer(tick('t'), 20),
      tick: ({ send }) => send('p01', note(0)),
      note: ({ indicate }) => indicate(saw('note')),
      go: ({ indicate }) => indicate(saw('asked')),
      recover: ({ indicate }) => indicate(saw('back')),
    })
    const parts = { requests: [go('p01', 60)], faults: 'latency 10ms, crash p02 at 90ms for 20ms' }
    const ran = await arm.run(idle, parts)
    sound(ran)
    expect(announced(ran)).toEqual(['note', 'asked', 'back'])
    expect(ran.ended!.durationNs).toBeGreaterThanOrEqual(110e6)
  })

  law('at once when there is nothing to do', async (arm) => {
    const ran = await arm.run(little({}))
    sound(ran)
    expect(ran.ended!.durationNs).toBeLessThan(1e9)
  })

  law('at its time, where it has one, whatever goes on', async (arm) => {
    for (const algorithm of [endless, restless]) {
      const ran = await arm.run(algorithm, { ends: { atMs: 50 } })
      expect(ran.ended!.how).toBe('time over')
      expect(ran.ended!.durationNs).toBeGreaterThanOrEqual(50e6)
      expect(of(ran, 'deliver').length).toBeGreaterThan(5)
      const { sent, delivered, lost, inTransit } = balance(ran)
      expect(sent).toBe(delivered + lost + inTransit)
      expect(channelFindings(ran)).toEqual([])
    }
  })

  law('a while after the last request and the last fault', async (arm) => {
    const parts = { requests: [go('p00', 10), go('p01', 30)], faults: 'crash p02 at 5ms for 40ms' }
    const ran = await arm.run(endless, { ...parts, ends: { afterMs: 25 } })
    expect(ran.ended!.how).toBe('time over')
    expect(ran.ended!.durationNs).toBeGreaterThanOrEqual(70e6)
    expect(of(ran, 'request')).toHaveLength(2)
  })

  law('before its time when it comes to rest', async (arm) => {
    const ran = await arm.run(little({}), { ends: { atMs: 60_000 } })
    sound(ran)
  })

  law('at its limit of events, and not a step later', async (arm) => {
    const ran = await arm.run(restless, { eventsMax: 200 })
    expect(ran.ended!.how).toBe('event limit')
    expect(ran.history.length).toBeGreaterThanOrEqual(200)
    expect(ran.history.length).toBeLessThanOrEqual(201)
    const flood = little({
      start({ outgoing, send }) {
        for (let n = 0; n < 200; n++) for (const to of outgoing) send(to, note(n))
      },
    })
    const flooded = await arm.run(flood, { eventsMax: 1500 })
    expect(flooded.ended!.how).toBe('event limit')
    expect(flooded.history).toHaveLength(1500)
  })

  for (const streams of ['channel', 'exchange'] as const) {
    law(
      `in overload when more than the outbox may hold waits to leave, ${streams} streams`,
      async (arm) => {
        const body = 'x'.repeat(4_000_000)
        const greedy = little({
          start({ self, send }) {
            for (let n = 0; self === 'p00' && n < 18; n++) send('p01', note(n, body))
          },
        })
        const ran = await arm.run(greedy, { streams })
        expect(ran.ended?.how).toBe('overload')
        sound(await arm.run(little({ start: ({ self, send }) => self === 'p00' && send('p01', note(0)) })))
      },
      { simulator: 'it has no outbox: messages in transit are in the history anyway' },
    )
  }

  law(
    'when it is interrupted, at once and wherever it is',
    async (arm) => {
      const already = await arm.run(endless, { signal: AbortSignal.abort() })
      expect(already.ended?.how).toBe('interrupted')
      expect(of(already, 'start')).toEqual([])
      const over = new AbortController()
      const ran = await arm.run(endless, {
        signal: over.signal,
        beside: async ({ history }) => {
          await until('notes have come', () => of({ history: history() }, 'deliver').length > 5)
          over.abort()
        },
      })
      expect(ran.ended?.how).toBe('interrupted')
      expect(channelFindings(ran)).toEqual([])
    },
    { simulator: 'its runs are over at once: nobody can interrupt them' },
  )
})

describe('requests', () => {
  law('come at their times and never early, in the order of the workload', async (arm) => {
    const asked = little({ go: ({ indicate, now }, { n }) => indicate(saw([n, now()])) })
    const at = [30, 10, 10, 20]
    const ran = await arm.run(asked, { requests: at.map((ms, n) => go('p01', ms, n)) })
    sound(ran)
    const got = announced(ran) as [number, number][]
    expect(got.map(([n]) => n)).toEqual([1, 2, 3, 0])
    for (const [n, ms] of got) expect(ms).toBeGreaterThanOrEqual(at[n]!)
  })

  law(
    'wait while what a process has sent waits to leave',
    async (arm) => {
      const body = 'x'.repeat(1_000_000)
      const busy = little({
        start({ self, send }) {
          for (let n = 0; self === 'p00' && n < 20; n++) send('p01', note(n, body))
        },
        go: ({ indicate }) => indicate(saw('asked')),
      })
      const ran = await arm.run(busy, { requests: [go('p00', 0)] })
      sound(ran)
      const [paced] = of(ran, 'request', 'p00')
      const arrived = of(ran, 'deliver').filter(({ position }) => position < paced!.position)
      expect(arrived.length, 'the rest is in the buffers of the system').toBeGreaterThan(3)
    },
    { simulator: 'it has no outbox: nothing ever waits to leave' },
  )
})

describe('what is left of a run', () => {
  const streamsOf = (mesh: Mesh) =>
    mesh.options.ids
      .flatMap((_, process) => mesh.host(process).getConnections())
      .flatMap(({ streams }) => streams)

  for (const streams of ['channel', 'exchange'] as const) {
    law(
      `no stream is open on any connection, ${streams} streams`,
      async (arm) => {
        const mesh = await arm.mesh()
        // Of p01 nothing comes back in time: whoever waits for its answers waits on an open stream.
        const faults = 'latency 100s on p01->p00'
        const ran = await arm.run(answering, { streams, faults, ends: { atMs: 30 } })
        expect(ran.ended!.how).toBe('time over')
        await until('all streams are closed', () => streamsOf(mesh).length === 0)
        expect(mesh.linked()).toBe(3)
        sound(
          await arm.run(little({ start: ({ self, send }) => self === 'p00' && send('p01', note(0)) }), {
            streams,
          }),
        )
      },
      { simulator: 'no streams there' },
    )
  }

  law('nothing of it reaches the next run on the same hosts', async (arm) => {
    for (const streams of ['channel', 'exchange'] as const) {
      for (let round = 0; round < 5; round++) {
        const ran = await arm.run(endless, { streams, channels: 'on demand', ends: { atMs: 6 + round } })
        expect(channelFindings(ran, { fifo: streams === 'channel' })).toEqual([])
        expect(of(ran, 'refuse')).toEqual([])
        expect(of(ran, 'lost')).toEqual([])
      }
    }
  })

  for (const [transport, security] of [
    ['tcp', 'noise'],
    ['memory', 'plaintext'],
  ] as const) {
    test(`${transport}: closed hosts hold no timers and no sockets: a program can exit`, async () => {
      const held = () =>
        process
          .getActiveResourcesInfo()
          .filter((what) => /^(TCP|Timeout|Immediate)/.test(what))
          .sort()
      const { ids, links } = buildTopology('complete', 3, 0)
      const before = held()
      const mesh = await Mesh.open({ ids, links, seed: SEED, transport, security })
      await lateRuns(mesh)
      await mesh.close()
      await until(`nothing is held but ${before}, now ${held()}`, () => held().length <= before.length)
    })
  }
})

/** Runs that end with alarms far off: delayed messages on both kinds of stream, requests, faults. */
async function lateRuns(mesh: Mesh): Promise<void> {
  for (const streams of ['channel', 'exchange'] as const) {
    const requests = [go('p00', 100_000)]
    const faults = 'latency 100s, crash p01 at 90s'
    const { ended } = await runOn(mesh, endless, { streams, requests, faults, ends: { atMs: 20 } })
    expect(ended?.how).toBe('time over')
  }
}
