import { expect, test } from 'vitest'
import { entry as ring } from '../../algorithms/chang-roberts/index.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { replayed } from '../replayed.ts'
import type { Schedule } from '../schedule.ts'
import { scheduleOf } from '../schedule-of.ts'
import { simulated } from '../simulated.ts'
import { planOfSeed } from '../sweep/case.ts'
import { broken, PATIENT, reacting, sabotaged, seeds } from '../testing.ts'
import { keptEvents } from './kept-events.ts'
import { shrink } from './shrink.ts'

/** Whoever is reached by the candidate p00 takes itself for the leader. */
const hasty = sabotaged(
  ring,
  reacting((upon, _, { self }) => ({
    ...upon,
    message: {
      ...upon.message,
      election: (message, from) =>
        message.candidate === 'p00' && self !== 'p00'
          ? upon.message.elected({ type: 'elected', leader: self }, from)
          : upon.message.election(message, from),
    },
  })),
) as CatalogueEntry<any>

const CONDITIONS = { options: { initiators: 0 }, peers: [4, 7], faults: 'swarm', eventsMax: 5_000 } as const

test(
  'each step that is left is an event of the first run: the same deed of the same process',
  PATIENT,
  async () => {
    let [compared, fewer] = [0, 0]
    for (const seed of seeds(16)) {
      const plan = planOfSeed(hasty, seed, CONDITIONS)
      const first = await simulated(plan, CONDITIONS.eventsMax)
      const property = broken(first)[0]
      if (property === undefined) continue
      const schedule = scheduleOf(plan, first.blocks, first.conducted.outcome.ended)
      const shrunk = shrink({ plan, schedule, property })
      if (typeof shrunk === 'string') throw new Error(shrunk)
      const { processes, origins } = shrunk
      expect(origins).toHaveLength(shrunk.steps)
      expect(processes).toHaveLength(shrunk.schedule.peers)
      expect(origins.filter((at) => at !== -1).length, `seed ${seed}`).toBeGreaterThan(0)
      const short: Schedule = {
        ...shrunk.schedule,
        shortenedFrom: {
          command: 'it',
          events: first.history.length,
          eventsMax: 1,
          processes,
          steps: origins,
        },
      }
      const its = await replayed(short, hasty)
      const pairs = keptEvents(short, its, first)
      expect(pairs.length).toBeGreaterThan(0)
      for (const [here, there] of pairs) {
        const [one, two] = [its.history[here]!, first.history[there]!]
        expect(two.kind, `seed ${seed}`).toBe(one.kind)
        expect(two.at).toBe(processes[its.plan.topology.ids.indexOf(one.at)])
        compared++
      }
      if (processes.length < plan.topology.ids.length) fewer++
      expect(keptEvents({ ...short, steps: short.steps.slice(1) }, its, first)).toEqual([])
    }
    expect(compared, 'events were compared').toBeGreaterThan(8)
    expect(fewer, 'processes were taken out').toBeGreaterThan(0)
  },
)
