import { describe, expect, it } from 'vitest'
import { TEXT_MAX } from './attributes.ts'
import { decodeBlock, encodeBlock } from './block-codec.ts'
import type { Block } from './events.ts'
import { SPAN_KIND } from './span.ts'
import { SpanCount } from './span-count.ts'
import { MAX_HOPS, SETUP_SPAN_ID, setupTraceId, spanId, TESTBED, traceId } from './span-ids.ts'
import { type Span, SpanDeriver } from './spans.ts'
import { Hand, runOf, STEP_NS } from './testing.ts'

const PING = { type: 'ping' }
const PONG = { type: 'pong' }

/** The spans of a history, once it went through bytes; what must hold for all of them is checked. */
function spansOf(hand: Hand, processes = 2): Span[] {
  const run = runOf(processes)
  const deriver = new SpanDeriver(run)
  const blocks = hand.flush().blocks.map((block) => decodeBlock(encodeBlock(block)))
  const spans = [...blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
  expect(counted(blocks), 'they are counted without being made').toBe(spans.length)
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]))
  expect(new Set(spans.map((span) => span.spanId)).size, 'ids are distinct').toBe(spans.length)
  for (const span of spans) {
    expect(span.endNs, `${span.name} lasts`).toBeGreaterThanOrEqual(span.startNs + 1000)
    if (span.parentSpanId === undefined) continue
    const parent = byId.get(`${span.traceId} ${span.parentSpanId}`)
    expect(parent, `the parent of ${span.name} is in its trace`).toBeDefined()
    expect(span.startNs, `${span.name} begins after its parent`).toBeGreaterThanOrEqual(parent!.startNs)
  }
  return spans
}

function counted(blocks: readonly Block[]): number {
  const count = new SpanCount()
  return blocks.reduce((sum, block) => sum + count.add(block), 0) + count.finish()
}

const named = (spans: readonly Span[], name: string) => spans.filter((span) => span.name === name)
const one = (spans: readonly Span[], name: string): Span => {
  expect(named(spans, name), `spans named ${name}`).toHaveLength(1)
  return named(spans, name)[0]!
}

function pingPong(): Hand {
  const hand = new Hand(2)
  hand.at(0, 'linkUp', undefined, 1, 8)
  hand.at(1, 'linkUp', undefined, 0)
  hand.at(0, 'start')
  hand.at(1, 'start')
  hand.at(0, 'request', { type: 'go' }, undefined, 25_000)
  const ping = hand.send(0, 1, PING)
  hand.deliver(1, 0, ping, 500)
  const pong = hand.send(1, 0, PONG)
  hand.deliver(0, 1, pong)
  hand.at(0, 'indicate', { type: 'done', n: 1 })
  return hand
}

describe('the spans of ping and pong', () => {
  const spans = spansOf(pingPong())
  const { tag } = runOf(2)

  it('are one for each step, send and dial, and the set-up', () => {
    expect(spans.map(({ name, process, kind }) => [name, process, kind])).toEqual([
      ['setup', TESTBED, SPAN_KIND.internal],
      ['dial p01', 0, SPAN_KIND.client],
      ['start', 0, SPAN_KIND.internal],
      ['start', 1, SPAN_KIND.internal],
      ['request go', 0, SPAN_KIND.server],
      ['send ping', 0, SPAN_KIND.producer],
      ['process pong', 0, SPAN_KIND.consumer],
      ['process ping', 1, SPAN_KIND.consumer],
      ['send pong', 1, SPAN_KIND.producer],
    ])
  })

  it('make one trace of the operation, each hop below the last', () => {
    const operation = spans.filter((span) => span.traceId === traceId(tag, 0, 3))
    const parents = new Map(operation.map((span) => [span.name, span.parentSpanId]))
    expect(parents).toEqual(
      new Map([
        ['request go', undefined],
        ['send ping', one(spans, 'request go').spanId],
        ['process pong', one(spans, 'send pong').spanId],
        ['process ping', one(spans, 'send ping').spanId],
        ['send pong', one(spans, 'process ping').spanId],
      ]),
    )
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(4) // set-up, two starts, the operation
  })

  it('carry the times that were recorded', () => {
    expect(one(spans, 'dial p01')).toMatchObject({ startNs: STEP_NS - 8000, endNs: STEP_NS })
    expect(one(spans, 'setup')).toMatchObject({ startNs: 0, endNs: 3 * STEP_NS })
    expect(one(spans, 'request go')).toMatchObject({ startNs: 5 * STEP_NS, endNs: 5 * STEP_NS + 25_000 })
    expect(one(spans, 'send ping')).toMatchObject({ startNs: 6 * STEP_NS, endNs: 6 * STEP_NS + 1000 })
    expect(one(spans, 'process ping').endNs, 'up to its last effect').toBe(8 * STEP_NS)
  })

  it('say what was sent, to whom, and what the step indicated', () => {
    expect(one(spans, 'send ping')).toMatchObject({ spanId: spanId(0, 4) })
    expect(one(spans, 'send ping').attributes).toMatchObject({
      'testbed.process': 'p00',
      'testbed.seq': 4,
      'testbed.message.id': 'p00#0',
      'testbed.message.type': 'ping',
      'testbed.payload': '{"type":"ping"}',
      'messaging.system': 'libp2p',
      'messaging.operation.name': 'send',
      'messaging.destination.name': 'p01',
      'messaging.message.body.size': 15,
      'service.peer.name': 'p01',
    })
    expect(one(spans, 'process ping').attributes).toMatchObject({
      'messaging.operation.type': 'process',
      'messaging.message.id': 'p00#0',
      'messaging.destination.name': 'p01',
      'service.peer.name': 'p00',
    })
    expect(one(spans, 'process pong').events).toMatchObject([
      {
        name: 'indicate done',
        timeNs: 10 * STEP_NS,
        attributes: { 'testbed.payload': '{"type":"done","n":1}' },
      },
    ])
  })
})

