/**
 * What comes from outside may be anything. Each bad frame is an event with its cause, its stream is
 * reset, and the run goes on: what processes send one another still arrives.
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Stream } from '@libp2p/interface'
import { describe, expect } from 'vitest'
import { MESSAGE_BYTES_MAX } from '../../src/runtimes/experiment.ts'
import { CHANNEL_PROTOCOL, createHost, EXCHANGE_PROTOCOL } from '../../src/runtimes/libp2p/hosts.ts'
import { type Arm, type Live, law, type Ran, until } from './arms.ts'
import { little, note, tick } from './little.ts'
import { balance, channelFindings, of, sound } from './reading.ts'

const NO_FRAMES = { simulator: 'nothing comes from outside into virtual time' }

/** Who sends to whom, every other ms: all but p01 to p00, whose channel is left to the intruder. */
const RECEIVERS: Readonly<Record<string, readonly string[]>> = {
  p00: ['p01', 'p02'],
  p01: ['p02'],
  p02: ['p00'],
}
const steady = little({
  start: ({ setTimer }) => setTimer(tick('t'), 2),
  tick({ self, send, setTimer }) {
    for (const to of RECEIVERS[self]!) send(to, note(0))
    setTimer(tick('t'), 2)
  },
})

/** What an envelope says, as in `envelope.ts`. */
interface Envelope {
  readonly version: number
  readonly tag: string
  readonly operation: readonly [process: number, seq: number]
  readonly from: number
  readonly to: number
  readonly number: number
  readonly message: string
}

/** A frame's body as p01 would send it to p00, but for what is changed; it was never sent. */
function enveloped({ tag }: Live, changed: Partial<Envelope> = {}): Buffer {
  const said: Envelope = {
    ...{ version: 1, tag, operation: [1, 1], from: 1, to: 0, number: 4_000_000_000 },
    message: JSON.stringify(note(1)),
    ...changed,
  }
  const envelope = Buffer.alloc(39)
  envelope[0] = said.version
  envelope.write(said.tag, 1, 'hex')
  const [process, seq] = said.operation
  const numbers = [process + 1, seq, said.from + 1, 1, said.to, said.number, 1]
  for (const [i, number] of numbers.entries()) envelope.writeUInt32BE(number >>> 0, 9 + 4 * i)
  envelope.writeUInt16BE(1, 37) // hops
  return Buffer.concat([envelope, Buffer.from(said.message)])
}

