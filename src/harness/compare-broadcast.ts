/**
 * The ways to tell everybody, under the load of Maelstrom's broadcast workload (jepsen-io/maelstrom,
 * doc/03-broadcast): a hundred operations a second, half of them reads, which cost no message. What
 * they are measured by is that of the beacon.
 */
import { type BeaconMemory, beaconFigures } from '../checkers/beacon.ts'
import { Prng } from '../lib/prng.ts'
import { buildTopology } from '../topology/topology.ts'
import type { Conditions, Group, Member } from './compare.ts'

export interface BroadcastMeasure {
  readonly messagesPerBroadcast: number
  readonly messagesPerOperation: number
  readonly latencyMs: Quantiles | null // of each delivery but the initiator's own
  readonly toEveryoneMs: Quantiles | null // of each broadcast that reached all
  readonly duplicatesPerDelivery: number
  readonly hops: number
  readonly reach: number // share of all deliveries there should be
  readonly healed: { readonly delivered: number; readonly due: number } // after a partition
  readonly curve: readonly (readonly [ms: number, share: number])[]
}

interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const BROADCASTS = 50
const PAUSE_MS = 20
/** Each broadcast has a read beside it. */
const OPERATIONS_A_BROADCAST = 2
const POINTS_MAX = 150

/** The bar of fly.io/dist-sys 3d and 3e together, at 25 processes and 100 ms a hop. */
const BAR = { messagesPerOperation: 20, p50: 400, max: 600 }

const TREE_OPTIONS = ({ latencyMs }: Conditions) => ({
  dispatchMs: Math.ceil(5 * latencyMs),
  graftMs: Math.ceil(2.5 * latencyMs),
})
const GOSSIP = ({ latencyMs }: Conditions) => ({ mode: 'push', k: 3, roundMs: Math.ceil(2.5 * latencyMs) })

const members: readonly Member[] = [
  { label: 'flooding, four neighbours', algorithm: 'flooding', topology: 'random-regular:4' },
  { label: 'flooding, star', algorithm: 'flooding', topology: 'star' },
  {
    label: 'gossip',
    algorithm: 'gossip',
    topology: 'complete',
    options: (conditions) => ({ ...GOSSIP(conditions), antiEntropyMs: 0 }),
  },
  {
    label: 'gossip, anti-entropy',
    algorithm: 'gossip',
    topology: 'complete',
    options: (conditions) => ({
      ...GOSSIP(conditions),
      antiEntropyMs: Math.ceil(10 * conditions.latencyMs),
    }),
  },
  {
    label: 'plumtree, four neighbours',
    algorithm: 'plumtree',
    topology: 'random-regular:4',
    options: TREE_OPTIONS,
  },
  { label: 'plumtree, tree', algorithm: 'plumtree', topology: 'tree', options: TREE_OPTIONS },
  { label: 'plumtree, star', algorithm: 'plumtree', topology: 'star', options: TREE_OPTIONS },
  { label: 'reliable', algorithm: 'reliable-broadcast', topology: 'complete' },
  {
    label: 'reliable, uniform',
    algorithm: 'reliable-broadcast',
    topology: 'complete',
    options: () => ({ uniform: true }),
  },
  { label: 'causal', algorithm: 'causal-broadcast', topology: 'complete' },
  { label: 'total order, sequencer', algorithm: 'total-order', topology: 'complete' },
  {
    label: 'total order, clocks',
    algorithm: 'total-order',
    topology: 'complete',
    options: () => ({ by: 'lamport' }),
  },
  { label: 'gossipsub', algorithm: 'gossipsub', topology: 'complete' },
]

