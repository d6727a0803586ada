import { describe, expect, test } from 'vitest'
import { goldenRuns } from '../../harness/golden-runs.ts'
import type { Simulated } from '../../harness/simulated.ts'
import {
  acting,
  broken,
  type Conditions,
  PATIENT,
  reacting,
  sabotaged,
  seeds,
  seedsToFind,
  tally,
  trial,
  unseen,
} from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import { buildTopology } from '../../topology/topology.ts'
import { entry } from './index.ts'
import type { Membership } from './vocabulary.ts'

describe('golden runs', PATIENT, () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

type Indication = Membership['indication']
type Said<Type> = Extract<Indication, { type: Type }> & { at: string; timeNs: number }

const events = ({ history }: Simulated) => history as unknown as HistoryEvent<Membership>[]

const said = <Type extends Indication['type']>(run: Simulated, type: Type): Said<Type>[] =>
  events(run).flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === type
      ? [{ ...event.indication, at: event.at, timeNs: event.timeNs } as Said<Type>]
      : [],
  )

const plans = [
  'latency 2-12ms',
  'latency 2-12ms, loss 10%, duplicate 20%, reorder 20% by 20ms',
  'latency 2-12ms, crash p00 at 300ms, crash p01 at 900ms',
  'latency 2-12ms, crash p02 at 800ms for 700ms, crash p00 at 1s for 900ms',
  'latency 2-12ms, partition halves at 700ms for 2s',
  'latency 2-12ms, pause p03 at 1s for 350ms, slow p02 5ms',
]

describe('keeps its promises', PATIENT, () => {
  test.each(plans)('%s', async (faults) => {
    for (const seed of seeds(12)) {
      const conditions = { peers: 4 + (seed % 5), faults, watchStates: false }
      const run = await trial(entry, seed, conditions)
      expect(run.conducted.failure, `seed ${seed}`).toBeNull()
      expect(run.conducted.outcome.verdict, `seed ${seed}: ${broken(run)}`).toBe('valid')
    }
  })

  test('its own conditions show a death found and a suspicion cleared', async () => {
    let seen = 0
    for (const seed of seeds(10)) if (unseen(await trial(entry, seed, { peers: 12 })).length === 0) seen++
    expect(seen).toBeGreaterThan(7)
  })

  test('both boot nodes are dead: those inside go on, and who has been inside comes back', async () => {
    const faults = 'latency 2-12ms, crash p00 at 800ms, crash p01 at 800ms, crash p05 at 1500ms for 500ms'
    const run = await trial(entry, 1, { peers: 8, faults, options: { leaves: 0 } })
    expect(broken(run)).toEqual([])
    expect(said(run, 'joined').filter(({ at }) => at === 'p05')).toHaveLength(2)
  })

  test('whoever comes when they are dead, and knows nobody else, is told so in the end', async () => {
    const faults = 'latency 2-12ms, crash p00 at 800ms, crash p01 at 800ms'
    const options = { leaves: 0, wave: 1, retries: 3 }
    const run = await trial(entry, 1, { peers: 6, faults, options })
    expect(said(run, 'gaveUp')).toMatchObject([{ at: 'p05', tries: 3, reason: 'nobody has answered' }])
    expect(broken(run)).toEqual([])
  })
})

