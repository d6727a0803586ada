/** Runs what was asked for, on one set of hosts, and reports. */
import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { conduct, type Execute } from '../harness/conduct.ts'
import type { Plan } from '../harness/plan.ts'
import { Bug } from '../lib/assert.ts'
import { hash32 } from '../lib/hash.ts'
import type { Mesh } from '../runtimes/libp2p/mesh.ts'
import type { Tap } from '../runtimes/libp2p/services/tap.ts'
import { jaegerUi } from '../telemetry/jaeger-ui.ts'
import type { RunDescription, RunOutcome } from '../trace-format/run.ts'
import type { Ready, Stored, Tracing } from '../tracing.ts'
import { EXIT, type ExitCode, exitOf } from './exit-codes.ts'
import { keepFirst } from './first-run.ts'
import { besidePage, type Done, pageOf, resultDocument } from './json.ts'
import { type Listening, listening } from './listening.ts'
import { notesOf } from './load.ts'
import { checkOnePage, writeOnePage } from './one-page.ts'
import { isHeldOpen } from './open-run.ts'
import type { Prepared } from './prepare.ts'
import { messageTable, Printer, printProperties, spanTable } from './print.ts'
import { startTracing } from './start-tracing.ts'

/** Operations that are linked to Jaeger one by one; more are counted. */
const OPERATIONS_SHOWN = 5
/** Of the digest of a simulated run, whole in run.json: enough to see that two are equal. */
const DIGEST_DIGITS = 16
/** Simulated events between two looks at the keyboard: a few ms. */
const EVENTS_A_TURN = 5_000
/** Of the token with which a page may act on a run: what nobody guesses. */
const TOKEN_BYTES = 18

/** What a session of one or several runs holds open. */
interface Session {
  readonly prepared: Prepared
  readonly printer: Printer
  readonly tracing: Tracing
  readonly signal: AbortSignal
  readonly actToken: string | null
  first: Stored | null // the run that a replay is the short form of
  ready: Ready | null
  mesh: Mesh | null
  tap: Tap | null // on hosts with a service
}

export async function run(prepared: Prepared, signal: AbortSignal): Promise<ExitCode> {
  const { general, plans } = prepared
  const printer = new Printer(general.json ? process.stderr : process.stdout, general.progress)
  const beganMs = performance.now()
  if (general.html !== undefined) checkOnePage()
  printer.line(`seed ${general.seed}`)
  const actToken = isHeldOpen(prepared) ? randomBytes(TOKEN_BYTES).toString('base64url') : null
  const tracing = startTracing(general, actToken)
  const session: Session = {
    ...{ prepared, printer, tracing, signal, actToken },
    ...{ first: null, ready: null, mesh: null, tap: null },
  }
  const done: Done[] = []
  try {
    await open(session)
    const meshMs = performance.now() - beganMs
    session.first = await first(session)
    for (const plan of plans) {
      if (signal.aborted) break
      done.push(await runOne(session, plan))
    }
    await session.mesh?.close()
    session.mesh = null
    const code = codeOf(done, prepared)
    if (general.html !== undefined)
      writeOnePage(
        general.html,
        [session.first, ...done.map(({ stored }) => stored)]
          .flatMap((stored) => stored?.folder ?? [])
          .reverse(), // the latest first, as in every list
      )
    const ready = session.ready!
    if (general.json) {
      const document = resultDocument({ prepared, done, ready, meshMs, totalMs: performance.now() - beganMs })
      const { id, folder } = session.first ?? {}
      const from = session.first === null ? {} : { shortenedFrom: { id, folder } }
      const all = { ...document, ...prepared.replay?.document(), ...from }
      process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
    } else {
      printEnd(session, done, ready)
    }
    const goesOn = !general.exit && !general.json && !isHeldOpen(prepared)
    if (code !== EXIT.interrupted && goesOn) await serve(session, ready)
    return code
  } finally {
    printer.done()
    await session.mesh?.close()
    await tracing.stop()
  }
}

