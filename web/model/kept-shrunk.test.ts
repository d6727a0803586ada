/** What the shrinker really leaves, beside what it began with. */
import { expect, test } from 'vitest'
import { replayed } from '../../src/harness/replayed.ts'
import { scheduleOf } from '../../src/harness/schedule-of.ts'
import { keptEvents } from '../../src/harness/shrink/kept-events.ts'
import { shrink } from '../../src/harness/shrink/shrink.ts'
import { simulated } from '../../src/harness/simulated.ts'
import { planOfSeed } from '../../src/harness/sweep/case.ts'
import { broken, seeds } from '../../src/harness/testing.ts'
import { entry } from '../../tests/browser/hasty-ring.ts'
import { aligned } from './aligned.ts'
import { keptOf } from './kept.ts'
import { RunData } from './run-data.ts'

const CONDITIONS = { options: { initiators: 0 }, peers: [5, 9], faults: 'swarm', eventsMax: 5_000 } as const

interface Pair {
  readonly seed: number
  readonly short: RunData
  readonly original: RunData
}

/** A failing seed and its short form; `isTold` whether the record says which steps are left. */
async function pairOf(seed: number, isTold: boolean): Promise<Pair | null> {
  const plan = planOfSeed(entry, seed, CONDITIONS)
  const first = await simulated(plan, CONDITIONS.eventsMax)
  const [property] = broken(first)
  if (property === undefined) return null
  const schedule = scheduleOf(plan, first.blocks, first.conducted.outcome.ended)
  const shrunk = shrink({ plan, schedule, property })
  if (typeof shrunk === 'string') throw new Error(shrunk)
  const { processes, origins: steps } = shrunk
  const shortenedFrom = { command: 'it', events: 0, eventsMax: 1, processes, steps }
  const its = await replayed({ ...shrunk.schedule, shortenedFrom }, entry)
  const events = isTold ? keptEvents({ ...shrunk.schedule, shortenedFrom }, its, first) : []
  const run = { ...its.conducted.run, id: 'short', shortenedFrom: { run: 'original', processes, events } }
  return {
    seed,
    short: RunData.of({ run }, its.blocks),
    original: RunData.of({ run: { ...first.conducted.run, id: 'original' } }, first.blocks),
  }
}

test.each([true, false])('with a record of the steps: %s', { timeout: 60_000 }, async (isTold) => {
  let compared = 0
  for (const seed of seeds(8)) {
    const pair = await pairOf(seed, isTold)
    if (pair === null) continue
    const { short, original } = pair
    const { inOriginal, count } = keptOf(short, original)!
    const common = aligned(short, original, inOriginal)
    const last = short.processes.map(() => -1)
    for (let i = 0; i < short.length; i++) {
      const [at, process] = [inOriginal[i]!, short.process(i)]
      if (at === -1) continue
      expect(at, `seed ${seed}: in the order of the process`).toBeGreaterThan(last[process]!)
      last[process] = at
      const [here, there] = [short.messageOfDeliver(i), original.messageOfDeliver(at)]
      if (here !== -1)
        expect(inOriginal[short.messages.sendAt[here]!], `seed ${seed}: what was received was sent`).toBe(
          original.messages.sendAt[there]!,
        )
      expect(common.one[i], `seed ${seed}: at the same place`).toBe(common.other[at])
    }
    expect(
      count / short.length,
      `seed ${seed}: some are found again, also where the ring was closed anew`,
    ).toBeGreaterThan(0.3)
    compared++
  }
  expect(compared).toBeGreaterThan(3)
})