describe('the span of a message that is lost or doubled', () => {
  it('tells its fate when that was known as it was sent', () => {
    const hand = new Hand(2)
    hand.at(0, 'start', undefined, undefined, 10 * STEP_NS)
    hand.fate('lost', 0, 1, hand.send(0, 1, PING), 'loss 20%')
    const doubled = hand.send(0, 1, PONG)
    hand.fate('duplicate', 0, 1, doubled)
    hand.deliver(1, 0, doubled)
    hand.deliver(1, 0, doubled)
    const spans = spansOf(hand)
    expect(one(spans, 'send ping').attributes).toMatchObject({
      'testbed.message.fate': 'lost',
      'testbed.cause': 'loss 20%',
    })
    expect(one(spans, 'send pong').attributes).toMatchObject({ 'testbed.message.fate': 'duplicated' })
    expect(named(spans, 'process pong').map((span) => span.parentSpanId)).toEqual([
      one(spans, 'send pong').spanId,
      one(spans, 'send pong').spanId,
    ])
    expect(spans).toHaveLength(1 + 1 + 2 + 2)
  })

  it('has a span below it when the message was lost later', () => {
    const hand = new Hand(2)
    hand.at(0, 'start', undefined, undefined, STEP_NS)
    const number = hand.send(0, 1, PING)
    hand.wait(1_000_000)
    hand.fate('lost', 0, 1, number, 'cut')
    const spans = spansOf(hand)
    expect(one(spans, 'send ping').attributes).not.toHaveProperty('testbed.message.fate')
    expect(one(spans, 'lost ping')).toMatchObject({
      kind: SPAN_KIND.internal,
      process: 0,
      parentSpanId: one(spans, 'send ping').spanId,
      traceId: one(spans, 'start').traceId,
      attributes: { 'testbed.message.fate': 'lost', 'testbed.cause': 'cut', 'testbed.message.id': 'p00#0' },
    })
    expect(one(spans, 'start').endNs, 'the step is not made longer by it').toBeLessThan(1_000_000)
  })
})

describe('the loss of an older message', () => {
  it('between a send and its own loss leaves both with a span', () => {
    const hand = new Hand(2)
    hand.at(0, 'start', undefined, undefined, 10 * STEP_NS)
    const [older, newer] = [hand.send(0, 1, PING), hand.send(0, 1, PONG)]
    hand.fate('lost', 0, 1, older, 'cut')
    hand.fate('lost', 0, 1, newer, 'cut')
    const spans = spansOf(hand)
    for (const type of ['ping', 'pong']) {
      expect(one(spans, `lost ${type}`).parentSpanId).toBe(one(spans, `send ${type}`).spanId)
    }
  })
})

