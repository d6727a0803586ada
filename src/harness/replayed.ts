/** A schedule planned and run, with all that it left. */
import { catalogue } from '../algorithms/index.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import type { ProcessId, Signature, Tagged } from '../model/process.ts'
import { type AnyShapes, misfit } from '../model/shape.ts'
import type { Step } from '../model/step.ts'
import { HandlerThrew } from '../runtimes/experiment.ts'
import { Replay } from '../runtimes/simulator/replay/replay.ts'
import { assemble, buildTopology, processIds, type Topology } from '../topology/topology.ts'
import type { Block } from '../trace-format/events.ts'
import { Recorder } from '../trace-format/recorder.ts'
import { conduct, type Execute } from './conduct.ts'
import { historyOf } from './history.ts'
import { type Breakable, type Plan, planRun } from './plan.ts'
import type { Schedule } from './schedule.ts'
import { CHANNELS } from './schedule-of.ts'
import type { Simulated } from './simulated.ts'

/** The entry that a schedule names, of the catalogue. */
export async function scheduledEntry({ algorithm, over }: Schedule): Promise<CatalogueEntry> {
  const { entry } = await named(algorithm)
  if (!('upon' in entry)) {
    if (over === undefined) return entry
    throw new UsageError(`over: ${algorithm} runs by itself, not over ${over}`)
  }
  const { entry: basic } = await named(over ?? entry.over)
  if ('upon' in basic) throw new UsageError(`over: ${over} is itself superimposed`)
  return entry.upon(basic)
}

function named(name: string) {
  const load = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (load !== undefined) return load()
  throw new UsageError(`algorithm: there is no '${name}', only ${Object.keys(catalogue).join(', ')}`)
}

/** The run that a schedule is of; what an assumption forbids and a step does is lifted, and said. */
export function planSchedule(schedule: Schedule, entry: CatalogueEntry): Plan {
  const topology = topologyOf(schedule)
  checkSteps(schedule.steps, topology, entry)
  const lifted = liftedBy(schedule, entry).filter((one) => !schedule.broken.includes(one))
  const plan = planRun({
    entry,
    options: optionsOf(schedule.options, entry),
    topology,
    runtime: 'simulator',
    seed: schedule.seed,
    faults: schedule.byzantine ?? 'none',
    broken: [...schedule.broken, ...lifted],
    channels: schedule.channels,
    requests: [],
  })
  return plan
}

/** A schedule run as by `simulated`. `entry` is for one that is in no catalogue. */
export async function replayed(
  schedule: Schedule,
  entry?: CatalogueEntry,
): Promise<Simulated & { readonly states: ReturnType<Replay<Signature>['states']> }> {
  const plan = planSchedule(schedule, entry ?? (await scheduledEntry(schedule)))
  checkEnabled(plan, schedule)
  const { execute, states } = replaying(schedule)
  const identity = { id: 'replay', tag: '0000000000000001', runtime: 'simulator', peerIds: [], command: '' }
  const blocks: Block[] = []
  const listener = { begin: () => {}, block: (block: Block) => void blocks.push(block) }
  const conducted = await conduct(plan, identity, execute, listener)
  return { plan, conducted, blocks, history: historyOf(blocks, plan.topology.ids), states: states() }
}

/** Runs an experiment by a schedule instead of by its seed; `nowMs` is the wall clock of whoever keeps it. */
export function replaying(
  schedule: Schedule,
  nowMs: () => number = () => 0,
): {
  readonly execute: Execute
  readonly states: () => ReturnType<Replay<Signature>['states']>
} {
  let replay: Replay<any> | null = null
  const execute: Execute = async (experiment, { begun }) => {
    replay = new Replay(experiment, schedule)
    begun(nowMs())
    return replay.run()
  }
  return { execute, states: () => replay?.states() ?? [] }
}

/** Throws `NotEnabled` if a step cannot happen: before anything is recorded or shown. */
export function checkEnabled({ experiment, topology }: Plan, schedule: Schedule): void {
  const recorder = new Recorder(topology.ids.length, () => {})
  try {
    new Replay<Signature>({ ...experiment, recorder, watchStates: false }, schedule).run()
  } catch (error) {
    if (!(error instanceof HandlerThrew)) throw error // that is how the run ends, and is reported there
  }
}

