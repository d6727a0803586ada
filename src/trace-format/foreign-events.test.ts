import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBlock, encodeBlock } from './block-codec.ts'
import { type Block, isStep, KIND } from './events.ts'
import { foreignBlocks } from './foreign-events.ts'
import { ForeignProcesses } from './foreign-processes.ts'
import { EventReader, type RunEvent } from './history-reader.ts'
import type { ForeignRecord, ForeignSpan } from './otlp-decode.ts'
import { decodeOtlpJson, otlpLine } from './otlp-json.ts'
import { SPAN_KIND } from './span.ts'
import { SpanDeriver } from './spans.ts'
import { Hand, runOf } from './testing.ts'

const STARTED_MS = 1_795_000_000_000
const STARTED_NS = 1_795_000_000_000_000_000n
const { internal, server, client, producer, consumer } = SPAN_KIND

interface Sketch {
  readonly id: string
  readonly at: number // ms since the run began
  readonly of?: string // service
  readonly kind?: number
  readonly name?: string
  readonly under?: string
  readonly links?: readonly string[]
  readonly attributes?: ForeignRecord
  readonly resource?: ForeignRecord
  readonly events?: ForeignSpan['events']
}

const TRACE = '1'.repeat(32)
const context = (id: string) => ({ traceId: TRACE, spanId: id.padStart(16, '0') })

const spanOf = ({ id, at, of = 'a', kind = internal, name = id, ...more }: Sketch): ForeignSpan => ({
  ...context(id),
  ...(more.under !== undefined && { parentSpanId: context(more.under).spanId }),
  name,
  kind,
  startUnixNs: STARTED_NS + BigInt(Math.round(at * 1e6)),
  endUnixNs: STARTED_NS + BigInt(Math.round(at * 1e6)) + 500n,
  service: of,
  resource: { 'service.name': of, ...more.resource },
  scope: '',
  attributes: more.attributes ?? {},
  events: more.events ?? [],
  links: (more.links ?? []).map((link) => ({ ...context(link), attributes: {} })),
})

const namesOf = (spans: readonly ForeignSpan[]) => {
  const processes = new ForeignProcesses()
  for (const span of spans) processes.nameOf(span)
  return processes.names
}

const read = (blocks: readonly Block[]): RunEvent[] => {
  const reader = new EventReader()
  return blocks.flatMap((block) => [...reader.read(block)])
}

function eventsOf(spans: readonly ForeignSpan[]): { events: RunEvent[]; processes: string[] } {
  const processes = namesOf(spans)
  return { events: read(foreignBlocks(spans, { processes, startedAtMs: STARTED_MS })), processes }
}

/** `a send→b#0 type`, one line an event. */
function told(...sketches: Sketch[]): string[] {
  const { events, processes } = eventsOf(sketches.map(spanOf))
  return events.map(({ process, kind, peer, number, type }) => {
    const other = peer === null ? '' : `${kind === 'deliver' ? '←' : '→'}${processes[peer]}#${number}`
    return `${processes[process]} ${kind}${other} ${type}`.trimEnd()
  })
}

