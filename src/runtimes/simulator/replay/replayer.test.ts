import { describe, expect, test } from 'vitest'
import type { Algorithm, Signature } from '../../../model/process.ts'
import { parseStep, type Step, stepName } from '../../../model/step.ts'
import { assemble } from '../../../topology/topology.ts'
import type { Block } from '../../../trace-format/events.ts'
import { EventReader } from '../../../trace-format/history-reader.ts'
import { Recorder } from '../../../trace-format/recorder.ts'
import type { Experiment } from '../../experiment.ts'
import { NotEnabled } from './not-enabled.ts'
import { Replay, type Scheduled } from './replay.ts'
import { Replayer, type ReplayRules } from './replayer.ts'

interface Little extends Signature {
  request: { type: 'go'; to: string; n: number } | { type: 'set'; name: string; min: number; max: number }
  message: { type: 'note' | 'word'; n: number }
  timer: { type: 'tick'; name: string }
  indication: { type: 'saw'; what: unknown }
  state: { seen: unknown[] }
  stable: { seen: unknown[] }
}

/** Sends what it is asked to, answers a note with a word, and says what it sees. */
const little: Algorithm<Little> = {
  initial: () => ({ seen: [] }),
  upon: ({ send, setTimer, indicate, random, now, store }, state) => {
    const see = (what: unknown) => {
      state.seen.push(what)
      indicate({ type: 'saw', what })
    }
    return {
      start: () => see('start'),
      recover: (stored) => see(['recover', stored?.seen ?? null, now()]),
      request: {
        go: ({ to, n }) => {
          for (let i = 0; i < n; i++) send(to, { type: 'note', n: i })
          store({ seen: state.seen })
        },
        set: ({ name, min, max }) => setTimer({ type: 'tick', name }, min, max),
      },
      message: {
        note: ({ n }, from) => {
          see(['note', n, now()])
          send(from, { type: 'word', n })
        },
        word: ({ n }) => see(['word', n]),
      },
      timeout: { tick: ({ name }) => see(['tick', name, random.below(100), random.chance(1, 2)]) },
    }
  },
}

const { places } = assemble('three', 3, [
  [0, 1],
  [1, 0],
  [1, 2],
  [2, 1],
  [0, 2],
  [2, 0],
])

function experiment(blocks: Block[]): Experiment<Little> {
  return {
    algorithm: little,
    places,
    streams: 'channel',
    channels: 'fixed',
    delivery: 'fifo',
    shapes: { message: {} },
    requests: [],
    faults: { rules: [], timed: [] },
    seed: 3,
    ends: 'quiescent',
    eventsMax: 1000,
    recorder: new Recorder(3, (block) => void blocks.push(block)),
    watchStates: false,
  }
}

const go = (at: string, to: string, n = 1): Step => ({
  do: 'request',
  at,
  request: { type: 'go', to, n } as any,
})
const set = (at: string, name: string, min: number, max: number): Step => {
  return { do: 'request', at, request: { type: 'set', name, min, max } as any }
}
const tick = (at: string, name: string): Step => ({ do: 'timeout', at, timer: { type: 'tick', name } as any })
const steps = (...texts: (string | Step)[]) =>
  texts.map((one) => (typeof one === 'string' ? parseStep(one) : one))

function play(wanted: readonly Step[], how: Partial<Scheduled> = {}) {
  const blocks: Block[] = []
  const { recorder, ...rest } = experiment(blocks)
  const replay = new Replay({ ...rest, recorder }, { steps: wanted, channels: 'fifo', ...how })
  const ended = replay.run()
  ;(recorder as Recorder).flush()
  const reader = new EventReader()
  const events = blocks.flatMap((block) => [...reader.read(block)])
  const states = replay.states().map(({ text }) => (JSON.parse(text) as Little['state']).seen.slice(1))
  return { ended, events, states, kinds: events.map(({ kind }) => kind) }
}

const indications = (events: ReturnType<typeof play>['events'], of: number) =>
  events.flatMap(({ kind, process, payload }) =>
    kind === 'indicate' && process === of ? [(payload as Little['indication']).what] : [],
  )

function begun(rules: Partial<ReplayRules> = {}, ...taken: Step[]) {
  const replayer = new Replayer(experiment([]), { fifo: true, ...rules })
  replayer.begin()
  for (const step of taken) replayer.take(step)
  return replayer
}

const refusal = (replayer: Replayer<Little>, step: string | Step): string => {
  try {
    replayer.take(typeof step === 'string' ? parseStep(step) : step)
  } catch (error) {
    expect(error).toBeInstanceOf(NotEnabled)
    return (error as Error).message
  }
  throw new Error(`${JSON.stringify(step)} was taken`)
}

