/**
 * `@libp2p/gossipsub`, the publish-subscribe of libp2p
 * (https://github.com/libp2p/specs/tree/master/pubsub/gossipsub, v1.2), as a service that a run asks
 * and reads. All hosts subscribe to one topic. Four settings are not the default: many peers on one
 * address are no offence, or hosts of one machine would not listen to each other; whoever publishes
 * sends to its mesh and not to everybody, or there would be no hop to see; a message is known by what it
 * says, the name of the broadcast; and it is not signed, as no other broadcast here is.
 */
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Tagged } from '../../../model/process.ts'
import { bytesOf, type Field, fieldsOf, textOf } from './fields.ts'
import type { PlayedService, Player } from './service.ts'

const PROTOCOLS = ['/meshsub/1.2.0', '/meshsub/1.1.0', '/meshsub/1.0.0']
const TOPIC = 'p2p-testbed'

export const gossipsubService: PlayedService = {
  protocols: PROTOCOLS,
  threads: 'one a process', // who forwards waits for nobody
  services: ({ mesh, meshLow, meshHigh, heartbeatMs }) => ({
    identify: identify(),
    pubsub: gossipsub({
      D: mesh!,
      Dlo: meshLow!,
      Dhi: meshHigh!,
      heartbeatInterval: heartbeatMs!,
      scoreParams: { IPColocationFactorWeight: 0 },
      floodPublish: false,
      fallbackToFloodsub: false,
      allowPublishToZeroTopicPeers: true,
      ignoreDuplicatePublishError: true,
      emitSelf: true,
      globalSignaturePolicy: 'StrictNoSign',
      msgIdFn: ({ data }) => data,
    }) as never,
  }),
  read: readRpc,
  /** An `IHAVE` tells that there is something, and only the message itself tells what. */
  tells: (message) => [...idsOf(message, 'ids'), ...idsOf(message, 'ihave').map(offered)],
  follows: (message) => [
    ...idsOf(message, 'ids'),
    ...idsOf(message, 'iwant').map(offered),
    ...idsOf(message, 'ihave'),
    ...idsOf(message, 'idontwant'),
  ],
  async join(player) {
    const { host, background, signal } = player
    const pubsub = pubsubOf(player)
    pubsub.addEventListener('message', ({ detail: { topic, data } }) => {
      if (topic !== TOPIC || signal.aborted) return
      const id = textOf(data)
      player.indicate(background.causeOf([id]), { type: 'deliver', id } as Tagged)
    })
    pubsub.subscribe(TOPIC)
    const isKnown = () =>
      host.getPeers().every((peer) => pubsub.getSubscribers(TOPIC).some((one) => one.equals(peer)))
    await until(pubsub, 'subscription-change', isKnown, signal)
    await until(pubsub, 'gossipsub:heartbeat', () => pubsub.getMeshPeers(TOPIC).length > 0, signal)
    player.indicate(background.first, { type: 'joined', mesh: pubsub.getMeshPeers(TOPIC).length } as Tagged)
  },
  async ask(player, request, thread) {
    const { id } = request as unknown as { id: string }
    player.background.knows([id], thread.first)
    await pubsubOf(player).publish(TOPIC, Buffer.from(id))
  },
}

const offered = (id: string) => `offered ${id}`

const idsOf = (message: Tagged, field: string) =>
  (message as unknown as Record<string, readonly string[]>)[field] ?? []

const pubsubOf = ({ host }: Player) =>
  host.services.pubsub as GossipSub & EventTarget & { readonly getMeshPeers: (topic: string) => string[] }

/** Resolves when something is so, looked at now and at each event; or when nobody waits any more. */
function until(target: EventTarget, event: string, isSo: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo() && !signal.aborted) return
      target.removeEventListener(event, look)
      resolve()
    }
    target.addEventListener(event, look)
    signal.addEventListener('abort', look, { once: true })
    look()
  })
}

/** Fields as in rpc.proto of the specification. */
const [SUBSCRIPTIONS, MESSAGES, CONTROL] = [1, 2, 3]
const DATA = 2
const [IHAVE, IWANT, GRAFT, PRUNE, IDONTWANT] = [1, 2, 3, 4, 5]
const [OF_IHAVE, OF_OTHERS] = [2, 1] // where the ids of messages are

/** An RPC: whatever one host had to tell another at a time, named by the weightiest part. */
function readRpc(body: Uint8Array): Tagged {
  const rpc = fieldsOf(body)
  const control = bytesOf(rpc, CONTROL).flatMap(fieldsOf)
  const told = (kind: number, ids: number) =>
    bytesOf(control, kind).flatMap((part) => bytesOf(fieldsOf(part), ids).map(textOf))
  const has = (fields: readonly Field[], field: number) => bytesOf(fields, field).length > 0
  const said = {
    ids: bytesOf(rpc, MESSAGES).flatMap((message) => bytesOf(fieldsOf(message), DATA).map(textOf)),
    ihave: told(IHAVE, OF_IHAVE),
    iwant: told(IWANT, OF_OTHERS),
    idontwant: told(IDONTWANT, OF_OTHERS),
    grafts: has(control, GRAFT),
    prunes: has(control, PRUNE),
    subscribes: has(rpc, SUBSCRIPTIONS),
  }
  return { type: weightiest(said), ...said } as Tagged
}

function weightiest(said: Readonly<Record<string, boolean | readonly string[]>>): string {
  const names = { ids: 'message', iwant: 'iwant', ihave: 'ihave', grafts: 'graft', prunes: 'prune' }
  const is = (field: string) => said[field] === true || (said[field] as readonly string[]).length > 0
  const found = Object.entries(names).find(([field]) => is(field))
  return found?.[1] ?? (is('idontwant') ? 'idontwant' : is('subscribes') ? 'subscribe' : 'empty')
}
