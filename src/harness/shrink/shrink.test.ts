import { describe, expect, test } from 'vitest'
import { entry as bank } from '../../algorithms/bank/index.ts'
import { entry as snapshots } from '../../algorithms/chandy-lamport/index.ts'
import { entry as changRoberts } from '../../algorithms/chang-roberts/index.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { parseStep, type Step, stepLine, stepName } from '../../model/step.ts'
import { planSchedule, replayed } from '../replayed.ts'
import { readSchedule, SCHEDULE_FORMAT, type Schedule, writeSchedule } from '../schedule.ts'
import { scheduleOf } from '../schedule-of.ts'
import { broken, type Conditions, PATIENT, reacting, sabotaged, seeds, trial } from '../testing.ts'
import { fresh, type Shrunk, shrink } from './shrink.ts'
import { THROWS, Trials } from './trial.ts'

const chandyLamport = snapshots.upon(bank) as CatalogueEntry<any>

/** The first run of a seed that breaks a promise, shortened. */
async function shortened(
  entry: CatalogueEntry<any>,
  property: string,
  seed: number,
  conditions: Conditions,
  keepProcesses = false,
): Promise<Shrunk | null> {
  const run = await trial(entry, seed, { watchStates: false, eventsMax: 5_000, ...conditions })
  if (!broken(run).includes(property)) return null
  const schedule = scheduleOf(run.plan, run.blocks, run.conducted.outcome.ended)
  const shrunk = shrink({ plan: run.plan, schedule, property, keepProcesses })
  if (typeof shrunk === 'string') throw new Error(`seed ${seed}: ${shrunk}`)
  return shrunk
}

/** The steps of a schedule that can go, one at a time, while it still fails so. */
function superfluous({ schedule, property }: Shrunk, entry: CatalogueEntry<any>): string[] {
  const { steps, ...head } = schedule
  const trials = new Trials(property)
  const setting = { plan: planSchedule(schedule, entry), schedule: head }
  expect(trials.run(setting, steps.map(fresh)), 'as it is').not.toBeNull()
  return steps.filter((_, i) => trials.run(setting, steps.toSpliced(i, 1).map(fresh)) !== null).map(stepName)
}

const by = (steps: readonly Step[], what: Step['do']) => steps.filter((step) => step.do === what)

const schedule = (parts: Partial<Schedule> & { steps: readonly Step[] }): Schedule => ({
  format: SCHEDULE_FORMAT,
  algorithm: 'chandy-lamport',
  over: 'bank',
  options: { spendings: 0 },
  peers: 2,
  topology: 'complete',
  seed: 1,
  channels: 'unordered',
  broken: [],
  ...parts,
})

const transfer = (at: string, to: string, amount: number): Step => ({
  do: 'request',
  at,
  request: { type: 'basic', request: { type: 'transfer', to, amount } } as any,
})
const snapshot = (at: string, id = 's'): Step => ({
  do: 'request',
  at,
  request: { type: 'takeSnapshot', id } as any,
})
const steps = (...all: (string | Step)[]) =>
  all.map((one) => (typeof one === 'string' ? parseStep(one) : one))

/** Money overtakes the marker: p00 counts what p01 has not sent before its cut. */
const overtaken = steps(
  snapshot('p01'),
  transfer('p01', 'p00', 3),
  'p01>p00:money#0',
  'p01>p00:marker#0',
  'p00>p01:marker#0',
)

const shrunkOf = (
  parts: Partial<Schedule> & { steps: readonly Step[] },
  property = 'CONSISTENT CUT',
): Shrunk => {
  const shrunk = shrink({ plan: { entry: chandyLamport }, schedule: schedule(parts), property })
  if (typeof shrunk === 'string') throw new Error(shrunk)
  return shrunk
}

describe('snapshots on channels that are not FIFO', PATIENT, () => {
  // The shortest is 8 steps for three processes, by breadth-first search: see optimum.test.ts.
  test('three processes: about the shortest, which breaks the promise when it is read back', async () => {
    const lengths: number[] = []
    for (const seed of seeds(40)) {
      const shrunk = await shortened(
        chandyLamport,
        'CONSERVATION',
        seed,
        { peers: 3, broken: ['fifo'] },
        true,
      )
      if (shrunk === null) continue
      expect(shrunk.oneMinimal).toBe(true)
      expect(superfluous(shrunk, chandyLamport), `seed ${seed}`).toEqual([])
      const run = await replayed(readSchedule(writeSchedule(shrunk.schedule), 'it'), chandyLamport)
      expect(broken(run), `seed ${seed}`).toContain('CONSERVATION')
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      lengths.push(shrunk.steps)
    }
    lengths.sort((a, b) => a - b)
    expect(lengths.length).toBeGreaterThan(20)
    expect(lengths[0]).toBe(8)
    expect(lengths[lengths.length >> 1]).toBe(8)
    expect(lengths.at(-1)).toBeLessThanOrEqual(12)
  })

  test('of twenty processes two are left', async () => {
    const shrunk = await shortened(chandyLamport, 'CONSERVATION', 1, { peers: 20, broken: ['fifo'] })
    expect(shrunk?.schedule.peers).toBe(2)
    expect(shrunk?.steps).toBeLessThanOrEqual(5)
    expect(shrunk?.stepsBefore).toBeGreaterThan(1000)
    expect(superfluous(shrunk!, chandyLamport)).toEqual([])
  })
})

