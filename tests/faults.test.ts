/**
 * All kinds of faults at once, on every algorithm: recorded, only judged, run again and taken up
 * again before every step, a run has one digest and one verdict, and each fault has fired somewhere.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { loadEntry } from '../src/cli/load.ts'
import { faultForms } from '../src/faults/forms.ts'
import { firstDifference, keptElsewhere } from '../src/harness/determinism.ts'
import { judgedRun } from '../src/harness/judged-run.ts'
import { type Plan, planRun } from '../src/harness/plan.ts'
import { simulated } from '../src/harness/simulated.ts'
import { seeds } from '../src/harness/testing.ts'
import { buildTopology } from '../src/topology/topology.ts'

const FAULTS = [
  'latency regions at 5ms for 20ms',
  'jitter 0-5ms at 10ms for 30ms',
  'loss 5% at 3ms for 20ms',
  'duplicate 5%',
  'reorder 20% by 5-20ms',
  'cut p00->p01 at 10ms for 10ms',
  'cut p01-p02 held at 15ms for 15ms',
  'partition isolate p02 at 30ms for 10ms',
  'partition halves held at 33ms for 20ms',
  'pause p00 at 12ms for 20ms',
  'slow p01 2ms at 10ms for 30ms',
  'crash p02 at 45ms for 10ms',
  'clock p00 -20ms at 5ms for 30ms',
  'clock p01 drift 400000ppm at 5ms for 60ms',
  'byzantine p01 silent at 5ms for 4ms',
]

async function planOf(name: string, seed: number): Promise<Plan> {
  const entry = await loadEntry(name, undefined)
  const options = Object.entries(entry.options).map(([option, { default: byDefault }]) => [option, byDefault])
  return planRun({
    entry,
    options: Object.fromEntries(options),
    topology: buildTopology(entry.topology.default, 6, seed),
    runtime: 'simulator',
    seed,
    faults: FAULTS.join(', '),
    broken: ['reliable', 'noDuplicates', 'fifo', 'crashes', 'honest'],
    requests: [],
  })
}

const fired = new Set<string>()

describe('under all faults at once', () => {
  const names = ['ping-pong', 'bank', 'chandy-lamport', 'chang-roberts', 'flooding', 'echo', 'heartbeat']
  test.each(names)('%s is its plan and its seed, and nothing else', async (name) => {
    for (const seed of seeds(5)) {
      const plan = await planOf(name, seed)
      const lean = judgedRun(plan)
      const { outcome, failure } = (await simulated(plan)).conducted
      expect([lean.failure, failure], `seed ${seed}`).toEqual([null, null])
      expect(lean.verdict, `seed ${seed}`).toBe(outcome.verdict)
      expect(lean.digest, `seed ${seed}`).toBe(outcome.digest)
      expect(lean.faultsFired, `seed ${seed}`).toEqual(outcome.faultsFired)
      expect(firstDifference(plan), `seed ${seed}`).toBe(null)
      expect(keptElsewhere(plan), `seed ${seed}`).toBe(null)
      for (const text of Object.keys(lean.faultsFired)) fired.add(text)
    }
  })

  afterAll(() => {
    expect([...fired].sort()).toEqual([...FAULTS].sort())
  })
})

test('there is one of each kind among them', () => {
  const kinds = new Set(FAULTS.map((fault) => fault.split(' ')[0]!))
  expect([...kinds].sort()).toEqual(faultForms.map(({ name }) => name).sort())
})
