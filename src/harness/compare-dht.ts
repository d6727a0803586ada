/**
 * Two tables of keys and values on the same real hosts: our `kademlia`, and libp2p's own `kad-dht`.
 * Both put some values, and then all that are up get them, once with everybody up and once with a
 * share of the hosts crashed between. Ours is set to what the other does: a put stores with the k
 * nearest, and upkeep is a matter of hours.
 */
import { Prng } from '../lib/prng.ts'
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import { buildTopology } from '../topology/topology.ts'
import type { Compared, Conditions, Group, Member } from './compare.ts'
import { type OperationOf, operationsOf } from './operations.ts'

export interface DhtMeasure {
  readonly put: Asked
  readonly get: Asked
  readonly crashed: Asked // the gets after the crashes
  readonly upkeep: number // messages of no request, those of joining among them, a process
  readonly curve: readonly (readonly [ms: number, share: number])[]
  readonly crashedCurve: DhtMeasure['curve']
}

/** What came of all requests of a kind. */
interface Asked {
  readonly messages: number // of one, questions and answers
  readonly hops: { readonly mean: number; readonly most: number }
  readonly ms: { readonly p50: number; readonly max: number } | null
  readonly succeeded: number
  readonly of: number
}

const PUTS = 8
const GETS = 20
const PAUSE_MS = 200
/** Everybody has joined, and every put is over, at the latencies that anybody compares. */
const SETTLED_MS = 4000
const STORED_MS = 4000
const LAST_MS = 6000
/** Who crashes: one in four. */
const CRASHED = 4
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000]

const getsAtMs = SETTLED_MS + PUTS * PAUSE_MS + STORED_MS
const endsAtMs = getsAtMs + GETS * PAUSE_MS + LAST_MS

const ours = (k: number): Member => ({
  label: `kademlia, k = ${k}`,
  algorithm: 'kademlia',
  topology: 'complete',
  options: ({ latencyMs }) => ({
    k,
    answerMs: Math.max(500, 5 * latencyMs),
    refreshMs: HOUR_MS,
    replicateMs: HOUR_MS,
    republishMs: DAY_MS,
    perSecond: 1000,
  }),
  words: (request) => request.replace(/( put .*?)( @)/, `$1 ttlMs=${HOUR_MS} replication=${k}$2`),
})

const theirs = (k: number): Member => ({
  label: `kad-dht, k = ${k}`,
  algorithm: 'kad-dht',
  topology: 'star',
  options: () => ({ k }),
})

export const dhtGroup: Group<DhtMeasure> = {
  summary: 'tables of keys and values',
  runtime: 'libp2p',
  members: [ours(20), theirs(20), ours(4), theirs(4)],
  trials(conditions) {
    const latency = `latency ${conditions.latencyMs}ms`
    const { requests, down } = asked(conditions)
    const crashes = down.map((id) => `crash ${id} at ${getsAtMs - PAUSE_MS}ms`)
    return [
      { name: 'quiet', requests, faults: latency, forMs: endsAtMs },
      { name: 'crashed', requests, faults: [latency, ...crashes].join(', '), forMs: endsAtMs },
    ]
  },
  measure({ quiet, crashed }) {
    const [operations, after] = [measured(quiet!), measured(crashed!)]
    const own = operations.all.reduce((sum, { operation }) => sum + operation.sends.length, 0)
    return {
      put: figures(operations.of('put')),
      get: figures(operations.of('get')),
      crashed: figures(after.of('get')),
      upkeep: (operations.sends - own) / quiet!.plan.topology.ids.length,
      curve: curveOf(operations.of('get')),
      crashedCurve: curveOf(after.of('get')),
    }
  },
  table: (measured, { peers, latencyMs }) => ({
    title: `Tables of keys and values: ${peers} hosts, ${latencyMs} ms a message, ${PUTS} puts, ${GETS} gets`,
    columns: [
      'algorithm',
      'put msgs',
      'hops',
      'p50 ms',
      'get msgs',
      'hops',
      'p50 ms',
      'max ms',
      'found',
      'found, 1 in 4 crashed',
      'p50 ms',
      'upkeep',
    ],
    rows: measured.map(({ member, measure: { put, get, crashed, upkeep } }) => [
      member.label,
      put.messages.toFixed(1),
      hopsText(put),
      put.ms?.p50.toFixed(0) ?? '–',
      get.messages.toFixed(1),
      hopsText(get),
      get.ms?.p50.toFixed(0) ?? '–',
      get.ms?.max.toFixed(0) ?? '–',
      `${get.succeeded} of ${get.of}`,
      `${crashed.succeeded} of ${crashed.of}`,
      crashed.ms?.p50.toFixed(0) ?? '–',
      upkeep.toFixed(0),
    ]),
    summary: 'hops: mean and most; upkeep: messages a process that no request led to, joining among them',
  }),
  charts: (measured, { peers, latencyMs }) => [
    {
      title: `Values found: ${peers} hosts, ${latencyMs} ms a message`,
      xLabel: 'ms after the request',
      yLabel: 'share of all gets that have their value',
      lines: measured.flatMap(({ member, measure }) => [
        { label: member.label, points: measure.curve },
        { label: `${member.label}, crashes`, points: measure.crashedCurve },
      ]),
    },
  ],
}

