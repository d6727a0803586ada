import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { columnsOf, KIND, NOBODY } from '../../trace-format/events.ts'
import type { RunDescription } from '../../trace-format/run.ts'
import { runOf } from '../../trace-format/testing.ts'
import { html } from '../html.ts'
import type { RunStore } from '../run-store.ts'
import { ask, outcomeOf, pingPong, postJson, serverFor } from '../testing.ts'

const IMG = '<img src=x onerror=alert(1)>'
const ESCAPED = '&lt;img src=x onerror=alert(1)&gt;'

function keep(store: RunStore, changes: Partial<RunDescription> = {}, outcome = outcomeOf()): void {
  const writer = store.begin(runOf(2, changes))
  for (const block of pingPong().blocks) writer.append(block)
  writer.end(outcome, [])
}

describe('the list', () => {
  it('says the one command when it is empty', async () => {
    const { url } = await serverFor()
    expect((await ask(url)).text).toContain('npm run testbed')
  })

  it('shows of each run what tells it from others', async () => {
    const { url, store } = await serverFor()
    keep(store, { faults: 'lose ping 50%', seed: 4711 })
    const { text } = await ask(url)
    for (const piece of ['ping-pong', 'violated', 'lose ping 50%', '4711', '>11<', '2026-11-18 11:06:40']) {
      expect(text).toContain(piece)
    }
    expect(text).toContain('href="/runs/by-hand"')
  })
})