async function open(session: Session): Promise<void> {
  const { prepared, printer, tracing, signal } = session
  const { general, ids, links } = prepared
  const noTracing = new AbortController()
  const either = AbortSignal.any([signal, noTracing.signal])
  const opening = general.runtime === 'libp2p' ? openMesh(prepared, either, printer) : null
  opening?.catch(() => {}) // looked at below
  try {
    session.ready = await tracing.ready
  } catch (error) {
    noTracing.abort(error)
    await opening?.then(({ mesh }) => mesh.close()).catch(() => {})
    throw error
  }
  const opened = await opening
  session.mesh = opened?.mesh ?? null
  session.tap = opened?.tap ?? null
  const { note, attached, url } = session.ready
  if (note !== null) printer.line(printer.dim(note))
  if (attached !== null)
    printer.line(printer.dim(`the run is sent to the server that already listens on ${url}`))
  if (session.mesh === null) return
  const how = `${general.transport === 'tcp' ? 'TCP' : 'memory'} + ${general.security} + yamux`
  const up = `${session.mesh.linked()} of ${links.length} links up at both ends`
  const due = `${links.length} links to be dialled when the service has started`
  printer.line(`${ids.length} hosts, ${session.tap === null ? up : due}, ${how}`)
  if (general.security === 'plaintext')
    printer.line(printer.dim('plaintext: identities are claimed, not proved'))
}

async function openMesh(
  { general, ids, links, plans }: Prepared,
  signal: AbortSignal,
  printer: Printer,
): Promise<{ mesh: Mesh; tap: Tap | null }> {
  const { seed, transport, security } = general
  const hosts = { ids, seed, transport, security, signal, progress: printer.progress }
  const { service } = plans[0]!.experiment
  if (service !== undefined) {
    const { openServiceMesh } = await import('../runtimes/libp2p/services/index.ts')
    return openServiceMesh(hosts, service)
  }
  const { Mesh } = await import('../runtimes/libp2p/mesh.ts')
  return { mesh: await Mesh.open({ ...hosts, links }), tap: null }
}

/** Before the short form, which is the latest run then: the page opens on that. */
async function first(session: Session): Promise<Stored | null> {
  const { prepared, tracing, signal } = session
  const its = prepared.replay?.first ?? null
  if (its === null || signal.aborted) return null
  const { id } = identityOf(its.plan)
  const notes = notesOf(its.plan.entry)
  const identity = { ...named(`${id}-original`), ...(notes === null ? {} : { notes }) }
  return keepFirst(its, identity, await executor(session), tracing)
}

async function runOne(session: Session, plan: Plan): Promise<Done> {
  const { prepared, printer, tracing } = session
  const { general } = prepared
  const { entry } = plan
  const notes = notesOf(entry)
  const { replay } = prepared
  const shortenedFrom = session.first && replay?.first && { run: session.first.id, ...replay.first.kept }
  const identity = {
    ...identityOf(plan),
    runtime: general.runtime,
    peerIds: session.mesh?.peerIds ?? [],
    command: replay?.command ?? commandOf(prepared, plan),
    ...(notes === null ? {} : { notes }),
    ...(shortenedFrom ? { shortenedFrom } : {}),
  }
  printer.line()
  printer.line(`${printer.bold(entry.name)}  ${printer.dim(entry.summary)}`)
  const { name } = plan.topology
  printer.line(`  ${plan.topology.ids.length} processes, ${name}; faults: ${plan.faultsText}`)
  for (const note of plan.notes) printer.line(`  ${note}`)
  for (const line of prepared.replay?.lines ?? []) printer.line(line === '' ? '' : `  ${line}`)
  const execute = prepared.replay?.execute ?? (await executor(session))
  const isHeld = plan === prepared.plans.at(-1) && isHeldOpen(prepared)
  const rested: Listening['rested'] = (run, outcome, isFirst) =>
    printRest(session, plan, run, outcome, isFirst)
  const opened = (id: string) =>
    printer.line(printer.dim(`  held open: type help, or go to ${actPage(session, id)}`))
  const { listener, isStirred, stop, answers } = listening({ ...session, opened, rested }, plan, isHeld)
  const conducted = await conduct(plan, identity, execute, listener, printer.progress).finally(stop)
  const stored = await tracing.end(conducted.run, conducted.outcome).catch((error: unknown) => {
    conducted.failure ??= new Error('the run is over, but the tracing thread failed', { cause: error })
    return { id: identity.id, folder: '', sinks: [] }
  })
  printer.done()
  const { run, outcome } = conducted
  if (!general.json && isStirred()) printOutcome(session, plan, run, outcome)
  if (!general.json) printer.table(spanTable(stored.sinks))
  const { failure } = conducted
  if (failure !== null)
    throw new Bug(`${failure.message}\nrepeat it: ${identity.command}`, { cause: failure })
  return { plan, conducted, stored, answers }
}