describe('each pass', () => {
  test('what comes after the violation goes, and what is for nothing', () => {
    const noise = steps(transfer('p00', 'p01', 1), 'p00>p01:money#0')
    const shrunk = shrunkOf({ steps: [...noise, ...overtaken, transfer('p01', 'p00', 9)] })
    expect(shrunk.schedule.steps.map(stepName)).toEqual(
      [...steps(snapshot('p01'), transfer('p01', 'p00', 1)), ...overtaken.slice(2, 4)].map(stepName),
    )
    expect(shrunk.finding.explanation).toMatch(/p00 recorded for s the receipt, but p01 not the sending/)
  })

  test('faults go that have no part in it, and a loss stays that has', () => {
    const crowded = steps(
      transfer('p01', 'p02', 1),
      'lose p01>p02:money#0',
      'crash p02',
      ...overtaken.slice(0, 2),
      'duplicate p01>p00:money#0',
      'recover p02',
      ...overtaken.slice(2),
    )
    const { schedule: left } = shrunkOf({ peers: 3, steps: crowded })
    expect(left.steps.map((step) => step.do)).toEqual(['request', 'request', 'deliver', 'deliver'])
    expect(left.peers).toBe(2)
    expect(left.broken).toEqual(['fifo'])
    const lost = steps(snapshot('p01'), 'p01>p00:marker#0', 'lose p00>p01:marker#0')
    const { schedule: owed } = shrunkOf({ steps: lost, channels: 'fifo' }, 'TERMINATION')
    expect(by(owed.steps, 'lose')).toHaveLength(1)
    expect(owed.broken).toEqual(['reliable'])
  })

  test('who lies for nothing does not; who must goes on under the new name', () => {
    const idle = shrunkOf({ byzantine: 'byzantine p00 silent of money', steps: overtaken })
    expect(idle.schedule.byzantine).toBeUndefined()
    const told = steps(snapshot('p02'), 'p02>p01:marker#0')
    const parts = { peers: 3, channels: 'fifo' as const, byzantine: 'byzantine p01 silent', steps: told }
    const { schedule: left } = shrunkOf(parts, 'TERMINATION')
    expect([left.peers, left.byzantine]).toEqual([2, 'byzantine p00 silent'])
    expect(left.broken).toEqual(['honest'])
  })

  test('channels become FIFO where that is no matter', () => {
    const lost = steps(
      transfer('p01', 'p00', 1),
      transfer('p01', 'p00', 2),
      'lose p01>p00:money#0',
      'p01>p00:money#1',
    )
    const { schedule: left } = shrunkOf({ steps: lost }, 'PAID OUT')
    expect(left.channels).toBe('fifo')
    expect(shrunkOf({ steps: overtaken }).schedule.channels).toBe('unordered')
  })

  test('numbers in requests become smaller, and dice 0, but for those that matter', () => {
    const amounts = shrunkOf({ steps: overtaken }).schedule.steps.filter((step) => step.do === 'request')
    expect(amounts.map((step) => (step.request as any).request?.amount)).toEqual([undefined, 1])
    // p01 of three spends: its die picks a neighbour, and only p02 has been told to record late.
    const spends: Step = {
      do: 'timeout',
      at: 'p01',
      timer: { type: 'basic', timer: { type: 'spend' } } as any,
      dice: [1],
    }
    const told = steps(snapshot('p01'), spends, 'p01>p02:money#0', 'p01>p02:marker#0')
    const shrunk = shrink({
      plan: { entry: chandyLamport },
      schedule: schedule({ peers: 3, options: { spendings: 1 }, steps: told }),
      property: 'CONSISTENT CUT',
      keepProcesses: true,
    }) as Shrunk
    expect(shrunk.steps).toBe(4)
    expect(stepLine(shrunk.schedule.steps.find((step) => step.do === 'timeout')!)).toMatch(/dice 1$|}$/)
  })

  test('times go that are for nothing', () => {
    const timed = overtaken.map((step, i) => ({ ...step, atMs: 10 + i, aheadMs: 3 }))
    const { schedule: left } = shrunkOf({ steps: timed, startsMs: [4, 5] })
    expect(left.steps.filter((step) => step.atMs !== undefined || step.aheadMs !== undefined)).toEqual([])
    expect(left.startsMs).toBeUndefined()
  })

  test('options are lowered where that makes it shorter, and left alone where not', async () => {
    const atRest = { peers: 3, broken: ['fifo' as const], options: { spendings: 20, everyMs: 7 } }
    const found = []
    for (const seed of seeds(10))
      found.push(await shortened(chandyLamport, 'CHANNEL STATE', seed, atRest, true))
    const shrunk = found.find((one) => one !== null)!
    expect(shrunk.schedule.options.spendings).toBeLessThan(4)
    expect(shrunk.schedule.options.everyMs).toBe(7)
    expect(shrunk.steps).toBeLessThan(26)
    const run = await replayed(shrunk.schedule, chandyLamport)
    expect([run.conducted.outcome.ended, broken(run)]).toEqual([
      'quiescent',
      expect.arrayContaining(['CHANNEL STATE']),
    ])
  })

  test('processes go, options that name them too, and others are named anew', () => {
    const far = overtaken.map((step) =>
      parseStep(stepName(step).replaceAll('p01', 'p03').replaceAll('p00', 'p02')),
    )
    const parts = { peers: 5, options: { spendings: 0, initiator: 'p04' }, steps: far }
    const { schedule: left } = shrunkOf(parts)
    expect([left.peers, left.topology, left.options.initiator ?? null]).toEqual([2, 'complete', null])
    expect(left.steps.map(stepName)).toContain('p01>p00:marker#0')
  })

  test('a ring closes behind a process that is taken out', async () => {
    const weaker = sabotaged(
      changRoberts as CatalogueEntry<any>,
      reacting((upon: any, _: any, { self, send, outgoing }: any) => ({
        ...upon,
        message: {
          ...upon.message,
          election(message: any, from: string) {
            if (message.candidate < self) send(outgoing[0], message)
            else upon.message.election(message, from)
          },
        },
      })),
    )
    const shrunk = await shortened(weaker, 'AGREEMENT', 1, { peers: 8 })
    expect(shrunk!.schedule.peers).toBeLessThanOrEqual(3)
    expect(superfluous(shrunk!, weaker)).toEqual([])
    const run = await replayed(shrunk!.schedule, weaker)
    expect(broken(run)).toContain('AGREEMENT')
  })

  test('the steps of a process stand together where they commute', () => {
    const mixed = steps(
      snapshot('p01'),
      snapshot('p00', 't'),
      transfer('p01', 'p00', 1),
      'p01>p00:money#0',
      'p00>p01:marker#0',
      'p01>p00:marker#0',
    )
    const { schedule: left } = shrunkOf({ steps: mixed })
    const processes = left.steps.map((step) => ('to' in step ? step.to : 'at' in step ? step.at : ''))
    expect(processes).toEqual([...processes].sort().reverse())
  })
})