describe('the span of a timeout', () => {
  it('begins a trace and links to the step that armed the timer, the last to do so', () => {
    const hand = new Hand(2)
    const timer = { type: 'beat', of: 'a,b' }
    hand.at(0, 'start')
    hand.at(0, 'setTimer', [timer, 5, 9])
    hand.at(1, 'start')
    hand.at(1, 'setTimer', [timer, 5, 5])
    hand.at(0, 'request', { type: 'again' })
    hand.at(0, 'setTimer', [timer, 5, 9])
    hand.at(0, 'timeout', timer)
    const spans = spansOf(hand)
    const { traceId, spanId } = one(spans, 'request again')
    const timeout = one(spans, 'timeout beat')
    expect(timeout.links).toEqual([{ traceId, spanId }])
    expect(timeout.parentSpanId).toBeUndefined()
    expect(timeout.traceId).not.toBe(traceId)
    expect(one(spans, 'request again').events.map((event) => event.name)).toEqual(['setTimer beat'])
  })

  it('links to nothing when the timer was cancelled, or died with its process', () => {
    const hand = new Hand(2)
    hand.at(0, 'start')
    hand.at(0, 'setTimer', [PING, 1, 1])
    hand.at(0, 'cancelTimer', PING)
    hand.at(0, 'timeout', PING)
    hand.at(1, 'start')
    hand.at(1, 'setTimer', [PONG, 1, 1])
    hand.at(1, 'crash')
    hand.at(1, 'recover', null)
    hand.at(1, 'timeout', PONG)
    const spans = spansOf(hand)
    expect(one(spans, 'timeout ping').links).toEqual([])
    expect(one(spans, 'timeout pong').links).toEqual([])
  })
})

describe('a step that goes on after others came', () => {
  const hand = new Hand(2)
  hand.at(0, 'start')
  hand.at(1, 'start')
  hand.at(0, 'request', { type: 'go' }) // the second event of p00
  const first = hand.send(0, 1, PING)
  const asked = hand.send(1, 0, { type: 'ask' })
  hand.deliver(0, 1, asked)
  hand.at(0, 'resume', [2, 0, 2, 0])
  const second = hand.send(0, 1, PONG)
  hand.at(0, 'indicate', { type: 'done' })
  hand.deliver(1, 0, first)
  hand.deliver(1, 0, second)
  const spans = spansOf(hand)

  it('is a span below that step, in its trace, with what it does then', () => {
    const { traceId, spanId } = one(spans, 'request go')
    const resumed = one(spans, 'resume')
    expect(resumed).toMatchObject({ traceId, parentSpanId: spanId, kind: SPAN_KIND.internal })
    expect(resumed.events.map(({ name }) => name)).toEqual(['indicate done'])
    expect(one(spans, 'send pong')).toMatchObject({ traceId, parentSpanId: resumed.spanId })
    expect(one(spans, 'process pong').traceId).toBe(traceId)
    expect(one(spans, 'process ask').traceId).not.toBe(traceId)
  })

  it('is read of anybody’s file, whatever it says', () => {
    const hostile = new Hand(1)
    hostile.at(0, 'start')
    for (const payload of [null, 'x', {}, [], ['a', -1, 1e300, []]]) hostile.at(0, 'resume', payload)
    const deriver = new SpanDeriver(runOf(1))
    const all = [...hostile.flush().blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
    expect(named(all, 'resume')).toHaveLength(5)
  })
})

describe('a chain of messages', () => {
  it(`goes on as a new trace after ${MAX_HOPS} hops, linked`, () => {
    const hops = 300
    const hand = new Hand(2)
    hand.at(0, 'request', { type: 'go' })
    for (let hop = 0; hop < hops; hop++)
      hand.deliver((hop + 1) % 2, hop % 2, hand.send(hop % 2, (hop + 1) % 2, PING))
    const spans = spansOf(hand)
    expect(spans).toHaveLength(1 + 1 + 2 * hops)
    const roots = spans.filter((span) => span.parentSpanId === undefined && span.name !== 'setup')
    expect(roots.map((span) => span.name)).toEqual(expect.arrayContaining(['request go', 'process ping']))
    expect(roots).toHaveLength(2)
    const second = one(roots, 'process ping')
    const byTrace = Map.groupBy(spans, (span) => span.traceId)
    const sends = (trace: string) => named(byTrace.get(trace)!, 'send ping')
    expect(sends(one(roots, 'request go').traceId)).toHaveLength(MAX_HOPS)
    expect(sends(second.traceId)).toHaveLength(hops - MAX_HOPS)
    const lastSend = sends(one(roots, 'request go').traceId).reduce((a, b) => (a.startNs > b.startNs ? a : b))
    expect(second.links).toEqual([{ traceId: lastSend.traceId, spanId: lastSend.spanId }])
  })
})

describe('the set-up trace', () => {
  it('holds crashes and links that went down; a recovery begins a trace linked to its crash', () => {
    const hand = new Hand(2)
    hand.at(1, 'start')
    hand.at(1, 'crash')
    hand.at(0, 'linkDown', undefined, 1)
    hand.at(1, 'recover', { vote: 1 })
    hand.send(1, 0, PING)
    hand.at(0, 'linkUp', undefined, 1, 3)
    hand.at(0, 'refuse', 'not JSON', 1)
    hand.at(0, 'fault', 'is paused (pause p00 at 1ms for 1ms)')
    const spans = spansOf(hand)
    const setUp = spans.filter((span) => span.traceId === setupTraceId(runOf(2).tag))
    expect(setUp.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['setup', undefined],
      ['crash', SETUP_SPAN_ID],
      ['linkDown p01', SETUP_SPAN_ID],
      ['dial p01', SETUP_SPAN_ID],
      ['refuse', SETUP_SPAN_ID],
      ['fault', SETUP_SPAN_ID],
    ])
    expect(one(spans, 'refuse').error).toBe('not JSON')
    const { traceId, spanId } = one(spans, 'crash')
    expect(one(spans, 'recover').links).toEqual([{ traceId, spanId }])
    expect(one(spans, 'send ping').traceId).toBe(one(spans, 'recover').traceId)
  })

  it('is there even when nothing happened', () => {
    expect(spansOf(new Hand(1), 1).map((span) => span.name)).toEqual(['setup'])
  })
})

