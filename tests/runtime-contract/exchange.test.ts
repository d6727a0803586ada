/** A stream for each message, and the way back on it; and what the outbox puts on a channel's stream. */
import type { Stream } from '@libp2p/interface'
import { describe, expect, test } from 'vitest'
import { CHANNEL_PROTOCOL, EXCHANGE_PROTOCOL } from '../../src/runtimes/libp2p/hosts.ts'
import { Mesh } from '../../src/runtimes/libp2p/mesh.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { law, type Parts, runOn, SEED, until } from './arms.ts'
import { little, note, saw, tick } from './little.ts'
import { announced, of, sound } from './reading.ts'

const NO_STREAMS = { simulator: 'messages in virtual time travel on no stream' }

/** Every stream that one process opens to others while it is watched. */
function watchOpened(mesh: Mesh, process: number): Stream[] {
  const opened: Stream[] = []
  for (const connection of mesh.host(process).getConnections()) {
    const { newStream } = connection
    connection.newStream = async (...asked) => {
      const stream = await newStream.call(connection, ...asked)
      opened.push(stream)
      return stream
    }
  }
  return opened
}

/** p00 sends notes to p01, one after the answer to the other; p01 answers each. */
const pingPong = (pings: number) =>
  little({
    start: ({ self, send }) => self === 'p00' && send('p01', note(0)),
    note({ self, send }, { n }, from) {
      if (self === 'p01' || n + 1 < pings) send(from, note(self === 'p01' ? n : n + 1))
    },
  })

/** p00 sends notes to p01, one at a time; p01 answers each so often. */
const asking = (pings: number, answers: number) =>
  little({
    start: ({ self, setTimer }) => self === 'p00' && setTimer(tick('ping', 0), 1),
    tick({ send, setTimer }, { n }) {
      send('p01', note(n))
      if (n + 1 < pings) setTimer(tick('ping', n + 1), 1)
    },
    note({ self, send }, { n }, from) {
      for (let i = 0; self === 'p01' && i < answers; i++) send(from, note(n))
    },
  })

const onExchange: Parts = { streams: 'exchange', channels: 'on demand', delivery: 'unordered' }

describe('an exchange stream', () => {
  law(
    'takes one message there and its answer back: as many streams as pings',
    async (arm) => {
      const mesh = await arm.mesh()
      const [there, back] = [watchOpened(mesh, 0), watchOpened(mesh, 1)]
      const ran = await arm.run(pingPong(25), onExchange)
      sound(ran)
      expect(of(ran, 'deliver')).toHaveLength(50)
      expect(there.map(({ protocol }) => protocol)).toEqual(new Array(25).fill(EXCHANGE_PROTOCOL))
      expect(back).toEqual([])
    },
    NO_STREAMS,
  )

  law(
    'takes the first answer; those after it have streams of their own',
    async (arm) => {
      const mesh = await arm.mesh()
      const [there, back] = [watchOpened(mesh, 0), watchOpened(mesh, 1)]
      const ran = await arm.run(asking(10, 3), onExchange)
      sound(ran, { fifo: false })
      expect(of(ran, 'deliver', 'p00')).toHaveLength(30)
      expect(there).toHaveLength(10)
      expect(back).toHaveLength(20)
    },
    NO_STREAMS,
  )

  law(
    'closes at both ends when it is answered, and when it is not',
    async (arm) => {
      const mesh = await arm.mesh()
      const opened = watchOpened(mesh, 0)
      const asks = little({
        start: ({ self, send, setTimer }) => {
          if (self !== 'p00') return
          send('p01', note(0))
          send('p02', note(0))
          setTimer(tick('wait'), 60)
        },
        note: ({ self, send }, _, from) => self === 'p01' && send(from, note(1)),
        tick: ({ indicate }) => indicate(saw(openOn(mesh))),
      })
      const ran = await arm.run(asks, onExchange)
      sound(ran)
      expect(announced(ran), 'streams that are still open').toEqual([0])
      expect(opened.map(({ status }) => status)).toEqual(['closed', 'closed'])
    },
    NO_STREAMS,
  )

  law(
    'carries an answer that is delayed, and none that is lost, and closes',
    async (arm) => {
      const mesh = await arm.mesh()
      const back = watchOpened(mesh, 1)
      const delayed = await arm.run(pingPong(5), { ...onExchange, faults: 'latency 3ms' })
      sound(delayed)
      expect(of(delayed, 'deliver')).toHaveLength(10)
      expect(back).toEqual([])
      const lost = await arm.run(asking(1, 2), { ...onExchange, faults: 'loss 100% on p01->p00' })
      sound(lost, { fifo: false, reliable: false })
      expect(of(lost, 'lost')).toHaveLength(2)
      expect(back).toEqual([])
      expect(openOn(mesh)).toBeLessThanOrEqual(1) // p01's own end of the last one may still be closing
    },
    NO_STREAMS,
  )

  law(
    'a message to a third process while one is handled goes on a stream of its own',
    async (arm) => {
      const mesh = await arm.mesh()
      const back = watchOpened(mesh, 1)
      const relay = little({
        start: ({ self, send }) => self === 'p00' && send('p01', note(0)),
        note({ self, send }, { n }, from) {
          if (self !== 'p01') return
          send('p02', note(n + 1))
          send(from, note(n + 2))
        },
      })
      const ran = await arm.run(relay, onExchange)
      sound(ran)
      expect(of(ran, 'deliver')).toHaveLength(3)
      expect(back).toHaveLength(1)
    },
    NO_STREAMS,
  )

  law('hundreds at once all arrive', async (arm) => {
    const flood = little({
      start({ self, outgoing, send }) {
        for (let n = 0; self === 'p00' && n < 200; n++) for (const to of outgoing) send(to, note(n))
      },
    })
    const ran = await arm.run(flood, onExchange)
    sound(ran, { fifo: false })
    expect(of(ran, 'deliver')).toHaveLength(400)
  })
})

