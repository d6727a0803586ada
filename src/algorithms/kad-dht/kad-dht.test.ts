/**
 * libp2p's own table on a few real hosts: what it says is seen, hop by hop, and its promises hold.
 * How long it takes and whom it asks is nobody's to say: no test here goes by either.
 */
import { expect, test } from 'vitest'
import { type Hosted, hosted } from '../../harness/hosted.ts'
import { operationsOf } from '../../harness/operations.ts'
import { planRun } from '../../harness/plan.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { misfit } from '../../model/shape.ts'
import { buildTopology } from '../../topology/topology.ts'
import { SpanDeriver } from '../../trace-format/spans.ts'
import { entry } from './index.ts'
import type { KadDht, Options } from './kad-dht.ts'

const PATIENT = { timeout: 60_000 }
const PATIENCE_MS = 45_000

interface Conditions {
  readonly peers?: number
  readonly options?: Partial<Options>
  readonly requests?: readonly string[]
  readonly faults?: string
  readonly transport?: 'tcp' | 'memory'
}

async function on(hosts: Conditions, seed: number): Promise<Hosted> {
  const { peers = 6, options, requests = [], faults, transport = 'memory' } = hosts
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const plan = planRun({
    entry,
    options: { ...Object.fromEntries(defaults), ...options },
    topology: buildTopology('star', peers, seed),
    runtime: 'libp2p',
    seed,
    broken: [],
    requests,
    ...(faults === undefined ? {} : { faults }),
  })
  const security = transport === 'tcp' ? 'noise' : 'plaintext'
  return hosted(plan, { transport, security, signal: AbortSignal.timeout(PATIENCE_MS) })
}

const eventsOf = ({ history }: Hosted) => history as readonly HistoryEvent<KadDht>[]
const verdicts = ({ conducted }: Hosted) =>
  conducted.outcome.properties.map(({ name, verdict }) => `${name} ${verdict}`)
const indicated = (run: Hosted, type: KadDht['indication']['type']) =>
  eventsOf(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === type
      ? [{ at: event.at, ...event.indication }]
      : [],
  )

test('what one host puts another gets, over TCP and noise; its promises hold', PATIENT, async () => {
  const run = await on({ transport: 'tcp' }, 1)
  const { outcome, failure } = run.conducted
  expect(failure).toBeNull()
  expect([outcome.verdict, outcome.ended], JSON.stringify(outcome.properties)).toEqual(['valid', 'quiescent'])
  expect(indicated(run, 'joined')).toHaveLength(6)
  expect(indicated(run, 'got')).toHaveLength(12)
  for (const got of indicated(run, 'got'))
    expect(got).toMatchObject({ value: expect.stringMatching(/^of key/) })
})

