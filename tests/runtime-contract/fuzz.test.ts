/**
 * Messages that nobody in his senses would send. A process of the run lies in every field, in values
 * that fit: no handler throws, and where the algorithm bears liars its promises hold. An intruder with
 * the key of a process sends frames that are changed at random: all are refused, and every promise holds.
 */
import { describe, expect } from 'vitest'
import { conduct, type Execute } from '../../src/harness/conduct.ts'
import { historyOf } from '../../src/harness/history.ts'
import { type Asking, type Plan, planRun } from '../../src/harness/plan.ts'
import { Prng } from '../../src/lib/prng.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { Correspondence, encodeFrame } from '../../src/runtimes/libp2p/envelope.ts'
import { EXCHANGE_PROTOCOL } from '../../src/runtimes/libp2p/hosts.ts'
import { Sent } from '../../src/runtimes/sent.ts'
import { simulate } from '../../src/runtimes/simulator/simulator.ts'
import type { Block } from '../../src/trace-format/events.ts'
import { type Arm, law } from './arms.ts'
import { entries, planOf } from './entries.ts'

const LIAR = 'p01'
/** In virtual time, until so many lies are told; on hosts, one run. */
const LIES_MIN = 2000
const RUNS_MAX = 200
/** Lies may keep an algorithm busy for ever; so much of it is enough. */
const EVENTS_MAX = 20_000
const FRAMES_MAX = 1000
/** Messages are counted from 0, and no run comes as far. */
const NEVER_SENT = 4_000_000_000
const TAG = '00000000000000ff'

/** Every field of every message; by the seed, told to all alike or to each otherwise. */
function lies({ shapes }: CatalogueEntry, seed: number): string {
  const fields = Object.entries(shapes.message).flatMap(([type, of]) =>
    Object.keys(of).map((field) => `${type}.${field}`),
  )
  return fields
    .map((field, i) => `byzantine ${LIAR} ${(i + seed) % 2 === 0 ? 'lies' : 'equivocates'} ${field}`)
    .join(', ')
}

async function planned(entry: CatalogueEntry, arm: Arm['name'], asking: Partial<Asking>): Promise<Plan> {
  const runtime = arm === 'simulator' ? 'simulator' : 'libp2p'
  const { options, topology, seed } = await planOf(entry, runtime)
  const plan = planRun({ entry, options, topology, runtime, seed, broken: [], requests: [], ...asking })
  return { ...plan, experiment: { ...plan.experiment, eventsMax: EVENTS_MAX } }
}

async function run(plan: Plan, execute: Execute) {
  const identity = { id: plan.entry.name, tag: TAG, runtime: 'fuzz', peerIds: [], command: '' }
  const blocks: Block[] = []
  const to = { begin: () => {}, block: (block: Block) => void blocks.push(block) }
  const { outcome, failure } = await conduct(plan, identity, execute, to)
  const history = () => historyOf<any>(blocks, plan.topology.ids)
  return { outcome, failure, history }
}

const brokenIn = ({ outcome }: Awaited<ReturnType<typeof run>>) =>
  outcome.properties.filter(({ verdict }) => verdict === 'violated')

const OVER_TCP = { 'tcp + noise': 'above the transport it is the same as over memory' }

describe('a liar in every field makes no handler throw', () => {
  for (const [name, load] of entries) {
    law(
      name,
      async (arm) => {
        const entry = await load()
        let told = 0
        const runs = arm.name === 'simulator' ? RUNS_MAX : 1
        for (let seed = 1; seed <= runs && told < LIES_MIN; seed++) {
          const { topology } = await planOf(entry, 'simulator')
          const isBorne = (entry.assumes.byzantine?.(topology.ids.length) ?? 0) > 0
          const broken = isBorne ? [] : (['honest'] as const)
          const plan = await planned(entry, arm.name, { seed, faults: lies(entry, seed), broken })
          const ran = await run(plan, await arm.executor(topology.ids.length))
          expect(ran.failure, `seed ${seed}`).toBe(null)
          if (isBorne) expect(brokenIn(ran), `seed ${seed}`).toEqual([])
          for (const count of Object.values(ran.outcome.faultsFired)) told += count
        }
        if (arm.name !== 'simulator') return // p01 may have had nothing to say
        const saysAnything = Object.values(entry.shapes.message).some((of) => Object.keys(of).length > 0)
        expect(told > 0, `${told} lies were told`).toBe(saysAnything)
      },
      OVER_TCP,
    )
  }
})

describe('frames changed at random are refused, and the run is as valid as without', () => {
  for (const [name, load] of entries) {
    law(
      name,
      async (arm) => {
        const entry = await load()
        const plan = await planned(entry, arm.name, {})
        const n = plan.topology.ids.length
        const sent = await framesLike(entry)
        const [mesh, execute] = [await arm.mesh(n), await arm.executor(n)]
        let isOver = false
        let thrown = 0
        async function intrude(): Promise<void> {
          const dice = new Prng(plan.seed, 'intruder')
          const [connection] = mesh.host(1).getConnections(mesh.host(0).peerId)
          while (!isOver && thrown < FRAMES_MAX) {
            const stream = await connection!.newStream(EXCHANGE_PROTOCOL)
            stream.send(changed(dice.pick(sent), dice))
            await stream.close().catch(() => {}) // it was reset before it was closed
            thrown++
          }
        }
        let intrusion = Promise.resolve()
        const besieged: Execute = (experiment, hooks) =>
          execute(experiment, {
            ...hooks,
            begun(at) {
              hooks.begun(at)
              intrusion = intrude()
            },
          })
        const ran = await run(plan, besieged)
        isOver = true
        await intrusion.catch(() => {}) // the run ended under it
        expect(ran.failure).toBe(null)
        expect(brokenIn(ran)).toEqual([])
        const refused = ran.history().filter(({ kind, at }) => kind === 'refuse' && at === 'p00')
        expect(refused.length, `${thrown} were sent`).toBeGreaterThan(0)
      },
      { ...OVER_TCP, simulator: 'nothing comes from outside into virtual time' },
    )
  }
})

/** Frames as p01 would send them to p00, of messages that a run in virtual time has sent. */
async function framesLike(entry: CatalogueEntry): Promise<Buffer[]> {
  const plan = await planned(entry, 'simulator', {})
  const { history } = await run(plan, async (experiment, { begun }) => {
    begun(0)
    return simulate(experiment)
  })
  const texts = new Map<string, string>() // one of each type
  for (const event of history()) {
    if (event.kind === 'send') texts.set(event.message.type, JSON.stringify(event.message))
  }
  const its = new Correspondence(plan.topology.ids, {}, TAG)
  const operation = { process: 1, seq: 1 }
  return [...texts.values()].map((text, number) => {
    const sent = new Sent(1, 0, NEVER_SENT + number, 'any', JSON.parse(text), operation, 1)
    return encodeFrame(Object.assign(sent, { seq: 1, lamport: 1 }), its)
  })
}

/** Cut off, lengthened, or with some bytes replaced; one that is as it was is of a message never sent. */
function changed(frame: Buffer, dice: Prng): Buffer {
  if (dice.below(8) === 0) return frame.subarray(0, 1 + dice.below(frame.length - 1))
  const bytes = Buffer.from(frame)
  for (let left = dice.below(5); left > 0; left--) bytes[dice.below(bytes.length)] = dice.below(256)
  return dice.below(8) === 0 ? Buffer.concat([bytes, bytes]) : bytes
}
