/**
 * Runs an algorithm on linked hosts as the command line does: with a recorder, and where asked for
 * with the tracing thread, its server and its run folder.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conduct } from '../../src/harness/conduct.ts'
import { type Plan, planRun } from '../../src/harness/plan.ts'
import { assert } from '../../src/lib/assert.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import type { Ended } from '../../src/runtimes/experiment.ts'
import { Mesh } from '../../src/runtimes/libp2p/mesh.ts'
import { runOnMesh } from '../../src/runtimes/libp2p/run.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import { type Block, KIND } from '../../src/trace-format/events.ts'
import { Recorder } from '../../src/trace-format/recorder.ts'
import { FORMAT_VERSION, type RunDescription, type SinkCount } from '../../src/trace-format/run.ts'
import { runTag } from '../../src/trace-format/span-ids.ts'
import { SpanDeriver } from '../../src/trace-format/spans.ts'
import { type Stored, Tracing } from '../../src/tracing.ts'

export type Transport = 'tcp' | 'memory'

const SEED = 1
/** As often as a run of the command line hands over what it has recorded. */
const HAND_OVER_MS = 50

export interface Traffic {
  readonly mesh: Mesh
  readonly plan: Plan
}

/** What was recorded, by what it says of itself. */
export interface Counted {
  readonly messages: number // delivered
  readonly bytes: number // of all that was sent
}

export interface Ran extends Counted {
  readonly ms: number // from just before `start` to quiescence
}

/** Hosts linked each with each, and a plan for them. */
export async function prepare(
  entry: CatalogueEntry,
  hosts: number,
  transport: Transport,
  watchStates = false,
): Promise<Traffic> {
  const topology = buildTopology('complete', hosts, SEED)
  const asked = { entry, options: {}, topology, seed: SEED, broken: [], requests: [] }
  const plan = planRun({ ...asked, runtime: 'libp2p', watchStates })
  const security = transport === 'tcp' ? 'noise' : 'plaintext'
  const { ids, links } = topology
  return { plan, mesh: await Mesh.open({ ids, links, seed: SEED, transport, security }) }
}

/** Runs it recorded, in memory. */
export async function runKept(traffic: Traffic): Promise<Ran> {
  const blocks: Block[] = []
  const { ended } = await run(traffic, (block) => blocks.push(block))
  const counted = { messages: 0, bytes: 0 }
  for (const block of blocks) count(counted, block)
  return { ms: ended.durationNs / 1e6, ...counted }
}

export interface RanStored extends Ran {
  readonly storedMs: number // from just before `start` until all is where it should be
  readonly sinks: readonly SinkCount[]
  readonly spans: number // made afterwards of what the run folder holds
}

/**
 * Runs it until the run folder holds it and the other sink has it.
 * @param how `bare`: recorded and handed over, no more. `whole`: with all that watches a run of the
 *   command line: monitors, statistics, states.
 */
export async function runStored(
  { entry, hosts, transport }: { entry: CatalogueEntry; hosts: number; transport: Transport },
  how: 'bare' | 'whole',
  otlp: string | null,
): Promise<RanStored> {
  const runsDir = mkdtempSync(join(tmpdir(), 'p2p-bench-'))
  const tracing = new Tracing({
    runsDir,
    host: '127.0.0.1',
    port: 0,
    preferredPort: 0,
    attachTo: null,
    otlp: { endpoint: otlp, configured: otlp !== null },
  })
  try {
    const traffic = await prepare(entry, hosts, transport, how === 'whole')
    const ready = await tracing.ready
    assert(ready.otlp === otlp, `the OTLP endpoint is not there: ${ready.otlpNote}`)
    const ran = await (how === 'whole' ? conducted : handedOver)(traffic, tracing)
    const { folder, sinks } = ran.stored
    const { ms, storedMs, messages, bytes } = ran
    const spans = spansOf(join(folder, 'events.bin'), describe(traffic, 0))
    return { ms, storedMs, messages, bytes, sinks, spans }
  } finally {
    await tracing.stop()
    rmSync(runsDir, { recursive: true, force: true })
  }
}

