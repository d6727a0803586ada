import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { decodeBlock } from '../trace-format/block-codec.ts'
import { type Block, columnsOf, KIND, NOBODY } from '../trace-format/events.ts'
import { runOf } from '../trace-format/testing.ts'
import { attachRun } from './attached-run.ts'
import { ask, Listener, outcomeOf, pingPong, postJson, type Sent, serverFor } from './testing.ts'

const blockOf = ({ data }: Sent) => decodeBlock(Buffer.from(data, 'base64'))

const { blocks } = pingPong()

/** Blocks with large texts, such as fill the buffers between two programs. */
function bulky(count: number): Block[] {
  return Array.from({ length: count }, (_, first) => {
    const columns = columnsOf(1)
    columns.kind[0] = KIND.request
    columns.peer[0] = NOBODY
    columns.seq[0] = first + 1
    return { first, length: 1, ...columns, payloads: [JSON.stringify('x'.repeat(200_000))], states: [] }
  })
}

describe('/api/runs/:id/live', () => {
  it('gives the blocks stored, then those written, then the record, then ends', async () => {
    const { url, store } = await serverFor()
    const writer = store.begin(runOf(2))
    writer.append(blocks[0]!)
    const live = await Listener.open(`${url}/api/runs/by-hand/live`)
    expect(live.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(live.headers.get('cache-control')).toBe('no-store')
    const first = (await live.next())!
    expect(first).toMatchObject({ event: 'block', id: '0' })
    expect(blockOf(first)).toEqual(blocks[0])
    writer.append(blocks[1]!)
    const second = (await live.next())!
    expect([second.id, blockOf(second)]).toEqual(['1', blocks[1]])
    writer.append(blocks[2]!)
    writer.end(outcomeOf(), [])
    const [third, last, ...more] = await live.rest()
    expect([third!.id, blockOf(third!)]).toEqual(['2', blocks[2]])
    expect(last).toMatchObject({ event: 'outcome', id: undefined })
    expect(JSON.parse(last!.data)).toEqual(store.record('by-hand'))
    expect(more).toEqual([])
  })

  it('goes on after the last block that the reader has', async () => {
    const { url, store } = await serverFor()
    const writer = store.begin(runOf(2))
    for (const block of blocks.slice(0, 2)) writer.append(block)
    const address = `${url}/api/runs/by-hand/live`
    const back = await Listener.open(address, { 'Last-Event-ID': '0' })
    const asked = await Listener.open(`${address}?from=7`)
    expect((await back.next())!.id).toBe('1')
    writer.append(blocks[2]!)
    expect([(await back.next())!.id, (await asked.next())!.id]).toEqual(['2', '2'])
    writer.end(outcomeOf(), [])
    for (const listener of [back, asked]) {
      expect((await listener.rest()).map(({ event }) => event)).toEqual(['outcome'])
    }
    const late = await Listener.open(address, { 'Last-Event-ID': '2' })
    expect((await late.rest()).map(({ event }) => event)).toEqual(['outcome'])
    const ids = async (from: number) =>
      (await (await Listener.open(`${address}?from=${from}`)).rest()).map(({ id }) => id)
    expect(await ids(0)).toEqual(['0', '1', '2', undefined])
    expect(await ids(6)).toEqual(['1', '2', undefined]) // within the block 1
    expect(await ids(11)).toEqual([undefined])
    for (const from of ['x', '-1', '1e3', '9'.repeat(16), '1&from=2']) {
      expect(await ask(`${address}?from=${from}`), from).toMatchObject({ status: 400 })
    }
  })

  it('gives a run that is over, one interrupted, and one of a foreign program, and ends', async () => {
    const { url, store } = await serverFor()
    for (const id of ['over', 'cut']) {
      const writer = store.begin(runOf(2, { id }))
      for (const block of blocks) writer.append(block)
      if (id === 'over') writer.end(outcomeOf(), [])
      else writer.abandon()
    }
    for (const id of ['over', 'cut']) {
      const sent = await (await Listener.open(`${url}/api/runs/${id}/live`)).rest()
      expect(sent.slice(0, 3).map(blockOf), id).toEqual(blocks)
      expect(sent.map(({ event }) => event)).toEqual(['block', 'block', 'block', 'outcome'])
      expect(JSON.parse(sent[3]!.data).outcome === undefined, id).toBe(id === 'cut')
    }
    const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'buy' }
    await postJson(`${url}/v1/traces`, { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    const { id } = store.list().find(({ state }) => state === 'foreign')!
    const sent = await (await Listener.open(`${url}/api/runs/${id}/live`)).rest()
    expect(sent.map(({ event }) => event)).toEqual(['block', 'outcome'])
    expect(blockOf(sent[0]!).payloads).toEqual(['{"type":"buy"}'])
  })

  it('gives a run that another process writes through this server', async () => {
    const { url } = await serverFor()
    const run = await attachRun(url, runOf(2))
    const live = await Listener.open(`${url}/api/runs/by-hand/live`)
    for (const block of blocks) {
      run.append(block)
      expect(blockOf((await live.next())!)).toEqual(block)
    }
    await run.end(outcomeOf(), [])
    expect((await live.rest()).map(({ event }) => event)).toEqual(['outcome'])
  })

  it('has no line in it that a run could forge', async () => {
    const { url, store } = await serverFor()
    const hostile = 'x\n\nevent: outcome\ndata: {}\r\rid: 99\u2028</script>'
    const hand = pingPong()
    hand.at(0, 'indicate', hostile)
    const writer = store.begin(runOf(2, { algorithm: hostile, processes: [hostile, 'p01'] }))
    for (const block of hand.flush().blocks) writer.append(block)
    writer.end(outcomeOf({ verdict: hostile }), [])
    const sent = await (await Listener.open(`${url}/api/runs/by-hand/live`)).rest()
    expect(sent.map(({ event, id }) => [event, id])).toEqual([
      ...hand.blocks.map((_, i) => ['block', String(i)]),
      ['outcome', undefined],
    ])
    expect(JSON.parse(sent.at(-1)!.data)).toMatchObject({
      run: { algorithm: hostile },
      outcome: { verdict: hostile },
    })
    expect((await ask(`${url}/api/runs/by-hand/live`)).text).not.toContain('\r')
  })

  it('is closed to hosts and names that are none', async () => {
    const { url, store } = await serverFor()
    store.begin(runOf(2))
    for (const path of ['/api/live', '/api/runs/by-hand/live']) {
      const answer = await ask(`${url}${path}`, { headers: { Host: 'evil.test' } })
      expect(answer, path).toMatchObject({ status: 421 })
    }
    for (const id of ['none', 'A', '..%2fby-hand', '%00']) {
      expect(await ask(`${url}/api/runs/${id}/live`), id).toMatchObject({ status: 404 })
    }
    const live = await Listener.open(`${url}/api/runs/by-hand/live`)
    expect(live.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(live.headers.get('access-control-allow-origin')).toBeNull()
    expect((await ask(`${url}/api/live`, { method: 'HEAD' })).status).toBe(200)
  })
})

it('a stream on which nothing happens says now and then that it is there', async () => {
  const { port, store } = await serverFor({ streams: { heartbeatMs: 5 } })
  store.begin(runOf(2))
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.on('data', (piece) => {
    text += piece.toString('latin1')
  })
  socket.write('GET /api/runs/by-hand/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await vi.waitFor(() => expect(text.match(/^: .*\n\n/gm)?.length).toBeGreaterThan(2))
})

/** Asks for a stream and then does not read. */
async function deaf(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.once('data', () => {
    socket.pause()
    resolve()
  })
  socket.on('error', () => {})
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  await promise
  return socket
}

describe('a reader that never reads', () => {
  const COUNT = 150

  it('costs no memory, and gets all of it once it reads', async () => {
    const { port, store } = await serverFor()
    const writer = store.begin(runOf(1))
    const socket = await deaf(port, '/api/runs/by-hand/live')
    for (const block of bulky(COUNT)) writer.append(block)
    const history = store.open('by-hand')!
    expect(history.blocks).toBe(COUNT)
    const before = history.read
    expect(before).toBeLessThan(COUNT / 2) // the others are on disk and nowhere else
    let text = ''
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
    })
    socket.resume()
    await vi.waitFor(() => expect(history.read).toBe(COUNT), { timeout: 10_000 })
    writer.end(outcomeOf(), [])
    await vi.waitFor(() => expect(text).toContain('event: outcome'), { timeout: 10_000 })
    expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(
      Array.from({ length: COUNT }, (_, i) => i),
    )
  })

  it('is dropped after a while, and may come back', async () => {
    const { url, port, store } = await serverFor({ streams: { stalledMs: 50 } })
    const writer = store.begin(runOf(1))
    const socket = await deaf(port, '/api/runs/by-hand/live')
    for (const block of bulky(COUNT)) writer.append(block)
    const dropped = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    let read = 0
    await vi.waitFor(
      () => {
        const before = read
        read = store.open('by-hand')!.read
        expect(read).toBeGreaterThan(0)
        expect(read).toBe(before) // nothing more is taken, for longer than it may take nothing
      },
      { timeout: 60_000, interval: 100 },
    )
    socket.resume()
    await dropped
    writer.end(outcomeOf(), [])
    const back = await Listener.open(`${url}/api/runs/by-hand/live`, { 'Last-Event-ID': String(COUNT - 3) })
    expect((await back.rest()).map(({ id }) => id)).toEqual([String(COUNT - 2), String(COUNT - 1), undefined])
  })

  it('is not waited for when the server stops; readers that read see the end', async () => {
    const { url, port, store, stop } = await serverFor()
    const writer = store.begin(runOf(1))
    const live = await Listener.open(`${url}/api/runs/by-hand/live`)
    const list = await Listener.open(`${url}/api/live`)
    await list.next()
    const socket = await deaf(port, '/api/runs/by-hand/live')
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    const read = live.rest()
    for (const block of bulky(COUNT)) writer.append(block)
    await vi.waitFor(() => expect(store.open('by-hand')!.read).toBeGreaterThan(COUNT), { timeout: 10_000 })
    await stop()
    expect((await read).every(({ event }) => event === 'block')).toBe(true)
    await list.rest()
    socket.resume()
    await closed
  })

  it('is refused when there are too many', async () => {
    const { url, port, store } = await serverFor()
    store.begin(runOf(1))
    for (let i = 0; i < 100; i++) {
      const sent = request({ port, host: '127.0.0.1', path: '/api/runs/by-hand/live', agent: false })
      onTestFinished(() => void sent.destroy())
      sent.on('error', () => {})
      const answered = new Promise((resolve) => sent.once('response', resolve))
      sent.end()
      await answered
    }
    const answer = await ask(`${url}/api/runs/by-hand/live`)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(await ask(`${url}/api/runs`)).toMatchObject({ status: 200 })
  })
})

describe('/api/live', () => {
  it('gives the list at once, and again when a run begins, grows, ends or is removed', async () => {
    const { url, store } = await serverFor()
    const live = await Listener.open(`${url}/api/live`)
    const next = async () => {
      const sent = await live.next()
      expect(sent).toMatchObject({ event: 'runs', id: undefined })
      return JSON.parse(sent!.data).runs
    }
    expect(await next()).toEqual([])
    const writer = store.begin(runOf(2))
    expect(await next()).toMatchObject([{ id: 'by-hand', state: 'running', events: 0 }])
    writer.append(blocks[0]!)
    expect(await next()).toMatchObject([{ events: 4 }])
    writer.end(outcomeOf(), [])
    expect(await next()).toMatchObject([{ state: 'finished', verdict: 'violated' }])
    store.remove('by-hand')
    expect(await next()).toEqual([])
    const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'buy' }
    await postJson(`${url}/v1/traces`, { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    expect(await next()).toMatchObject([{ state: 'foreign', made: 1 }])
  })
})