export const broadcastGroup: Group<BroadcastMeasure> = {
  summary: 'ways to tell everybody',
  members,
  trials(conditions) {
    const { latencyMs } = conditions
    const lastMs = (BROADCASTS - 1) * PAUSE_MS
    const healedMs = lastMs + Math.ceil(10 * latencyMs)
    const partedMs = Math.round(lastMs / 2)
    const latency = `latency ${latencyMs}ms`
    const requests = requestsOf(conditions)
    return [
      { name: 'quiet', requests, faults: latency, forMs: lastMs + 30 * latencyMs },
      {
        name: 'parted',
        requests,
        faults: `${latency}, partition halves at ${partedMs}ms for ${healedMs - partedMs}ms`,
        forMs: healedMs + 100 * latencyMs,
      },
    ]
  },
  measure({ quiet, parted }) {
    const figures = beaconFigures(quiet!.memory as BeaconMemory)
    const healed = beaconFigures(parted!.memory as BeaconMemory)
    const { messagesPerBroadcast, latenciesMs, delivered, due, broadcasts } = figures
    return {
      messagesPerBroadcast,
      messagesPerOperation: messagesPerBroadcast / OPERATIONS_A_BROADCAST,
      latencyMs: quantiles(latenciesMs),
      toEveryoneMs: quantiles(figures.toEveryoneMs),
      duplicatesPerDelivery: figures.duplicatesPerDelivery,
      hops: figures.hopsMax,
      reach: delivered / due,
      healed: { delivered: healed.delivered, due: healed.due },
      curve: curveOf(latenciesMs, broadcasts, due),
    }
  },
  table(measured, { peers, latencyMs }) {
    const best = measured.filter(({ measure }) => isWithinBar(measure)).map(({ member }) => member.label)
    return {
      title:
        `Broadcast: ${peers} processes, ${latencyMs} ms a hop, ` +
        `${BROADCASTS} broadcasts ${PAUSE_MS} ms apart`,
      columns: [
        'algorithm',
        'msgs/bc',
        'msgs/op',
        'p50 ms',
        'p99 ms',
        'max ms',
        'all p50',
        'all max',
        'dupl.',
        'hops',
        'reach',
        'partition healed',
      ],
      rows: measured.map(({ member, measure }) => rowOf(member, measure)),
      summary:
        `At most ${BAR.messagesPerOperation} messages an operation, ` +
        `all reached in less than ${BAR.p50} ms in the ` +
        `median and ${BAR.max} ms at most, and after the partition too: ${best.join('; ') || 'none'}`,
    }
  },
  charts: (measured, { peers, latencyMs }) => [
    {
      title: `Who has heard: ${peers} processes, ${latencyMs} ms a hop`,
      xLabel: 'ms after the broadcast',
      yLabel: 'share of all processes, mean of all broadcasts',
      lines: measured.map(({ member, measure }) => ({ label: member.label, points: measure.curve })),
    },
  ],
}

/** The same for all members: who broadcasts is drawn by the seed. */
function requestsOf({ peers, seed }: Conditions): string[] {
  const { ids } = buildTopology('star', peers, seed)
  const dice = new Prng(seed, 'compare')
  return Array.from(
    { length: BROADCASTS },
    (_, i) => `${dice.pick(ids)} broadcast id=b${i + 1} @${i * PAUSE_MS}ms`,
  )
}

function quantiles(sorted: readonly number[]): Quantiles | null {
  if (sorted.length === 0) return null
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1)! }
}

/** Whoever broadcasts has it at once; then one more with each delivery. */
function curveOf(sorted: readonly number[], broadcasts: number, due: number): [number, number][] {
  const points: [number, number][] = [[0, broadcasts / due]]
  const every = Math.max(1, Math.ceil(sorted.length / POINTS_MAX))
  for (const [i, ms] of sorted.entries()) {
    const isLast = i === sorted.length - 1
    if (!isLast && (ms === sorted[i + 1] || (i + 1) % every !== 0) && sorted[i + 1]! - ms < 1) continue
    points.push([ms, (broadcasts + i + 1) / due])
  }
  return points
}

function isWithinBar({ messagesPerOperation, toEveryoneMs, reach, healed }: BroadcastMeasure): boolean {
  if (toEveryoneMs === null || reach < 1 || healed.delivered < healed.due) return false
  const { p50, max } = toEveryoneMs
  return messagesPerOperation <= BAR.messagesPerOperation && p50 < BAR.p50 && max < BAR.max
}

function rowOf({ label }: Member, measure: BroadcastMeasure): (string | number)[] {
  const { latencyMs, toEveryoneMs, healed, hops } = measure
  const ms = (value: number | undefined) => value?.toFixed(0) ?? '–'
  return [
    label,
    measure.messagesPerBroadcast.toFixed(1),
    measure.messagesPerOperation.toFixed(1),
    ms(latencyMs?.p50),
    ms(latencyMs?.p99),
    ms(latencyMs?.max),
    ms(toEveryoneMs?.p50),
    ms(toEveryoneMs?.max),
    measure.duplicatesPerDelivery.toFixed(2),
    hops,
    `${(100 * measure.reach).toFixed(1)}%`,
    healed.delivered === healed.due ? 'all' : `${healed.delivered} of ${healed.due}`,
  ]
}