describe('spans of a foreign program', () => {
  it('become messages where a CONSUMER or SERVER stands below a PRODUCER or CLIENT, else steps', () => {
    expect(
      told(
        { id: '5', of: 'db', at: 5, kind: server, under: '4', name: 'query' },
        { id: '1', of: 'web', at: 1, kind: server, name: 'GET /' },
        { id: '2', of: 'web', at: 2, kind: producer, under: '1', name: 'orders publish' },
        { id: '3', of: 'shop', at: 3, kind: consumer, under: '2', name: 'orders process' },
        { id: '4', of: 'shop', at: 4, kind: client, under: '3', name: 'ask' },
        { id: '6', of: 'shop', at: 6, under: '3', name: 'sum up' },
      ),
    ).toEqual([
      'web request GET /',
      'web send→shop#0 orders publish',
      'shop deliver←web#0 orders publish',
      'shop send→db#0 ask',
      'db deliver←shop#0 ask',
      'shop request sum up',
    ])
  })

  it('are put in an order that can have been, whatever the clocks of the services say', () => {
    const { events } = eventsOf(
      [
        { id: '1', of: 'late', at: 90, kind: producer },
        { id: '2', of: 'early', at: 10, kind: consumer, under: '1' },
        { id: '3', of: 'early', at: 11, kind: producer, under: '2' },
        { id: '4', of: 'late', at: 95, kind: consumer, under: '3' },
        { id: '5', of: 'early', at: 12 },
      ].map(spanOf),
    )
    expect(events.map(({ kind, lamport }) => [kind, lamport])).toEqual([
      ['send', 1],
      ['deliver', 2],
      ['send', 3],
      ['request', 4],
      ['deliver', 4],
    ])
    expect(events.map(({ timeNs }) => timeNs)).toEqual([90e6, 90e6, 90e6, 90e6, 95e6])
    expect(events.map(({ localNs }) => localNs)).toEqual([90e6, 10e6, 11e6, 12e6, 95e6])
  })

  it('with one time, as clocks of 1 ms say, are ordered by what stands below what', () => {
    const at = 7
    expect(
      told(
        { id: '4', of: 'a', at, kind: consumer, under: '3' },
        { id: '3', of: 'b', at, kind: producer, under: '2' },
        { id: '2', of: 'b', at, kind: consumer, under: '1' },
        { id: '1', of: 'a', at, kind: producer },
      ),
    ).toEqual(['a send→b#0 1', 'b deliver←a#0 1', 'b send→a#0 3', 'a deliver←b#0 3'])
  })

  it('may deliver what they link to, many at once, and send to many', () => {
    expect(
      told(
        { id: '1', of: 'a', at: 1, kind: producer },
        { id: '2', of: 'a', at: 2, kind: producer },
        { id: '3', of: 'b', at: 3, kind: consumer, links: ['1', '2'] },
        { id: '4', of: 'c', at: 4, kind: consumer, links: ['2', 'ff'] },
        { id: '5', of: 'c', at: 5, kind: consumer, under: '2' },
      ),
    ).toEqual([
      'a send→b#0 1',
      'a send→b#1 2',
      'a send→c#2 2',
      'a duplicate→c#2 2',
      'b deliver←a#0 1',
      'b deliver←a#1 2',
      'c deliver←a#2 2',
      'c deliver←a#2 2',
    ])
  })

  it('are steps where the other end is not known; a message to one that is named is on its way', () => {
    expect(
      told(
        { id: '1', of: 'a', at: 1, kind: client, name: 'SELECT' },
        { id: '2', of: 'a', at: 2, kind: producer, attributes: { 'service.peer.name': 'b' } },
        { id: '3', of: 'b', at: 3, kind: server, under: 'ff', name: 'GET' },
        { id: '4', of: 'b', at: 4, kind: server, under: '3', name: 'inner' },
      ),
    ).toEqual(['a request SELECT', 'a send→b#0 2', 'b request GET', 'b request inner'])
  })

  it('say what they carry by their attributes, and an exception', () => {
    const exception = {
      name: 'exception',
      unixNs: STARTED_NS + 2_000_000n,
      attributes: { 'exception.message': 'no' },
    }
    const [first, thrown] = eventsOf([
      spanOf({ id: '1', at: 1, name: 'work', attributes: { size: 3 }, events: [exception] }),
    ]).events
    expect(first!.payload).toEqual({ type: 'work', attributes: { size: 3 } })
    expect(thrown).toMatchObject({ kind: 'throw', payload: 'no', timeNs: 2e6 })
    const long = eventsOf([
      spanOf({ id: '1', at: 1, name: 'n', attributes: { a: 'x'.repeat(9_999) } }),
    ]).events
    expect(long[0]!.payload).toEqual({ type: 'n' })
  })

  it('are of one process for each service, and for each further instance', () => {
    const instance = (id: string) => ({ 'service.instance.id': id })
    const spans = [
      { id: '1', of: 'n10', at: 1 },
      { id: '2', of: 'n2', at: 1, resource: instance('x') },
      { id: '3', of: 'n2', at: 1, resource: instance('y') },
      { id: '4', of: 'n2/y', at: 1 },
      { id: '5', of: '', at: 1 },
      { id: '6', of: 'testbed', at: 1, resource: { 'service.namespace': 'p2p-testbed' } },
    ].map(spanOf)
    expect(namesOf(spans)).toEqual(['n2', 'n2/y', 'n2/y~2', 'n10', 'unknown_service'].toSorted(byNumber))
    expect(eventsOf(spans).events).toHaveLength(5)
  })

  it('that came twice count once', () => {
    expect(told({ id: '1', at: 1 }, { id: '1', at: 2 })).toEqual(['a request 1'])
  })

  it('that stand above each other in a circle are shown all the same', () => {
    const kinds = { kind: producer, name: 'x' }
    expect(
      told(
        { id: '1', of: 'a', at: 1, under: '2', ...kinds },
        { id: '2', of: 'a', at: 2, under: '1', ...kinds },
        { id: '3', of: 'a', at: 3, kind: consumer, under: '4', name: 'too early' },
        { id: '4', of: 'b', at: 5, kind: producer, name: 'm' },
        { id: '5', of: 'b', at: 4, kind: consumer, under: '6', name: 'too early too' },
        { id: '6', of: 'a', at: 6, kind: producer, name: 'n' },
      ),
    ).toEqual([
      'a request x',
      'a request x',
      'a request too early',
      'a send→b#0 n',
      'b deliver←a#0 n',
      'b send→a#0 m',
    ])
  })
})