/** Unsigned varint, as multiformats has it. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))]
}

const framed = (body: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from(varint(body.length)), Buffer.from(body)])

/** What is sent, and what the refusal says. */
const attacks: readonly [string, (live: Live) => Buffer, RegExp][] = [
  ['a length that is no varint', () => Buffer.alloc(20, 0xff), /the length of the frame is not a varint/],
  [
    'a frame too large',
    () => Buffer.from(varint(MESSAGE_BYTES_MAX + 5000)),
    /a frame of 4199304 bytes is larger/,
  ],
  ['a frame of 200 MB', () => Buffer.from(varint(200e6)), /a frame of 200000000 bytes is larger/],
  ['nothing', () => framed(''), /^0 bytes are too few for an envelope/],
  ['half an envelope', (live) => framed(enveloped(live).subarray(0, 38)), /^38 bytes are too few/],
  ['what is no envelope', () => framed('7'.repeat(80)), /the envelope is of version 55, not 1/],
  ['zeros', () => framed(Buffer.alloc(80)), /the envelope is of version 0/],
  [
    'no text',
    () => Buffer.concat([Buffer.from(varint(300)), Buffer.alloc(300, 0x91)]),
    /the envelope is of version 145/,
  ],
  [
    'another sender',
    (live) => framed(enveloped(live, { from: 2 })),
    /it is from p02, but the connection is p01's/,
  ],
  [
    'a sender there is not',
    (live) => framed(enveloped(live, { from: -1 })),
    /it is from process -1, which there is not, but the connection is p01's/,
  ],
  ['another receiver', (live) => framed(enveloped(live, { to: 2 })), /the envelope is addressed to p02/],
  [
    'a receiver there is not',
    (live) => framed(enveloped(live, { to: 0xffff_ffff })),
    /is addressed to process 4294967295, which there is not/,
  ],
  [
    'another run',
    (live) => framed(enveloped(live, { tag: 'feedfeedfeedfeed' })),
    /the frame is of another run: its trace is feedfeedfeedfeed0000000200000001$/,
  ],
  [
    'half the tag of the run',
    (live) => framed(enveloped(live, { tag: `${live.tag.slice(0, 8)}feedfeed` })),
    /the frame is of another run/,
  ],
  [
    'an operation of nobody',
    (live) => framed(enveloped(live, { operation: [3, 1] })),
    /the operation is of process 3, which there is not/,
  ],
  [
    'an operation of the testbed itself',
    (live) => framed(enveloped(live, { operation: [-1, 1] })),
    /the operation is of process -1, which there is not/,
  ],
  ['no message', (live) => framed(enveloped(live, { message: '' })), /the message is not JSON/],
  ['half a message', (live) => framed(enveloped(live, { message: '{"type":' })), /the message is not JSON/],
  [
    'a message that is no record',
    (live) => framed(enveloped(live, { message: 'null' })),
    /the message does not fit: not an object/,
  ],
  [
    'a type there is not',
    (live) => framed(enveloped(live, { message: '{"type":"__proto__"}' })),
    /the message does not fit: unknown type "__proto__"/,
  ],
  [
    'a field that misfits',
    (live) => framed(enveloped(live, { message: JSON.stringify({ ...note(1), n: 'one' }) })),
    /the message does not fit: n is not a natural/,
  ],
  [
    'a field too many',
    (live) => framed(enveloped(live, { message: JSON.stringify({ ...note(1), more: 1 }) })),
    /the message does not fit: more is not a field of note/,
  ],
  [
    'a field that every record inherits',
    (live) => framed(enveloped(live, { message: '{"type":"note","n":1,"text":"","__proto__":{}}' })),
    /the message does not fit: __proto__ is not a field of note/,
  ],
  ['a message never sent', (live) => framed(enveloped(live)), /p01#4000000000 is not on its way here/],
  [
    'a message sent to another',
    (live) => framed(enveloped(live, { number: sentTo(live, 'p02') })),
    /is not on its way/,
  ],
  [
    'two bad frames: what follows the first is not read',
    (live) => Buffer.concat([framed('1'), framed(enveloped(live, { from: 2 }))]),
    /^1 bytes are too few/,
  ],
]

/** The number of the last message that p01 has sent to somebody. */
const sentTo = ({ history }: Live, to: string) => {
  const last = of({ history: history() }, 'send', 'p01').findLast((event) => event.to === to)
  return Number(last!.messageId.split('#')[1])
}

const refusals = ({ history }: Live) => of({ history: history() }, 'refuse')

/** Everybody has got some more from everybody that sends to it. */
async function goesOn({ history }: Live): Promise<void> {
  const from = history().length
  const arrived = () =>
    of({ history: history().slice(from) }, 'deliver').map((event) => `${event.from}→${event.at}`)
  await until('more has arrived on every channel', () => {
    const channels = new Map<string, number>()
    for (const way of arrived()) channels.set(way, (channels.get(way) ?? 0) + 1)
    return channels.size === 4 && [...channels.values()].every((count) => count > 1)
  })
}

/** Runs the steady processes while an intruder does what it does. */
async function besieged(
  arm: Arm,
  channels: 'fixed' | 'on demand',
  intrude: (live: Live) => Promise<void>,
): Promise<Ran> {
  const over = new AbortController()
  const ran = await arm.run(steady, {
    channels,
    signal: over.signal,
    beside: async (live) => {
      try {
        await goesOn(live)
        await intrude(live)
        await goesOn(live)
      } finally {
        over.abort()
      }
    },
  })
  expect(ran.error).toBe(null)
  expect(ran.ended?.how).toBe('interrupted')
  return ran
}

const open = async ({ mesh }: Live, protocol: string): Promise<Stream> =>
  mesh.host(1).getConnections(mesh.host(0).peerId)[0]!.newStream(protocol)

describe('a frame from outside', () => {
  for (const protocol of [CHANNEL_PROTOCOL, EXCHANGE_PROTOCOL]) {
    const word = protocol.split('/')[2]
    law(
      `on a stream of the ${word} protocol is refused with its cause, whatever is wrong with it`,
      async (arm) => {
        const ran = await besieged(arm, 'on demand', async (live) => {
          for (const [title, bytes, cause] of attacks) {
            const before = refusals(live).length
            const stream = await open(live, protocol)
            stream.send(bytes(live))
            await until(`${title} is refused`, () => refusals(live).length > before)
            await until(`the stream of ${title} is reset`, () => stream.status === 'reset')
            const [refusal, ...more] = refusals(live).slice(before)
            expect(more, title).toEqual([])
            expect(refusal, title).toMatchObject({ at: 'p00', from: 'p01' })
            expect(refusal!.cause, title).toMatch(cause)
          }
        })
        expect(of(ran, 'lost')).toEqual([])
        expect(channelFindings(ran)).toEqual([])
      },
      NO_FRAMES,
    )

    law(
      `that ends in the middle, on a ${word} stream, is refused however late its receiver looks`,
      async (arm) => {
        await besieged(arm, 'on demand', async (live) => {
          for (const pause of [false, true]) {
            const before = refusals(live).length
            const stream = await open(live, protocol)
            if (pause) await goesOn(live)
            stream.send(framed(enveloped(live)).subarray(0, 40))
            await stream.close()
            await until('half a frame is refused', () => refusals(live).length > before)
            expect(refusals(live).at(-1)).toMatchObject({ at: 'p00', from: 'p01' })
            expect(refusals(live).at(-1)!.cause).toBe('the stream ended in the middle of a frame')
          }
        })
      },
      NO_FRAMES,
    )

    law(
      `that never comes, on a ${word} stream, leaves no stream behind`,
      async (arm) => {
        const ran = await besieged(arm, 'on demand', async (live) => {
          const stream = await open(live, protocol)
          await stream.close()
          await until('both ends are closed', () => stream.status === 'closed')
        })
        expect(of(ran, 'refuse')).toEqual([])
      },
      NO_FRAMES,
    )
  }

  law(
    'on a second stream for a channel is not even read',
    async (arm) => {
      const ran = await besieged(arm, 'fixed', async (live) => {
        const stream = await open(live, CHANNEL_PROTOCOL)
        await until('it is refused', () => refusals(live).length > 0)
        await until('it is reset', () => stream.status === 'reset')
      })
      expect(of(ran, 'refuse').map(({ at, from, cause }) => [at, from, cause])).toEqual([
        ['p00', 'p01', 'a second stream for one channel'],
      ])
      expect(of(ran, 'lost')).toEqual([])
    },
    NO_FRAMES,
  )

  law(
    'of a stranger is refused, and he is named',
    async (arm) => {
      const stranger = await createHost({
        seed: (await generateKeyPair('Ed25519')).raw[0]! + 1000,
        index: 1,
        transport: arm.name === 'tcp + noise' ? 'tcp' : 'memory',
        security: arm.name === 'tcp + noise' ? 'noise' : 'plaintext',
        onStream: (_, stream) => stream.abort(new Error('a stranger takes nothing')),
      })
      try {
        const ran = await besieged(arm, 'fixed', async (live) => {
          const connection = await stranger.dial(live.mesh.host(0).getMultiaddrs())
          for (const protocol of [CHANNEL_PROTOCOL, EXCHANGE_PROTOCOL]) {
            const before = refusals(live).length
            const stream = await connection.newStream(protocol)
            await until('he is refused', () => refusals(live).length > before)
            await until('his stream is reset', () => stream.status === 'reset')
          }
        })
        const who = `a stream of ${stranger.peerId}, which is no process of this run`
        expect(of(ran, 'refuse').map(({ at, from, cause }) => [at, from, cause])).toEqual([
          ['p00', '', who],
          ['p00', '', who],
        ])
        expect(ran.history.filter(({ kind }) => kind === 'linkDown')).toEqual([])
      } finally {
        await stranger.stop()
      }
    },
    NO_FRAMES,
  )

  law(
    'on the very stream of a channel takes that channel down, and the run comes to rest all the same',
    async (arm) => {
      const spoiled = little({
        start: ({ setTimer }) => setTimer(tick('t', 0), 2),
        tick({ outgoing, send, setTimer }, { n }) {
          for (const to of outgoing) send(to, note(n))
          if (n < 100) setTimer(tick('t', n + 1), 1)
        },
      })
      for (const channels of ['fixed', 'on demand'] as const) {
        const ran = await arm.run(spoiled, {
          channels,
          beside: async (live) => {
            await until('all channels are open', () => of({ history: live.history() }, 'deliver').length > 12)
            const [connection] = live.mesh.host(1).getConnections(live.mesh.host(0).peerId)
            const channel = connection!.streams.find(({ direction }) => direction === 'outbound')!
            channel.send(framed('garbage'))
          },
        })
        sound(ran, { reliable: false })
        expect(of(ran, 'refuse').map(({ at, from }) => [at, from])).toEqual([['p00', 'p01']])
        const lost = of(ran, 'lost')
        expect(lost.every(({ at, to, cause }) => at === 'p01' && to === 'p00' && cause === 'link')).toBe(true)
        const [refused] = of(ran, 'refuse')
        const after = of(ran, 'deliver', 'p00').filter(
          ({ from, position }) => from === 'p01' && position > refused!.position,
        )
        if (channels === 'fixed') expect(after, 'it is down for good').toEqual([])
        else expect(after.length, 'the next send opens it again').toBeGreaterThan(10)
        expect(balance(ran).delivered).toBeGreaterThan(400)
      }
    },
    NO_FRAMES,
  )
})
