import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { UsageError } from '../lib/usage-error.ts'
import { encodeBlock } from '../trace-format/block-codec.ts'
import { runOf } from '../trace-format/testing.ts'
import { attachRun } from './attached-run.ts'
import { ask, outcomeOf, pingPong, postJson, serverFor } from './testing.ts'

const bytes = { 'Content-Type': 'application/octet-stream' }

/** A server that takes any run and then does as it is told. */
async function serverSaying(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/api/runs') response.writeHead(201).end('{}')
    else answer(request, response)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await promise
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('an attached run', () => {
  it('is stored as if it had been written here', async () => {
    const { url, store } = await serverFor()
    const sink = { sink: 'jaeger', where: 'http://x', made: 3, accepted: 3, refused: 0, dropped: 0 }
    const run = await attachRun(url, runOf(2))
    const { blocks } = pingPong()
    for (const block of blocks) run.append(block)
    await run.end(outcomeOf(), [sink])
    expect(store.blocks('by-hand')).toEqual(blocks)
    expect(run.made).toBeGreaterThan(0)
    expect(run).toMatchObject({ accepted: run.made, note: null, page: `${url}/runs/by-hand` })
    const record = store.record('by-hand')!
    expect(record).toMatchObject({ run: runOf(2), outcome: outcomeOf() })
    expect(record.sinks).toMatchObject([{ sink: 'viewer', made: run.made, accepted: run.made }, sink])
  })

  it('goes on beside others', async () => {
    const { url, store } = await serverFor()
    const ids = ['a', 'b', 'c', 'd']
    await Promise.all(
      ids.map(async (id) => {
        const run = await attachRun(url, runOf(2, { id }))
        for (const block of pingPong().blocks) run.append(block)
        await run.end(outcomeOf(), [])
      }),
    )
    const here = store.begin(runOf(2, { id: 'here' }))
    for (const block of pingPong().blocks) here.append(block)
    here.end(outcomeOf(), [])
    for (const id of [...ids, 'here']) expect(store.blocks(id), id).toEqual(pingPong().blocks)
  })

  it('is interrupted when it is abandoned', async () => {
    const { url, store } = await serverFor()
    const run = await attachRun(url, runOf(2))
    run.append(pingPong().blocks[0]!)
    await run.abandon()
    expect(store.summary('by-hand')).toMatchObject({ state: 'interrupted' })
    expect(store.blocks('by-hand')).toHaveLength(1)
  })

  it('counts what a server that died did not store', async () => {
    const { url, stop } = await serverFor()
    const run = await attachRun(url, runOf(2))
    await stop()
    for (const block of pingPong().blocks) run.append(block)
    await run.end(outcomeOf(), [])
    expect(run.made).toBeGreaterThan(0)
    expect(run).toMatchObject({ accepted: 0, note: expect.stringContaining('the trace server') })
  })

  it('does not wait for a server that hangs', async () => {
    const url = await serverSaying(() => {})
    const run = await attachRun(url, runOf(2), 100)
    for (const block of pingPong().blocks) run.append(block)
    await run.end(outcomeOf(), [])
    expect(run).toMatchObject({ accepted: 0, note: expect.stringContaining('timeout') })
  })

  it('sends nothing after a block that was not stored', async () => {
    const asked: (string | undefined)[] = []
    const url = await serverSaying((request, response) => {
      asked.push(request.url)
      response.writeHead(asked.length === 2 ? 500 : 200).end('{"accepted":1}')
    })
    const run = await attachRun(url, runOf(2))
    for (const block of pingPong().blocks) run.append(block)
    await run.end(outcomeOf(), [])
    expect(asked).toEqual(['/api/runs/by-hand/blocks', '/api/runs/by-hand/blocks'])
    expect(run).toMatchObject({ accepted: 1, note: expect.stringContaining('500') })
  })

  it('is refused with a sentence when its name is taken or the server is not there', async () => {
    const { url, stop } = await serverFor()
    await attachRun(url, runOf(2))
    await expect(attachRun(url, runOf(2))).rejects.toThrow(UsageError)
    await expect(attachRun(url, runOf(2))).rejects.toThrow(/409/)
    await expect(attachRun(url, runOf(2, { id: '../../x' }))).rejects.toThrow(/400/)
    await stop()
    await expect(attachRun(url, runOf(2))).rejects.toThrow(/did not take the run/)
  })
})

describe('the endpoints it uses', () => {
  const block = (url: string, id: string, body: Uint8Array) =>
    ask(`${url}/api/runs/${id}/blocks`, { method: 'POST', headers: bytes, body })

  it('check the shape of what describes a run', async () => {
    const { url, store } = await serverFor()
    const good = runOf(2)
    const bad: unknown[] = [null, [], 'x', {}, { ...good, processes: 'p00' }, { ...good, links: [[0, 2]] }]
    bad.push({ ...good, tag: 'short' }, { ...good, format: 99 }, { ...good, startedAtMs: 1e300 })
    bad.push({ ...good, runtime: 'otlp' }, { ...good, id: 'A' }, { ...good, id: 7 })
    for (const value of bad) {
      expect(await postJson(`${url}/api/runs`, value), JSON.stringify(value)).toMatchObject({ status: 400 })
    }
    expect(store.list()).toEqual([])
  })

  it('take only the block that follows, only of processes of the run', async () => {
    const { url, store } = await serverFor()
    await postJson(`${url}/api/runs`, runOf(2))
    const { blocks } = pingPong()
    const [first, second] = blocks.map(encodeBlock) as [Uint8Array, Uint8Array]
    expect(await block(url, 'by-hand', second)).toMatchObject({ status: 400 })
    expect(await block(url, 'by-hand', first.subarray(1))).toMatchObject({ status: 400 })
    expect(await block(url, 'by-hand', new Uint8Array())).toMatchObject({ status: 400 })
    const stray = { ...blocks[0]!, process: blocks[0]!.process.map(() => 9) }
    expect(
      await block(url, 'by-hand', encodeBlock({ ...stray, seq: stray.seq.map((_, i) => i + 1) })),
    ).toMatchObject({
      status: 400,
      text: expect.stringContaining('process'),
    })
    expect(await block(url, 'by-hand', first)).toMatchObject({ status: 200 })
    expect(await block(url, 'by-hand', first)).toMatchObject({ status: 400 })
    expect(await block(url, 'nobody', first)).toMatchObject({ status: 404 })
    expect(store.blocks('by-hand')).toEqual([blocks[0]])
  })

  it('do not write to a run of the server itself, nor to one that is over', async () => {
    const { url, store } = await serverFor()
    store.begin(runOf(2))
    expect(await block(url, 'by-hand', encodeBlock(pingPong().blocks[0]!))).toMatchObject({ status: 404 })
    const end = { outcome: outcomeOf(), sinks: [] }
    expect(await postJson(`${url}/api/runs/by-hand/outcome`, end)).toMatchObject({ status: 404 })
    await postJson(`${url}/api/runs`, runOf(2, { id: 'other' }))
    expect(await postJson(`${url}/api/runs/other/outcome`, { outcome: {} })).toMatchObject({ status: 400 })
    expect(await postJson(`${url}/api/runs/other/outcome`, end)).toMatchObject({ status: 200 })
    expect(await postJson(`${url}/api/runs/other/outcome`, end)).toMatchObject({ status: 404 })
  })
})
