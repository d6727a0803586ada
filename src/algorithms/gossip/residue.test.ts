/**
 * What rumour mongering leaves over, against the equation of Demers et al. 1987, §1.4:
 * s = exp(−(k + 1)(1 − s)), where a push that finds somebody who knew stops the teller with
 * probability 1/k. A useless contact is known as such before the next one here (a round is longer
 * than there and back), so that the number of those left over is that of the chain of which the
 * equation is the limit.
 */
import { describe, expect, test } from 'vitest'
import { judgedRun } from '../../harness/judged-run.ts'
import { planRun } from '../../harness/plan.ts'
import { PATIENT } from '../../harness/testing.ts'
import { type Property, property } from '../../model/property.ts'
import { buildTopology } from '../../topology/topology.ts'
import type { Choices, Gossip } from './gossip.ts'
import { entry } from './index.ts'

const N = 1000
const SEEDS = 40
/** Beyond four standard errors is one sample in 16,000, if the chain is the right one. */
const STANDARD_ERRORS = 4
const topology = buildTopology('complete', N, 1)

/** The share that never hears, in one run. */
function residue(seed: number, choices: Partial<Choices>): number {
  let heard = 0
  const count: Property<Gossip> = property<Gossip, null>({
    name: 'COUNT',
    kind: 'sometimes',
    sees: ['indicate'],
    initial: () => null,
    upon(_, event) {
      if (event.kind === 'indicate' && event.indication.type === 'deliver') heard++
      return undefined
    },
  })
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const options = { ...Object.fromEntries(defaults), antiEntropyMs: 0, initiator: 'p000', ...choices }
  const plan = planRun({
    entry: { ...entry, properties: () => [count] },
    options,
    topology,
    runtime: 'simulator',
    seed,
    broken: [],
    requests: [],
    watchStates: false,
    forMs: 60_000,
  })
  const { ended, failure } = judgedRun(plan)
  expect([ended, failure], `seed ${seed}: it dies out by itself`).toEqual(['quiescent', null])
  return 1 - heard / N
}

interface Sample {
  readonly mean: number
  readonly standardError: number
}

function sampled(choices: Partial<Choices>): Sample {
  const residues = Array.from({ length: SEEDS }, (_, i) => residue(i + 1, choices))
  const mean = residues.reduce((sum, each) => sum + each, 0) / SEEDS
  const variance = residues.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (SEEDS - 1)
  return { mean, standardError: Math.sqrt(variance / SEEDS) }
}

/** The solution below 1, by iteration. */
function analytic(k: number): number {
  let s = 0.1
  for (let i = 0; i < 200; i++) s = Math.exp(-(k + 1) * (1 - s))
  return s
}

describe(`the residue of ${N} processes over ${SEEDS} seeds`, PATIENT, () => {
  test.each([
    [1, 0.203],
    [2, 0.06],
    [3, 0.02],
    [4, 0.007],
    [5, 0.0025],
  ])('push, feedback, coin, k = %i: %d', (k, printed) => {
    expect(analytic(k)).toBeCloseTo(printed, 3)
    const { mean, standardError } = sampled({ mode: 'push', stop: 'coin', feedback: true, k })
    const off = Math.abs(mean - analytic(k)) / standardError
    const said = `mean ${mean.toFixed(4)}, standard error ${standardError.toFixed(4)}`
    process.stdout.write(`k = ${k}: ${said}; ${analytic(k).toFixed(4)} is due\n`)
    expect(off, `${said}; ${analytic(k).toFixed(4)} is due`).toBeLessThan(STANDARD_ERRORS)
  })

  // k useless contacts and one useful for each that knows, whether by a coin on average or by a counter
  // exactly. (Table 1 of the paper has 0.037 for a counter and k = 2: in rounds in which all act at once.)
  test('with a counter instead of the coin it is the same', () => {
    const { mean, standardError } = sampled({ mode: 'push', stop: 'counter', feedback: true, k: 2 })
    expect(Math.abs(mean - analytic(2)) / standardError).toBeLessThan(STANDARD_ERRORS)
  })

  // Table 2: 0.20 for k = 2, where every contact counts as useless.
  test('blind it is more, and the test can tell', () => {
    const { mean, standardError } = sampled({ mode: 'push', stop: 'coin', feedback: false, k: 2 })
    expect((mean - analytic(2)) / standardError).toBeGreaterThan(STANDARD_ERRORS)
    expect(mean).toBeGreaterThan(0.1)
  })
})