test('every RPC of a query is a hop of its request, under its key', PATIENT, async () => {
  const requests = [
    'p01 put id=a key=colour value=blue @0ms',
    'p02 put id=b key=shape value=round @0ms',
    'p01 put id=c key=size value=large @0ms', // two at a time at one host
    'p03 get id=d key=colour @600ms',
    'p04 get id=e key=nothing @600ms',
    'p05 findPeer id=f process=p03 @600ms',
  ]
  const run = await on({ requests }, 2)
  expect(run.conducted.failure).toBeNull()
  const operations = operationsOf<KadDht>(eventsOf(run))
  expect(operations.map(({ request }) => request.request.id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  for (const { request, sends } of operations) {
    const { id, ...asked } = request.request
    const own = 'key' in asked ? asked.key : asked.process
    expect(sends.length, `the RPCs of ${id}`).toBeGreaterThan(1)
    const keys = sends.flatMap(({ message }) => (message.type.endsWith('_REPLY') ? [] : [message.key]))
    expect(new Set(keys), `what ${id} asks for`).toEqual(new Set([own]))
    const sums = Object.groupBy(sends, ({ message }) =>
      message.type.endsWith('_REPLY') ? 'reply' : 'question',
    )
    expect(sums.reply?.length, `the replies of ${id}`).toBe(sums.question?.length)
  }
  const questions = operations.map(({ sends }) => new Set(sends.map(({ message }) => message.type)))
  expect(questions[0]).toContain('PUT_VALUE')
  expect(questions[3]).toContain('GET_VALUE')
  expect(indicated(run, 'got').map((got) => 'value' in got && got.value)).toEqual(
    expect.arrayContaining(['blue', null]),
  )
})

test('whatever is said fits the words of the entry, and was sent before it came', PATIENT, async () => {
  const run = await on({}, 3)
  const sent = new Set<string>()
  let delivered = 0
  for (const event of eventsOf(run)) {
    if (event.kind === 'send') {
      expect(misfit(entry.shapes.message, event.message), JSON.stringify(event.message)).toBeNull()
      sent.add(event.messageId)
    }
    if (event.kind !== 'deliver') continue
    expect(sent.has(event.messageId), event.messageId).toBe(true)
    delivered++
  }
  expect(delivered).toBe(sent.size)
  expect(eventsOf(run).filter(({ kind }) => kind === 'refuse')).toEqual([])
})

test('its spans are one tree a request: every RPC under the step it follows from', PATIENT, async () => {
  const run = await on({ requests: ['p01 put id=a key=colour value=blue @0ms'] }, 4)
  const deriver = new SpanDeriver(run.conducted.run)
  const spans = [...run.blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
  const root = spans.find(({ name }) => name === 'request put')!
  const those = spans.filter(({ traceId }) => traceId === root.traceId)
  const ids = new Set(those.map(({ spanId }) => spanId))
  const orphans = those.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))
  expect(orphans).toEqual([])
  expect(those.filter(({ parentSpanId }) => parentSpanId === undefined)).toEqual([root])
  expect(those.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'send FIND_NODE',
      'process FIND_NODE',
      'send PUT_VALUE',
      'process PUT_VALUE_REPLY',
    ]),
  )
})

test(
  'messages are held by a latency rule, and lost by a crash; a value outlives some of its holders',
  PATIENT,
  async () => {
    const requests = [
      'p01 put id=a key=colour value=blue @0ms',
      'p04 get id=b key=colour @900ms',
      'p05 findPeer id=c process=p01 @900ms',
    ]
    const faults = 'latency 15ms, crash p02 at 600ms, crash p03 at 600ms for 900ms'
    const run = await on({ requests, faults }, 5)
    expect(run.conducted.failure).toBeNull()
    expect(run.conducted.outcome.verdict, verdicts(run).join('; ')).toBe('valid')
    const sentNs = new Map<string, number>()
    for (const event of eventsOf(run)) {
      if (event.kind === 'send') sentNs.set(event.messageId, event.timeNs)
      if (event.kind === 'deliver')
        expect(event.timeNs - sentNs.get(event.messageId)!, event.messageId).toBeGreaterThanOrEqual(15e6)
    }
    const kinds = eventsOf(run).map(({ kind, at }) => `${kind} ${at}`)
    expect(kinds).toEqual(expect.arrayContaining(['crash p02', 'crash p03', 'recover p03']))
    expect(indicated(run, 'got')).toMatchObject([{ value: 'blue' }])
  },
)

test('a host that puts and crashes at once leaves nothing open, and is asked no more', PATIENT, async () => {
  const requests = ['p01 put id=a key=colour value=blue @0ms', 'p01 get id=b key=colour @300ms']
  const run = await on({ requests, faults: 'latency 60ms, crash p01 at 30ms' }, 6)
  expect(run.conducted.failure).toBeNull()
  expect(run.conducted.outcome.ended).toBe('quiescent')
  expect(eventsOf(run).filter(({ kind }) => kind === 'request')).toHaveLength(1)
  expect(eventsOf(run).filter(({ kind }) => kind === 'lost')).not.toEqual([])
  expect(verdicts(run)).toContain('ENDED valid')
})