async function executor({ mesh, tap, signal }: Session): Promise<Execute> {
  if (mesh !== null && tap !== null) {
    const { runServiceOnMesh } = await import('../runtimes/libp2p/services/run.ts')
    return (experiment, hooks) => runServiceOnMesh(mesh, tap, experiment, { ...hooks, signal })
  }
  if (mesh !== null) {
    const { runOnMesh } = await import('../runtimes/libp2p/run.ts')
    return (experiment, hooks) => runOnMesh(mesh, experiment, { ...hooks, signal })
  }
  const { Simulation } = await import('../runtimes/simulator/simulator.ts')
  const { runHeld } = await import('../runtimes/simulator/held.ts')
  return async (experiment, { begun, holder }) => {
    begun(Date.now())
    if (holder) return runHeld(experiment, holder, { signal, nextTurn, eventsATurn: EVENTS_A_TURN })
    const simulation = new Simulation(experiment)
    for (;;) {
      const ended = simulation.advance(EVENTS_A_TURN)
      if (ended !== null) return ended
      if (signal.aborted) return simulation.end('interrupted')
      await nextTurn()
    }
  }
}

/** A run is named by when it began, what it was and its seed. */
function identityOf({ entry, seed }: Plan): { id: string; tag: string } {
  const stamp = new Date()
    .toISOString()
    .replace(/[-:]/g, '')
    .replace('T', '-')
    .replace(/\.(\d+)Z/, '-$1')
  const id = `${stamp}-${entry.name.replace(/[^a-z0-9-]/g, '-')}-${seed}`
  return named(id)
}

function named(id: string): { id: string; tag: string } {
  const hex = (text: string) => (hash32(text) || 1).toString(16).padStart(8, '0')
  return { id, tag: hex(id) + hex(`${id}#`) }
}

/** Options that say where a run is kept, shown and told of, and not what it is; with a value or without. */
const HOLDING = ['--interactive', '--no-interactive']
const ABOUT_OUTPUT = ['--json', '--exit', '--verbose', '--no-progress', '--no-otlp', ...HOLDING]
const ABOUT_OUTPUT_WITH_VALUE = ['--seed', '--runs', '--port', '--otlp', '--html']

/** The one command that repeats a run: what was written, with the seed. */
function commandOf({ words }: Prepared, { seed, entry }: Plan): string {
  const rest = process.argv.slice(2).filter((word, i, all) => {
    if (words.includes(word) || ABOUT_OUTPUT.includes(word)) return false
    const option = word.replace(/=.*/, '')
    return !ABOUT_OUTPUT_WITH_VALUE.includes(option) && !ABOUT_OUTPUT_WITH_VALUE.includes(all[i - 1] ?? '')
  })
  const word = words.length === 1 ? words[0]! : entry.name
  const quoted = rest.map((part) => (/[^\w./:=,@%+-]/.test(part) ? `'${part}'` : part))
  return ['npm run testbed --', word, ...quoted, '--seed', String(seed)].join(' ')
}

function codeOf(done: readonly Done[], { plans }: Prepared): ExitCode {
  if (done.length < plans.length || done.some(({ conducted }) => conducted.ended.how === 'interrupted'))
    return EXIT.interrupted
  return exitOf(done.map(({ conducted }) => conducted.outcome.verdict))
}

/**
 * The page of a run that can be acted upon: the token stands behind the #, which no browser sends.
 * Somebody else's server can do nothing to it.
 */
