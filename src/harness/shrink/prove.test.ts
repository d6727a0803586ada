import { describe, expect, test } from 'vitest'
import { entry as bank } from '../../algorithms/bank/index.ts'
import { entry as snapshots } from '../../algorithms/chandy-lamport/index.ts'
import { entry as pingPong } from '../../algorithms/ping-pong/index.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { parseStep } from '../../model/step.ts'
import { replayed } from '../replayed.ts'
import { SCHEDULE_FORMAT, type Schedule } from '../schedule.ts'
import { broken } from '../testing.ts'
import { shortest } from './prove.ts'
import type { Shrunk } from './shrink.ts'

const chandyLamport = snapshots.upon(bank) as CatalogueEntry<any>

/** Money overtakes the marker from p01 to p00. */
const FOUR = [
  'p01 asked {"type":"takeSnapshot","id":"s"}',
  'p01 asked {"type":"basic","request":{"type":"transfer","to":"p00","amount":1}}',
  'p01>p00:money#0',
  'p01>p00:marker#0',
]

function claimed(steps: readonly string[], parts: Partial<Schedule> = {}): Shrunk {
  const schedule: Schedule = {
    format: SCHEDULE_FORMAT,
    algorithm: 'chandy-lamport',
    options: { spendings: 0 },
    peers: 2,
    topology: 'complete',
    seed: 1,
    channels: 'unordered',
    broken: [],
    steps: steps.map(parseStep),
    ...parts,
  }
  const explanation = 'p00 recorded for s the receipt, but p01 not the sending, of message p01#1'
  const finding = { explanation, witnesses: [] }
  const told = { property: 'CONSISTENT CUT', finding, stepsBefore: 99, replays: 1, oneMinimal: true }
  const left = { processes: ['p00', 'p01'], origins: steps.map((_, i) => i) }
  return { schedule, steps: steps.length, ...told, ...left }
}

describe('a counterexample', () => {
  test('that is the shortest', () => {
    const proved = shortest(claimed(FOUR), chandyLamport)
    expect(proved.provedShortest).toMatch(/^no shorter way is there, among \d+ states$/)
    expect(proved.steps).toBe(4)
  })

  test('also where the topology has no name', () => {
    const proved = shortest(claimed(FOUR, { topology: ['p00>p01', 'p01>p00'] }), chandyLamport)
    expect(proved.provedShortest).toBeDefined()
  })

  test('that is not is made shorter', async () => {
    const idle = 'p00 asked {"type":"basic","request":{"type":"transfer","to":"p01","amount":1}}'
    const found = shortest(claimed([idle, 'p00>p01:money#0', ...FOUR]), chandyLamport)
    expect([found.steps, found.schedule.steps.length, found.schedule.broken]).toEqual([4, 4, ['fifo']])
    expect(found.provedShortest).toBeDefined()
    expect(broken(await replayed(found.schedule, chandyLamport))).toContain('CONSISTENT CUT')
  })

  test('of which nothing is proved', () => {
    const plain = (shrunk: Shrunk, entry = chandyLamport, states?: number) =>
      expect(shortest(shrunk, entry, states)).toEqual(shrunk)
    plain(claimed(FOUR), chandyLamport, 2) // out of patience
    plain(claimed([...FOUR, 'duplicate p00>p01']))
    plain(claimed(FOUR, { byzantine: 'byzantine p01 silent' }))
    const clock = claimed(['p00 asked {"type":"ping","target":"p01"}', 'lose p00>p01'], {
      algorithm: 'ping-pong',
      options: {},
    })
    plain({ ...clock, property: 'ANSWERED' }, pingPong as CatalogueEntry<any>)
  })
})