const openOn = (mesh: Mesh) =>
  [0, 1, 2].flatMap((process) => mesh.host(process).getConnections()).flatMap(({ streams }) => streams).length

describe('an exchange stream that is reset', () => {
  for (const [transport, security] of [
    ['tcp', 'noise'],
    ['memory', 'plaintext'],
  ] as const) {
    test(`${transport}: loses what it carries, and the run comes to rest`, async () => {
      const { ids, links } = buildTopology('complete', 2, 0)
      const mesh = await Mesh.open({ ids, links, seed: SEED, transport, security })
      try {
        // The answer has not left when p00 gives its streams up.
        const gaveUp = await runOn(mesh, asking(5, 1), {
          ...onExchange,
          faults: 'latency 40ms on p01->p00',
          beside: async ({ history }) => {
            await until(
              'all pings are there',
              () => of({ history: history() }, 'deliver', 'p01').length === 5,
            )
            for (const { streams } of mesh.host(0).getConnections()) {
              for (const stream of [...streams]) stream.abort(new Error('given up'))
            }
          },
        })
        sound(gaveUp, { fifo: false, reliable: false })
        expect(of(gaveUp, 'lost').map(({ at, cause }) => `${at} ${cause}`)).toEqual(
          new Array(5).fill('p01 link'),
        )
        // p01 takes no more streams, then takes them and resets them.
        await mesh.host(1).unhandle(EXCHANGE_PROTOCOL)
        for (const how of ['not taken', 'reset'] as const) {
          const refused = await runOn(mesh, asking(5, 1), onExchange)
          sound(refused, { fifo: false, reliable: false })
          const lost = of(refused, 'lost').map(({ at, cause }) => `${at} ${cause}`)
          expect(lost, `${how}, seed ${SEED}`).toEqual(new Array(5).fill('p00 link'))
          const spurn = (stream: Stream) =>
            stream.addEventListener('message', () => stream.abort(new Error('no, thank you')))
          await mesh.host(1).handle(EXCHANGE_PROTOCOL, spurn, { force: true })
        }
      } finally {
        await mesh.close()
      }
    })
  }
})

describe('a channel on demand', () => {
  law(
    'opens at the first send, and only where there is one',
    async (arm) => {
      const mesh = await arm.mesh()
      const opened = [0, 1, 2].map((process) => watchOpened(mesh, process))
      const seen: number[] = []
      const late = little({
        start: ({ self, setTimer }) => self === 'p00' && setTimer(tick('send'), 10),
        tick({ send }) {
          seen.push(opened.flat().length)
          for (let n = 0; n < 10; n++) send('p02', note(n))
        },
      })
      const ran = await arm.run(late, { channels: 'on demand' })
      sound(ran)
      expect(of(ran, 'deliver', 'p02')).toHaveLength(10)
      expect(seen, 'opened before the first send').toEqual([0])
      expect(opened.map((streams) => streams.map(({ protocol }) => protocol))).toEqual([
        [CHANNEL_PROTOCOL],
        [],
        [],
      ])
    },
    NO_STREAMS,
  )
})

/** Counts what is handed to the stream of the channel p00→p01: each a chunk to encrypt, frame and read. */
function countChunks(mesh: Mesh): { chunks: number } {
  const count = { chunks: 0 }
  const [connection] = mesh.host(0).getConnections(mesh.host(1).peerId)
  const channel = connection!.streams.find(
    ({ protocol, direction }) => protocol === CHANNEL_PROTOCOL && direction === 'outbound',
  )!
  const { send } = channel
  channel.send = (data) => {
    count.chunks++
    return send.call(channel, data)
  }
  return count
}

describe('the outbox of a channel', () => {
  law(
    'lets a lone message go at once, and gathers those that come together',
    async (arm) => {
      let count = { chunks: 0 }
      const left: [string, number][] = []
      const look = (what: string) => left.push([what, count.chunks])
      const talker = little({
        start: ({ self, setTimer }) => self === 'p00' && setTimer(tick('lone'), 5),
        tick({ send, setTimer }, { name }) {
          if (name === 'lone') {
            send('p01', note(0))
            look('in the handler')
            queueMicrotask(() => queueMicrotask(() => look('after the handler')))
            return setTimer(tick('many'), 5)
          }
          for (let n = 1; n <= 1000; n++) send('p01', note(n))
        },
      })
      const beside = async ({ mesh }: { mesh: Mesh }) => {
        count = countChunks(mesh)
      }
      const ran = await arm.run(talker, { beside })
      sound(ran)
      expect(left).toEqual([
        ['in the handler', 0],
        ['after the handler', 1],
      ])
      const bytes = 1000 * 320 // about, with envelopes
      expect(count.chunks - 1).toBeLessThan(bytes / (32 * 1024) + 3)
      expect(of(ran, 'deliver')).toHaveLength(1001)
    },
    NO_STREAMS,
  )

  law(
    'holds up no answer: ping and pong leave one by one',
    async (arm) => {
      let count = { chunks: 0 }
      const beside = async ({ mesh }: { mesh: Mesh }) => {
        count = countChunks(mesh)
      }
      const ran = await arm.run(pingPong(100), { beside })
      sound(ran)
      expect(count.chunks).toBe(100)
    },
    NO_STREAMS,
  )
})
