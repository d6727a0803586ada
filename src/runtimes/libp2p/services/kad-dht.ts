/**
 * `@libp2p/kad-dht`, the Kademlia of libp2p (https://github.com/libp2p/specs/tree/master/kad-dht), as
 * a service that a run asks and reads. Three settings are not the default, or nothing would be found
 * on hosts of one machine: private addresses are kept, every host answers, and nobody waits for
 * others before the first query. Validators pass every record; of several the first counts.
 */
import { createHash } from 'node:crypto'
import { identify } from '@libp2p/identify'
import type { PeerId } from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper, type QueryEvent } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import type { ProcessId, Tagged } from '../../../model/process.ts'
import { fieldsOf } from './fields.ts'
import type { Names, PlayedService, Player } from './service.ts'
import type { Thread } from './threads.ts'

const PROTOCOL = '/p2p-testbed/kad/1.0.0'
const NAMESPACE = 'p2p-testbed'
/** Its own first lookup of itself; the default of a second is for hosts that dial slowly. */
const FIRST_LOOKUP_MS = 100

type Request =
  | { type: 'put'; id: string; key: string; value: string }
  | { type: 'get'; id: string; key: string }
  | { type: 'findPeer'; id: string; process: ProcessId }

export const kadDhtService: PlayedService = {
  protocols: [PROTOCOL],
  threads: 'one a request',
  services: ({ k, alpha }) => ({
    identify: identify(),
    ping: ping(),
    dht: kadDHT({
      protocol: PROTOCOL,
      kBucketSize: k!,
      alpha: alpha!,
      disjointPaths: alpha!,
      clientMode: false,
      peerInfoMapper: passthroughMapper,
      allowQueryWithZeroPeers: true,
      initialQuerySelfInterval: FIRST_LOOKUP_MS,
      validators: { [NAMESPACE]: async () => {} },
      selectors: { [NAMESPACE]: () => 0 },
    }) as never,
  }),
  read: readMessage,
  tells: (message) => (message as { closer?: readonly string[] }).closer ?? [],
  follows: (_, to) => [to],
  /** By looking for itself it learns whom it is near to, and they learn of it. */
  async join(player) {
    const { host, signal, background } = player
    for await (const _ of dhtOf(player).getClosestPeers(host.peerId.toMultihash().bytes, { signal }));
    player.indicate(background.last, { type: 'joined', knows: dhtOf(player).routingTable.size } as Tagged)
  },
  async ask(player, request, thread) {
    const asked = request as Request
    try {
      const answered = await answer(player, asked, thread)
      player.indicate(thread.last, { ...answered, asked: thread.asked } as Tagged)
    } catch (error) {
      if (player.signal.aborted) return // it is down, or the run is over
      const why = error instanceof Error ? error.message : String(error)
      player.indicate(thread.last, { type: 'fail', id: asked.id, why } as Tagged)
    }
  },
}

async function answer(player: Player, request: Request, thread: Thread): Promise<Tagged> {
  const { settings, names, signal: life } = player
  const dht = dhtOf(player)
  const signal = AbortSignal.any([life, AbortSignal.timeout(settings.patienceMs!)])
  const { type, id } = request
  if (type === 'findPeer') {
    const { process } = request
    const peer = names.peer(process)
    if (peer === null) throw new Error(`${process} is down`)
    thread.knows(nearest(player, peer.toMultihash().bytes))
    const found = await foundBy(dht.findPeer(peer, { signal, useCache: false }), names)
    return { type: 'found', id, process, isFound: found !== null, hops: hopsOf(thread, found) } as Tagged
  }
  const key = Buffer.from(`/${NAMESPACE}/${request.key}`)
  thread.knows(nearest(player, key))
  if (type === 'get') {
    let value: string | null = null
    let from: ProcessId | null = null
    for await (const event of dht.get(key, { signal })) {
      if (event.name !== 'VALUE') continue
      value = Buffer.from(event.value).toString('utf8')
      from = names.of(event.from)
    }
    const isOwn = from === names.of(player.host.peerId)
    return { type: 'got', id, key: request.key, value, hops: isOwn ? 0 : hopsOf(thread, from) } as Tagged
  }
  const at: ProcessId[] = []
  for await (const event of dht.put(key, Buffer.from(request.value), { signal })) {
    if (event.name !== 'PEER_RESPONSE' || event.messageName !== 'PUT_VALUE') continue
    const process = names.of(event.from)
    if (process !== null) at.push(process)
  }
  const hops = Math.max(0, ...at.map((process) => thread.hopsTo(process)))
  return { type: 'put', id, key: request.key, copies: at.length, hops } as Tagged
}