const { compare: byNumber } = new Intl.Collator('en', { numeric: true })

const PROCESSES = 4
const SEED = 20_261_121

const action = fc.record({
  what: fc.constantFrom(
    'request',
    'send',
    'send',
    'send',
    'deliver',
    'deliver',
    'lost',
    'duplicate',
    'timer',
    'crash',
  ),
  process: fc.nat(PROCESSES - 1),
  other: fc.nat(PROCESSES - 1),
})

/** A history as a runtime would record it, from any list of wishes. */
function played(actions: readonly { what: string; process: number; other: number }[]): Block[] {
  const hand = new Hand(PROCESSES)
  const onTheirWay: { from: number; to: number; number: number }[] = []
  for (let process = 0; process < PROCESSES; process++) {
    hand.state(hand.at(process, 'start'), true, { process })
  }
  for (const { what, process, other } of actions) {
    if (what === 'send') {
      const number = hand.send(process, other, { type: 'basic', message: { type: 'token', other } })
      onTheirWay.push({ from: process, to: other, number })
    } else if (what === 'request') hand.at(process, 'request', { type: 'go', n: other })
    else if (what === 'timer') {
      hand.at(process, 'setTimer', [{ type: 'beat' }, 10, 20])
      hand.state(hand.at(process, 'timeout', { type: 'beat' }), false, { beats: other })
      hand.at(process, 'indicate', { type: 'done' })
      hand.at(process, 'store', { kept: other })
    } else if (what === 'crash') {
      hand.at(process, 'crash')
      hand.at(process, 'recover', { kept: other })
    } else {
      const at = onTheirWay.findIndex(({ from, to }) => (what === 'deliver' ? to : from) === process)
      const message = onTheirWay[at]
      if (message === undefined) continue
      const { from, to, number } = message
      if (what === 'deliver') hand.deliver(to, from, number, 5_000)
      else if (what === 'lost') hand.fate('lost', from, to, number, 'by chance')
      else hand.fate('duplicate', from, to, number)
      if (what === 'duplicate') onTheirWay.push(message)
      else onTheirWay.splice(at, 1)
    }
  }
  return hand.flush().blocks
}

