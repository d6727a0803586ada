import { describe, expect, test } from 'vitest'
import { Bug } from '../../src/lib/assert.ts'
import type { Context } from '../../src/model/process.ts'
import { arms, law } from './arms.ts'
import { type Little, little, note, saw, tick } from './little.ts'
import { announced, sound } from './reading.ts'

describe('now', () => {
  law('is the local time of the event being handled, whatever is done meanwhile', async (arm) => {
    const busy = little({
      start: ({ self, send, setTimer }) => {
        if (self === 'p00') send('p01', note(0))
        setTimer(tick('t'), 1)
      },
      note({ send, indicate, now }, { n }, from) {
        const early = now()
        for (let i = 0, x = 1; i < 300_000; i++) x = Math.imul(x, 48271)
        indicate(saw([early, now()]))
        if (n < 20) send(from, note(n + 1))
      },
      tick: ({ indicate, now }) => indicate(saw([now(), now()])),
    })
    const ran = await arm.run(busy, { n: 2 })
    sound(ran)
    const last = new Map<string, number>()
    let step = ran.history[0]!
    for (const event of ran.history) {
      if (event.kind === 'deliver' || event.kind === 'timeout') step = event
      if (event.kind !== 'indicate') continue
      const [early, late] = event.indication.what as [number, number]
      expect(late).toBe(early)
      expect(early, 'in whole µs').toBe(Math.floor(step.localNs / 1000) / 1000)
      expect(early).toBeGreaterThanOrEqual(last.get(event.at) ?? 0)
      last.set(event.at, early)
    }
    expect(announced(ran)).toHaveLength(23)
  })

  law('no event of a process is before another that was recorded before it', async (arm) => {
    const ran = await arm.run(
      little({
        start: ({ outgoing, send }) => outgoing.forEach((to) => void send(to, note(30))),
        note: ({ send }, { n }, from) => n > 0 && send(from, note(n - 1)),
      }),
      { faults: 'latency 0-2ms' },
    )
    sound(ran)
    const happened = ran.history.filter(({ kind }) => kind !== 'linkUp') // which was before the run
    for (const [i, event] of happened.entries()) {
      expect(event.timeNs).toBeGreaterThanOrEqual(happened[i - 1]?.timeNs ?? 0)
    }
  })
})

/** What each process draws in its first steps. */
const gambler = little({
  start({ self, random, indicate, send, setTimer }) {
    indicate(saw([self, 'start', random.below(1e9), random.below(1e9), random.pick('abcdefghij'.split(''))]))
    if (self === 'p00') send('p01', note(0))
    else if (self === 'p02') setTimer(tick('t'), 1)
  },
  note: ({ self, random, indicate }) => indicate(saw([self, 'note', random.below(1e9), random.chance(1, 2)])),
  tick: ({ self, random, indicate }) => indicate(saw([self, 'tick', random.below(1e9)])),
})

describe('random', () => {
  law('is of the seed, the process and its step, and of nothing else', async (arm) => {
    const drawn = async (seed: number, faults = 'none') => {
      const ran = await arm.run(gambler, { seed, faults })
      sound(ran)
      return announced(ran)
        .map((draw) => JSON.stringify(draw))
        .sort()
    }
    const once = await drawn(1)
    expect(await drawn(1)).toEqual(once)
    expect(await drawn(1, 'latency 3ms'), 'with other things drawn of the same seed').toEqual(once)
    expect(await drawn(2)).not.toEqual(once)
    const numbers = once.map((draw) => JSON.parse(draw)[2])
    expect(new Set(numbers).size, 'processes and steps differ').toBe(numbers.length)
  })

  test('is the same on every runtime', async () => {
    const all = await Promise.all(
      arms.map(async (arm) =>
        announced(await arm.run(gambler, { seed: 4 }))
          .map((draw) => `${draw}`)
          .sort(),
      ),
    )
    expect(all[0]).toHaveLength(5)
    expect(all[1], 'seed 4').toEqual(all[0])
    expect(all[2], 'seed 4').toEqual(all[0])
  })
})

describe('the context', () => {
  law('is the process’s place in the topology', async (arm) => {
    const placed = little({
      start: ({ self, incoming, outgoing, indicate }) => indicate(saw({ self, incoming, outgoing })),
    })
    const ran = await arm.run(placed)
    expect(announced(ran, 'p01')).toEqual([
      { self: 'p01', incoming: ['p00', 'p02'], outgoing: ['p00', 'p02'] },
    ])
  })

  law('is of no use outside a handler, and says who called what', async (arm) => {
    const complaints: unknown[] = []
    const uses: [string, (its: Context<Little>) => unknown][] = [
      ['send', ({ send }) => send('p01', note(1))],
      ['indicate', ({ indicate }) => indicate(saw(1))],
      ['setTimer', ({ setTimer }) => setTimer(tick('t'), 1)],
      ['cancelTimer', ({ cancelTimer }) => cancelTimer(tick('t'))],
      ['now', ({ now }) => now()],
      ['random', ({ random }) => random.below(2)],
      ['random', ({ random }) => random.pick([1])],
      ['random', ({ random }) => random.chance(1, 2)],
      ['store', ({ store }) => store({})],
    ]
    const kept: Context<Little>[] = []
    const leaky = little({
      start(its) {
        if (its.self === 'p00') kept.push(its)
      },
    })
    const ran = await arm.run(leaky)
    for (const [, use] of uses) {
      try {
        use(kept[0]!)
      } catch (error) {
        complaints.push(error)
      }
    }
    sound(ran)
    expect(complaints.map(String)).toEqual(uses.map(([verb]) => `Bug: p00 called ${verb} outside a handler`))
    expect(complaints.every((error) => error instanceof Bug)).toBe(true)
    expect(ran.history.filter(({ kind }) => kind !== 'linkUp' && kind !== 'start')).toEqual([])
  })

  law('does not let a process send where it has no channel, to itself least of all', async (arm) => {
    for (const channels of ['fixed', 'on demand'] as const) {
      for (const to of ['p00', 'p07', 'nobody']) {
        const lost = little({ start: ({ self, send }) => self === 'p00' && send(to, note(1)) })
        const { error } = await arm.run(lost, { channels })
        expect(String(error), `${channels} to ${to}`).toMatch(
          new RegExp(`p00 sent to ${to}, to which it has no`),
        )
      }
    }
  })
})