/** The same for all members: whoever gets stays up. */
function asked({ peers, seed }: Conditions): { requests: string[]; down: string[] } {
  const { ids } = buildTopology('star', peers, seed)
  const dice = new Prng(seed, 'compare')
  const fallible = ids.slice(1) // the first is who the others join by
  const down: string[] = []
  while (down.length < Math.floor(peers / CRASHED)) {
    const id = dice.pick(fallible)
    if (!down.includes(id)) down.push(id)
  }
  const up = ids.filter((id) => !down.includes(id))
  const puts = Array.from({ length: PUTS }, (_, i) => {
    const at = SETTLED_MS + i * PAUSE_MS
    return `${dice.pick(ids)} put id=put${i} key=key${i} value=v${i} @${at}ms`
  })
  const gets = Array.from({ length: GETS }, (_, i) => {
    const at = getsAtMs + i * PAUSE_MS
    return `${dice.pick(up)} get id=get${i} key=key${dice.below(PUTS)} @${at}ms`
  })
  return { requests: [...puts, ...gets], down: down.sort() }
}

/** A request, and the answer that the process indicated. */
interface Answered {
  readonly operation: OperationOf<Signature>
  readonly answer: Extract<HistoryEvent<Signature>, { kind: 'indicate' }> | undefined
}

function measured({ history }: Compared) {
  const answers = new Map<string, NonNullable<Answered['answer']>>()
  for (const event of history) {
    if (event.kind === 'indicate' && 'id' in event.indication) answers.set(String(event.indication.id), event)
  }
  const all = operationsOf(history).map((operation): Answered => {
    const { id } = operation.request.request as unknown as { id: string }
    return { operation, answer: answers.get(id) }
  })
  return {
    all,
    sends: history.filter(({ kind }) => kind === 'send').length,
    of: (type: string) => all.filter(({ operation }) => operation.request.request.type === type),
  }
}

const fieldOf = ({ answer }: Answered, field: string): unknown =>
  (answer?.indication as unknown as Record<string, unknown> | undefined)?.[field]

const isDone = (one: Answered) =>
  typeof fieldOf(one, 'value') === 'string' || Number(fieldOf(one, 'copies') ?? 0) > 0

const tookMs = ({ operation, answer }: Answered) => (answer!.timeNs - operation.request.timeNs) / 1e6

function figures(asked: readonly Answered[]): Asked {
  const done = asked.filter(isDone)
  const hops = done.map((one) => Number(fieldOf(one, 'hops')))
  const ms = done.map(tookMs).sort((a, b) => a - b)
  const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0)
  return {
    messages: sum(asked.map(({ operation }) => operation.sends.length)) / Math.max(1, asked.length),
    hops: { mean: sum(hops) / Math.max(1, hops.length), most: Math.max(0, ...hops) },
    ms: ms.length === 0 ? null : { p50: ms[Math.floor(ms.length / 2)]!, max: ms.at(-1)! },
    succeeded: done.length,
    of: asked.length,
  }
}

function curveOf(asked: readonly Answered[]): [number, number][] {
  const ms = asked.filter(isDone).map(tookMs)
  ms.sort((a, b) => a - b)
  return [[0, 0], ...ms.map((each, i): [number, number] => [each, (i + 1) / asked.length])]
}

const hopsText = ({ hops }: Asked) => `${hops.mean.toFixed(1)}, ${hops.most}`
