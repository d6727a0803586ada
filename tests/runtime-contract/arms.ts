/**
 * The contract is one; the arms are the runtimes that must keep it: virtual time, and real hosts
 * over TCP and noise and over memory and plaintext. A law is exercised on every arm; where it
 * is not, the reason is written in its place.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, test } from 'vitest'
import { parseFaults, placed } from '../../src/faults/plan.ts'
import type { Execute } from '../../src/harness/conduct.ts'
import { historyOf } from '../../src/harness/history.ts'
import type { HistoryEvent } from '../../src/model/history.ts'
import type { Algorithm } from '../../src/model/process.ts'
import type { Holder } from '../../src/runtimes/acting.ts'
import type { Ended, Experiment } from '../../src/runtimes/experiment.ts'
import { Mesh } from '../../src/runtimes/libp2p/mesh.ts'
import { runOnMesh } from '../../src/runtimes/libp2p/run.ts'
import { runHeld } from '../../src/runtimes/simulator/held.ts'
import { simulate } from '../../src/runtimes/simulator/simulator.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import type { Block } from '../../src/trace-format/events.ts'
import { Recorder } from '../../src/trace-format/recorder.ts'
import { runTag } from '../../src/trace-format/span-ids.ts'
import { type Little, shapes } from './little.ts'

export type ArmName = 'simulator' | 'tcp + noise' | 'memory + plaintext'

/** What a case wants otherwise than usual. */
export interface Parts extends Partial<Omit<Experiment<Little>, 'faults' | 'recorder' | 'algorithm'>> {
  readonly n?: number // processes, each linked to each; 3
  readonly faults?: string
  readonly signal?: AbortSignal
  /** Holds the run open. */
  readonly holder?: Holder
  /** Goes on beside the run, from just before `start`; the run is over only when this is. */
  readonly beside?: (live: Live) => Promise<void>
}

export interface Live {
  readonly history: () => HistoryEvent<Little>[] // so far
  readonly mesh: Mesh
  readonly tag: string
}

/** What is left of a run. */
export interface Ran {
  readonly history: readonly HistoryEvent<Little>[]
  readonly blocks: readonly Block[]
  readonly ended: Ended | null // null if it failed
  readonly error: unknown
}

export interface Arm {
  readonly name: ArmName
  readonly run: (algorithm: Algorithm<Little>, parts?: Parts) => Promise<Ran>
  /** Runs what the harness has planned for `n` processes. */
  readonly executor: (n: number) => Promise<Execute>
  /** The hosts that runs of `n` processes use, linked each with each. */
  readonly mesh: (n?: number) => Promise<Mesh>
}

/** The seed of every run that names no other. */
export const SEED = 20
const PROCESSES = 3
/** Nothing here takes long: a run that does not end by itself has failed, and must not hang. */
const PATIENCE_MS = 15_000

const seeds = new Set<number>() // of the runs of the case under way
let runs = 0

type RunIt = (experiment: Experiment<Little>, tag: string, begun: () => void) => Promise<Ended>

async function record(
  algorithm: Algorithm<Little>,
  parts: Parts,
  mesh: Mesh | null,
  execute: RunIt,
): Promise<Ran> {
  const { n = PROCESSES, faults = 'none', beside, signal: _, holder: __, ...rest } = parts
  const blocks: Block[] = []
  const { places, ids, links } = buildTopology('complete', n, 0)
  const recorder = new Recorder(n, (block) => blocks.push(block))
  const experiment: Experiment<Little> = {
    algorithm,
    places,
    streams: 'channel',
    channels: 'fixed',
    delivery: 'fifo',
    shapes,
    requests: [],
    faults: placed(parseFaults(faults), { ids, links }),
    seed: SEED,
    ends: 'quiescent',
    eventsMax: 1_000_000,
    recorder,
    watchStates: false,
    ...rest,
  }
  seeds.add(experiment.seed)
  const history = () => {
    recorder.flush()
    return historyOf<Little>(blocks, ids)
  }
  const tag = runTag(SEED, ++runs)
  let meanwhile: Promise<void> | undefined
  const begun = () => {
    if (beside && mesh) meanwhile = beside({ history, mesh, tag })
    meanwhile?.catch(() => {}) // is thrown below
  }
  let ended: Ended | null = null
  let error: unknown = null
  try {
    ended = await execute(experiment, tag, begun)
  } catch (thrown) {
    error = thrown
  }
  await meanwhile
  return { history: history(), blocks, ended, error }
}

const turns = (signal = AbortSignal.timeout(PATIENCE_MS)) => ({ signal, nextTurn, eventsATurn: 100 })

const simulator: Arm = {
  name: 'simulator',
  run: (algorithm, parts = {}) =>
    record(algorithm, parts, null, async (experiment, _, begun) => {
      begun()
      return parts.holder ? runHeld(experiment, parts.holder, turns(parts.signal)) : simulate(experiment)
    }),
  executor:
    async () =>
    async (experiment, { begun }) => {
      begun(0)
      return simulate(experiment)
    },
  mesh: () => Promise.reject(new Error('the simulator has no hosts')),
}

const meshes = new Map<string, Promise<Mesh>>()

function onMesh(name: ArmName, transport: 'tcp' | 'memory', security: 'noise' | 'plaintext'): Arm {
  const mesh = (n = PROCESSES) => {
    const { ids, links } = buildTopology('complete', n, 0)
    const opened = meshes.get(`${name} ${n}`) ?? Mesh.open({ ids, links, seed: SEED, transport, security })
    meshes.set(`${name} ${n}`, opened)
    return opened
  }
  return {
    name,
    mesh,
    async executor(n) {
      const hosts = await mesh(n)
      const signal = AbortSignal.timeout(PATIENCE_MS)
      return (experiment, hooks) => runOnMesh(hosts, experiment, { ...hooks, signal })
    },
    run: async (algorithm, parts = {}) => runOn(await mesh(parts.n), algorithm, parts),
  }
}

/** A run on hosts that a case has for itself. */
export function runOn(mesh: Mesh, algorithm: Algorithm<Little>, parts: Parts = {}): Promise<Ran> {
  const n = mesh.options.ids.length
  const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), parts.signal ?? []].flat())
  return record(algorithm, { ...parts, n }, mesh, (experiment, tag, begun) =>
    runOnMesh(mesh, experiment, {
      ...{ tag, begun, signal },
      ...(parts.holder ? { holder: parts.holder } : {}),
    }),
  )
}

export const arms: readonly Arm[] = [
  simulator,
  onMesh('tcp + noise', 'tcp', 'noise'),
  onMesh('memory + plaintext', 'memory', 'plaintext'),
]

afterAll(async () => {
  for (const mesh of meshes.values()) await (await mesh).close()
})

/** A law, exercised on every arm but those with a reason why not. */
export function law(
  title: string,
  exercise: (arm: Arm) => Promise<void>,
  except: Partial<Record<ArmName, string>> = {},
): void {
  for (const arm of arms) {
    const reason = except[arm.name]
    if (reason !== undefined) {
      test.skip(`${arm.name}: ${title} (not here: ${reason})`)
      continue
    }
    test(
      `${arm.name}: ${title}`,
      async () => {
        seeds.clear()
        try {
          await exercise(arm)
        } catch (error) {
          if (error instanceof Error) error.message += ` [${arm.name}, seed ${[...seeds].join(', ')}]`
          throw error
        }
      },
      2 * PATIENCE_MS,
    )
  }
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const patience = Date.now() + PATIENCE_MS
  while (!isSo()) {
    if (Date.now() > patience) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
