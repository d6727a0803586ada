import { describe, expect, test } from 'vitest'
import { catalogue, SIMULATED } from '../algorithms/index.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { property } from '../model/property.ts'
import { buildTopology } from '../topology/topology.ts'
import { judgedRun } from './judged-run.ts'
import { type Asking, type Plan, planRun } from './plan.ts'
import { simulated } from './simulated.ts'
import { PATIENT, sabotaged, seeds } from './testing.ts'

async function load(name: string): Promise<CatalogueEntry> {
  const { entry } = await catalogue[name]!()
  return 'over' in entry ? entry.upon(await load(entry.over)) : entry
}

const SIZES = [5, 4, 3, 7, 8, 6, 2, 9]

function planOf(entry: CatalogueEntry, seed: number, asking: Partial<Asking> = {}): Plan {
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  for (const n of SIZES) {
    try {
      return planRun({
        entry,
        options: Object.fromEntries(defaults),
        topology: buildTopology(entry.topology.default, n, seed),
        runtime: 'simulator',
        seed,
        broken: [],
        requests: [],
        ...asking,
      })
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
    }
  }
  throw new Error(`${entry.name} fits none of the sizes ${SIZES}`)
}

/** Everything that a judged run tells, of the run as it is recorded. */
async function recorded(plan: Plan, eventsMax?: number) {
  const { conducted, history } = await simulated(plan, eventsMax)
  const { outcome, ended, failure } = conducted
  return {
    verdict: outcome.verdict,
    judgements: outcome.properties.map(({ name, ...rest }) => ({ property: name, ...rest })),
    failure: failure?.message ?? null,
    ...(failure === null ? { digest: outcome.digest } : {}),
    events: history.length,
    ended: ended.how,
    faultsFired: failure === null ? outcome.faultsFired : {},
  }
}

function judged(plan: Plan, eventsMax?: number) {
  const run = judgedRun(plan, eventsMax === undefined ? {} : { eventsMax })
  const { durationNs: _, counts: __, digest, ...told } = run
  return {
    ...told,
    failure: run.failure?.message ?? null,
    ...(run.failure === null ? { digest } : { faultsFired: {} }),
  }
}

const conditions: [string, Partial<Asking>][] = [
  ['as it stands', {}],
  [
    'over channels that lose, repeat and reorder',
    {
      faults: 'latency 2-12ms, loss 10%, duplicate 10%',
      broken: ['reliable', 'noDuplicates', 'fifo'],
    },
  ],
  ['with crashes', { faults: 'latency exponential 8ms, crash p01 at 20ms for 10ms', broken: ['crashes'] }],
]

describe.each(SIMULATED)('%s, judged without a record, is judged the same', PATIENT, (name) => {
  test.each(conditions)('%s', async (_, asking) => {
    const entry = await load(name)
    for (const seed of seeds(12)) {
      const plan = planOf(entry, seed, asking)
      expect(judged(plan, 20_000), `seed ${seed}`).toEqual(await recorded(plan, 20_000))
    }
  })
})

describe('what makes a verdict worthless', () => {
  const bank = () => load('bank')

  test('a handler that throws', async () => {
    const entry = sabotaged(await bank(), (algorithm) => ({
      ...algorithm,
      upon: (context, state) => {
        const upon = algorithm.upon(context, state) as any
        const money = () => {
          throw new Error('no room')
        }
        return { ...upon, message: { money } }
      },
    }))
    const plan = planOf(entry, 1)
    expect(judged(plan)).toEqual(await recorded(plan))
    expect(judgedRun(plan)).toMatchObject({ verdict: 'unknown', ended: 'failed' })
    expect(judgedRun(plan).failure!.message).toMatch(/^p\d\d threw while handling a message: no room$/)
  })

  test('a property that throws, or that puts a tag and throws', async () => {
    const fragile = (tags: boolean) =>
      property<any, null>({
        name: 'FRAGILE',
        kind: 'always',
        initial: () => null,
        ...(tags
          ? {
              tag: () => {
                throw new Error('cannot')
              },
            }
          : {}),
        upon(_, event) {
          if (event.kind === 'deliver') throw new Error('cannot')
          return undefined
        },
      })
    for (const tags of [true, false]) {
      const entry = { ...(await bank()), properties: () => [fragile(tags)] }
      const plan = planOf(entry, 1)
      expect(judged(plan)).toEqual(await recorded(plan))
      expect(judgedRun(plan).failure!.message).toMatch(/the property FRAGILE threw at event \d+ .*: cannot/)
    }
  })

  test('channels that lose what no plan says', async () => {
    const entry = await load('bank')
    const [right, wrong] = [planOf(entry, 3), planOf(entry, 3, { faults: 'loss 30%', broken: ['reliable'] })]
    const plan = { ...right, experiment: { ...right.experiment, faults: wrong.experiment.faults } }
    expect(judged(plan)).toEqual(await recorded(plan))
    expect(judgedRun(plan).failure!.message).toMatch('RELIABLE DELIVERY did not hold')
  })

  test('channels that are not FIFO where it is assumed', async () => {
    const entry = await load('chandy-lamport')
    const plan = planOf(entry, 3)
    const suspects = seeds(10).map((seed) => {
      const { experiment } = plan
      return { ...plan, seed, experiment: { ...experiment, seed, delivery: 'unordered' as const } }
    })
    const caught: string[] = []
    for (const suspect of suspects) {
      expect(judged(suspect), `seed ${suspect.seed}`).toEqual(await recorded(suspect))
      caught.push(judgedRun(suspect).failure?.message ?? '')
    }
    expect(caught.join()).toMatch(/FIFO DELIVERY did not hold/)
  })
})

test('what is not judged has the same digest', async () => {
  const plan = planOf(await load('flooding'), 5)
  const { digest, counts, judgements } = judgedRun(plan, { digestOnly: true })
  expect(digest).toBe(judgedRun(plan).digest)
  expect(judgements).toEqual([])
  expect(counts.deliver).toBe(counts.send)
  expect(counts.send).toBeGreaterThan(0)
})

test('no property is kept from an event that it looks at', async () => {
  for (const name of SIMULATED) {
    const entry = await load(name)
    const all: CatalogueEntry = {
      ...entry,
      properties: (options) => entry.properties(options).map(({ sees: _, ...property }) => property),
    }
    for (const [what, asking] of conditions) {
      for (const seed of seeds(3)) {
        const where = `${name} ${what}, seed ${seed}`
        expect(judged(planOf(entry, seed, asking), 20_000), where).toEqual(
          judged(planOf(all, seed, asking), 20_000),
        )
      }
    }
  }
})
