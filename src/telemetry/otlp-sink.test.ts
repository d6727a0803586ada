import { afterEach, describe, expect, it } from 'vitest'
import type { SinkCount } from '../trace-format/run.ts'
import { unixNano } from '../trace-format/span.ts'
import { type Span, SpanDeriver } from '../trace-format/spans.ts'
import { Hand, runOf } from '../trace-format/testing.ts'
import { BATCH_MAX } from './counting-processor.ts'
import { openOtlpSink } from './otlp-sink.ts'
import { ok, Receiver } from './testing.ts'

const PROCESSES = 20
const run = runOf(PROCESSES)
const LONG_MS = 20_000
const EVENTS = 200 // of one span: more than the SDK keeps by default

/** A token goes round and round the processes. */
function spansOf(rounds: number): Span[] {
  const hand = new Hand(PROCESSES)
  for (let i = 0; i < PROCESSES; i++) hand.at(i, 'start')
  for (let round = 0; round < rounds; round++) {
    hand.at(0, 'request', { type: 'go' })
    for (let i = 0; i < (round === 0 ? EVENTS : 1); i++) hand.at(0, 'indicate', { type: 'begun' })
    for (let i = 0; i < PROCESSES; i++) {
      const to = (i + 1) % PROCESSES
      hand.deliver(to, i, hand.send(i, to, { type: 'token' }))
    }
    hand.at(0, 'throw', 'Error: for the span in error')
  }
  const deriver = new SpanDeriver(run)
  return [...hand.flush().blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
}

let receiver: Receiver | null = null
afterEach(async () => {
  await receiver?.stop()
  receiver = null
})

async function receiving(answer: typeof ok): Promise<Receiver> {
  receiver = await new Receiver(answer).open()
  return receiver
}

const open = (endpoint: string) => openOtlpSink({ endpoint, name: 'jaeger', run })

async function sendAll(endpoint: string, spans: readonly Span[], timeoutMs = LONG_MS): Promise<SinkCount> {
  const sink = await open(endpoint)
  sink.accept(spans)
  return sink.close(timeoutMs)
}

function expectBalanced(count: SinkCount, made: number): void {
  expect(count.made).toBe(made)
  expect(count.accepted + count.refused + count.dropped, JSON.stringify(count)).toBe(made)
}

describe('the spans of twenty processes', () => {
  it('arrive, all of them, as they were derived', async () => {
    const { endpoint, spans: received } = await receiving(ok)
    const spans = spansOf(150)
    expect(spans.length).toBeGreaterThan(2 * BATCH_MAX)
    const count = await sendAll(endpoint, spans)
    expect(count).toEqual({
      sink: 'jaeger',
      where: endpoint,
      made: spans.length,
      accepted: spans.length,
      refused: 0,
      dropped: 0,
    })

    const services = (list: readonly { service: string }[]) =>
      new Map([...Map.groupBy(list, (span) => span.service)].map(([service, its]) => [service, its.length]))
    const derived = spans.map((span) => ({ ...span, service: run.processes[span.process] ?? 'testbed' }))
    expect(services(received)).toEqual(services(derived))

    const byId = new Map(received.map((span) => [span.spanId, span]))
    expect(byId.size).toBe(spans.length)
    for (const span of spans) {
      const { name, kind, traceId, parentSpanId, attributes, links, error } = span
      expect(byId.get(span.spanId), name).toMatchObject({
        ...{ name, kind, traceId, attributes, links },
        ...(parentSpanId !== undefined && { parentSpanId }),
        ...(error !== undefined && { error }),
        startUnixNs: BigInt(unixNano(run, span.startNs)),
        endUnixNs: BigInt(unixNano(run, span.endNs)),
        events: span.events.map((event) => ({
          name: event.name,
          unixNs: BigInt(unixNano(run, event.timeNs)),
          attributes: event.attributes,
        })),
      })
      expect(byId.get(span.spanId)!.parentSpanId, name).toBe(parentSpanId)
    }
    expect(byId.get(spans[0]!.spanId)!.resource).toMatchObject({ 'service.namespace': 'p2p-testbed' })
    const process3 = received.find((span) => span.service === 'p03')
    expect(process3?.resource).toMatchObject({
      'service.instance.id': run.peerIds[3],
      'testbed.run.id': run.id,
    })
  })

  it('arrive while the run goes on, not only at its end', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { endpoint } = await receiving((response, spans, request) => {
      ok(response, spans, request)
      resolve()
    })
    const sink = await open(endpoint)
    sink.accept(spansOf(1))
    await promise // less than a batch, and nobody closed
    await sink.close(LONG_MS)
  })

  it('go in few requests at a time, and none is lost to that', async () => {
    const waiting: (() => void)[] = []
    let most = 0
    const { endpoint } = await receiving((response, spans, request) => {
      waiting.push(() => ok(response, spans, request))
      most = Math.max(most, waiting.length)
      setImmediate(() => waiting.shift()?.())
    })
    const spans = spansOf(400)
    const count = await sendAll(endpoint, spans)
    expect(count.accepted).toBe(spans.length)
    expect(most).toBeLessThanOrEqual(4)
  })
})

