/**
 * js-libp2p by itself, as one would write it without the testbed: hosts, dials one after another, a
 * look at both ends, streams. The same keys and settings as the testbed's hosts have, and nothing
 * of its code.
 */
import { createHash } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Libp2p, Stream } from '@libp2p/interface'
import { memory } from '@libp2p/memory'
import { plaintext } from '@libp2p/plaintext'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

export type Transport = 'tcp' | 'memory'

const PROTOCOL = '/bench/1.0.0'
const STREAMS_MAX = 1_000_000
const PATIENCE_MS = 60_000

/** A stream as its receiver has it. */
interface Inbound {
  readonly from: number
  readonly to: number
  readonly stream: Stream
}

export interface Bare {
  readonly hosts: readonly Libp2p[]
  readonly inbound: Inbound[]
}

export async function createAll(count: number, transport: Transport): Promise<Bare> {
  const bare = { hosts: [] as Libp2p[], inbound: [] as Inbound[] }
  const indexOf = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    const host = await create(index, transport)
    const onStream = (stream: Stream, peer: string) =>
      void bare.inbound.push({ from: indexOf.get(peer)!, to: index, stream })
    await host.handle(PROTOCOL, (stream, { remotePeer }) => onStream(stream, remotePeer.toString()), {
      maxInboundStreams: STREAMS_MAX,
      maxOutboundStreams: STREAMS_MAX,
    })
    await host.start()
    indexOf.set(host.peerId.toString(), index)
    bare.hosts.push(host)
  }
  return bare
}

async function create(index: number, transport: Transport): Promise<Libp2p> {
  const seed = createHash('sha256').update(`p2p-testbed 1:${index}`).digest()
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: [transport === 'tcp' ? '/ip4/127.0.0.1/tcp/0' : `/memory/bench-${index}`] },
    transports: [transport === 'tcp' ? tcp() : memory()],
    connectionEncrypters: [transport === 'tcp' ? noise() : plaintext()],
    streamMuxers: [yamux({ maxInboundStreams: STREAMS_MAX, maxOutboundStreams: STREAMS_MAX })],
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: 100_000,
      inboundConnectionThreshold: Number.POSITIVE_INFINITY,
      maxIncomingPendingConnections: Number.POSITIVE_INFINITY,
      maxDialQueueLength: 10_000,
      dialTimeout: PATIENCE_MS,
      addressDialTimeout: PATIENCE_MS,
      inboundUpgradeTimeout: PATIENCE_MS,
      inboundStreamProtocolNegotiationTimeout: PATIENCE_MS,
      outboundStreamProtocolNegotiationTimeout: PATIENCE_MS,
    },
  })
}

/** Dials every pair, one after another, and waits until both ends list it; how many do. */
export async function linkAll({ hosts }: Bare): Promise<number> {
  for (const [i, host] of hosts.entries()) {
    for (const other of hosts.slice(i + 1)) await host.dial(other.getMultiaddrs())
  }
  let links = 0
  for (const [i, host] of hosts.entries()) {
    for (const other of hosts.slice(i + 1)) {
      while (!isLinked(host, other) || !isLinked(other, host)) await nextTurn()
      links++
    }
  }
  return links
}

/** Opens one stream, and waits until its receiver has it. */
export async function openChannel(bare: Bare, from: number, to: number): Promise<Stream> {
  const connection = bare.hosts[from]!.getConnections(bare.hosts[to]!.peerId)[0]!
  const stream = await connection.newStream(PROTOCOL)
  while (!bare.inbound.some((other) => other.from === from && other.to === to)) await nextTurn()
  return stream
}

/** Opens a stream for each ordered pair, all of one host at once; by sender and receiver. */
export async function openAll(bare: Bare): Promise<Stream[][]> {
  const { hosts, inbound } = bare
  const streams: Stream[][] = []
  for (const [from, host] of hosts.entries()) {
    streams.push([])
    const open = async (to: number) => {
      const connection = host.getConnections(hosts[to]!.peerId)[0]!
      streams[from]![to] = await connection.newStream(PROTOCOL)
    }
    await Promise.all([...hosts.keys()].filter((to) => to !== from).map(open))
  }
  while (inbound.length < hosts.length * (hosts.length - 1)) await nextTurn()
  return streams
}

const isLinked = (host: Libp2p, other: Libp2p) =>
  host.getConnections(other.peerId).some(({ status }) => status === 'open')

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
