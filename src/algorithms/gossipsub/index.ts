import { beaconReport } from '../../checkers/beacon.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { ownedByLibp2p } from '../../model/service.ts'
import { list, positive, text, truth } from '../../model/shape.ts'
import { isBidirectional, isConnected } from '../../topology/predicates.ts'
import { broadcasting, gossipsubProperties } from './checker.ts'
import type { Gossipsub, Options } from './gossipsub.ts'

const NAME = 'gossipsub'
/** Between one broadcast and the next. */
const PAUSE_MS = 20
/** After the last request or fault: three heartbeats, in which what is missed is offered once more. */
const ENDS_AFTER_MS = 3200

const id = text(40)
const ids = list(id, 5000)
const said = {
  ids,
  ihave: ids,
  iwant: ids,
  idontwant: ids,
  grafts: truth,
  prunes: truth,
  subscribes: truth,
}

export const entry: CatalogueEntry<Gossipsub, Options> = {
  name: NAME,
  summary: 'libp2p’s own broadcast on its hosts, over a mesh with gossip beside it, every RPC a hop',
  options: {
    mesh: { shape: positive, default: 6, help: 'D: how many peers a host sends whole messages to' },
    meshLow: { shape: positive, default: 4, help: 'D_low: with fewer it takes more into its mesh' },
    meshHigh: { shape: positive, default: 12, help: 'D_high: with more it puts some out' },
    heartbeatMs: { shape: positive, default: 1000, help: 'how often it mends its mesh and gossips' },
    broadcasts: { shape: positive, default: 5, help: 'how many messages are broadcast' },
  },
  make: ownedByLibp2p(NAME),
  service: {
    name: NAME,
    settings: ({ mesh, meshLow, meshHigh, heartbeatMs }) => ({ mesh, meshLow, meshHigh, heartbeatMs }),
  },
  assumes: {
    fifo: false,
    reliable: true,
    noDuplicates: false,
    crashes: 'recover',
    synchrony: 'partially synchronous',
  },
  topology: {
    default: 'complete',
    fits: (places) =>
      places.length > 1 && isBidirectional(places) && isConnected(places)
        ? null
        : 'it takes two or more, and a message must reach everyone: use complete or random-regular',
  },
  streams: 'channel',
  channels: 'on demand',
  shapes: {
    request: { broadcast: { id } },
    message: {
      message: said,
      ihave: said,
      iwant: said,
      idontwant: said,
      graft: said,
      prune: said,
      subscribe: said,
      empty: said,
    },
    timer: {},
  },
  workload(random, places, { broadcasts }) {
    return Array.from({ length: broadcasts }, (_, i) => ({
      to: random.pick(places).self,
      request: { type: 'broadcast' as const, id: `b${i + 1}` },
      atMs: i * PAUSE_MS,
    }))
  },
  properties: gossipsubProperties,
  report: () => beaconReport<Gossipsub>({ ...broadcasting, carries: ({ ids: whole }) => whole }),
  ends: { afterMs: ENDS_AFTER_MS },
}
