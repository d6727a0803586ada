import { describe, expect, test } from 'vitest'
import { UsageError } from '../lib/usage-error.ts'
import { planSchedule, replayed, scheduledEntry } from './replayed.ts'
import { readSchedule, SCHEDULE_FORMAT, writeSchedule } from './schedule.ts'
import { scheduleOf } from './schedule-of.ts'
import { broken, trial } from './testing.ts'

const head = { format: SCHEDULE_FORMAT, algorithm: 'ping-pong', peers: 3, steps: [] }
const read = (value: unknown) =>
  readSchedule(typeof value === 'string' ? value : JSON.stringify(value), 'it.json')

describe('a schedule file', () => {
  test('needs little', () => {
    expect(read(head)).toEqual({
      ...head,
      options: {},
      broken: [],
      channels: 'fifo',
      topology: 'complete',
      seed: 1,
    })
  })

  test('written and read it is the same', () => {
    const whole = {
      ...head,
      about: 'all that there is',
      over: 'bank',
      options: { pings: 3 },
      topology: ['p00>p01', 'p01>p02'],
      seed: 7,
      channels: 'unordered',
      broken: ['fifo', 'reliable'],
      byzantine: 'p00 is silent',
      startsMs: [0, 0.5, 1],
      ended: 'time over',
      steps: [
        { do: 'request', at: 'p00', request: { type: 'ping', target: 'p01' }, atMs: 2 },
        { do: 'deliver', from: 'p00', to: 'p01', type: 'ping', nth: 0, dice: [1, 0] },
        {
          do: 'lose',
          from: 'p00',
          to: 'p01',
          type: 'ping',
          nth: 1,
          cause: 'cut',
          whenSent: true,
          atMs: 3,
          aheadMs: 1,
        },
        { do: 'duplicate', from: 'p00', to: 'p01' },
        { do: 'timeout', at: 'p02', timer: { type: 'retry' }, atMs: 1e-7 },
        { do: 'cut', link: ['p00', 'p01'] },
        { do: 'crash', at: 'p02' },
      ],
    }
    const text = writeSchedule(read(whole))
    expect(read(text)).toEqual(whole)
    expect(text).toContain('    "p00>p01:ping#0 dice 1,0",\n')
    expect(text).toContain('    "crash p02"\n  ]\n}\n')
  })

  test.each([
    ['{', /^it.json is no JSON: /],
    [[], /^it.json: it must be an object; docs\/schedule.md/],
    [{ ...head, format: 'x' }, /format must be "p2p-testbed schedule 1"/],
    [{ ...head, peers: undefined }, /peers is missing/],
    [{ ...head, peers: 0 }, /peers must be a whole number of 1 or more/],
    [{ ...head, steps: {} }, /steps must be a list/],
    [{ ...head, chanels: 'fifo' }, /chanels is no field of a schedule: format, about/],
    [{ ...head, channels: 'bag' }, /channels must be "fifo" or "unordered"/],
    [{ ...head, broken: ['order'] }, /broken must be a list of reliable, noDuplicates/],
    [{ ...head, topology: ['p00-p01'] }, /topology must be a topology such as "complete", or a list/],
    [{ ...head, ended: 'quiescent' }, /ended must be one of time over/],
    [{ ...head, steps: ['p00>p01', 'p01 jumps'] }, /steps\[1\] 'p01 jumps' is no step; these are: p00>p01/],
    [{ ...head, steps: [7] }, /steps\[0\] must be a step: p00>p01/],
    [{ ...head, steps: [{ do: 'jump' }] }, /steps\[0\].do must be one of request, timeout, deliver/],
    [{ ...head, steps: [{ do: 'deliver', from: 'p00' }] }, /steps\[0\].to must be a process/],
    [{ ...head, steps: [{ do: 'crash', at: 'p00', nth: 1 }] }, /steps\[0\].nth is no field of 'crash'/],
    [{ ...head, steps: [{ do: 'deliver', from: 'p00', to: 'p01', nth: 1 }] }, /steps\[0\].nth needs a type/],
    [
      { ...head, steps: [{ do: 'request', at: 'p00', request: {} }] },
      /steps\[0\].request must be an object with a type/,
    ],
    [{ ...head, steps: [{ do: 'crash', at: 'p00', atMs: '5' }] }, /steps\[0\].atMs must be a time in ms/],
  ])('%j is none', (value, said) => {
    expect(() => read(value)).toThrow(said)
    expect(() => read(value)).toThrow(UsageError)
  })
})