describe('who comes in', PATIENT, () => {
  test('a foreigner is refused by name, and is on nobody’s list', async () => {
    const run = await trial(entry, 1, { peers: 6, options: { foreigners: 1 } })
    expect(said(run, 'refused')[0]).toMatchObject({
      process: 'p05',
      reason: 'it speaks version 2, here it is 1',
    })
    expect(said(run, 'gaveUp')).toMatchObject([{ at: 'p05' }])
    expect(said(run, 'up').filter(({ process }) => process === 'p05')).toEqual([])
    expect(broken(run)).toEqual([])
  })

  const asAnother = sabotaged(
    entry as never,
    acting<Membership>(({ self, send }) => ({
      send(to, message) {
        send(to, message.type === 'join' && self === 'p04' ? { ...message, name: 'p03' } : message)
      },
    })),
  )

  test('nobody comes in as another: the channel says who it is', async () => {
    const run = await trial(asAnother, 1, { peers: 5, options: { leaves: 0 } })
    expect(said(run, 'refused')[0]).toMatchObject({ process: 'p04', reason: 'p04 is not p03' })
    expect(said(run, 'joined').map(({ at }) => at)).not.toContain('p04')
    expect(broken(run)).toEqual([])
  })

  test('nor without the work', async () => {
    const idle = sabotaged(
      entry as never,
      ({ initial, upon }): ReturnType<typeof entry.make> => ({
        initial: (place) => ({ ...initial(place), ...(place.self === 'p04' ? { nonce: 0 } : {}) }),
        upon,
      }),
    )
    const run = await trial(idle, 1, { peers: 5, options: { leaves: 0, difficulty: 10 } })
    expect(said(run, 'refused')[0]).toMatchObject({ process: 'p04', reason: '0 is not the work of p04' })
    expect(broken(run)).toEqual([])
  })

  test('what cannot be asked is a failure with its reason', async () => {
    const run = await trial(entry, 1, {
      peers: 4,
      options: { leaves: 0 },
      requests: [
        'p02 join id=a @1000ms',
        'p02 leave id=b @1100ms',
        'p02 leave id=c @1200ms',
        'p03 members id=d @2000ms',
      ],
    })
    expect(said(run, 'fail').map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      'a: it is a member already',
      'c: it is no member',
    ])
    expect(said(run, 'members')[0]).toMatchObject({
      at: 'p03',
      id: 'd',
      members: expect.not.arrayContaining(['p02']),
    })
  })
})

describe('what it costs', PATIENT, () => {
  const perPeriod = (run: Simulated, of: (at: string) => boolean, fromMs: number, toMs: number) => {
    const within = events(run).filter(
      ({ timeNs, at }) => of(at) && timeNs >= fromMs * 1e6 && timeNs < toMs * 1e6,
    )
    const sent = within.filter(({ kind }) => kind === 'send').length
    const periods = within.filter((event) => event.kind === 'timeout' && event.timer.type === 'period').length
    return sent / periods
  }

  test('the same for a member of ten and of a hundred', async () => {
    const calm = { options: { leaves: 0 }, faults: 'latency 2-12ms', watchStates: false }
    const [few, many] = await Promise.all([10, 100].map((peers) => trial(entry, 1, { peers, ...calm })))
    const [ofFew, ofMany] = [few!, many!].map((run) => perPeriod(run, () => true, 2000, 6000))
    expect(ofMany! / ofFew!).toBeLessThan(1.1)
  })

  test('a wave of joiners that leave costs each of the others a fraction of a message a period', async () => {
    const calm = { peers: 60, options: { leaves: 0 }, faults: 'latency 2-12ms', watchStates: false }
    const run = await trial(entry, 1, { ...calm, options: { leaves: 0, wave: 30 } })
    const stays = (at: string) => at < 'p30'
    const before = perPeriod(run, stays, 900, 1500)
    const during = perPeriod(run, stays, 1500, 3000)
    expect(said(run, 'left')).toHaveLength(30)
    expect(during - before).toBeLessThan(1)
    expect(broken(run)).toEqual([])
  })
})

describe('what is assumed is needed', PATIENT, () => {
  test('an answer within a period: those who are slow are given up though they live', async () => {
    const caught = await tally(entry, 10, { peers: 6, options: { leaves: 0 }, faults: 'latency 2s' })
    expect(caught.ACCURACY).toBe(10)
  })

  test('honesty: whoever tells of incarnations that have not begun', async () => {
    const faults = 'latency 2-12ms, byzantine p02 lies join.incarnation'
    const caught = await tally(entry, 10, { peers: 6, broken: ['honest'], faults })
    expect(caught['NO INVENTION']).toBe(10)
  })

  test('a link to whoever is named', () => {
    for (const name of ['ring', 'star', 'grid']) {
      expect(entry.topology.fits(buildTopology(name, 5, 1).places), name).toMatch(/--topology complete/)
    }
  })
})

