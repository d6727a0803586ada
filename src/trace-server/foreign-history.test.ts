import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEventsFile } from '../trace-format/block-codec.ts'
import type { Block } from '../trace-format/events.ts'
import { EventReader } from '../trace-format/history-reader.ts'
import { runOf } from '../trace-format/testing.ts'
import { RunStore } from './run-store.ts'
import type { RunSummary } from './run-summary.ts'
import { ask, outcomeOf, pingPong, postJson, serverFor } from './testing.ts'

const IMG = '<img src=x onerror=alert(1)>'

async function imageOf(url: string, id: string): Promise<Block[]> {
  const response = await fetch(`${url}/api/runs/${id}/events.bin`)
  expect(response.status).toBe(200)
  return readEventsFile(new Uint8Array(await response.arrayBuffer())).blocks
}

const told = (blocks: readonly Block[]) => {
  const reader = new EventReader()
  return blocks.flatMap((block) =>
    [...reader.read(block)].map(({ kind, process, peer, number, seq, text, message }) => {
      return { kind, process, peer, number, seq, text, message }
    }),
  )
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })

function resourceSpans(service: string, ...spans: object[]): object {
  const ids = { traceId: '1'.repeat(32), endTimeUnixNano: '1795000000900000000' }
  return {
    resource: { attributes: [text('service.name', service)] },
    scopeSpans: [{ scope: {}, spans: spans.map((span) => ({ ...ids, ...span })) }],
  }
}

const publish = {
  spanId: '1'.padStart(16, '0'),
  name: 'publish',
  kind: 4,
  startTimeUnixNano: '1795000000100000000',
}
const consume = {
  spanId: '2'.padStart(16, '0'),
  parentSpanId: publish.spanId,
  name: 'consume',
  kind: 5,
  startTimeUnixNano: '1795000000200000000',
}