describe('what a schedule is of', () => {
  test.each([
    [{ algorithm: 'pong' }, /algorithm: there is no 'pong', only /],
    [{ over: 'bank' }, /over: ping-pong runs by itself/],
    [{ options: { pongs: 1 } }, /options.pongs: ping-pong has pings/],
    [{ options: { pings: 'x' } }, /options.pings must be a positive number/],
    [{ topology: 'nowhere' }, /no topology 'nowhere'/],
    [{ topology: ['p00>p07'] }, /topology: p00>p07 is no channel between two of p00 … p02/],
    [{ startsMs: [1] }, /startsMs has 1 times, but there are 3 processes/],
    [{ steps: ['p09 asked ping'] }, /steps\[0\].at: there is no process p09, only p00 … p02/],
    [{ steps: ['p00 asked pong'] }, /steps\[0\].request: unknown type "pong"; ping-pong knows ping/],
    [{ steps: ['p00 timeout pong'] }, /steps\[0\].timer: unknown type "pong"/],
    [
      { algorithm: 'bank', topology: 'line', steps: ['p00>p01', 'p00>p02'] },
      /steps\[1\].to: there is no channel from p00 to p02/,
    ],
    [{ steps: ['p00>p01'] }, /steps\[0\] 'p00>p01' cannot happen: nothing is on its way from p00 to p01/],
    [{ steps: ['cut p00-p09'] }, /steps\[0\].link\[1\]: there is no process p09/],
  ])('%j cannot be', async (parts, said) => {
    const schedule = read({ ...head, ...parts })
    await expect(replayed(schedule)).rejects.toThrow(said)
    await expect(replayed(schedule)).rejects.toThrow(UsageError)
  })

  test('what its steps break is lifted, and said', async () => {
    const steps = ['p00 asked {"type":"ping","target":"p01"}', 'lose p00>p01', 'crash p02']
    const schedule = read({ ...head, steps })
    const plan = planSchedule(schedule, await scheduledEntry(schedule))
    expect(plan.broken).toEqual(expect.arrayContaining(['reliable']))
    const run = await replayed(schedule)
    expect(run.conducted.failure).toBeNull() // no channel that we made broke its promise
    expect([run.conducted.outcome.ended, broken(run)]).toEqual(['quiescent', ['ANSWERED']])
    expect(run.conducted.outcome.faultsFired).toEqual({ lose: 1, crash: 1 })
    expect(run.states.map(({ up }) => up)).toEqual([true, true, false])
  })
})

test('a simulated run has the same digest when it is replayed from its schedule', async () => {
  const schedule = read({ ...head, algorithm: 'bank' })
  const entry = await scheduledEntry(schedule)
  for (const faults of [
    'latency 2-12ms',
    'jitter 0-30ms, loss 10%, duplicate 10%, crash p01 at 40ms for 30ms',
  ]) {
    const breaking = { broken: ['reliable', 'noDuplicates', 'crashes'] as const, faults }
    const run = await trial(entry, 3, { peers: 4, ...breaking, broken: [...breaking.broken] })
    const again = await replayed(scheduleOf(run.plan, run.blocks, run.conducted.outcome.ended), entry)
    expect(again.conducted.outcome.digest, `seed 3, ${faults}`).toBe(run.conducted.outcome.digest)
  }
})