describe('a server that says no', () => {
  it('refuses all', async () => {
    const { endpoint } = await receiving((response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"no"}')
    })
    const spans = spansOf(2)
    const count = await sendAll(endpoint, spans)
    expectBalanced(count, spans.length)
    expect(count).toMatchObject({ refused: spans.length, note: 'refused: 400 Bad Request' })
  })

  it('refuses what it says it rejected, and accepts the rest', async () => {
    const { endpoint } = await receiving((response, spans, request) => {
      if (request === 1) return ok(response, spans, request)
      const partialSuccess = { rejectedSpans: '7', errorMessage: 'too old' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ partialSuccess }))
    })
    const spans = spansOf(120)
    const batches = Math.ceil(spans.length / BATCH_MAX)
    expect(batches).toBe(3)
    const count = await sendAll(endpoint, spans)
    expectBalanced(count, spans.length)
    expect(count).toMatchObject({ refused: 14, dropped: 0, note: 'refused: too old' })
  })

  it('refuses no more than it was sent', async () => {
    const { endpoint } = await receiving((response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"partialSuccess":{"rejectedSpans":1e9}}')
    })
    const spans = spansOf(1)
    expect(await sendAll(endpoint, spans)).toMatchObject({ accepted: 0, refused: spans.length, dropped: 0 })
  })

  it('may be busy: refused too, as it did answer', async () => {
    const { endpoint } = await receiving((response) => {
      response.writeHead(503, { 'retry-after': '60' }).end()
    })
    const spans = spansOf(1)
    expect(await sendAll(endpoint, spans)).toMatchObject({ refused: spans.length, dropped: 0 })
  })
})

describe('a server that is not there', () => {
  it('costs its time limit when it hangs, and all is dropped', async () => {
    const { endpoint } = await receiving(() => {})
    const spans = spansOf(2)
    const began = performance.now()
    const count = await sendAll(endpoint, spans, 200)
    expect(performance.now() - began).toBeLessThan(2_000)
    expectBalanced(count, spans.length)
    expect(count).toMatchObject({ dropped: spans.length, note: 'no answer to everything within 200 ms' })
  })

  it('is given up for good after a few requests without an answer', async () => {
    const { endpoint } = await receiving(() => {})
    const sink = await open(endpoint)
    const spans = spansOf(500)
    sink.accept(spans)
    await expect.poll(() => sink.count().dropped, { timeout: LONG_MS }).toBe(spans.length)
    expect(receiver!.requests).toBeLessThanOrEqual(4)
    sink.accept(spans)
    expectBalanced(await sink.close(LONG_MS), 2 * spans.length)
  }, 30_000)

  it('may die in the middle: what it answered is accepted, what came after is dropped', async () => {
    const { endpoint } = await receiving((response, spans, request) => {
      if (request < 2) ok(response, spans, request)
    })
    const spans = spansOf(500)
    const sink = await open(endpoint)
    sink.accept(spans)
    await expect.poll(() => sink.count().accepted, { timeout: LONG_MS }).toBe(2 * BATCH_MAX)
    await receiver!.stop()
    const count = await sink.close(LONG_MS)
    expectBalanced(count, spans.length)
    expect(count.accepted).toBe(2 * BATCH_MAX)
    expect(count.dropped).toBe(spans.length - 2 * BATCH_MAX)
    expect(count.note).toMatch(/^no answer: /)
  }, 30_000)

  it('drops what comes after the end, and stays balanced', async () => {
    const { endpoint } = await receiving(ok)
    const sink = await open(endpoint)
    const spans = spansOf(1)
    sink.accept(spans)
    await sink.close(LONG_MS)
    sink.accept(spans)
    expectBalanced(sink.count(), 2 * spans.length)
    expect((await sink.close(0)).accepted).toBe(spans.length)
  })
})
