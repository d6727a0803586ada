/**
 * A recorded run, whichever runtime it was on, replays from its schedule file: every process does
 * the same in the same order, by the same clock, and ends in the same state.
 */
import { describe, expect, test } from 'vitest'
import { conduct } from '../../src/harness/conduct.ts'
import { type Plan, planRun } from '../../src/harness/plan.ts'
import { replayed } from '../../src/harness/replayed.ts'
import { readSchedule, type Schedule, writeSchedule } from '../../src/harness/schedule.ts'
import { scheduleOf } from '../../src/harness/schedule-of.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import type { Block } from '../../src/trace-format/events.ts'
import { EventReader } from '../../src/trace-format/history-reader.ts'
import { type Arm, arms } from './arms.ts'
import { entries, planOf } from './entries.ts'

const SEEDS = [1, 2, 3]
const FAULTS = [
  'latency 1-6ms, loss 4%, duplicate 6%, crash p01 at 15ms for 20ms',
  'latency 1-6ms, reorder 20% by 2-9ms, cut p00-p01 at 10ms for 20ms, byzantine p00 silent at 30ms',
  'latency 1-6ms, clock p00 +50ms at 10ms, clock p01 drift 900ppm, pause p00 at 5ms for 10ms, slow p01 2ms',
]
/** A flood under faults proves no more after this. */
const EVENTS_MAX = 6_000
const END_MS = 250

async function planned(entry: CatalogueEntry, arm: Arm, seed: number, faults?: string): Promise<Plan> {
  const runtime = arm.name === 'simulator' ? 'simulator' : 'libp2p'
  const { options, topology } = await planOf(entry, runtime)
  const plan = planRun({
    entry,
    options,
    topology: buildTopology(topology.name, topology.ids.length, seed),
    runtime,
    seed,
    requests: [],
    broken: faults === undefined ? [] : ['reliable', 'noDuplicates', 'crashes', 'fifo', 'honest'],
    ...(faults === undefined || runtime === 'libp2p' ? {} : { channels: 'fifo' as const }),
    ...(faults === undefined ? {} : { streams: entry.streams }),
    ...(faults === undefined ? {} : { faults, forMs: END_MS }),
  })
  return { ...plan, experiment: { ...plan.experiment, eventsMax: EVENTS_MAX } }
}

interface Ran {
  readonly blocks: readonly Block[]
  readonly ended: string
  readonly verdicts: unknown
  readonly failure: string | undefined
}

async function recorded(plan: Plan, arm: Arm): Promise<Ran> {
  const blocks: Block[] = []
  const identity = { id: 'run', tag: '00000000000000aa', runtime: arm.name, peerIds: [], command: '' }
  const execute = await arm.executor(plan.topology.ids.length)
  const listener = { begin: () => {}, block: (block: Block) => void blocks.push(block) }
  const { outcome, failure } = await conduct(plan, identity, execute, listener)
  return { blocks, ended: outcome.ended, verdicts: verdictsOf(outcome), failure: failure?.message }
}

const verdictsOf = ({ properties }: { properties: readonly { name: string; verdict: string }[] }) =>
  properties.map(({ name, verdict }) => `${name} ${verdict}`)

/** Of each process all that happened there, but for what the network told it, and its states. */
function processesOf(blocks: readonly Block[], schedule: Schedule): string[][] {
  const of: string[][] = Array.from({ length: schedule.peers }, () => [])
  const at: number[] = [] // position → process
  const reader = new EventReader()
  for (const block of blocks) {
    for (const { kind, process, peer, number, position, text, localNs } of reader.read(block)) {
      at[position] = process
      if (kind === 'linkUp' || kind === 'linkDown' || kind === 'refuse') continue
      // Of faults the replay knows what came of them; but who lies does it again.
      if (kind === 'fault' && !text.includes('byzantine')) continue
      // Within a handler time goes on on real hosts.
      const isStep = ['start', 'recover', 'request', 'deliver', 'timeout', 'crash'].includes(kind)
      const what = kind === 'throw' ? text.split('\\n')[0] : text
      of[process]!.push(`${isStep ? localNs : ''} ${kind} ${peer ?? ''} ${number} ${what}`)
    }
  }
  for (const { states } of blocks) {
    for (const { position, whole, text } of states) of[at[position]!]!.push(`state ${whole} ${text}`)
  }
  return of
}

async function expectSame(entry: CatalogueEntry, plan: Plan, ran: Ran, what: string): Promise<Schedule> {
  const text = writeSchedule(scheduleOf(plan, ran.blocks, ran.ended))
  const schedule = readSchedule(text, what)
  const again = await replayed(schedule, entry)
  const [then, now] = [processesOf(ran.blocks, schedule), processesOf(again.blocks, schedule)]
  for (const [process, lines] of then.entries()) expect(now[process], `${what}, p0${process}`).toEqual(lines)
  expect(again.conducted.failure?.message, what).toBe(ran.failure)
  expect(verdictsOf(again.conducted.outcome), what).toEqual(ran.verdicts)
  return schedule
}

const replaying = arms.filter(({ name }) => name !== 'tcp + noise') // TCP is the same code above the socket

for (const arm of replaying) {
  describe(`${arm.name}: a run replays`, () => {
    test.each(entries)('%s', async (name, load) => {
      const entry = await load()
      for (const seed of SEEDS) {
        const plan = await planned(entry, arm, seed)
        await expectSame(entry, plan, await recorded(plan, arm), `${name}, seed ${seed}`)
      }
    })

    test.each(entries)('%s, under faults', async (name, load) => {
      const entry = await load()
      for (const [seed, faults] of FAULTS.entries()) {
        const plan = await planned(entry, arm, seed, faults)
        await expectSame(entry, plan, await recorded(plan, arm), `${name}, seed ${seed}, ${faults}`)
      }
    })
  })
}

test('faults of every kind are in the schedules', async () => {
  const [, load] = entries.find(([name]) => name === 'bank')!
  const entry = await load()
  for (const arm of replaying) {
    const plan = await planned(entry, arm, 1, FAULTS[0]!)
    const { steps } = await expectSame(entry, plan, await recorded(plan, arm), 'bank, seed 1')
    const deeds = new Set(steps.map((step) => step.do))
    expect([...deeds], arm.name).toEqual(
      expect.arrayContaining(['timeout', 'deliver', 'lose', 'duplicate', 'crash', 'recover']),
    )
  }
})
