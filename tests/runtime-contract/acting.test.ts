/** A run that is held open comes to rest, and what is done to it then is part of its history. */
import { expect } from 'vitest'
import type { Act, ActingPort, Holder } from '../../src/runtimes/acting.ts'
import type { Ended } from '../../src/runtimes/experiment.ts'
import { type Arm, law, type Parts } from './arms.ts'
import { go, little, note, saw, tick } from './little.ts'

const asked = (to: string, n = 0): Act => ({ kind: 'request', to, request: go(to, 0, n).request })
const crash = (process: string): Act => ({ kind: 'crash', process })
const recover = (process: string): Act => ({ kind: 'recover', process })
const cut = (oneWay = false): Act => ({ kind: 'cut', link: ['p00', 'p01'], oneWay })
const heal = (oneWay = false): Act => ({ kind: 'heal', link: ['p00', 'p01'], oneWay })

/** Tells all others, and says what it hears. */
const telling = little({
  go: ({ outgoing, send }, { n }) => {
    for (const to of outgoing) send(to, note(n))
  },
  note: ({ indicate }, { n }, from) => indicate(saw([from, n])),
})

/** Whoever acts when the run rests, step by step; after the last step it is let go. */
class Hand implements Holder {
  readonly said: (string | null)[] = []
  readonly rests: Ended[] = []
  readonly #steps: (readonly Act[])[]
  port: ActingPort | null = null
  #acted: Promise<unknown> = Promise.resolve()

  constructor(...steps: (readonly Act[])[]) {
    this.#steps = steps
  }

  readonly opened = (port: ActingPort) => {
    this.port = port
  }

  readonly rested = (ended: Ended) => {
    this.rests.push(ended)
    const acts = this.#steps.shift()
    if (acts === undefined) return this.port!.letGo()
    this.#acted = this.#acted.then(async () => {
      for (const act of acts) this.said.push(await this.port!.act(act))
    })
  }
}

async function held(arm: Arm, hand: Hand, algorithm = telling, parts: Parts = {}) {
  const { history, ended, error } = await arm.run(algorithm, { ...parts, holder: hand })
  expect(error).toBeNull()
  const kinds = (kind: string) => history.filter((event) => event.kind === kind)
  const heard = history.flatMap((event) =>
    event.kind === 'indicate' ? [[event.at, ...(event.indication.what as unknown[])].join(' ')] : [],
  )
  return { history, ended: ended!, heard: heard.sort(), kinds }
}

law('a request that is made when it is at rest is handled, and the run rests again', async (arm) => {
  const hand = new Hand([asked('p00', 1)], [asked('p01', 2)])
  const { ended, heard, kinds } = await held(arm, hand, telling, { requests: [go('p02', 5, 9)] })
  expect(hand.said).toEqual([null, null])
  expect(hand.rests.map(({ how }) => how)).toEqual(['quiescent', 'quiescent', 'quiescent'])
  expect(ended.how).toBe('quiescent')
  expect(kinds('request')).toHaveLength(3)
  expect(heard).toEqual(['p00 p01 2', 'p00 p02 9', 'p01 p00 1', 'p01 p02 9', 'p02 p00 1', 'p02 p01 2'])
})

law('a process that is crashed hears nothing until it is recovered', async (arm) => {
  const hand = new Hand(
    [crash('p01'), crash('p01'), asked('p01', 1)],
    [asked('p00', 2)],
    [recover('p01'), recover('p01')],
    [asked('p00', 3)],
  )
  const { heard, ended, kinds } = await held(arm, hand)
  expect(hand.said).toEqual([
    null,
    'p01 is down already',
    'p01 is down: it can be asked nothing before it recovers',
    null,
    null,
    'p01 is up',
    null,
  ])
  expect(heard).toEqual(['p01 p00 3', 'p02 p00 2', 'p02 p00 3'])
  expect([kinds('crash').length, kinds('recover').length, kinds('lost').length]).toEqual([1, 1, 1])
  expect(ended.faultsFired).toEqual({ 'crash p01 by hand': 1 })
})

law('a link that is cut loses what is sent on it until it is healed', async (arm) => {
  const hand = new Hand(
    [cut(), cut()],
    [asked('p00', 1)],
    [asked('p01', 2)],
    [heal(), heal()],
    [asked('p00', 3)],
  )
  const { heard, history, ended, kinds } = await held(arm, hand)
  expect(hand.said).toEqual([
    null,
    'p00-p01 is cut already',
    null,
    null,
    null,
    'p00-p01 was not cut by hand',
    null,
  ])
  expect(heard).toEqual(['p01 p00 3', 'p02 p00 1', 'p02 p00 3', 'p02 p01 2'])
  const lost = history.flatMap((event) => (event.kind === 'lost' ? [[event.at, event.to, event.cause]] : []))
  expect(lost).toEqual([
    ['p00', 'p01', 'cut'],
    ['p01', 'p00', 'cut'],
  ])
  expect(kinds('linkDown')).toHaveLength(2)
  expect(ended.faultsFired).toEqual({ 'cut p00-p01 by hand': 1 })
})

law('one way of a link is cut and healed for itself', async (arm) => {
  const hand = new Hand([cut(true), asked('p00', 1), asked('p01', 2)], [heal(false), asked('p00', 3)])
  const { heard } = await held(arm, hand)
  expect(hand.said).toEqual([null, null, null, null, null])
  expect(heard.filter((text) => !text.startsWith('p02'))).toEqual(['p00 p01 2', 'p01 p00 3'])
})

law(
  'where it ends some time after the last request, it rests then, and that time begins anew',
  async (arm) => {
    const ticking = little({
      start: ({ setTimer }) => setTimer(tick(''), 5),
      tick: ({ setTimer }) => setTimer(tick(''), 5),
      go: ({ outgoing, send }, { n }) => send(outgoing[0]!, note(n)),
      note: ({ indicate }, { n }, from) => indicate(saw([from, n])),
    })
    const hand = new Hand([asked('p00', 1)])
    const { ended, heard } = await held(arm, hand, ticking, { ends: { afterMs: 30 } })
    expect(hand.rests.map(({ how }) => how)).toEqual(['time over', 'time over'])
    const [first, second] = hand.rests.map(({ durationNs }) => durationNs / 1e6)
    expect(second! - first!).toBeGreaterThanOrEqual(29.9)
    expect(ended.how).toBe('time over')
    expect(heard).toEqual(['p01 p00 1'])
  },
)

law('a time that was asked for ends it, whoever holds it open', async (arm) => {
  const ticking = little({
    start: ({ setTimer }) => setTimer(tick(''), 5),
    tick: ({ setTimer }) => setTimer(tick(''), 5),
  })
  const hand = new Hand()
  const { ended } = await held(arm, hand, ticking, { ends: { atMs: 30 } })
  expect([ended.how, hand.rests.length]).toEqual(['time over', 0])
  expect(await hand.port!.act(asked('p00'))).toBe('the run is over')
})

law('an interrupt at rest ends it as it rests', async (arm) => {
  const interrupt = new AbortController()
  const hand = new Hand()
  const resting: Holder = { opened: hand.opened, rested: () => interrupt.abort() }
  const { ended } = await arm.run(telling, {
    requests: [go('p00')],
    holder: resting,
    signal: interrupt.signal,
  })
  expect(ended?.how).toBe('quiescent')
})