describe('a replay', () => {
  test('all start first, in the order of ids, and then the steps are taken', () => {
    const { events, states, ended } = play(
      steps(go('p02', 'p00', 2), 'p02>p00:note#0', 'p02>p00:note#1', 'p00>p02'),
    )
    expect(events.filter(({ kind }) => kind === 'start').map(({ process }) => process)).toEqual([0, 1, 2])
    expect(events.slice(0, 6).map(({ kind }) => kind)).toEqual(Array(3).fill(['start', 'indicate']).flat())
    expect(states[0]).toEqual([
      ['note', 0, 2],
      ['note', 1, 3],
    ])
    expect(states[2]).toEqual([['word', 0]])
    expect(ended.how).toBe('schedule over') // the second word is on its way
  })

  test('nothing is left to happen: quiescent', () => {
    expect(play(steps(go('p00', 'p01'), 'p00>p01', 'p01>p00')).ended.how).toBe('quiescent')
    expect(play(steps(set('p00', 'a', 1, 2))).ended.how).toBe('schedule over')
    expect(play(steps(set('p00', 'a', 1, 2)), { ended: 'time over' }).ended.how).toBe('time over')
  })

  test('twice the same has the same digest', () => {
    const wanted = steps(go('p00', 'p01'), set('p00', 'a', 1, 2), tick('p00', 'a'))
    expect(play(wanted).ended.digest).toBe(play(wanted).ended.digest)
    expect(play(wanted).ended.digest).not.toBe(play(wanted.slice(1)).ended.digest)
  })

  test('clocks show what the steps say, else 1 ms more; global time does not go back', () => {
    const wanted = steps(go('p00', 'p01', 2), 'p00>p01 @50ms', 'p00>p01')
    const { states, events } = play([...wanted, { ...go('p02', 'p00'), atMs: 10, aheadMs: -45 }])
    expect(states[1]).toEqual([
      ['note', 0, 50],
      ['note', 1, 51],
    ])
    const last = events.at(-1)!
    expect([last.timeNs, last.localNs]).toEqual([55e6, 10e6])
    expect(play(steps(), { startsMs: [1, 2, 3] }).events.map(({ timeNs }) => timeNs / 1e6)).toEqual([
      1, 1, 2, 2, 3, 3,
    ])
  })

  test('dice show what they are told, and else what the seed says', () => {
    const seen = (dice?: number[]) => {
      const step = tick('p00', 'a')
      return play(steps(set('p00', 'a', 1, 1), dice === undefined ? step : { ...step, dice }))
        .states[0]![0] as any[]
    }
    expect(seen([42, 1])).toEqual(['tick', 'a', 42, false])
    expect(seen([142, 0])).toEqual(['tick', 'a', 42, true])
    expect(seen()).toEqual(seen())
    expect(seen([seen()[2]])).toEqual(seen())
  })

  test('a fate at the sending comes before the next send', () => {
    const fates: Step[] = [
      { do: 'duplicate', from: 'p00', to: 'p01', type: 'note', nth: 0, whenSent: true },
      { do: 'lose', from: 'p00', to: 'p01', type: 'note', nth: 0, whenSent: true, cause: 'cut' },
    ]
    const { kinds, ended } = play([go('p00', 'p01', 2), ...fates])
    expect(kinds.slice(6)).toEqual(['request', 'send', 'duplicate', 'lost', 'send', 'store'])
    expect(ended.faultsFired).toEqual({ duplicate: 1, lose: 1 })
  })
})

