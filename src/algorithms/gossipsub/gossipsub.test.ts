/**
 * libp2p's own broadcast on a few real hosts: what it says is seen, hop by hop, and its promises hold.
 * Whom a host takes into its mesh is decided by dice of its own: no test here goes by that.
 */
import { expect, test } from 'vitest'
import { type BeaconMemory, beaconFigures } from '../../checkers/beacon.ts'
import { reported } from '../../harness/compare.ts'
import { type Hosted, hosted } from '../../harness/hosted.ts'
import { operationsOf } from '../../harness/operations.ts'
import { planRun } from '../../harness/plan.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { misfit } from '../../model/shape.ts'
import { buildTopology } from '../../topology/topology.ts'
import type { Gossipsub, Options } from './gossipsub.ts'
import { entry } from './index.ts'

const PATIENT = { timeout: 60_000 }
const PATIENCE_MS = 45_000
/** Small meshes, so that somebody has to forward; and heartbeats in a hurry. */
const SMALL: Partial<Options> = { mesh: 2, meshLow: 1, meshHigh: 3, heartbeatMs: 200 }

interface Conditions {
  readonly options?: Partial<Options>
  readonly requests?: readonly string[]
  readonly faults?: string
  readonly transport?: 'tcp' | 'memory'
}

async function on({ options, requests = [], faults, transport = 'memory' }: Conditions, seed: number) {
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const plan = planRun({
    entry,
    options: { ...Object.fromEntries(defaults), ...SMALL, ...options },
    topology: buildTopology('complete', 6, seed),
    runtime: 'libp2p',
    seed,
    broken: faults?.includes('loss') ? ['reliable'] : [],
    requests,
    ...(faults === undefined ? {} : { faults }),
  })
  const security = transport === 'tcp' ? 'noise' : 'plaintext'
  return hosted(plan, { transport, security, signal: AbortSignal.timeout(PATIENCE_MS) })
}

const eventsOf = ({ history }: Hosted) => history as readonly HistoryEvent<Gossipsub>[]
const sendsOf = (run: Hosted) => eventsOf(run).filter((event) => event.kind === 'send')

test(
  'what one host broadcasts all deliver, over TCP and noise; every copy follows from the request',
  PATIENT,
  async () => {
    const run = await on({ transport: 'tcp', faults: 'latency 5ms' }, 1)
    const { outcome, failure } = run.conducted
    expect(failure).toBeNull()
    expect(outcome.verdict, JSON.stringify(outcome.properties)).toBe('valid')
    const figures = beaconFigures(reported(run.plan, run.history) as BeaconMemory)
    expect([figures.broadcasts, figures.delivered]).toEqual([5, 30])
    const operations = operationsOf<Gossipsub>(eventsOf(run))
    expect(operations).toHaveLength(5)
    const copies = sendsOf(run).filter(({ message: { ids } }) => ids.length > 0).length
    let own = 0
    for (const { request, sends } of operations) {
      const its = sends.filter(({ message: { ids } }) => ids.includes(request.request.id)).length
      expect(its, request.request.id).toBeGreaterThanOrEqual(5)
      own += its
    }
    // On a busy machine a copy may be asked for again, at a heartbeat, which belongs to no request.
    expect(own / copies).toBeGreaterThan(0.9)
  },
)

test('whatever is said fits the words of the entry, and every copy that came was sent', PATIENT, async () => {
  const run = await on({}, 2)
  const sent = new Set<string>()
  for (const event of eventsOf(run)) {
    if (event.kind === 'send') {
      expect(misfit(entry.shapes.message, event.message), JSON.stringify(event.message)).toBeNull()
      expect(event.message.type).not.toBe('empty')
      sent.add(event.messageId)
    }
    if (event.kind === 'deliver') expect(sent.has(event.messageId), event.messageId).toBe(true)
  }
  expect(eventsOf(run).filter(({ kind }) => kind === 'refuse')).toEqual([])
  const types = new Set(sendsOf(run).map(({ message }) => message.type))
  for (const type of ['subscribe', 'graft', 'message']) expect(types, type).toContain(type)
})

test('what a mesh loses is offered, asked for, and brought', PATIENT, async () => {
  const run = await on(
    { faults: 'latency 2ms, loss 70% of message at 0ms for 300ms', options: { broadcasts: 8 } },
    3,
  )
  expect(run.conducted.failure).toBeNull()
  const wanted = sendsOf(run).flatMap(({ at, message }) => message.iwant.map((id) => `${at} ${id}`))
  expect(wanted).not.toEqual([])
  const got = eventsOf(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'deliver'
      ? [`${event.at} ${event.indication.id}`]
      : [],
  )
  expect(
    wanted.some((one) => got.includes(one)),
    'one that was asked for was delivered',
  ).toBe(true)
})

test('a host that crashes and comes back is part of it again', PATIENT, async () => {
  const requests = ['p01 broadcast id=before @0ms', 'p02 broadcast id=after @4000ms']
  const run = await on({ requests, faults: 'crash p03 at 300ms for 300ms' }, 4)
  expect(run.conducted.failure).toBeNull()
  const kinds = eventsOf(run).map(({ kind, at }) => `${kind} ${at}`)
  expect(kinds).toEqual(expect.arrayContaining(['crash p03', 'recover p03']))
  const by = eventsOf(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'deliver' && event.indication.id === 'after'
      ? [event.at]
      : [],
  )
  expect(by.sort()).toEqual(['p00', 'p01', 'p02', 'p03', 'p04', 'p05'])
})
