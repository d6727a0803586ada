/**
 * The thread beside the run: keeps the run folder, serves the viewer, and
 * sends spans to whoever else wants them. It gets a run as columns; nothing in
 * the run ever waits for it. Composes `trace-server` and `telemetry`, as
 * `testbed.ts` composes the rest.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { OtlpSink } from './telemetry/index.ts'
import { jaegerUi } from './telemetry/jaeger-ui.ts'
import type { Block } from './trace-format/events.ts'
import type { RunDescription, RunOutcome, SinkCount } from './trace-format/run.ts'
import { SpanCount } from './trace-format/span-count.ts'
import { SpanDeriver } from './trace-format/spans.ts'
import { ActQueue } from './trace-server/act-queue.ts'
import { attachRun } from './trace-server/attached-run.ts'
import type { RunWriter } from './trace-server/run-writer.ts'
import { findServer, startTraceServer, type TraceServer } from './trace-server/server.ts'
import type { FromWorker, PackedBlock, ToWorker, WorkerOptions } from './tracing.ts'

/** A sink that does not answer is given up after this; the spans are counted as dropped. */
const CLOSE_MS = 5_000
/** How long an OTLP endpoint may take to answer before a run goes on without it. */
const PROBE_MS = 1_500

type Storing = Pick<RunWriter, 'folder' | 'made' | 'accepted' | 'note' | 'append'> & {
  rest?(outcome: RunOutcome): void // elsewhere a run has its outcome when it is over
  end(outcome: RunOutcome, sinks: readonly SinkCount[]): void | Promise<void>
}

interface Going {
  readonly run: RunDescription
  readonly storing: Storing
  readonly deriver: SpanDeriver
  readonly otlp: OtlpSink | null
}

const options = workerData as WorkerOptions
const port = parentPort!
const say = (message: FromWorker) => port.postMessage(message)

const acting = options.actToken === undefined ? undefined : actsOf(options.actToken)
const { server, attached, url } = await openViewer()
const otlp = await findOtlp()
let going: Going | null = null
let work: Promise<void> = Promise.resolve() // messages are handled one after another, whatever they wait for

const viewer = await fetch(new URL('/viewer/', url)).then(
  ({ ok }) => ok,
  () => false,
)
say({
  kind: 'ready',
  url,
  viewer,
  note: server?.note ?? null,
  attached,
  otlp: otlp.found,
  otlpNote: otlp.note,
})

function actsOf(token: string): ActQueue {
  return new ActQueue(token, (number, act) => say({ kind: 'act', number, act }))
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'acted') return acting?.answered(message.number, message.answer)
  work = work
    .then(() => handle(message))
    .catch((error: unknown) => {
      say({
        kind: 'failed',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        usage: false,
      })
    })
})

async function openViewer(): Promise<{ server: TraceServer | null; attached: string | null; url: string }> {
  try {
    const { runsDir, host, port: explicit, preferredPort, attachTo } = options
    if (explicit === undefined && attachTo !== null && (await findServer(attachTo)) === 'ours') {
      return { server: null, attached: attachTo, url: attachTo }
    }
    const server = await startTraceServer({
      runsDir,
      host,
      preferredPort,
      ...(explicit === undefined ? {} : { port: explicit }),
      ...(acting === undefined ? {} : { acting }),
    })
    return { server, attached: null, url: server.url }
  } catch (error) {
    const { message, name } = error as Error
    say({ kind: 'failed', message, usage: name === 'UsageError' })
    process.exit(0)
  }
}

async function findOtlp(): Promise<{ found: string | null; note: string }> {
  const { endpoint, configured } = options.otlp
  if (endpoint === null) return { found: null, note: '' }
  const { probeOtlp } = await import('./telemetry/endpoint.ts')
  const answer = await probeOtlp(endpoint, PROBE_MS)
  if (answer === 'answers') return { found: endpoint, note: '' }
  const why = {
    refuses: 'something else answers there',
    hangs: `no answer within ${PROBE_MS} ms`,
    absent: 'nobody listens there',
  }[answer]
  const hint = configured ? '' : '; docker compose up -d starts a Jaeger'
  return { found: null, note: `${endpoint}: ${why}${hint}` }
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'begin':
      return begin(message.run)
    case 'block':
      return take(unpack(message.block))
    case 'opened':
      return acting?.opened(message.id, message.forms)
    case 'rested':
      return going?.storing.rest?.(message.outcome)
    case 'acted':
      return // is not put in line
    case 'end':
      acting?.closed()
      return end(message.outcome)
    case 'stop':
      await server?.stop()
      say({ kind: 'stopped' })
      port.close()
  }
}

async function begin(run: RunDescription): Promise<void> {
  const storing = attached === null ? server!.store.begin(run) : await attachRun(attached, run).catch(nowhere)
  const sink = otlp.found === null ? null : await openSink(otlp.found, run)
  going = { run, storing, deriver: new SpanDeriver(run), otlp: sink }
}

/**
 * Stands in for a server that went away before the run began: the run goes on, its spans are
 * counted as dropped.
 */
function nowhere({ message: note }: Error): Storing {
  const spans = new SpanCount()
  const storing = { folder: '', made: 0, accepted: 0, note, append, end }
  function append(block: Block) {
    storing.made += spans.add(block)
  }
  function end() {
    storing.made += spans.finish()
  }
  return storing
}

async function openSink(endpoint: string, run: RunDescription): Promise<OtlpSink> {
  const { openOtlpSink } = await import('./telemetry/index.ts')
  return openOtlpSink({ endpoint, name: 'otlp', run })
}

function take(block: Block): void {
  if (going === null) return
  going.storing.append(block)
  const { otlp: sink, deriver } = going
  if (sink !== null) sink.accept([...deriver.spans(block)])
}

async function end(outcome: RunOutcome): Promise<void> {
  if (going === null) return
  const { run, storing, deriver, otlp: sink } = going
  going = null
  sink?.accept([...deriver.finish()])
  const others = sink === null ? [] : [{ ...(await sink.close(CLOSE_MS)), ui: jaegerUi() }]
  await storing.end(outcome, others)
  const { folder, made, accepted, note } = storing
  const own: SinkCount = {
    sink: 'viewer',
    where: url,
    made,
    accepted,
    refused: 0,
    dropped: made - accepted,
    ...(note === null ? {} : { note }),
  }
  say({ kind: 'stored', id: run.id, folder, sinks: [own, ...others] })
}

function unpack({ payloads, ...columns }: PackedBlock): Block {
  return { ...columns, payloads: payloads === null ? [] : payloads.split('\0') }
}
