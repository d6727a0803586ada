/**
 * Where spans go: all of them, to whoever listens well; whoever does not costs
 * the run a line of its report.
 */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ok, Receiver } from '../../src/telemetry/testing.ts'
import type { ForeignSpan } from '../../src/trace-format/otlp-json.ts'
import {
  type Document,
  emptyFolder,
  hasEvents,
  json,
  Running,
  recordIn,
  runsIn,
  testbed,
  until,
} from './testing.ts'

const own = (runs: string) => ['--runs', runs, '--port', '0']
const snapshot = ['chandy-lamport', '--peers', '6', '--spendings', '5', '--seed', '9']
const [INTERNAL, SERVER, PRODUCER, CONSUMER] = [1, 2, 4, 5] // kinds of OTLP

/** Answers the first request, with which it is asked whether it is there, as it should be. */
const goodAtFirst = (then: ConstructorParameters<typeof Receiver>[0]) =>
  new Receiver((response, spans, request) => (request === 0 ? ok : then)(response, spans, request))

function accounts({ runs }: Document) {
  const counts = runs.flatMap(({ spans }) => Object.values(spans))
  for (const { made, accepted, refused, dropped } of counts) expect(accepted + refused + dropped).toBe(made)
  const { viewer, otlp } = runs[0]!.spans
  expect(viewer).toMatchObject({ made: viewer!.accepted, dropped: 0 })
  return { viewer: viewer!, otlp: otlp! }
}

const idOf = ({ traceId, spanId }: ForeignSpan) => `${traceId} ${spanId}`

describe.concurrent('an OTLP sink', { timeout: 60_000 }, () => {
  test('gets every span of every process, each under its parent', async () => {
    const receiver = await new Receiver(ok).open()
    const document = await json([...snapshot, ...own(emptyFolder()), '--otlp', receiver.endpoint])
    await receiver.stop()
    const { spans } = receiver
    const { viewer, otlp } = accounts(document)
    expect(otlp).toMatchObject({ made: spans.length, accepted: spans.length, refused: 0, dropped: 0 })
    expect(otlp.made).toBe(viewer.made)
    const processes = ['p00', 'p01', 'p02', 'p03', 'p04', 'p05']
    const services = new Set(spans.map(({ service }) => service))
    expect([...services].filter((service) => service !== 'testbed').toSorted()).toEqual(processes)

    const byId = new Map(spans.map((span) => [idOf(span), span]))
    expect(byId.size, 'no two spans are one').toBe(spans.length)
    for (const span of spans) {
      if (span.parentSpanId === undefined) continue
      const parent = byId.get(`${span.traceId} ${span.parentSpanId}`)
      expect(parent, `${span.name} of ${span.service} has a parent in its trace`).toBeDefined()
      if (span.kind === CONSUMER) expect([parent!.kind, parent!.name]).toEqual([PRODUCER, producerOf(span)])
    }
    const of = (kind: number) => spans.filter((span) => span.kind === kind)
    const messages = Object.values(document.messages)
    const sum = (field: 'sent' | 'delivered') => messages.reduce((total, counts) => total + counts[field], 0)
    expect([of(PRODUCER!).length, of(CONSUMER!).length]).toEqual([sum('sent'), sum('delivered')])
    expect(of(CONSUMER!).every(({ parentSpanId }) => parentSpanId !== undefined)).toBe(true)
    expect(of(SERVER!).map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['request takeSnapshot', undefined],
    ])
    expect(of(INTERNAL!).length).toBeGreaterThan(0)
    const [operation] = document.runs[0]!.links.jaeger
    expect(operation).toBe(`http://localhost:16686/trace/${of(SERVER!)[0]!.traceId}`)
  })

  test('is found by the environment, and so is Jaeger', async () => {
    const receiver = await new Receiver(ok).open()
    const { endpoint } = receiver
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.replace('/v1/traces', ''),
      JAEGER_UI_URL: 'http://jaeger.example',
    }
    const document = await json([...snapshot, ...own(emptyFolder())], { env })
    await receiver.stop()
    expect(accounts(document).otlp).toMatchObject({
      where: endpoint,
      accepted: receiver.spans.length,
      ui: 'http://jaeger.example',
    })
    expect(receiver.spans.length).toBeGreaterThan(0)
    expect(document.runs[0]!.links.jaeger[0]).toMatch(/^http:\/\/jaeger.example\/trace\/[0-9a-f]{32}$/)
  })

  test('that hangs', async () => {
    const receiver = await goodAtFirst(() => {}).open()
    const document = await json([...snapshot, ...own(emptyFolder()), '--otlp', receiver.endpoint])
    await receiver.stop()
    const { otlp } = accounts(document)
    expect(document.verdict).toBe('valid')
    expect(otlp).toMatchObject({ accepted: 0, refused: 0, dropped: otlp.made })
    expect(otlp.note).toMatch(/no answer/)
  })

  test('that answers 500', async () => {
    const receiver = await goodAtFirst((response) => response.writeHead(500).end('full')).open()
    const document = await json([...snapshot, ...own(emptyFolder()), '--otlp', receiver.endpoint])
    await receiver.stop()
    const { otlp } = accounts(document)
    expect(document.verdict).toBe('valid')
    expect(otlp).toMatchObject({ accepted: 0, refused: otlp.made, dropped: 0 })
    expect(otlp.note).toMatch(/refused: 500/)
  })

  test('that dies in the middle', async () => {
    const receiver = await goodAtFirst((response, spans, request) => {
      if (request === 1) ok(response, spans, request)
      else void receiver.stop()
    }).open()
    const args = ['bank', '--peers', '4', '--spendings', '300', '--every-ms', '1', '--seed', '2']
    const document = await json([...args, ...own(emptyFolder()), '--otlp', receiver.endpoint])
    await receiver.stop().catch(() => {})
    const { otlp } = accounts(document)
    expect(document.verdict).toBe('valid')
    // Its first answer may die with it: then what it took counts as dropped, for nobody knows better.
    expect(otlp.accepted + otlp.refused + otlp.dropped).toBe(otlp.made)
    expect(otlp.dropped).toBeGreaterThan(0)
    expect(otlp.note).toMatch(/no answer/)
  })

  test('that is not there: one line says so', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', () => resolve()))
    const { port } = closed.address() as { port: number }
    await new Promise((resolve) => closed.close(resolve))
    const args = [...snapshot, ...own(emptyFolder()), '--exit', '--otlp', `http://127.0.0.1:${port}`]
    const { code, stdout, stderr } = await testbed(args)
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n').filter((line) => line.includes('Jaeger'))
    expect(lines).toEqual([`no Jaeger at http://127.0.0.1:${port}/v1/traces: nobody listens there`])
  })

  test('that is another program, or hangs at once', async () => {
    for (const [answer, why] of [
      [(response) => response.writeHead(404).end(), 'something else answers there'],
      [() => {}, 'no answer within'],
    ] satisfies [ConstructorParameters<typeof Receiver>[0], string][]) {
      const receiver = await new Receiver(answer).open()
      const { endpoint } = receiver
      const args = [...snapshot, ...own(emptyFolder()), '--exit', '--otlp', endpoint]
      const { code, stdout } = await testbed(args)
      await receiver.stop()
      expect(code).toBe(0)
      expect(stdout).toContain(`no Jaeger at ${endpoint}: ${why}`)
    }
  })
})