describe('messages', () => {
  test('FIFO: only the first of a channel', () => {
    const replayer = begun({}, go('p00', 'p01', 3))
    expect(replayer.enabled().map(stepName)).toEqual(['p00>p01:note#0'])
    expect(refusal(replayer, 'p00>p01:note#1')).toMatch(
      /#1' cannot happen: channels are FIFO, and p00>p01:note#0 is before it. Enabled here: p00>p01:note#0$/,
    )
  })

  test('not FIFO: any', () => {
    const replayer = begun({ fifo: false }, go('p00', 'p01', 3))
    expect(replayer.enabled().map(stepName)).toEqual(['p00>p01:note#0', 'p00>p01:note#1', 'p00>p01:note#2'])
    replayer.take(parseStep('p00>p01:note#2'))
    expect(refusal(replayer, 'p00>p01:note#2')).toMatch(/it is delivered or lost already/)
    replayer.take(parseStep('p00>p01'))
    expect(replayer.enabled().map(stepName)).toEqual(['p00>p01:note#1', 'p01>p00:word#0', 'p01>p00:word#1'])
  })

  test('one that is lost or doubled', () => {
    const replayer = begun(
      {},
      go('p00', 'p01', 2),
      parseStep('lose p00>p01:note#1'),
      parseStep('duplicate p00>p01'),
    )
    replayer.take(parseStep('p00>p01:note#0'))
    replayer.take(parseStep('p00>p01:note#0'))
    expect(replayer.enabled().map(stepName)).toEqual(['p01>p00:word#0'])
  })

  test('what cannot happen is named, with the nearest that could', () => {
    const replayer = begun({ fifo: false }, go('p00', 'p01', 1), go('p02', 'p00', 8), set('p01', 'a', 1, 1))
    expect(refusal(replayer, 'p00>p01:word#0')).toMatch(
      /p00 has sent no word to p01. Enabled here: p00>p01:note#0, /,
    )
    expect(refusal(replayer, 'p00>p01:note#4')).toMatch(/p00 has sent 1 note to p01 so far, counted from #0/)
    expect(refusal(replayer, 'p01>p02')).toMatch(/nothing is on its way from p01 to p02/)
    expect(refusal(replayer, 'p02>p00:note#9')).toMatch(/, and 4 more$/)
    expect(refusal(replayer, tick('p01', 'b'))).toMatch(
      /p01 has no such timer armed. Enabled here: p01 timeout/,
    )
    expect(refusal(replayer, 'recover p01')).toMatch(/p01 is up/)
    expect(refusal(replayer, 'heal p00-p01')).toMatch(/the link is not cut/)
    expect(refusal(begun(), 'p00>p01')).toMatch(/Nothing is on its way and no timer is armed$/)
  })
})

describe('timers', () => {
  const armed = [set('p00', 'early', 5, 10), set('p00', 'late', 10, 20), set('p00', 'any', 9, 9)]

  test('any that is armed may go off', () => {
    const replayer = begun({}, ...armed)
    replayer.take(tick('p00', 'late'))
    expect(refusal(replayer, tick('p00', 'late'))).toMatch(/no such timer armed/)
  })

  test('by interval: not before one set earlier that must have gone off by then', () => {
    const replayer = begun({ timers: 'by interval' }, ...armed)
    const enabled = () => replayer.timeouts().map((step) => (step as any).timer.name)
    expect(enabled()).toEqual(['early', 'any'])
    expect(refusal(replayer, tick('p00', 'late'))).toMatch(/the timer .*early.* goes off before it/)
    replayer.take(tick('p00', 'early'))
    expect(enabled()).toEqual(['late', 'any'])
  })
})

describe('faults', () => {
  test('a crash takes timers and messages along; what is stored is there afterwards', () => {
    const before = steps(go('p01', 'p00'), go('p00', 'p01'), set('p01', 'a', 1, 1), 'crash p01')
    const replayer = begun({}, ...before)
    expect(replayer.enabled()).toEqual([])
    expect(refusal(replayer, go('p01', 'p00'))).toMatch(/p01 is down/)
    const { states, events, kinds, ended } = play(
      steps(...before, go('p00', 'p01'), 'recover p01', go('p00', 'p01'), 'p00>p01'),
    )
    expect(states[1]).toEqual([['note', 0, 8]])
    expect(indications(events, 1)).toContainEqual(['recover', ['start'], 6])
    expect(kinds.filter((kind) => kind === 'lost')).toHaveLength(3) // the third was sent while it was down
    expect(ended.faultsFired).toEqual({ crash: 1, lose: 3, recover: 1 })
  })

  test('a loss that the schedule tells later is not told before', () => {
    const { events } = play(steps(go('p00', 'p01'), 'crash p01', go('p02', 'p00'), 'lose p00>p01:note#0'))
    expect(events.at(-1)!.kind).toBe('lost')
    expect(events.filter(({ kind }) => kind === 'lost')).toHaveLength(1)
  })

  test('what a crash dooms and no step loses is lost in the end', () => {
    const wanted = steps(go('p00', 'p01', 2), 'duplicate p00>p01:note#0', 'crash p01', 'lose p00>p01:note#0')
    const { events } = play(wanted)
    const lost = events.filter(({ kind }) => kind === 'lost')
    expect(lost.map(({ number, payload }) => `${number} ${payload}`)).toEqual([
      '1 crash',
      '0 loss',
      '0 crash',
    ])
  })

  test('a link that is cut loses what is on it and what is sent, until it is healed', () => {
    const wanted = steps(go('p00', 'p01'), 'cut p01-p00', go('p01', 'p00'), go('p00', 'p02'))
    const replayer = begun({}, ...wanted)
    expect(replayer.enabled().map(stepName)).toEqual(['p00>p02:note#0'])
    expect(refusal(replayer, 'cut p00-p01')).toMatch(/cut already/)
    const { events, states } = play(steps(...wanted, 'heal p00-p01', go('p00', 'p01'), 'p00>p01'))
    expect(events.filter(({ kind }) => kind === 'lost').map(({ payload }) => payload)).toEqual([
      'link',
      'link',
    ])
    expect(events.filter(({ kind }) => kind === 'linkDown' || kind === 'linkUp')).toHaveLength(4)
    expect(states[1]).toEqual([['note', 0, 7]])
  })
})

test('lenient: what cannot happen does not, and everything else goes on', () => {
  const replayer = begun({}, go('p00', 'p01'))
  expect(replayer.tryTake(parseStep('p00>p01:note#7'))).toBe(false)
  expect(replayer.tryTake(parseStep('p00>p01:note#0'))).toBe(true)
  expect(replayer.last?.sent.number).toBe(0)
})

test('a handler that reads the clock of the machine is caught', () => {
  const impure: Algorithm<Little> = {
    ...little,
    upon: (context, state) => {
      const upon = little.upon(context, state)
      return { ...upon, request: { ...upon.request, go: () => void Date.now() } }
    },
  }
  const replay = new Replay(
    { ...experiment([]), algorithm: impure },
    { steps: [go('p00', 'p01')], channels: 'fifo' },
  )
  expect(() => replay.run()).toThrow(/Date.now is not for a handler/)
})
