import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { runOf } from '../trace-format/testing.ts'
import { BODY_MAX } from './body.ts'
import { ask, outcomeOf, pingPong, serverFor } from './testing.ts'

const TRACE = '5B8EFFF798038103D269B633813FC60C' // capitals are allowed
const JSON_TYPE = { 'Content-Type': 'application/json' }

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })

function requestOf(names: readonly string[], resource: Readonly<Record<string, string>> = {}): object {
  const attributes = Object.entries({ 'service.name': 'shop', ...resource }).map(([k, v]) => attribute(k, v))
  const spans = names.map((name, i) => ({
    traceId: TRACE,
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name,
    kind: 2,
    startTimeUnixNano: '1795000000123456789',
    endTimeUnixNano: 1795000000223456800,
    attributes: [{ key: 'n', value: { intValue: 3 } }],
    unheardOf: true,
  }))
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: {}, spans }] }] }
}

const traces = (url: string, body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) =>
  ask(`${url}/v1/traces`, { method: 'POST', headers, body })

const send = (url: string, value: unknown) => traces(url, JSON.stringify(value))

describe('POST /v1/traces', () => {
  it('answers 200 {} in the content type of the request and keeps the spans', async () => {
    const { url, store } = await serverFor()
    const answer = await send(url, requestOf(['buy', 'pay']))
    expect(answer).toMatchObject({ status: 200, text: '{}' })
    expect(answer.headers['content-type']).toBe('application/json')
    const [run] = store.list()
    expect(run).toMatchObject({
      state: 'foreign',
      runtime: 'otlp',
      made: 2,
      stored: 2,
      lost: 0,
      processes: 1,
    })
    expect(run!.id).toMatch(/^otlp-\d{8}-\d{6}-1$/)
    const page = await ask(`${url}/runs/${run!.id}`)
    expect(page.text).toContain('buy')
    expect(page.text).toContain('2026-11-18 11:06:40.123456') // of the start time
    expect(page.text).toContain(TRACE.toLowerCase())
  })

  it('takes gzip, charset and an empty request', async () => {
    const { url, store } = await serverFor()
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Encoding': 'gzip' }
    expect(await traces(url, gzipSync(JSON.stringify(requestOf(['buy']))), headers)).toMatchObject({
      status: 200,
    })
    expect(store.list()[0]).toMatchObject({ stored: 1 })
    expect(await send(url, {})).toMatchObject({ status: 200, text: '{}' })
    expect(await send(url, { resourceSpans: [] })).toMatchObject({ status: 200, text: '{}' })
    expect(store.list()).toHaveLength(1)
  })

  it('says how many spans it rejected, as a text, and keeps the others', async () => {
    const { url, store } = await serverFor()
    const request = requestOf(['good', 'bad', 'bad']) as any
    const { spans } = request.resourceSpans[0].scopeSpans[0]
    spans[1].traceId = '0'.repeat(32)
    spans[2].spanId = 'no'
    const answer = await send(url, request)
    expect(answer.status).toBe(200)
    const { partialSuccess } = JSON.parse(answer.text)
    expect(partialSuccess.rejectedSpans).toBe('2')
    expect(partialSuccess.errorMessage).toContain('traceId')
    expect(store.list()[0]).toMatchObject({ stored: 1 })
  })

  it.each([
    ['no JSON', '{'],
    ['no body', ''],
    ['no object', '[]'],
    ['null', 'null'],
    ['no list', '{"resourceSpans":{}}'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ])('answers 400 with a message to what is no request: %s', async (_, body) => {
    const { url, store } = await serverFor()
    const answer = await traces(url, body)
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(JSON.parse(answer.text).message).toEqual(expect.any(String))
    expect(store.list()).toEqual([])
  })

  it('answers 400 to truncated gzip and to what is no gzip', async () => {
    const { url } = await serverFor()
    const zipped = gzipSync(JSON.stringify(requestOf(['buy'])))
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' }
    expect(await traces(url, zipped.subarray(0, zipped.length - 12), headers)).toMatchObject({ status: 400 })
    expect(await traces(url, 'plain', headers)).toMatchObject({ status: 400 })
    expect(await traces(url, zipped, headers)).toMatchObject({ status: 200 })
  })

  it('answers 413 to what is too large, before and after decompression', async () => {
    const { url, store } = await serverFor()
    const large = Buffer.alloc(BODY_MAX + 1, ' ')
    const bomb = await traces(url, gzipSync(large), { ...JSON_TYPE, 'Content-Encoding': 'gzip' })
    expect(bomb.status).toBe(413)
    expect(JSON.parse(bomb.text).message).toEqual(expect.any(String))
    expect(await traces(url, large)).toMatchObject({ status: 413 })
    expect(store.list()).toEqual([])
    expect(await send(url, requestOf(['buy']))).toMatchObject({ status: 200 })
  })

  it('answers 415 to other content types and encodings', async () => {
    const { url } = await serverFor()
    for (const type of ['text/plain', 'application/grpc', 'application/jsonx', 'application/protobuf']) {
      expect(await traces(url, '{}', { 'Content-Type': type }), type).toMatchObject({ status: 415 })
    }
    expect(await traces(url, '{}', {})).toMatchObject({ status: 415 })
    expect(await traces(url, '{}', { ...JSON_TYPE, 'Content-Encoding': 'lzma' })).toMatchObject({
      status: 415,
    })
  })

  it('keeps a run apart for each namespace and run id, and goes on with it', async () => {
    const { url, store } = await serverFor()
    const hostile = { 'testbed.run.id': '../../x' }
    await send(url, requestOf(['a'], { 'service.namespace': 'one' }))
    await send(url, requestOf(['b'], { 'service.namespace': 'two' }))
    await send(url, requestOf(['c', 'd'], { 'service.namespace': 'one' }))
    await send(url, requestOf(['e'], hostile))
    const counts = store
      .list()
      .map(({ id, algorithm, stored }) => [algorithm, stored, /^otlp-[\d-]+$/.test(id)])
    expect(counts.sort()).toEqual([
      ['../../x', 1, true],
      ['one', 3, true],
      ['two', 1, true],
    ])
  })

  it('lets no request make runs without end, nor push out runs of the testbed', async () => {
    const { url, store } = await serverFor({ keep: { runs: 1, bytes: 1 } })
    const writer = store.begin(runOf(2))
    writer.end(outcomeOf(), [])
    const many = Array.from({ length: 30 }, (_, i) => requestOf(['x'], { 'testbed.run.id': `r${i}` }) as any)
    const answer = await send(url, { resourceSpans: many.flatMap((request) => request.resourceSpans) })
    expect(JSON.parse(answer.text).partialSuccess).toMatchObject({ rejectedSpans: '10' })
    expect(store.list().filter(({ state }) => state === 'foreign')).toHaveLength(20)
    expect(store.summary('by-hand')).toMatchObject({ state: 'finished' })
  })

  it('begins a run anew when its folder was removed', async () => {
    const { url, store } = await serverFor()
    await send(url, requestOf(['a']))
    expect(store.remove(store.list()[0]!.id)).toBe(true)
    expect(await send(url, requestOf(['b']))).toMatchObject({ status: 200, text: '{}' })
    expect(store.list()[0]).toMatchObject({ stored: 1 })
  })

  it('leaves a run that goes on untouched by bad requests', async () => {
    const { url, store } = await serverFor()
    const writer = store.begin(runOf(2))
    const { blocks } = pingPong()
    for (const block of blocks) {
      const bad = traces(url, gzipSync('{"resourceSpans":[{'), { ...JSON_TYPE, 'Content-Encoding': 'gzip' })
      writer.append(block)
      expect(await bad).toMatchObject({ status: 400 })
    }
    writer.end(outcomeOf(), [])
    expect(store.blocks('by-hand')).toEqual(blocks)
    expect(writer.accepted).toBe(writer.made)
  })

  it('stores what it understood so that it reads back the same', async () => {
    const { url, store } = await serverFor()
    const request = requestOf(['all']) as any
    const [span] = request.resourceSpans[0].scopeSpans[0].spans
    Object.assign(span, {
      parentSpanId: '00000000000000ff',
      attributes: [
        { key: 'text', value: { stringValue: '</script>' } },
        { key: 'half', value: { doubleValue: 0.5 } },
        { key: 'nan', value: { doubleValue: 'NaN' } },
        { key: 'big', value: { intValue: '9007199254740993' } },
        { key: 'yes', value: { boolValue: true } },
        { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'b' }] } } },
        { key: 'map', value: { kvlistValue: { values: [attribute('k', 'v')] } } },
      ],
      events: [{ timeUnixNano: '5', name: 'e', attributes: [attribute('x', 'y')] }],
      links: [{ traceId: TRACE, spanId: '00000000000000aa' }],
      status: { code: 2, message: 'no' },
    })
    await send(url, request)
    const { id } = store.list()[0]!
    const first = readFileSync(join(store.dir, id, 'spans.jsonl'), 'utf8')
    await send(url, JSON.parse(first))
    const lines = readFileSync(join(store.dir, id, 'spans.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines[1]).toBe(lines[0])
    for (const piece of ['00000000000000ff', '9007199254740993', '"NaN"', '</script>', '00000000000000aa']) {
      expect(lines[0]).toContain(piece)
    }
    expect((await ask(`${url}/runs/${id}`)).text).not.toContain('</script>')
  })
})
