import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeOtlpJson, otlpLine } from './otlp-json.ts'
import { SPAN_KIND, type Span, unixNano, unixTime } from './span.ts'
import { spanId, TESTBED, traceId } from './span-ids.ts'
import { runOf } from './testing.ts'

const run = runOf(2)
const span: Span = {
  traceId: traceId(run.tag, 0, 1),
  spanId: spanId(0, 2),
  parentSpanId: spanId(0, 1),
  name: 'send ping',
  kind: SPAN_KIND.producer,
  startNs: 1_500,
  endNs: 2_500,
  process: 0,
  attributes: { text: 'Grüße', whole: 3, broken: 0.5, truth: true },
  events: [{ name: 'indicate done', timeNs: 2_000, attributes: { n: 1 } }],
  links: [{ traceId: traceId(run.tag, 1, 1), spanId: spanId(1, 1) }],
  error: 'no',
}
const bare = {
  resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: span.traceId, spanId: span.spanId }] }] }],
}
const withSpan = (fields: object) => ({
  resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: span.traceId, spanId: span.spanId, ...fields }] }] }],
})

describe('a line of OTLP JSON', () => {
  it('is as the protocol writes it', () => {
    const line = otlpLine(run, [span])
    expect(line).not.toContain('\n')
    const { resourceSpans } = JSON.parse(line)
    expect(resourceSpans).toHaveLength(1)
    const [{ resource, scopeSpans }] = resourceSpans
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'p00' } })
    expect(resource.attributes).toContainEqual({
      key: 'service.instance.id',
      value: { stringValue: '12D3Koop00' },
    })
    expect(resource.attributes).toContainEqual({ key: 'testbed.seed', value: { intValue: '7' } })
    expect(scopeSpans[0].spans[0]).toMatchObject({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      kind: 4,
      startTimeUnixNano: '1795000000123001500',
      endTimeUnixNano: '1795000000123002500',
      attributes: [
        { key: 'text', value: { stringValue: 'Grüße' } },
        { key: 'whole', value: { intValue: '3' } },
        { key: 'broken', value: { doubleValue: 0.5 } },
        { key: 'truth', value: { boolValue: true } },
      ],
      status: { code: 2, message: 'no' },
    })
  })

  it('has one resource a process, and one for the testbed', () => {
    const spans = [0, 1, TESTBED, 0].map((process) => ({ ...span, process }))
    const { spans: read } = decodeOtlpJson(JSON.parse(otlpLine(run, spans)))
    expect(read.map(({ service }) => service)).toEqual(['p00', 'p00', 'p01', 'testbed'])
    expect(read[3]!.resource['service.instance.id']).toBe(run.id)
  })

  it('reads back as the same span', () => {
    const { spans, rejected } = decodeOtlpJson(JSON.parse(otlpLine(run, [span])))
    expect(rejected).toBe(0)
    expect(spans).toMatchObject([
      {
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: 'send ping',
        kind: 4,
        startUnixNs: BigInt(unixNano(run, span.startNs)),
        endUnixNs: BigInt(unixNano(run, span.endNs)),
        service: 'p00',
        scope: 'p2p-testbed',
        attributes: span.attributes,
        events: [{ name: 'indicate done', unixNs: BigInt(unixNano(run, 2_000)), attributes: { n: 1 } }],
        links: span.links,
        error: 'no',
      },
    ])
  })
})

describe('times', () => {
  it('are exact to the ns', () => {
    const ms = fc.nat({ max: 4_000_000_000_000 })
    const ns = fc.integer({ min: -1_000_000_000_000, max: 2 ** 53 - 1 })
    fc.assert(
      fc.property(ms, ns, (startedAtMs, timeNs) => {
        fc.pre(startedAtMs * 1e6 + timeNs >= 0)
        const [seconds, rest] = unixTime({ startedAtMs }, timeNs)
        expect(BigInt(seconds) * 1_000_000_000n + BigInt(rest)).toBe(
          BigInt(startedAtMs) * 1_000_000n + BigInt(timeNs),
        )
        expect(rest).toBeGreaterThanOrEqual(0)
        expect(rest).toBeLessThan(1e9)
      }),
      { seed: 3 },
    )
    expect(unixNano({ startedAtMs: 1000.25 }, 1)).toBe('1000250001')
  })
})

describe('a request of another program', () => {
  it('may leave out what has a default, and write numbers and ids either way', () => {
    expect(decodeOtlpJson({})).toEqual({ spans: [], rejected: 0 })
    expect(decodeOtlpJson(bare).spans).toMatchObject([{ name: '', kind: 0, startUnixNs: 0n, service: '' }])
    const [read] = decodeOtlpJson(
      withSpan({
        traceId: span.traceId.toUpperCase(),
        startTimeUnixNano: 12,
        endTimeUnixNano: '18446744073709551615',
        attributes: [
          { key: 'number', value: { intValue: 3 } },
          { key: 'text', value: { intValue: '-4' } },
          { key: 'large', value: { intValue: '9223372036854775807' } },
          { key: 'list', value: { arrayValue: { values: [{ boolValue: false }] } } },
          { key: 'record', value: { kvlistValue: { values: [{ key: 'a', value: { doubleValue: 0.5 } }] } } },
          { key: '__proto__', value: { stringValue: 'own' } },
        ],
        unknownField: 1,
      }),
    ).spans
    expect(read).toMatchObject({ traceId: span.traceId, startUnixNs: 12n, endUnixNs: 18446744073709551615n })
    const large = '9223372036854775807'
    expect(Object.entries(read!.attributes)).toEqual([
      ['number', 3],
      ['text', -4],
      ['large', large],
      ['list', [false]],
      ['record', { a: 0.5 }],
      ['__proto__', 'own'],
    ])
  })

  it.each([
    [{ traceId: 'xyz' }, /traceId/],
    [{ traceId: '0'.repeat(32) }, /traceId/],
    [{ spanId: '12' }, /spanId/],
    [{ parentSpanId: '0'.repeat(16) }, /parentSpanId/],
    [{ startTimeUnixNano: -1 }, /startTimeUnixNano/],
    [{ endTimeUnixNano: '18446744073709551616' }, /endTimeUnixNano/],
  ])('is told what is wrong with a span it cannot keep: %j', (fields, why) => {
    const decoded = decodeOtlpJson(withSpan(fields))
    expect(decoded).toMatchObject({ spans: [], rejected: 1 })
    expect(decoded.why).toMatch(why)
  })

  it('keeps the good spans beside a bad one', () => {
    const good = { traceId: span.traceId, spanId: span.spanId }
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [good, 'no span', good] }] }] }
    expect(decodeOtlpJson(body)).toMatchObject({ spans: [good, good], rejected: 1 })
  })

  it('is refused as a whole only when it is no such request', () => {
    for (const body of [null, 'text', [], 3]) expect(() => decodeOtlpJson(body)).toThrow('not a JSON object')
    expect(() => decodeOtlpJson({ resourceSpans: {} })).toThrow('resourceSpans is not a list')
  })

  it('does not overflow the stack', () => {
    let value: object = { stringValue: 'deep' }
    for (let i = 0; i < 20_000; i++) value = { arrayValue: { values: [value] } }
    expect(decodeOtlpJson(withSpan({ attributes: [{ key: 'deep', value }] })).spans).toHaveLength(1)
  })

  it('never makes anything but an answer or an Error, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          expect(decodeOtlpJson({ resourceSpans: [{ scopeSpans: [{ spans: [body] }] }] }).rejected).toBe(1)
        } catch (error) {
          expect.fail(String(error))
        }
      }),
      { seed: 4 },
    )
  })
})
