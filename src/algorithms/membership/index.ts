import { UsageError } from '../../lib/usage-error.ts'
import type { Asked, CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { list, natural, positive, processId, type Shape, text } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { membershipProperties } from './checker.ts'
import { accountShape, NEWS_MAX } from './members.ts'
import { membership } from './membership.ts'
import { membershipReport } from './report.ts'
import type { Choices, Membership } from './vocabulary.ts'

interface Options extends Choices {
  leaves: number
}

/** When the network is calm: somebody leaves, and the wave comes. */
const CALM_MS = 1500
/** Those of the wave come within this, and stay so long. */
const WAVE_MS = 500
const STAY_MS = 1000
/** Time for the last to find out: to be probed, suspected and told of; and for two halves to meet again. */
const ENDS_AFTER_MS = 6000

const DIFFICULTY_MAX = 20
const difficulty: Shape<number> = {
  ...natural,
  label: `number of bits, 0 to ${DIFFICULTY_MAX}`,
  fits: (bits): bits is number => natural.fits(bits) && bits <= DIFFICULTY_MAX,
}

const all = list(accountShape, 100_000)
const news = list(accountShape, NEWS_MAX + 1)
const id = text(40)

/** Nothing is explored: periods have no end. */
export const entry: CatalogueEntry<Membership, Options> = {
  name: 'membership',
  summary: 'who is there: joining, leaving, and being found dead, by probes on which the news rides',
  options: {
    boots: { shape: positive, default: 2, help: 'how many of the first processes all know by name' },
    difficulty: { shape: difficulty, default: 6, help: 'bits of work to join: 2^bits hashes' },
    retries: { shape: positive, default: 10, help: 'how often somebody is asked to let it in' },
    retryMs: { shape: positive, default: 200, help: 'before it asks again; then twice as long each time' },
    periodMs: { shape: positive, default: 100, help: 'of the protocol: one member is probed in each' },
    lateMs: { shape: positive, default: 40, help: 'before others are asked to ask' },
    proxies: { shape: natural, default: 3, help: 'how many of these: k' },
    suspicionPeriods: { shape: positive, default: 2, help: 'periods of suspicion, times log₂ n' },
    syncMs: { shape: positive, default: 500, help: 'how often one compares all with another (60 s)' },
    jitterMs: { shape: natural, default: 250, help: 'and up to so much later (30 s)' },
    expiryMs: { shape: positive, default: 10_000, help: 'how long one remembers who is gone' },
    leaves: { shape: natural, default: 1, help: 'how many leave and say so' },
    wave: { shape: natural, default: 0, help: 'how many come later, all at once, and leave again' },
    foreigners: { shape: natural, default: 0, help: 'how many speak another version of the protocol' },
  },
  make: (options) => {
    if (options.lateMs >= options.periodMs) {
      throw new UsageError(`--late-ms ${options.lateMs}: less than --period-ms, which is ${options.periodMs}`)
    }
    return membership(options)
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
    request: { join: { id }, leave: { id }, members: { id } },
    message: {
      join: { name: processId, nonce: natural, speaks: text(100), incarnation: natural },
      welcome: { members: all },
      refusal: { reason: text(200) },
      ping: { seq: natural, news },
      ack: { seq: natural, news },
      pingReq: { seq: natural, target: processId, news },
      relayed: { seq: natural, target: processId, news },
      sync: { hash: text(16) },
      differs: { digest: text(2_000_000) },
      fill: { members: all, wanted: list(processId, 100_000) },
      farewell: { member: accountShape },
    },
    timer: {
      join: {},
      period: {},
      late: { seq: natural },
      suspicion: { process: processId, incarnation: natural },
      sync: {},
    },
  },
  faults(ids) {
    const pause = ids.length < 3 ? '' : `, pause ${ids.at(-3)} at 1200ms for 400ms`
    const crash = ids.length < 2 ? '' : `, crash ${ids.at(-2)} at 2000ms`
    return `latency 2-12ms${pause}${crash}`
  },
  workload(random, places, { leaves, boots, wave, foreigners }) {
    const ids = places.map(({ self }) => self)
    const last = ids.length - foreigners
    const coming = ids.slice(Math.max(0, last - wave), last)
    const others = ids.slice(boots, Math.max(0, last - wave))
    const staying = others.filter((process) => process !== ids.at(-2)) // whom its own faults let crash
    const going = Array.from({ length: Math.min(leaves, staying.length) }, () =>
      staying.splice(random.below(staying.length), 1),
    )
    const asked = (to: ProcessId, type: 'join' | 'leave', atMs: number): Asked<Membership> => ({
      to,
      request: { type, id: `${type}-${to}` },
      atMs,
    })
    return [
      ...going.flat().map((to) => asked(to, 'leave', CALM_MS + random.below(WAVE_MS))),
      ...coming.flatMap((to) => {
        const atMs = CALM_MS + random.below(WAVE_MS)
        return [asked(to, 'join', atMs), asked(to, 'leave', atMs + STAY_MS)]
      }),
    ]
  },
  properties: membershipProperties,
  report: membershipReport,
  ends: { afterMs: ENDS_AFTER_MS },
}