function actPage({ ready, actToken }: Session, id: string): string {
  const page = pageOf(ready!, id)
  return ready!.attached === null && ready!.viewer ? `${page}#token=${actToken}` : page
}

/** What a run that is held open came to by now: all of it the first time, and then what there is new. */
function printRest(
  session: Session,
  plan: Plan,
  run: RunDescription,
  outcome: RunOutcome,
  isFirst: boolean,
): void {
  const { prepared, printer, ready } = session
  printer.done()
  if (isFirst) {
    if (!prepared.general.json) printOutcome(session, plan, run, outcome)
    printer.line()
    printer.line(`${plan.entry.name.padEnd(16)} ${actPage(session, run.id)}`)
    printer.line(`The runs are at ${printer.bold(ready!.url)} until Ctrl-C.`)
    printer.line(`${plan.entry.name} is at rest, and held open: type help.`)
    return
  }
  const atMs = printer.dim(
    `${outcome.events} events, ${outcome.ended} after ${outcome.durationMs.toFixed(0)} ms`,
  )
  printer.line(`${plan.entry.name}  ${printer.verdict(outcome.verdict)}  ${atMs}`)
  const broken = outcome.properties.filter(({ verdict }) => verdict === 'violated')
  printProperties(printer, broken, false)
}

function printOutcome(
  { prepared, printer }: Session,
  plan: Plan,
  run: RunDescription,
  outcome: RunOutcome,
): void {
  const { general } = prepared
  for (const table of outcome.tables) printer.table(table)
  if (outcome.messages.length > 0) printer.table(messageTable(outcome.messages))
  const fired = Object.entries(outcome.faultsFired).filter(([, count]) => count > 0)
  if (fired.length > 0) {
    printer.line()
    printer.line(`  faults fired: ${fired.map(([text, count]) => `${text} × ${count}`).join(', ')}`)
  }
  printer.line()
  const digest = outcome.digest === undefined ? '' : `, digest ${outcome.digest.slice(0, DIGEST_DIGITS)}`
  const counts = `${outcome.events} events in ${outcome.durationMs.toFixed(0)} ms, ended: ${outcome.ended}`
  const verdict = printer.verdict(outcome.verdict)
  printer.line(`${printer.bold(plan.entry.name)}  ${verdict}  ${printer.dim(counts + digest)}`)
  printProperties(printer, outcome.properties, general.verbose)
  for (const note of outcome.notes.filter((note) => !plan.notes.includes(note))) printer.line(`  ${note}`)
  printer.line(`  ${printer.dim('repeat it')}  ${run.command}`)
}

function printEnd({ printer, first, prepared }: Session, done: readonly Done[], ready: Ready): void {
  printer.line()
  for (const { conducted, stored, plan } of done) {
    printer.line(`${plan.entry.name.padEnd(16)} ${pageOf(ready, conducted.run.id)}`)
    printer.line(`${''.padEnd(16)} ${printer.dim(stored.folder)}`)
    if (first !== null) {
      printer.line(`${''.padEnd(16)} shortened from ${prepared.replay!.first!.events} events; beside them:`)
      printer.line(`${''.padEnd(16)} ${besidePage(ready, conducted.run.id, first.id)}`)
    }
    if (ready.otlp === null) continue
    for (const { request, traceId } of conducted.operations.slice(0, OPERATIONS_SHOWN)) {
      printer.line(`${''.padEnd(16)} ${jaegerUi()}/trace/${traceId}  ${printer.dim(request)}`)
    }
    const more = conducted.operations.length - OPERATIONS_SHOWN
    if (more > 0) printer.line(`${''.padEnd(16)} ${printer.dim(`and ${more} operations more`)}`)
  }
  if (ready.otlpNote !== '') printer.line(printer.dim(`no Jaeger at ${ready.otlpNote}`))
}

/** Keeps the page up until Ctrl-C; where somebody else's server has the run there is nothing to keep. */
async function serve({ printer, signal }: Session, ready: Ready): Promise<void> {
  if (ready.attached !== null) return
  printer.line()
  printer.line(`The runs are at ${printer.bold(ready.url)} until Ctrl-C.`)
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
