import { UsageError } from '../../lib/usage-error.ts'
import type { Asked, CatalogueEntry } from '../../model/catalogue.ts'
import type { Shape } from '../../model/shape.ts'
import { list, natural, operationName, positive, text, truth, unlessSaid } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { calmMs, kademliaProperties } from './checker.ts'
import { contactShape } from './identity.ts'
import { kademlia } from './kademlia.ts'
import { keyId } from './operations.ts'
import { lookupReport } from './report.ts'
import type { Choices, Kademlia } from './vocabulary.ts'
import { type Id, isId } from './xor-metric.ts'

export interface Options extends Choices {
  puts: number
  gets: number
  finds: number
  everyMs: number
  ttlMs: number
  replication: number
}

const id: Shape<Id> = { label: 'number of 64 hexadecimal digits', fits: isId, parse: (written) => written }
const name = operationName(40)
const key = text(100) // of these and the next, the algorithm says itself what is too long
const value = text(4096)
const TTL_MS = 60_000
const REPLICATION = 3
const every = { rpc: natural, nonce: natural }

const CONTACTS_MAX = 100
const DIFFICULTY_MAX = 24
const difficulty: Shape<number> = {
  ...natural,
  label: `number of bits, 0 to ${DIFFICULTY_MAX}`,
  fits: (bits): bits is number => natural.fits(bits) && bits <= DIFFICULTY_MAX,
}

/** When all have joined and after that refreshed their tables. */
const settledMs = (choices: Choices) => choices.joinMs + calmMs(choices) + choices.answerMs

/** After the last request or fault: time for everyone to find out, and for everything to be answered. */
const ENDS_AFTER_MS = 2500

export const entry: CatalogueEntry<Kademlia, Options> = {
  name: 'kademlia',
  summary: 'a table of keys and values spread over all, found in a logarithmic number of steps',
  options: {
    k: { shape: positive, default: 20, help: 'how many a bucket holds, and a lookup returns' },
    alpha: { shape: positive, default: 3, help: 'how many are asked at a time' },
    difficulty: { shape: difficulty, default: 4, help: 'bits of work for a number: 2^bits hashes' },
    boots: { shape: positive, default: 3, help: 'how many of the first processes everyone knows' },
    joinMs: { shape: natural, default: 300, help: 'the time in which all join' },
    answerMs: { shape: positive, default: 500, help: 'how long an answer is waited for' },
    refreshMs: { shape: positive, default: 800, help: 'a bucket is refreshed when so old (1 h)' },
    replicateMs: { shape: positive, default: 2000, help: 'how often holders tell each other (1 h)' },
    republishMs: { shape: positive, default: 4000, help: 'how often who put a value puts it again (24 h)' },
    perSecond: { shape: positive, default: 100, help: 'how many questions of one process are answered' },
    secret: { shape: text(100), default: 'kademlia', help: 'what the keys of stored values are made from' },
    puts: { shape: natural, default: 6, help: 'how many values are put' },
    gets: { shape: natural, default: 12, help: 'how often one of them is got' },
    finds: { shape: natural, default: 6, help: 'how many lookups are made besides' },
    everyMs: { shape: positive, default: 50, help: 'mean time between two requests' },
    ttlMs: { shape: positive, default: TTL_MS, help: 'how long a value lives' },
    replication: { shape: positive, default: REPLICATION, help: 'how many are to hold it' },
  },
  make: (options) => {
    if (options.replication > options.k) {
      throw new UsageError(`--replication ${options.replication}: a lookup returns --k ${options.k} at most`)
    }
    return kademlia(options)
  },
  assumes: {
    fifo: false,
    reliable: false,
    noDuplicates: false,
    crashes: 'recover',
    synchrony: 'partially synchronous',
  },
  topology: {
    default: 'complete',
    fits: (places) =>
      isComplete(places) ? null : 'whoever is named must be reached: use --topology complete',
  },
  streams: 'channel',
  channels: 'on demand',
  shapes: {
    request: {
      find: { id: name, target: text(100) },
      put: {
        id: name,
        key,
        value,
        ttlMs: unlessSaid(natural, () => TTL_MS),
        replication: unlessSaid(natural, () => REPLICATION),
      },
      get: { id: name, key },
    },
    message: {
      ping: every,
      pong: every,
      findNode: { ...every, target: id },
      nodes: { ...every, contacts: list(contactShape, CONTACTS_MAX) },
      findValue: { ...every, key },
      value: { ...every, value },
      store: { ...every, key, value, ttlMs: positive, replication: positive, version: natural },
      stored: { ...every, isKept: truth },
    },
    timer: { join: {}, refresh: {}, replicate: {}, republish: {}, unanswered: { rpc: natural } },
  },
  faults: 'latency 2-12ms',
  workload(random, places, options) {
    const { puts, gets, finds, everyMs, ttlMs, replication } = options
    const ids = places.map(({ self }) => self)
    const begin = settledMs(options)
    const at = (from: number, i: number) => from + i * everyMs + random.below(everyMs)
    const asked = (atMs: number, request: Kademlia['request']): Asked<Kademlia> => ({
      to: random.pick(ids),
      request,
      atMs,
    })
    const keys = Array.from({ length: puts }, (_, i) => `key${i + 1}`)
    const got = puts === 0 ? 0 : gets
    return [
      ...keys.map((key, i) => {
        const put = { type: 'put', id: `put${i + 1}`, key, value: `of ${key}`, ttlMs, replication } as const
        return asked(at(begin, i), put)
      }),
      ...Array.from({ length: finds }, (_, i) => {
        const target = keyId(`somewhere ${random.below(1_000_000)}`)
        return asked(at(begin, i), { type: 'find', id: `find${i + 1}`, target })
      }),
      ...Array.from({ length: got }, (_, i) =>
        asked(at(begin + (puts + 1) * everyMs, i), {
          type: 'get',
          id: `get${i + 1}`,
          key: random.pick(keys),
        }),
      ),
    ]
  },
  properties: kademliaProperties,
  report: () => lookupReport,
  ends: { afterMs: ENDS_AFTER_MS },
}
