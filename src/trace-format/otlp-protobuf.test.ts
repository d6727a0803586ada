import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeOtlpJson } from './otlp-decode.ts'
import { decodeOtlpProtobuf, responseInProtobuf, statusInProtobuf } from './otlp-protobuf.ts'
import { bytesField, joined, textField, varintField } from './protobuf-wire.ts'

/** Spans as the SDK makes them. */
function spansOfTheSdk(): ReadableSpan[] {
  const ended: ReadableSpan[] = []
  const processor = {
    onStart: () => {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  for (const [service, instance] of [
    ['shop', 'a'],
    ['Lädchen 🛒', 'b'],
  ] as const) {
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
      sampler: new AlwaysOnSampler(),
      spanProcessors: [processor],
    })
    const tracer = provider.getTracer('scope', '1')
    const first = tracer.startSpan('buy', {
      kind: SpanKind.PRODUCER,
      startTime: [1_795_000_000, 123_456_789],
    })
    first.setAttributes({ text: 'ü\n"', whole: 42, less: -7, half: 0.25, yes: true, no: false, none: '' })
    first.setAttributes({ list: ['a', 'b'], numbers: [1, 2.5, 2 ** 40], 'testbed.seq': 9 })
    first.addEvent('seen', { at: 3 }, [1_795_000_000, 200_000_000])
    first.setStatus({ code: SpanStatusCode.ERROR, message: 'no' })
    first.end([1_795_000_001, 0])
    const link = { context: first.spanContext(), attributes: { why: 'because' } }
    const second = tracer.startSpan('pay', { links: [link], startTime: [1_795_000_000, 1] })
    second.setStatus({ code: SpanStatusCode.OK })
    second.end([1_795_000_000, 2])
  }
  return ended
}

const id16 = Uint8Array.from({ length: 16 }, (_, i) => i + 1)
const id8 = id16.subarray(0, 8)

const fixed64Field = (field: number, value: bigint) => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return joined([Uint8Array.of((field << 3) | 1), bytes])
}

const spanBytes = (...more: Uint8Array[]) =>
  joined([bytesField(1, id16), bytesField(2, id8), textField(5, 'by hand'), ...more])

const requestBytes = (span: Uint8Array) => bytesField(1, bytesField(2, bytesField(2, span)))

const keyValue = (key: string, value: Uint8Array) => joined([textField(1, key), bytesField(2, value)])

const only = (bytes: Uint8Array) => {
  const { spans, rejected } = decodeOtlpProtobuf(bytes)
  expect([spans.length, rejected]).toEqual([1, 0])
  return spans[0]!
}

