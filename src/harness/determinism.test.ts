import { describe, expect, test } from 'vitest'
import type { Bank } from '../algorithms/bank/bank.ts'
import { catalogue } from '../algorithms/index.ts'
import { ObjectQueue } from '../lib/event-queue.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { simulate } from '../runtimes/simulator/simulator.ts'
import { buildTopology } from '../topology/topology.ts'
import { Recorder } from '../trace-format/recorder.ts'
import { firstDifference, keptElsewhere } from './determinism.ts'
import { judgedRun } from './judged-run.ts'
import { type Asking, type Plan, planRun } from './plan.ts'
import { simulated } from './simulated.ts'
import { PATIENT, reacting, sabotaged, seeds } from './testing.ts'

async function load(name: string): Promise<CatalogueEntry> {
  const { entry } = await catalogue[name]!()
  return 'over' in entry ? entry.upon(await load(entry.over)) : entry
}

function planOf(entry: CatalogueEntry, n: number, seed: number, asking: Partial<Asking> = {}): Plan {
  const options = Object.fromEntries(
    Object.entries(entry.options).map(([name, option]) => [name, option.default]),
  )
  const topology = buildTopology(asking.topology?.name ?? entry.topology.default, n, seed)
  return planRun({
    entry,
    options,
    topology,
    runtime: 'simulator',
    seed,
    broken: [],
    requests: [],
    ...asking,
  })
}

const WILD: Partial<Asking> = {
  faults: 'latency exponential 8ms, loss 10%, duplicate 10%, crash p01 at 20ms for 10ms',
  broken: ['reliable', 'noDuplicates', 'fifo', 'crashes'],
}
const NAMES = ['bank', 'chandy-lamport', 'flooding', 'ping-pong']

describe('a run is its seed', PATIENT, () => {
  test.each(NAMES)('%s: run again it differs in nothing', async (name) => {
    const entry = await load(name)
    for (const seed of seeds(10)) {
      expect(firstDifference(planOf(entry, 5, seed, WILD)), `seed ${seed}`).toBeNull()
      expect(keptElsewhere(planOf(entry, 5, seed, WILD)), `seed ${seed}`).toBeNull()
    }
  })

  test.each(NAMES)(
    '%s: the other queue, the record and the eye that watches make no difference',
    async (name) => {
      const entry = await load(name)
      for (const seed of seeds(10)) {
        const plan = planOf(entry, 5, seed, WILD)
        const { digest } = judgedRun(plan)
        const recorder = new Recorder(5, () => {})
        const other = simulate({ ...plan.experiment, recorder }, { queue: new ObjectQueue() })
        expect(other.digest, `seed ${seed}`).toBe(digest)
        const watched = { ...plan, experiment: { ...plan.experiment, watchStates: true } }
        expect((await simulated(watched)).conducted.outcome.digest, `seed ${seed}`).toBe(digest)
        expect(judgedRun(planOf(entry, 5, seed + 100, WILD)).digest, `seed ${seed}`).not.toBe(digest)
      }
    },
  )
})

/** Of runs on this machine and Node; a change of any of them is a change of every run that was kept. */
test('digests are those of every machine and of every version of Node', async () => {
  const digests: Record<string, string> = {}
  for (const name of NAMES)
    digests[name] = judgedRun(planOf(await load(name), 5, 1, WILD)).digest.slice(0, 16)
  expect(digests).toMatchInlineSnapshot(`
    {
      "bank": "bc45b0981f36474f",
      "chandy-lamport": "8b5df836b6c4cecb",
      "flooding": "c3b983c3d86de5b2",
      "ping-pong": "fff578da9b6d7dca",
    }
  `)
})

describe('what is not of the state is found out, and the event named', () => {
  let runs = 0
  const slips: Record<string, { slip: Parameters<typeof sabotaged<Bank>>[1]; by: typeof firstDifference }> = {
    'a variable of the module, which goes on from run to run': {
      slip: reacting((upon, _, { indicate }) => ({
        ...upon,
        message: {
          money(message, from) {
            upon.message.money(message, from)
            if (++runs > 3) indicate({ type: 'balance', amount: runs })
          },
        },
      })),
      by: firstDifference,
    },
    'a variable beside the state, which is gone when the process is taken up': {
      slip: ({ initial, upon }) => ({
        initial,
        upon(context, state) {
          let gifts = 0
          const own = upon(context, state)
          return {
            ...own,
            message: {
              money(message, from) {
                own.message.money(message, from)
                if (++gifts > 1) context.indicate({ type: 'balance', amount: state.balance })
              },
            },
          }
        },
      }),
      by: keptElsewhere,
    },
    'an order that the state does not keep': {
      slip: ({ initial, upon }) => ({
        initial: (place) => Object.assign(initial(place), { from: new Set<string>() }),
        upon(context, state) {
          const own = upon(context, state)
          const { from } = state as unknown as { from: Set<string> }
          return {
            ...own,
            message: {
              money(message, sender) {
                own.message.money(message, sender)
                from.add(sender)
                if (from.size > 1)
                  context.indicate({ type: 'balance', amount: Number([...from][0]!.slice(1)) })
              },
            },
          }
        },
      }),
      by: keptElsewhere,
    },
  }
  test.each(Object.entries(slips))('%s', async (_, { slip, by }) => {
    const entry = sabotaged<Bank>(await load('bank'), slip)
    const found = seeds(5).map((seed) => {
      runs = 0
      return by(planOf(entry, 4, seed))
    })
    expect(found.filter((difference) => difference !== null).length).toBeGreaterThan(3)
    expect(found.find((difference) => difference !== null)).toMatch(
      /event \d+(,)? (is )?p\d\d (indicate|deliver|timeout|setTimer|send) at \d+\.\d{3} ms/,
    )
  })
})