describe('the span of a step', () => {
  it('carries the state after it, though its block was handed over before', () => {
    const hand = new Hand(1)
    hand.state(hand.at(0, 'start'), true, { votes: 0 })
    const late = hand.at(0, 'request', { type: 'vote' })
    hand.flush()
    hand.state(late, false, { votes: 1 })
    const spans = spansOf(hand, 1)
    expect(one(spans, 'start').attributes['testbed.state']).toBe('{"votes":0}')
    expect(one(spans, 'request vote').attributes['testbed.state.changed']).toBe('{"votes":1}')
  })

  it('tells the local time where it differs', () => {
    for (const [fastNs, expected] of [
      [0, undefined],
      [7, STEP_NS + 7],
    ] as const) {
      const hand = new Hand(1, fastNs)
      hand.at(0, 'start')
      expect(one(spansOf(hand, 1), 'start').attributes['testbed.local_ns']).toBe(expected)
    }
  })

  it('is in error when its handler threw', () => {
    const hand = new Hand(1)
    hand.at(0, 'start')
    hand.at(0, 'throw', 'TypeError: no\n    at x.ts:1')
    const start = one(spansOf(hand, 1), 'start')
    expect(start.error).toBe('TypeError: no')
    expect(start.events).toMatchObject([{ name: 'exception' }])
  })

  it('cuts long text with a mark, never through a character', () => {
    const hand = new Hand(1)
    const prefix = '{"type":"go","text":"'
    hand.at(0, 'request', {
      type: 'go',
      text: `${'x'.repeat(TEXT_MAX - prefix.length - 1)}😀${'y'.repeat(99)}`,
    })
    const text = one(spansOf(hand, 1), 'request go').attributes['testbed.payload'] as string
    expect(text).toMatch(/x… \(cut, \d+ characters\)$/)
  })

  it('is found however the history is cut into blocks', () => {
    const whole = spansOf(pingPong())
    const run = runOf(2)
    const blocks = pingPong().flush().blocks
    const deriver = new SpanDeriver(run)
    const pieces = blocks.flatMap((block) =>
      Array.from({ length: block.length }, (_, i) => i).flatMap((i) => [...deriver.spans(pieceOf(block, i))]),
    )
    expect([...pieces, ...deriver.finish()]).toEqual(whole)
  })
})

function pieceOf(block: Hand['blocks'][number], i: number): Hand['blocks'][number] {
  const payloads = block.payloads.slice()
  const cut = <T extends { slice(a: number, b: number): T }>(column: T) => column.slice(i, i + 1)
  const hasText = [3, 4, 11].includes(block.kind[i]!) // request, send, indicate: all that ping and pong has
  const before = [...block.kind.slice(0, i)].filter((code) => [3, 4, 11].includes(code)).length
  return {
    first: block.first + i,
    length: 1,
    kind: cut(block.kind),
    process: cut(block.process),
    peer: cut(block.peer),
    number: cut(block.number),
    seq: cut(block.seq),
    lamport: cut(block.lamport),
    extra: cut(block.extra),
    timeNs: cut(block.timeNs),
    localNs: cut(block.localNs),
    payloads: hasText ? [payloads[before]!] : [],
    states: [],
  }
}