describe('the ledger', () => {
  it('tells the run: verdict, findings with links to their events, tables, counts, command', async () => {
    const { url, store } = await serverFor()
    keep(store, { command: 'npm run testbed -- ping-pong --seed 7' })
    const { status, text } = await ask(`${url}/runs/by-hand`)
    expect(status).toBe(200)
    for (const piece of [
      '<title>ping-pong by-hand',
      'npm run testbed -- ping-pong --seed 7',
      'p00 had no answer to its second ping.',
      'href="/runs/by-hand#e9"',
      'NO CREATION',
      'One round.',
      'lose ping 50%',
      'reliable was lifted',
      'viewer',
    ]) {
      expect(text).toContain(piece)
    }
    const words = text.replaceAll(/<span class="unseen">.*?<\/span>/g, '').replaceAll(/<[^>]*>/g, '')
    for (const line of [
      '→ p01 #0 ping',
      '← p00 #0 ping',
      'request ping',
      'indicates done',
      'timer again set, 10–20 ms',
    ]) {
      expect(words).toContain(line)
    }
    expect(words).toContain('↛ p01 #1 ping lost: a rule')
    expect(words).toContain('{&quot;got&quot;:1}')
  })

  it('marks the events that break a promise, in words too', async () => {
    const { url, store } = await serverFor()
    keep(store)
    const rows = (await ask(`${url}/runs/by-hand`)).text
      .split('<tr')
      .filter((row) => row.includes('class="witness"'))
    expect(rows.map((row) => /id="(e\d+)"/.exec(row)?.[1])).toEqual(['e9', 'e10'])
    for (const row of rows) expect(row).toContain('witness against EVERY PING IS ANSWERED')
  })

  it('is narrowed by process and by type', async () => {
    const { url, store } = await serverFor()
    keep(store)
    const ids = async (query: string) =>
      [...(await ask(`${url}/runs/by-hand${query}`)).text.matchAll(/<tr id="e(\d+)"/g)].map(([, id]) =>
        Number(id),
      )
    expect(await ids('')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await ids('?process=p01')).toEqual([1, 4, 5, 6])
    expect(await ids('?type=pong')).toEqual([5, 7])
    expect(await ids('?process=p00&type=pong')).toEqual([7])
    expect(await ids('?from=9')).toEqual([9, 10])
    expect(await ids('?type=none')).toEqual([])
    expect(await ask(`${url}/runs/by-hand?process=p99`)).toMatchObject({ status: 400 })
    expect(await ask(`${url}/runs/by-hand?from=-1`)).toMatchObject({ status: 400 })
    expect(await ask(`${url}/runs/by-hand?type=a&type=b`)).toMatchObject({ status: 200 })
  })

  it('shows 500 events a page, and a witness on the page where it stands', async () => {
    const { url, store } = await serverFor()
    const length = 1_201
    const columns = columnsOf(length)
    for (let i = 0; i < length; i++) {
      columns.kind[i] = KIND.start
      columns.peer[i] = NOBODY
      columns.seq[i] = i + 1
    }
    const writer = store.begin(runOf(2))
    writer.append({ first: 0, length, ...columns, payloads: [], states: [] })
    const property = outcomeOf().properties[0]!
    const findings = [{ explanation: 'Here.', witnesses: [499, 500, 1200] }]
    writer.end(outcomeOf({ properties: [{ ...property, findings }] }), [])
    const first = await ask(`${url}/runs/by-hand`)
    expect(first.text.match(/<tr id="e/g)).toHaveLength(500)
    for (const link of [
      '"/runs/by-hand#e499"',
      '"/runs/by-hand?from=500#e500"',
      '"/runs/by-hand?from=1000#e1200"',
    ]) {
      expect(first.text).toContain(link)
    }
    expect(first.text).toContain('<a href="/runs/by-hand?from=500#events">Next</a>')
    const last = await ask(`${url}/runs/by-hand?from=1000`)
    expect(last.text.match(/<tr id="e/g)).toHaveLength(201)
    expect(last.text).toContain('<a href="/runs/by-hand?from=500#events">Previous</a>')
    expect(last.text).not.toContain('>Next<')
  })

  it('shows a run that goes on, one that was interrupted, one that is damaged, and none', async () => {
    const { url, store } = await serverFor()
    const writer = store.begin(runOf(2))
    writer.append(pingPong().blocks[0]!)
    expect((await ask(`${url}/runs/by-hand`)).text).toContain('The run goes on')
    writer.abandon()
    expect((await ask(`${url}/runs/by-hand`)).text).toContain('was interrupted before its verdict')
    for (const id of ['none', '..%2f..%2fetc', 'A', '%00']) {
      expect(await ask(`${url}/runs/${id}`), id).toMatchObject({ status: 404 })
    }
  })
})

describe('text from outside', () => {
  const description: Partial<RunDescription> = {
    algorithm: IMG,
    runtime: IMG,
    processes: [IMG, 'p01'],
    topology: IMG,
    options: { [IMG]: IMG },
    faults: IMG,
    command: IMG,
  }
  const outcome = outcomeOf({
    verdict: IMG,
    ended: IMG,
    properties: [
      { name: IMG, kind: IMG, verdict: 'violated', findings: [{ explanation: IMG, witnesses: [0] }] },
      { name: 'x', kind: 'y', verdict: `"${IMG}`, findings: [] },
    ],
    messages: [{ type: IMG, sent: 1, delivered: 0, lost: 0, duplicated: 0, bytes: 0, latencyMs: null }],
    tables: [{ title: IMG, columns: [IMG, `'${IMG}`], rows: [[IMG, IMG]], summary: IMG }],
    faultsFired: { [IMG]: 1 },
    notes: [IMG],
  })

  it('appears as text, in every field, on the list and the ledger', async () => {
    const { url, store } = await serverFor()
    const writer = store.begin(runOf(2, description))
    const hand = pingPong()
    hand.at(0, 'request', { type: IMG, [IMG]: IMG })
    hand.at(1, 'indicate', IMG)
    hand.at(0, 'setTimer', [IMG, IMG, IMG])
    hand.at(0, 'timeout', { type: IMG })
    hand.at(0, 'store', { [IMG]: 1 })
    hand.at(0, 'refuse', IMG, 1)
    hand.at(0, 'throw', IMG)
    const asked = hand.at(1, 'recover', IMG)
    hand.state(asked, true, { [IMG]: IMG })
    const sent = hand.send(0, 1, { type: IMG })
    hand.fate('lost', 0, 1, sent, IMG)
    for (const block of hand.flush().blocks) writer.append(block)
    const sink = { sink: IMG, where: IMG, made: 0, accepted: 0, refused: 0, dropped: 0, note: IMG }
    writer.end(outcome, [sink])

    const list = (await ask(url)).text
    const ledger = (await ask(`${url}/runs/by-hand`)).text
    for (const text of [list, ledger]) {
      expect(text).not.toMatch(/<img|<script/)
      expect(text).toContain(ESCAPED)
    }
    expect(list.split(ESCAPED).length).toBeGreaterThanOrEqual(5)
    expect(ledger.split(ESCAPED).length).toBeGreaterThanOrEqual(40)
    const filtered = await ask(`${url}/runs/by-hand?type=${encodeURIComponent(`"${IMG}`)}`)
    expect(filtered.text).toContain(`value="&quot;${ESCAPED}"`)
  })

  it('appears as text where it came by OTLP, and in messages of refusal', async () => {
    const { url, store } = await serverFor()
    const named = { key: 'service.name', value: { stringValue: IMG } }
    const runId = { key: 'testbed.run.id', value: { stringValue: IMG } }
    const ids = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) }
    const spans = [{ ...ids, name: IMG, attributes: [named], status: { code: 2, message: IMG } }]
    const resourceSpans = [{ resource: { attributes: [named, runId] }, scopeSpans: [{ scope: {}, spans }] }]
    expect(await postJson(`${url}/v1/traces`, { resourceSpans })).toMatchObject({ status: 200 })
    for (const path of ['', `/runs/${store.list()[0]!.id}`]) {
      const { text } = await ask(`${url}${path}`)
      expect(text).not.toMatch(/<img/)
      expect(text).toContain(ESCAPED)
    }
    expect((await ask(`${url}/runs/${encodeURIComponent(IMG)}`)).text).not.toMatch(/<img/)
  })
})

it('html escapes whatever it did not make', () => {
  const inner = html`<b>${'<&"\'>'}</b>`
  expect(String(html`${inner}${[1, '<', [inner]]}${null}${undefined}${false}`)).toBe(
    '<b>&lt;&amp;&quot;&#39;&gt;</b>1&lt;<b>&lt;&amp;&quot;&#39;&gt;</b>',
  )
})

describe('the API', () => {
  it('gives runs, records, events and files', async () => {
    const { url, store } = await serverFor()
    keep(store)
    const json = async (path: string) => JSON.parse((await ask(`${url}${path}`)).text)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await json('/api/about')).toEqual({ name: 'p2p-testbed', format: 1, version })
    expect((await json('/api/runs')).runs).toMatchObject([{ id: 'by-hand', verdict: 'violated' }])
    expect(await json('/api/runs/by-hand')).toEqual(store.record('by-hand'))
    const page = await json('/api/runs/by-hand/events?from=2&count=2')
    expect(page).toMatchObject({ from: 2, total: 11, next: 4 })
    expect(page.events).toMatchObject([
      { position: 2, kind: 'request', type: 'ping', state: { whole: true, text: '{"sent":1}' } },
      { position: 3, kind: 'send', peer: 1, message: { type: 'ping', at: 1 } },
    ])
    for (const query of ['count=0', 'count=1001', 'from=x', 'process=p9']) {
      expect(await ask(`${url}/api/runs/by-hand/events?${query}`), query).toMatchObject({ status: 400 })
    }
    const file = await ask(`${url}/api/runs/by-hand/events.bin`)
    expect(file).toMatchObject({ status: 200, text: expect.stringMatching(/^P2PT/) })
    expect((await ask(`${url}/api/runs/by-hand/spans.jsonl`)).text).toContain('resourceSpans')
    for (const path of ['x', 'x/events', 'x/events.bin', '..%2fby-hand/events.bin', 'by-hand/run.json']) {
      expect(await ask(`${url}/api/runs/${path}`), path).toMatchObject({ status: 404 })
    }
  })
})