interface WithStored extends Ran {
  readonly storedMs: number
  readonly stored: Stored
}

async function handedOver(traffic: Traffic, tracing: Tracing): Promise<WithStored> {
  const counted = { messages: 0, bytes: 0 }
  let beganMs = 0
  const handOver = (block: Block) => {
    count(counted, block) // now: the columns are given away
    tracing.block(block)
  }
  const { ended } = await run(traffic, handOver, (startedAtMs) => {
    tracing.begin(describe(traffic, startedAtMs))
    beganMs = performance.now()
  })
  const ms = ended.durationNs / 1e6
  const outcome = { verdict: 'valid', ended: ended.how, events: 0, durationMs: ms, properties: [] }
  const nothing = { messages: [], tables: [], faultsFired: {}, notes: [] }
  const stored = await tracing.end(describe(traffic, 0), { ...outcome, ...nothing })
  return { ms, storedMs: performance.now() - beganMs, stored, ...counted }
}

async function conducted({ mesh, plan }: Traffic, tracing: Tracing): Promise<WithStored> {
  let beganMs = 0
  const { run, outcome, ended, failure } = await conduct(
    plan,
    { id: ID, tag: TAG, runtime: 'libp2p', peerIds: mesh.peerIds, command: '' },
    (experiment, { tag, begun }) =>
      runOnMesh(mesh, experiment, {
        tag,
        begun: (startedAtMs) => {
          begun(startedAtMs)
          beganMs = performance.now()
        },
      }),
    tracing,
  )
  if (failure !== null) throw failure
  const stored = await tracing.end(run, outcome)
  const messages = outcome.messages.reduce((sum, { delivered }) => sum + delivered, 0)
  const bytes = outcome.messages.reduce((sum, type) => sum + type.bytes, 0)
  return { ms: ended.durationNs / 1e6, storedMs: performance.now() - beganMs, stored, messages, bytes }
}

async function run(
  { mesh, plan }: Traffic,
  handOver: (block: Block) => void,
  begun: (startedAtMs: number) => void = () => {},
): Promise<{ ended: Ended }> {
  const recorder = new Recorder(plan.topology.ids.length, handOver)
  const flushing = setInterval(() => recorder.flush(), HAND_OVER_MS)
  try {
    const ended = await runOnMesh(mesh, { ...plan.experiment, recorder }, { tag: TAG, begun })
    assert(ended.how === 'quiescent', `the run ended otherwise: ${ended.how}`)
    return { ended }
  } finally {
    clearInterval(flushing)
    recorder.flush()
  }
}

function count(counted: { messages: number; bytes: number }, { length, kind, extra }: Block): void {
  for (let i = 0; i < length; i++) {
    if (kind[i] === KIND.deliver) counted.messages++
    if (kind[i] === KIND.send) counted.bytes += extra[i]!
  }
}

/** How many spans can be made of what is stored; found by making them. */
function spansOf(path: string, run: RunDescription): number {
  const deriver = new SpanDeriver(run)
  let spans = 0
  for (const block of readEventsFile(readFileSync(path)).blocks) for (const _ of deriver.spans(block)) spans++
  for (const _ of deriver.finish()) spans++
  return spans
}

const ID = 'bench'
const TAG = runTag(SEED, SEED)

function describe({ mesh, plan }: Traffic, startedAtMs: number): RunDescription {
  const { ids, links, name } = plan.topology
  return {
    format: FORMAT_VERSION,
    id: ID,
    tag: TAG,
    algorithm: plan.entry.name,
    runtime: 'libp2p',
    seed: SEED,
    processes: ids,
    peerIds: mesh.peerIds,
    links,
    topology: name,
    options: {},
    faults: '',
    startedAtMs,
    command: '',
  }
}