type Slip = Parameters<typeof sabotaged<Membership>>[1]

describe('sabotage is found', PATIENT, () => {
  const cases: Record<string, { slip: Slip; by: string; conditions?: Partial<Conditions> }> = {
    'who is suspected is buried at once': {
      slip: acting(({ setTimer }) => ({
        setTimer: (timer, min, max) => setTimer(timer, timer.type === 'suspicion' ? 1 : min, max),
      })),
      by: 'SUSPECTED FIRST',
    },
    'nobody says that it lives': {
      slip: reacting((upon, _, { self }) => ({
        ...upon,
        message: Object.fromEntries(
          Object.entries(upon.message).map(([type, take]) => [
            type,
            (message: any, from: string) => {
              const news = message.news?.filter((account: string) => !account.startsWith(`${self}:`))
              take(message.news ? { ...message, news } : message, from)
            },
          ]),
        ) as typeof upon.message,
      })),
      by: 'ACCURACY',
      conditions: {
        faults: 'latency 2-12ms, pause p03 at 1s for 350ms',
        options: { leaves: 0, syncMs: 60_000 },
      },
    },
    'who is suspected is suspected for ever': {
      slip: reacting((upon) => ({ ...upon, timeout: { ...upon.timeout, suspicion() {} } })),
      by: 'COMPLETENESS',
    },
    'who is suspected is suspected beyond its time': {
      slip: reacting((upon) => ({ ...upon, timeout: { ...upon.timeout, suspicion() {} } })),
      by: 'IN TIME',
    },
    'one is deaf to what it hears of another, and takes its silence for an answer': {
      slip: reacting((upon, state, { self }) =>
        self !== 'p03'
          ? upon
          : {
              ...upon,
              message: Object.fromEntries(
                Object.entries(upon.message).map(([type, take]) => [
                  type,
                  (message: any, from: string) => {
                    if (type === 'fill' || type === 'differs' || type === 'sync') return
                    const news = message.news?.filter((account: string) => !account.startsWith('p04:'))
                    take(message.news ? { ...message, news } : message, from)
                  },
                ]),
              ) as typeof upon.message,
              timeout: {
                ...upon.timeout,
                period(timer) {
                  upon.timeout.period(timer)
                  if (state.probe?.target === 'p04') state.probe.acked = true
                },
              },
            },
      ),
      by: 'IN TIME',
      conditions: { options: { leaves: 0 } },
    },
    'everyone asks everyone': {
      slip: reacting((upon, state, { send }) => ({
        ...upon,
        timeout: {
          ...upon.timeout,
          period(timer) {
            upon.timeout.period(timer)
            for (const other of state.order.toSorted()) send(other, { type: 'ping', seq: 0, news: [] })
          },
        },
      })),
      by: 'CONSTANT LOAD',
    },
    'nobody looks for those who are gone': {
      slip: reacting((upon) => ({ ...upon, timeout: { ...upon.timeout, sync() {} } })),
      by: 'ACCURACY',
      conditions: { faults: 'latency 2-12ms, partition halves at 1s for 3s' },
    },
  }

  test.each(Object.entries(cases))('%s', async (_, { slip, by, conditions }) => {
    const usual = 'latency 2-12ms, pause p03 at 1s for 350ms, crash p04 at 1500ms'
    const caught = await tally(sabotaged(entry as never, slip), 20, {
      peers: 6,
      faults: usual,
      ...conditions,
    })
    expect(Object.keys(caught)).toContain(by)
  })

  // Of its own accord the comparing of lists is in its way.
  const swept = Object.entries(cases).filter(([name]) => name !== 'nobody says that it lives')
  test.each(swept)('by a sweep: %s', (_, { slip }) => {
    expect(seedsToFind(sabotaged(entry as never, slip))).not.toBeNull()
  })
})