describe('a request in protobuf', () => {
  it('is read as the same spans as in JSON, both as the SDK writes them', () => {
    const spans = spansOfTheSdk()
    const inProtobuf = decodeOtlpProtobuf(ProtobufTraceSerializer.serializeRequest(spans)!)
    const inJson = decodeOtlpJson(
      JSON.parse(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans))),
    )
    expect(inJson.spans).toHaveLength(4)
    expect(inJson.spans[0]!.error).toBe('no')
    expect(inProtobuf).toEqual(inJson)
  })

  it('may be empty, and holds what is not said at its default', () => {
    expect(decodeOtlpProtobuf(new Uint8Array())).toEqual({ spans: [], rejected: 0 })
    expect(only(requestBytes(spanBytes()))).toEqual({
      traceId: '0102030405060708090a0b0c0d0e0f10',
      spanId: '0102030405060708',
      name: 'by hand',
      kind: 0,
      startUnixNs: 0n,
      endUnixNs: 0n,
      service: '',
      resource: {},
      scope: '',
      attributes: {},
      events: [],
      links: [],
    })
  })

  it('may hold every kind of value', () => {
    const values: [string, Uint8Array, unknown][] = [
      ['text', textField(1, 'ä'), 'ä'],
      ['empty', textField(1, ''), ''],
      ['true', varintField(2, 1), true],
      ['minus', Uint8Array.of(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), -1],
      [
        'large',
        Uint8Array.of(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
        '9223372036854775807',
      ],
      ['bytes', bytesField(7, Uint8Array.of(0, 255)), 'AP8='],
      [
        'list',
        bytesField(5, joined([bytesField(1, varintField(3, 1)), bytesField(1, textField(1, 'b'))])),
        [1, 'b'],
      ],
      ['map', bytesField(6, bytesField(1, keyValue('k', varintField(2, 0)))), { k: false }],
      ['nothing', new Uint8Array(), null],
      ['last of two', joined([textField(1, 'first'), varintField(3, 2)]), 2],
      ['__proto__', textField(1, 'own'), 'own'],
    ]
    const attributes = values.map(([key, value]) => bytesField(9, keyValue(key, value)))
    const span = only(requestBytes(spanBytes(...attributes)))
    expect(Object.entries(span.attributes)).toEqual(values.map(([key, , plain]) => [key, plain]))
  })

  it('may have fields that nobody knows, and pieces of one message apart', () => {
    const unknown = joined([
      varintField(99, 2 ** 50),
      textField(100, 'later'),
      fixed64Field(101, 7n),
      Uint8Array.of(0xb5, 0x06, 1, 2, 3, 4), // 102, four bytes
      Uint8Array.of(0xbb, 0x06, 0x08, 1, 0x0b, 0x0c, 0xbc, 0x06), // 103, a group with a group in it
      varintField(5, 3), // known, but of another type
      bytesField(15, textField(2, 'half of a status')),
      bytesField(15, varintField(3, 2)),
    ])
    expect(only(requestBytes(spanBytes(unknown)))).toMatchObject({
      name: 'by hand',
      error: 'half of a status',
    })
  })

  it('tells apart the span that cannot be kept and the body that cannot be read', () => {
    const noId = joined([bytesField(1, id16), bytesField(2, new Uint8Array(8))])
    const long = joined([bytesField(1, new Uint8Array(1_000)), bytesField(2, id8)])
    for (const span of [noId, long]) {
      expect(decodeOtlpProtobuf(requestBytes(span))).toMatchObject({ spans: [], rejected: 1 })
    }
    const notText = Uint8Array.of(0x2a, 1, 0xff)
    expect(() => decodeOtlpProtobuf(requestBytes(spanBytes(notText)))).toThrow('UTF-8')
  })

  it.each<[string, Uint8Array, string]>([
    ['a length past the end', Uint8Array.of(0x0a, 5, 1), 'middle of a field'],
    ['a field without its value', Uint8Array.of(0x0a), 'middle of a field'],
    ['an endless varint', Uint8Array.of(0x98, 0x06, ...Array(11).fill(0x80)), 'longer than 64 bits'],
    ['a varint of 65 bits', Uint8Array.of(0x98, 0x06, ...Array(9).fill(0xff), 0x02), 'longer than 64 bits'],
    ['an endless length', Uint8Array.of(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0), 'longer than 32 bits'],
    ['a length of 33 bits', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f), 'longer than 32 bits'],
    ['the field 0', Uint8Array.of(0x02, 0), 'number 0'],
    ['wire type 6', Uint8Array.of(0x0e), 'no wire type 6'],
    ['a group that is not closed', Uint8Array.of(0x9b, 0x06), 'middle of a field'],
    ['a group closed as another', Uint8Array.of(0x9b, 0x06, 0xa4, 0x06), 'did not begin'],
    ['an end of no group', Uint8Array.of(0x0c), 'did not begin'],
    ['groups without end', new Uint8Array(10_000).fill(0x1b), 'nested'],
    ['a field that reaches past its message', Uint8Array.of(0x0a, 2, 0x12, 5, 0, 0, 0, 0, 0), 'middle'],
  ])('is refused in words where it is not well-formed: %s', (_, bytes, why) => {
    expect(() => decodeOtlpProtobuf(bytes)).toThrow(why)
  })

  it('does not overflow the stack, however deep', () => {
    let value = textField(1, 'deep')
    for (let i = 0; i < 20; i++) value = bytesField(5, bytesField(1, value))
    const { attributes } = only(requestBytes(spanBytes(bytesField(9, keyValue('k', value)))))
    expect(JSON.stringify(attributes.k)).toBe(`${'['.repeat(17)}null${']'.repeat(17)}`) // as from JSON
    for (let i = 0; i < 2_000; i++) value = bytesField(5, bytesField(1, value))
    const bytes = requestBytes(spanBytes(bytesField(9, keyValue('k', value))))
    expect(() => decodeOtlpProtobuf(bytes)).toThrow('nested more than 100 deep')
  })

  it('does not fill memory with messages of nothing', () => {
    const empty = bytesField(1, new Uint8Array())
    const bytes = joined(Array(1_000).fill(empty))
    expect(decodeOtlpProtobuf(bytes, 1_001)).toEqual({ spans: [], rejected: 0 })
    expect(() => decodeOtlpProtobuf(bytes, 1_000)).toThrow('more than 1000 messages')
  })
})

describe('whatever bytes come', () => {
  const sound = ProtobufTraceSerializer.serializeRequest(spansOfTheSdk())!

  function decodes(bytes: Uint8Array): void {
    try {
      const { spans } = decodeOtlpProtobuf(bytes)
      expect(
        JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
      ).toBeTypeOf('string')
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).constructor).toBe(Error) // no RangeError of a view, no TypeError of ours
    }
  }

  it('they are spans or an error in words', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), decodes), { numRuns: 2_000 })
  })

  it('so is a sound request cut short, or with some bytes changed', () => {
    for (let end = 0; end < sound.length; end++) decodes(sound.subarray(0, end))
    const change = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(change, (changes) => {
        const bytes = new Uint8Array(sound)
        for (const [at, byte] of changes) bytes[at] = byte
        decodes(bytes)
      }),
      { numRuns: 2_000 },
    )
  })
})

it('answers are what protobuf asks', () => {
  expect(responseInProtobuf(0, '')).toEqual(new Uint8Array())
  expect([...responseInProtobuf(300, 'no')]).toEqual([0x0a, 7, 0x08, 0xac, 0x02, 0x12, 2, 0x6e, 0x6f])
  expect([...statusInProtobuf('no')]).toEqual([0x12, 2, 0x6e, 0x6f])
})