export function topologyOf({ topology, peers, seed, startsMs }: Schedule): Topology {
  if (startsMs !== undefined && startsMs.length !== peers) {
    throw new UsageError(`startsMs has ${startsMs.length} times, but there are ${peers} processes`)
  }
  if (typeof topology === 'string') return buildTopology(topology, peers, seed)
  const ids = processIds(peers)
  const arcs = topology.map((channel) => {
    const [from, to] = channel.split('>').map((id) => ids.indexOf(id)) as [number, number]
    if (from >= 0 && to >= 0 && from !== to) return [from, to] as const
    throw new UsageError(`topology: ${channel} is no channel between two of ${ids[0]} … ${ids.at(-1)}`)
  })
  return assemble(CHANNELS, peers, arcs)
}

function optionsOf(given: Schedule['options'], entry: CatalogueEntry): Record<string, unknown> {
  const known = Object.keys(entry.options)
  const stray = Object.keys(given).find((name) => !known.includes(name))
  if (stray !== undefined) {
    throw new UsageError(`options.${stray}: ${entry.name} has ${known.join(', ') || 'no options'}`)
  }
  const values = Object.entries(entry.options).map(([name, { shape, default: byDefault }]) => {
    const value = given[name] === undefined ? byDefault : given[name]
    if (value === byDefault || shape.fits(value)) return [name, value] as const
    throw new UsageError(`options.${name} must be a ${shape.label}`)
  })
  return Object.fromEntries(values)
}

/** What a reader of the file could not know: processes, channels, and the shapes of requests and timers. */
function checkSteps(steps: readonly Step[], { ids, channels }: Topology, entry: CatalogueEntry): void {
  const arcs = new Set(channels.map(([from, to]) => `${from}>${to}`))
  const shapes = entry.shapes as { request: AnyShapes; timer: AnyShapes }
  for (const [i, step] of steps.entries()) {
    const wrong = (field: string, what: string) => {
      throw new UsageError(`steps[${i}].${field}: ${what}`)
    }
    const check = (field: string, id: ProcessId) => {
      if (!ids.includes(id)) wrong(field, `there is no process ${id}, only ${ids[0]} … ${ids.at(-1)}`)
    }
    const fit = (field: string, table: AnyShapes, value: Tagged) => {
      const why = misfit(table, value)
      if (why !== null) wrong(field, `${why}; ${entry.name} knows ${Object.keys(table).join(', ') || 'none'}`)
    }
    if ('at' in step) check('at', step.at)
    if ('link' in step) for (const [end, id] of step.link.entries()) check(`link[${end}]`, id)
    if (step.do === 'request') fit('request', shapes.request, step.request)
    if (step.do === 'timeout') fit('timer', shapes.timer, step.timer)
    if (!('from' in step)) continue
    check('from', step.from)
    check('to', step.to)
    const isChannel = entry.channels === 'on demand' || arcs.has(`${step.from}>${step.to}`)
    if (!isChannel) wrong('to', `there is no channel from ${step.from} to ${step.to}`)
  }
}

/** The assumptions of the algorithm that do not hold under a schedule. */
export function brokenBy(schedule: Schedule, entry: CatalogueEntry): Breakable[] {
  const fifo = entry.assumes.fifo && schedule.channels === 'unordered' ? (['fifo'] as const) : []
  return [...fifo, ...liftedBy(schedule, entry)]
}

/** The same, but for the order, which the plan looks after. */
function liftedBy({ steps, byzantine, peers }: Schedule, { assumes }: CatalogueEntry): Breakable[] {
  const does = (...deeds: Step['do'][]) => steps.some((step) => deeds.includes(step.do))
  // What a crash takes along is no fault of the channels.
  const loses = steps.some((step) => step.do === 'cut' || (step.do === 'lose' && step.cause !== 'crash'))
  const recovers = assumes.crashes === 'stop' && does('recover')
  const isHonest = (assumes.byzantine?.(peers) ?? 0) === 0
  return [
    ...(byzantine !== undefined && isHonest ? ['honest' as const] : []),
    ...(assumes.reliable && loses ? ['reliable' as const] : []),
    ...(assumes.noDuplicates && does('duplicate') ? ['noDuplicates' as const] : []),
    ...((assumes.crashes === 'none' && does('crash')) || recovers ? ['crashes' as const] : []),
  ]
}
