/**
 * One js-libp2p host: its key from the seed, its transport and security, and
 * the settings without which a mesh in one process loses links: js-libp2p
 * accepts five inbound connections a second from one address, holds ten
 * pending ones, and pings every connection, aborting it when the event loop
 * was busy.
 */
import { createHash } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { memory } from '@libp2p/memory'
import { plaintext } from '@libp2p/plaintext'
import { tcp } from '@libp2p/tcp'
import { createLibp2p, type ServiceFactoryMap } from 'libp2p'

export type Transport = 'tcp' | 'memory'
export type Security = 'noise' | 'plaintext'

/** Long-lived: one stream for each directed channel. */
export const CHANNEL_PROTOCOL = '/p2p-testbed/channel/1.0.0'
/** One message a stream, and at most one answer. */
export const EXCHANGE_PROTOCOL = '/p2p-testbed/exchange/1.0.0'

/**
 * Beyond any run that fits into one process; the default of 32 a connection resets the 33rd
 * without a word.
 */
const STREAMS_MAX = 1_000_000
/** All hosts share one event loop: a dial may wait long for its turn, and is not dead for that. */
const PATIENCE_MS = 60_000

export interface HostOptions {
  readonly seed: number
  readonly index: number
  readonly transport: Transport
  readonly security: Security
  readonly listen?: string // a multiaddr; without it any free port, or a fresh name
  readonly onStream: (protocol: string, stream: Stream, connection: Connection) => void
  readonly fitted?: Fitting
}

/** What a host has beside our own protocols. */
export interface Fitting {
  readonly services: () => ServiceFactoryMap
  /** Called before the host starts. */
  readonly made: (host: Libp2p) => void
}

let names = 0 // names of the memory transport are global to the process

export async function createHost(options: HostOptions): Promise<Libp2p> {
  const { seed, index, transport, security, onStream, fitted } = options
  const keySeed = createHash('sha256').update(`p2p-testbed ${seed}:${index}`).digest()
  const fresh = transport === 'tcp' ? '/ip4/127.0.0.1/tcp/0' : `/memory/testbed-${names++}`
  const node = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', keySeed),
    addresses: { listen: [options.listen ?? fresh] },
    transports: [transport === 'tcp' ? tcp() : memory()],
    connectionEncrypters: [security === 'noise' ? noise() : plaintext()],
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
    services: fitted?.services() ?? {},
  })
  for (const protocol of [CHANNEL_PROTOCOL, EXCHANGE_PROTOCOL]) {
    await node.handle(protocol, (stream, connection) => onStream(protocol, stream, connection), {
      maxInboundStreams: STREAMS_MAX,
      maxOutboundStreams: STREAMS_MAX,
    })
  }
  fitted?.made(node)
  await node.start()
  return node
}
