import type { Asked, CatalogueEntry } from '../../model/catalogue.ts'
import { ownedByLibp2p } from '../../model/service.ts'
import { list, natural, optional, positive, processId, text } from '../../model/shape.ts'
import { isStronglyConnected } from '../../topology/predicates.ts'
import { kadDhtProperties } from './checker.ts'
import type { KadDht, Options } from './kad-dht.ts'
import { queryReport } from './report.ts'

const NAME = 'kad-dht'
const name = text(40)
const key = text(100)
const value = text(4096)
const asked = { key }
const told = { key: optional(key), value: optional(value), closer: list(processId, 100) }

/** Between the last put and the first get: the slowest puts have ended by then. */
const PAUSE_MS = 500

export const entry: CatalogueEntry<KadDht, Options> = {
  name: NAME,
  summary: 'libp2p’s own table of keys and values on its hosts, every RPC a hop',
  options: {
    k: { shape: positive, default: 20, help: 'how many a bucket holds, and a lookup returns' },
    alpha: {
      shape: positive,
      default: 3,
      help: 'how many paths a query takes, each asking as many (libp2p: 10)',
    },
    patienceMs: { shape: positive, default: 20_000, help: 'after which a query is given up' },
    puts: { shape: natural, default: 6, help: 'how many values are put' },
    gets: { shape: natural, default: 12, help: 'how often one of them is got' },
    finds: { shape: natural, default: 6, help: 'how many processes are looked for' },
    everyMs: { shape: positive, default: 50, help: 'mean time between two requests' },
  },
  make: ownedByLibp2p(NAME),
  service: {
    name: NAME,
    settings: ({ k, alpha, patienceMs }) => ({ k, alpha, patienceMs }),
  },
  assumes: {
    fifo: false,
    reliable: false, // a query that ends resets the streams of what it no longer wants
    noDuplicates: true,
    crashes: 'recover',
    synchrony: 'partially synchronous',
  },
  topology: {
    default: 'star',
    fits: (places) =>
      places.length > 1 && isStronglyConnected(places)
        ? null
        : 'it takes two or more, and whoever joins must have a link to the others: use --topology star',
  },
  streams: 'channel',
  channels: 'on demand',
  shapes: {
    request: {
      put: { id: name, key, value },
      get: { id: name, key },
      findPeer: { id: name, process: processId },
    },
    message: {
      FIND_NODE: asked,
      FIND_NODE_REPLY: told,
      GET_VALUE: asked,
      GET_VALUE_REPLY: told,
      PUT_VALUE: { key, value },
      PUT_VALUE_REPLY: told,
      PING: asked,
      PING_REPLY: told,
    },
    timer: {},
  },
  workload(random, places, { puts, gets, finds, everyMs }) {
    const ids = places.map(({ self }) => self)
    const asked = (atMs: number, request: KadDht['request']): Asked<KadDht> => ({
      to: random.pick(ids),
      request,
      atMs,
    })
    const at = (from: number, i: number) => from + i * everyMs + random.below(everyMs)
    const keys = Array.from({ length: puts }, (_, i) => `key${i + 1}`)
    const afterPuts = puts * everyMs + PAUSE_MS
    const got = puts === 0 ? 0 : gets
    return [
      ...keys.map((key, i) => asked(at(0, i), { type: 'put', id: `put${i + 1}`, key, value: `of ${key}` })),
      ...Array.from({ length: finds }, (_, i) =>
        asked(at(0, i), { type: 'findPeer', id: `find${i + 1}`, process: random.pick(ids) }),
      ),
      ...Array.from({ length: got }, (_, i) =>
        asked(at(afterPuts, i), { type: 'get', id: `get${i + 1}`, key: random.pick(keys) }),
      ),
    ]
  },
  properties: kadDhtProperties,
  report: () => queryReport,
  ends: 'quiescent',
}