/** Who told of it; null if nobody could. */
async function foundBy(events: AsyncIterable<QueryEvent>, names: Names): Promise<ProcessId | null> {
  let found: ProcessId | null = null
  try {
    for await (const event of events) if (event.name === 'FINAL_PEER') found ??= names.of(event.from)
  } catch (error) {
    if ((error as Error).name !== 'NotFoundError') throw error
  }
  return found
}

const hopsOf = (thread: Thread, from: ProcessId | null) => (from === null ? 0 : thread.hopsTo(from))

/** Private to the package's types, and all that tells from whom a query sets out. */
interface RoutingTable {
  readonly closestPeers: (kadId: Uint8Array, options: { count: number }) => readonly PeerId[]
  readonly size: number
}

const dhtOf = ({ host }: Player) => host.services.dht as KadDHT & { readonly routingTable: RoutingTable }

/** Those that a query for a key sets out from: the nearest in its own table, by the hash of the key. */
function nearest(player: Player, key: Uint8Array): ProcessId[] {
  const kadId = createHash('sha256').update(key).digest()
  const peers = dhtOf(player).routingTable.closestPeers(kadId, { count: player.settings.k! })
  return peers.map((peer) => player.names.of(peer)).filter((name) => name !== null)
}

/** Fields and types as in dht.proto of the specification. */
const TYPES = ['PUT_VALUE', 'GET_VALUE', 'ADD_PROVIDER', 'GET_PROVIDERS', 'FIND_NODE', 'PING']
const [TYPE, KEY, RECORD, CLOSER] = [1, 2, 3, 8]
const [RECORD_VALUE, PEER_ID] = [2, 1]

/** An RPC, as the entry has it: a question by its type, its answer as that type's reply. */
function readMessage(body: Uint8Array, isAnswer: boolean, names: Names): Tagged {
  const fields = fieldsOf(body)
  const type = TYPES[Number(fields.find(({ field }) => field === TYPE)?.value ?? 0)] ?? 'UNKNOWN'
  const bytes = (field: number) => fields.find((one) => one.field === field)?.value as Uint8Array | undefined
  const key = bytes(KEY) === undefined ? null : keyText(bytes(KEY)!, names)
  const record = bytes(RECORD)
  const value = record === undefined ? null : valueText(record)
  if (!isAnswer) return { type, key: key ?? '', ...(type === 'PUT_VALUE' ? { value } : {}) } as Tagged
  const closer = fields
    .filter(({ field }) => field === CLOSER)
    .map(({ value: peer }) => fieldsOf(peer as Uint8Array).find(({ field }) => field === PEER_ID)?.value)
    .map((id) => names.of(id as Uint8Array))
    .filter((name) => name !== null)
  return { type: `${type}_REPLY`, key, value, closer } as Tagged
}

function valueText(record: Uint8Array): string {
  const value = fieldsOf(record).find(({ field }) => field === RECORD_VALUE)?.value
  return Buffer.from((value as Uint8Array | undefined) ?? []).toString('utf8')
}

/** A key of ours by its name, a process by its own, any other by its first digits. */
function keyText(key: Uint8Array, names: Names): string {
  const text = Buffer.from(key).toString('utf8')
  const prefix = `/${NAMESPACE}/`
  if (text.startsWith(prefix)) return text.slice(prefix.length)
  return names.of(key) ?? `${Buffer.from(key).toString('hex').slice(0, 16)}…`
}