describe('what else may be wrong', () => {
  test('a handler that throws', async () => {
    const entry = sabotaged(
      chandyLamport,
      reacting((upon: any, state: any) => ({
        ...upon,
        message: {
          ...upon.message,
          marker(marker: any, from: string) {
            if (state.snapshots.has(marker.id)) throw new Error(`${from} said it twice`)
            upon.message.marker(marker, from)
          },
        },
      })),
    )
    const run = await trial(entry, 1, { peers: 4 })
    expect(run.conducted.failure?.name).toBe('HandlerThrew')
    const recorded = scheduleOf(run.plan, run.blocks, run.conducted.outcome.ended)
    const shrunk = shrink({ plan: run.plan, schedule: recorded, property: THROWS }) as Shrunk
    expect(shrunk.steps).toBeLessThanOrEqual(5)
    expect(superfluous(shrunk, entry)).toEqual([])
    const again = await replayed(shrunk.schedule, entry)
    expect(again.conducted.failure?.message).toBe(shrunk.finding.explanation)
    expect(shrunk.finding.explanation).toMatch(/said it twice/)
  })

  test('what never comes, though a timer goes off for ever: nothing to shorten', () => {
    const restless = sabotaged(
      bank as CatalogueEntry<any>,
      reacting((upon: any, _: any, { setTimer }: any) => {
        const again = () => setTimer({ type: 'spend' }, 1)
        return { ...upon, start: again, timeout: { spend: again } }
      }),
    )
    const pays: Step = {
      do: 'request',
      at: 'p00',
      request: { type: 'transfer', to: 'p01', amount: 1 } as any,
    }
    const lost = steps(pays, 'lose p00>p01')
    const parts = { algorithm: 'bank', channels: 'fifo' as const, steps: lost }
    const { over: _, ...alone } = schedule(parts)
    const said = shrink({ plan: { entry: restless }, schedule: alone, property: 'PAID OUT' })
    expect(said).toMatch(/PAID OUT is broken neither by a step nor when nothing more can happen/)
  })

  test('a schedule that does not fail', () => {
    const fine = schedule({ steps: steps(snapshot('p01')) })
    const said = shrink({ plan: { entry: chandyLamport }, schedule: fine, property: 'CONSISTENT CUT' })
    expect(said).toMatch(/it cannot be shortened/)
  })

  test('a promise that nobody gave is our mistake', () => {
    const fine = schedule({ steps: [] })
    expect(() => shrink({ plan: { entry: chandyLamport }, schedule: fine, property: 'PEACE' })).toThrow(
      /promises no PEACE/,
    )
  })
})