describe('the run of a foreign program', () => {
  it('that was one of ours shows the same messages of the same processes, in the same order', async () => {
    const { url, store } = await serverFor()
    const writer = store.begin(runOf(2))
    for (const block of pingPong().blocks) writer.append(block)
    writer.end(outcomeOf(), [])
    const { text: spans } = await ask(`${url}/api/runs/by-hand/spans.jsonl`)
    const lines = spans.trimEnd().split('\n')
    for (const line of lines) {
      expect(await postJson(`${url}/v1/traces`, JSON.parse(line))).toMatchObject({ status: 200, text: '{}' })
    }
    const { id, processes } = store.list().find(({ state }) => state === 'foreign')!
    expect(processes).toBe(2)
    expect(store.record(id)!.run.processes).toEqual(['p00', 'p01'])
    const [ours, theirs] = [told(await imageOf(url, 'by-hand')), told(await imageOf(url, id))]
    for (const process of [0, 1]) {
      expect(theirs.filter((event) => event.process === process)).toEqual(
        ours.filter((event) => event.process === process),
      )
    }
    const page = JSON.parse((await ask(`${url}/api/runs/${id}/events?type=pong`)).text)
    expect(page.events).toMatchObject([{ kind: 'send' }, { kind: 'deliver', state: { text: '{"got":1}' } }])
  })

  it('grows as spans come, and is made anew only then', async () => {
    const { url, store } = await serverFor()
    await postJson(`${url}/v1/traces`, { resourceSpans: [resourceSpans('shop', publish)] })
    const { id } = store.list()[0]!
    expect(told(await imageOf(url, id))).toMatchObject([{ kind: 'request', process: 0 }])
    const before = store.open(id)
    expect(store.open(id)).toBe(before)
    await postJson(`${url}/v1/traces`, { resourceSpans: [resourceSpans('mail', consume)] })
    expect(store.open(id)).not.toBe(before)
    expect(store.record(id)!.run).toMatchObject({
      processes: ['mail', 'shop'],
      startedAtMs: 1_795_000_000_100,
    })
    const [sent, delivered] = told(await imageOf(url, id))
    expect(sent).toMatchObject({ kind: 'send', process: 1, peer: 0, message: { type: 'publish' } })
    expect(delivered).toMatchObject({ kind: 'deliver', process: 0, peer: 1, message: { type: 'publish' } })
    const ledger = await ask(`${url}/runs/${id}`)
    const words = ledger.text.replaceAll(/<span class="unseen">.*?<\/span>/g, '').replaceAll(/<[^>]*>/g, '')
    for (const line of ['→ mail #0 publish', '← shop #0 publish', '2026-11-18 11:06:40']) {
      expect(words).toContain(line)
    }
  })

  it('is as it was after a restart', async () => {
    const first = await serverFor()
    await postJson(`${first.url}/v1/traces`, {
      resourceSpans: [resourceSpans('shop', publish), resourceSpans('mail', consume)],
    })
    const { id } = first.store.list()[0]!
    const before = await imageOf(first.url, id)
    await first.stop()
    const again = await serverFor({ runsDir: first.store.dir })
    expect(await imageOf(again.url, id)).toEqual(before)
    expect(before[0]!.length).toBe(2)
  })

  it('is the same read from its file and from what is remembered of it, however it came', async () => {
    const first = await serverFor()
    const spansOf = (from: number, service: string) =>
      Array.from({ length: 3 }, (_, i) => {
        return { ...publish, spanId: (from + i).toString(16).padStart(16, '0'), name: `n ${from + i}` }
      }).map((span) => resourceSpans(service, span))
    const send = (body: string) => {
      const headers = { 'Content-Type': 'application/json' }
      return ask(`${first.url}/v1/traces`, { method: 'POST', headers, body })
    }
    const text = (...spans: object[]) => JSON.stringify({ resourceSpans: spans })
    const bodies: readonly [how: string, body: string][] = [
      ['on one line', text(...spansOf(1, 'shop'), ...spansOf(11, 'mail'))],
      ['on one line again', text(...spansOf(21, 'shop'))],
      ['on many lines', JSON.stringify({ resourceSpans: spansOf(31, 'bank') }, null, 2)],
      ['after many lines', text(...spansOf(41, 'bank'))],
      ['with a space before it', ` ${text(...spansOf(51, 'shop'))}`],
      ['with a span that is none', text(...spansOf(61, 'mail'), resourceSpans('mail', { name: 'no ids' }))],
    ]
    for (const [i, [how, body]] of bodies.entries()) {
      expect(await send(body), how).toMatchObject({ status: 200 })
      const [{ id, stored }, ...others] = first.store.list() as [RunSummary, ...RunSummary[]]
      expect(others).toEqual([])
      const lines = readFileSync(join(first.store.dir, id, 'spans.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
      expect(lines, how).toHaveLength(i + 1)
      const live = await imageOf(first.url, id)
      const { blocks } = RunStore.open(first.store.dir).history(id) // who was not there when they came
      expect(blocks, how).toEqual(live)
      expect(
        live.reduce((sum, { length }) => sum + length, 0),
        how,
      ).toBe(stored)
    }
  })

  it('is shown with its text as text, and its spans by the page', async () => {
    const { url, store } = await serverFor()
    const spans = Array.from({ length: 501 }, (_, i) => {
      return { ...publish, spanId: (i + 1).toString(16).padStart(16, '0'), kind: 1, name: `${IMG} ${i}` }
    })
    await postJson(`${url}/v1/traces`, { resourceSpans: [resourceSpans(IMG, ...spans)] })
    const { id } = store.list()[0]!
    const first = (await ask(`${url}/runs/${id}`)).text
    expect(first).toContain(`href="/runs/${id}/spans?from=500#list">Next`)
    expect(first).toContain(`href="/runs/${id}?from=500#events">Next`)
    const second = (await ask(`${url}/runs/${id}/spans?from=500`)).text
    expect(second).toContain('onerror=alert(1)&gt; 500')
    expect(second).toContain(`href="/runs/${id}/spans#list">Previous`)
    for (const page of [first, second]) expect(page).not.toContain('<img')
    expect(await ask(`${url}/runs/${id}/spans?from=x`)).toMatchObject({ status: 400 })
    for (const odd of ['none', 'A', '..%2f..%2fetc']) {
      expect(await ask(`${url}/runs/${odd}/spans`), odd).toMatchObject({ status: 404 })
    }
  })
})
