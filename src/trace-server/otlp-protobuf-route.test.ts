import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesField, joined, textField } from '../trace-format/protobuf-wire.ts'
import { BODY_MAX } from './body.ts'
import { type Answer, ask, serverFor } from './testing.ts'

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' }

const spanBytes = (name: string, spanId: number) =>
  joined([
    bytesField(1, new Uint8Array(16).fill(7)),
    bytesField(2, new Uint8Array(8).fill(spanId)),
    textField(5, name),
  ])

function requestBytes(...spans: Uint8Array[]): Uint8Array {
  const service = joined([textField(1, 'service.name'), bytesField(2, textField(1, 'shop'))])
  const resource = bytesField(1, bytesField(1, service))
  return bytesField(1, joined([resource, bytesField(2, joined(spans.map((span) => bytesField(2, span))))]))
}

const traces = (url: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  ask(`${url}/v1/traces`, { method: 'POST', headers: { ...PROTOBUF, ...headers }, body })

/** google.rpc.Status: field 2 is the message. */
function expectStatus({ headers, text }: Answer, words: string): void {
  expect(headers['content-type']).toBe('application/x-protobuf')
  expect(text.charCodeAt(0)).toBe(0x12)
  expect(text).toContain(words)
}

describe('POST /v1/traces in protobuf', () => {
  it('answers 200 with no bytes, in protobuf, and keeps the spans', async () => {
    const { url, store } = await serverFor()
    const answer = await traces(url, requestBytes(spanBytes('buy', 1), spanBytes('pay', 2)))
    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(answer.headers['content-type']).toBe('application/x-protobuf')
    expect(store.list()).toMatchObject([{ state: 'foreign', made: 2, stored: 2, processes: 1 }])
    expect((await ask(`${url}/runs/${store.list()[0]!.id}`)).text).toContain('buy')
    expect(await traces(url, new Uint8Array())).toMatchObject({ status: 200, text: '' })
  })

  it('takes gzip', async () => {
    const { url, store } = await serverFor()
    const zipped = gzipSync(requestBytes(spanBytes('buy', 1)))
    expect(await traces(url, zipped, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 200 })
    expect(store.list()).toMatchObject([{ stored: 1 }])
    const cut = await traces(url, zipped.subarray(0, -9), { 'Content-Encoding': 'gzip' })
    expect(cut.status).toBe(400)
    expectStatus(cut, 'unexpected end of file')
  })

  it('says how many spans it rejected, and keeps the others', async () => {
    const { url, store } = await serverFor()
    const answer = await traces(url, requestBytes(spanBytes('good', 1), spanBytes('bad', 0)))
    expect(answer.status).toBe(200)
    // partialSuccess, of so many bytes: rejectedSpans is 1, and the words
    expect([...answer.text].slice(0, 5).map((c) => c.charCodeAt(0))).toEqual([
      0x0a,
      answer.text.length - 2,
      0x08,
      1,
      0x12,
    ])
    expect(answer.text).toContain('spanId')
    expect(store.list()).toMatchObject([{ stored: 1 }])
  })

  it('answers 400, 413 (of the inflated body) and 415 with a Status in protobuf', async () => {
    const { url, store } = await serverFor()
    const broken = await traces(url, Uint8Array.of(0x0a, 99))
    expect(broken.status).toBe(400)
    expectStatus(broken, 'no ExportTraceServiceRequest in protobuf: the bytes end')
    const bomb = await traces(url, gzipSync(Buffer.alloc(BODY_MAX + 1)), { 'Content-Encoding': 'gzip' })
    expect(bomb.status).toBe(413)
    expectStatus(bomb, 'too large')
    const odd = await traces(url, requestBytes(), { 'Content-Encoding': 'lzma' })
    expect(odd.status).toBe(415)
    expectStatus(odd, 'lzma')
    expect(store.list()).toEqual([])
  })

  it('is closed to pages of other origins', async () => {
    const { url, store } = await serverFor()
    const body = requestBytes(spanBytes('buy', 1))
    expect(await traces(url, body, { Origin: 'http://evil.test' })).toMatchObject({ status: 403 })
    expect(await traces(url, body, { Host: 'evil.test' })).toMatchObject({ status: 421 })
    expect(store.list()).toEqual([])
  })
})