describe('a run of ours, sent as that of a foreign program', () => {
  it('comes back with the same events at each process, in the same order', () => {
    const run = runOf(PROCESSES)
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const blocks = played(actions)
        const deriver = new SpanDeriver(run)
        const ours = [...blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
        const { spans } = decodeOtlpJson(JSON.parse(otlpLine(run, ours)))
        expect(namesOf(spans)).toEqual(run.processes)
        const back = foreignBlocks(spans, run)
        const [were, are] = [read(blocks), read(back)]
        for (let process = 0; process < PROCESSES; process++) {
          expect(are.filter(at(process)).map(essence)).toEqual(were.filter(at(process)).map(essence))
        }
        const statesOf = (blocks: readonly Block[], events: readonly RunEvent[]) =>
          blocks
            .flatMap(({ states }) => states)
            .map(({ position, whole, text }) =>
              [events[position]!.process, events[position]!.seq, whole, text].join(),
            )
            .toSorted()
        expect(statesOf(back, are)).toEqual(statesOf(blocks, were))
        expectSound(back)
      }),
      { seed: SEED },
    )
  })
})

const at = (process: number) => (event: RunEvent) => event.process === process

const essence = ({ kind, peer, number, seq, text, message, type }: RunEvent) => {
  return { kind, peer, number: peer === null ? 0 : number, seq, text, message, type }
}

/** What holds of every history, whoever it is of. */
function expectSound(blocks: readonly Block[]): void {
  const sent = new Map<string, number>()
  const lamports = new Map<number, number>()
  let timeNs = Number.NEGATIVE_INFINITY
  for (const block of blocks) expect(decodeBlock(encodeBlock(block))).toEqual(block)
  for (const { kind, process, peer, number, lamport, timeNs: now, message } of read(blocks)) {
    expect(now).toBeGreaterThanOrEqual(timeNs)
    timeNs = now
    expect(lamport).toBeGreaterThan(lamports.get(process) ?? 0)
    lamports.set(process, lamport)
    if (kind === 'send') {
      expect(sent.has(`${process}#${number}`)).toBe(false)
      expect(peer).not.toBeNull()
      sent.set(`${process}#${number}`, lamport)
    } else if (kind === 'deliver' || kind === 'lost' || kind === 'duplicate') {
      expect(message).toBeDefined()
      const sentAt = sent.get(`${kind === 'deliver' ? peer : process}#${number}`)
      expect(lamport).toBeGreaterThan(sentAt ?? Number.POSITIVE_INFINITY)
    }
  }
  for (const { states, first, kind } of blocks) {
    for (const { position } of states)
      if (position >= first) expect(isStep(kind[position - first]!)).toBe(true)
  }
  expect(KIND.start).toBe(0)
}

const word = fc.constantFrom(
  'start',
  'send x',
  'process x',
  'lost x',
  'duplicate x',
  'dial b',
  'throw',
  'timeout',
  'k',
)
const odd = fc.constantFrom<ForeignRecord[string]>(
  -1,
  0.5,
  2 ** 32,
  '1',
  null,
  [],
  { a: 1 },
  true,
  '{',
  '{"type":7}',
  'a#1',
)
const hostile = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c'),
  at: fc.constantFrom(-1e12, 0, 1, 1, 2, 3, 1e12),
  of: fc.constantFrom('a', 'b', '', 'testbed'),
  kind: fc.nat(7),
  name: word,
  under: fc.constantFrom('1', '2', '3', '4', '5', '6', 'ff'),
  links: fc.array(fc.constantFrom('1', '2', '3', '4', 'ff'), { maxLength: 3 }),
  attributes: fc.dictionary(
    fc.constantFrom(
      'testbed.seq',
      'testbed.lamport',
      'testbed.local_ns',
      'testbed.message.id',
      'testbed.message.fate',
      'testbed.payload',
      'testbed.state',
      'messaging.destination.name',
    ),
    fc.oneof(fc.nat(9), odd, fc.constantFrom('lost', 'duplicated', 'a', 'b')),
  ),
})

it('whatever spans say of themselves, a history comes of them', () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 40 }), (sketches) => {
      const spans = sketches.map(spanOf)
      const processes = namesOf(spans)
      expectSound(foreignBlocks(spans, { processes, startedAtMs: STARTED_MS }))
    }),
    { seed: SEED, numRuns: 2_000 },
  )
})
