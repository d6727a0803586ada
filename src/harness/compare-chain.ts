/**
 * One chain under more and more latency, at three rates of finding blocks: how many blocks are mined
 * in vain, and how long it takes until all have one. Everyone mines all the time.
 *
 *   C. Decker, R. Wattenhofer, "Information Propagation in the Bitcoin Network", IEEE P2P 2013: forks
 *   come of blocks that are found while another is on its way.
 */
import { type ChainFigures, type ChainMemory, chainFigures } from '../checkers/chain-figures.ts'
import { processIds } from '../topology/topology.ts'
import type { Conditions, Group, Measured, Member } from './compare.ts'

interface Point extends ChainFigures {
  readonly latencyMs: number
}

export type ChainMeasure = readonly Point[]

/** Of the latency that is asked for, the last of them. */
const SHARES = [0.05, 0.1, 0.25, 0.5, 0.75, 1]
/** Of the whole network: how long it takes to find a block, on average. */
const INTERVALS_MS = [100, 200, 400]
const FOR_MS = 60_000
/** So often each is asked to mine a message: it has always something to mine, or nearly. */
const ASKED_EVERY_MS = 200

/** Upkeep that is slow against the blocks, so that these are seen; rounds that outlast two latencies. */
const optionsFor =
  (intervalMs: number) =>
  ({ peers, latencyMs }: Conditions) => ({
    mineMs: intervalMs * peers,
    gossipMs: 20 * latencyMs,
    silentMs: 80 * latencyMs,
    consensusMs: 20 * latencyMs,
    replyMs: Math.ceil(2.5 * latencyMs),
    known: 4,
    depth: 1000, // how deep forks are is measured here, and not judged
  })

const members: readonly Member[] = INTERVALS_MS.map((intervalMs) => ({
  label: `a block every ${intervalMs} ms`,
  algorithm: 'blockchain',
  topology: 'random-regular:4',
  options: optionsFor(intervalMs),
}))

const latencies = ({ latencyMs }: Conditions) => SHARES.map((share) => Math.max(1, share * latencyMs))

export const chainGroup: Group<ChainMeasure> = {
  summary: 'a chain under more and more latency',
  members,
  trials: (conditions) =>
    latencies(conditions).map((latencyMs) => ({
      name: String(latencyMs),
      requests: requestsOf(conditions),
      faults: `latency ${latencyMs}ms`,
      forMs: FOR_MS,
    })),
  measure: (runs) =>
    Object.entries(runs).map(([latency, { memory }]) => ({
      latencyMs: Number(latency),
      ...chainFigures(memory as ChainMemory),
    })),
  table: (measured, { peers, latencyMs }) => ({
    title: `Chain: ${peers} processes, latency up to ${latencyMs} ms, ${FOR_MS / 1000} s`,
    columns: [
      'blocks found',
      'latency ms',
      'blocks',
      'orphans',
      'orphan rate',
      'agreed ms',
      'at most',
      'deepest',
    ],
    rows: measured.flatMap(({ member, measure }) => measure.map((point) => rowOf(member, point))),
    summary:
      'agreed: from the finding of a block of the final chain until all had it, mean; ' +
      'deepest: most blocks that a process gave up at once',
  }),
  charts: (measured, { peers }) => [
    chartOf(measured, `Blocks mined in vain: ${peers} processes`, '%', ({ orphanRate }) => orphanRate),
    chartOf(measured, 'Until all have a block', 'as it is', ({ agreedMs }) => agreedMs),
  ],
}

const rowOf = ({ label }: Member, point: Point): (string | number)[] => [
  label,
  point.latencyMs,
  point.blocks,
  point.orphans,
  `${(100 * point.orphanRate).toFixed(1)}%`,
  point.agreedMs.toFixed(0),
  point.agreedMaxMs.toFixed(0),
  point.deepest,
]

const chartOf = (
  measured: readonly Measured<ChainMeasure>[],
  title: string,
  yUnit: '%' | 'as it is',
  y: (point: Point) => number,
) => ({
  title,
  xLabel: 'latency of each message, ms',
  yLabel: yUnit === '%' ? 'orphans, share of all blocks' : 'ms, mean over the blocks of the final chain',
  joined: 'straight' as const,
  yUnit,
  lines: measured.map(({ member: { label }, measure }) => ({
    label,
    points: measure.map((point) => [point.latencyMs, y(point)] as const),
  })),
})

/** The same for all members; the last ones come too late to be mined, and nobody is idle. */
function requestsOf({ peers }: Conditions): string[] {
  const each = Math.ceil(FOR_MS / ASKED_EVERY_MS)
  return processIds(peers).flatMap((id, p) =>
    Array.from({ length: each }, (_, i) => `${id} mine message=m${p}.${i} @${i * ASKED_EVERY_MS}ms`),
  )
}