const producerOf = ({ name }: ForeignSpan) => name.replace(/^process /, 'send ')

describe.concurrent('a viewer that is there already', { timeout: 60_000 }, () => {
  async function viewer() {
    const kept = emptyFolder()
    const serving = new Running(['serve', '--port', '0', '--runs', kept])
    const [, url] = await serving.seen(/at (http:\S+) until Ctrl-C/)
    return { kept, serving, url: url! }
  }
  const attached = (url: string) => ({ cwd: emptyFolder(), env: { TESTBED_VIEWER_URL: url } })

  test('keeps the run, and its page is linked', async () => {
    const { kept, serving, url } = await viewer()
    const where = attached(url)
    const document = await json([...snapshot, '--no-otlp'], where)
    expect(document).toMatchObject({ verdict: 'valid', viewer: url })
    const [run] = document.runs
    expect(run!.links.ledger).toBe(`${url}/runs/${run!.id}`)
    expect(accounts(document).viewer.made).toBeGreaterThan(30)
    expect(runsIn(join(where.cwd, 'runs'))).toEqual([])
    const page = await fetch(run!.links.ledger)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(run!.id)])
    expect(runsIn(kept)).toEqual([run!.folder])
    expect(recordIn(run!.folder).outcome).toMatchObject({ verdict: 'valid' })
    const spans = await (await fetch(`${url}/api/runs/${run!.id}/spans.jsonl`)).text()
    expect(spans.split('"startTimeUnixNano"')).toHaveLength(accounts(document).viewer.accepted + 1)
    serving.signal('SIGINT')
    expect((await serving.ended).code).toBe(0)
  })

  test('and the command ends when the run does: there is nothing to serve', async () => {
    const { serving, url } = await viewer()
    const { code, stdout } = await testbed([...snapshot, '--no-otlp'], attached(url))
    expect(code).toBe(0)
    expect(stdout).toContain(`the run is sent to the server that already listens on ${url}`)
    expect(stdout).toMatch(new RegExp(`${url}/(viewer/\\?run=|runs/)`))
    expect(stdout).not.toContain('Ctrl-C')
    serving.signal('SIGINT')
    expect((await serving.ended).code).toBe(0)
  })

  test('may vanish in the middle: the verdict stands, and what was not kept is counted', async () => {
    const { kept, serving, url } = await viewer()
    const args = ['bank', '--peers', '4', '--spendings', '200', '--seed', '3', '--no-otlp', '--json']
    const running = new Running(args, attached(url))
    await until(() => runsIn(kept).some((folder) => hasEvents(folder)))
    serving.signal('SIGKILL')
    const { code, stdout, stderr } = await running.ended
    expect(code, stderr).toBe(0)
    const { runs, verdict } = JSON.parse(stdout) as Document
    expect(verdict).toBe('valid')
    const { made, accepted, dropped, note } = runs[0]!.spans.viewer!
    expect(dropped).toBeGreaterThan(0)
    expect(accepted + dropped).toBe(made)
    expect(note).toMatch(/the trace server/)
  })
})
