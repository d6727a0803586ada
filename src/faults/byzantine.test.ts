import { expect, test } from 'vitest'
import type { Liar } from '../model/fault.ts'
import type { Algorithm, Context, Signature } from '../model/process.ts'
import {
  type AnyShapes,
  list,
  natural,
  oneOf,
  optional,
  processId,
  type Shape,
  tagged,
  truth,
} from '../model/shape.ts'
import { asRunBy } from './byzantine.ts'
import { liesAbout } from './lie.ts'
import { parseFaults } from './plan.ts'

type Said = { type: string } & Record<string, any>

interface Talk extends Signature {
  request: never
  message: Said
  timer: never
  indication: never
  state: object
  stable: object
}

const ids = ['p00', 'p01', 'p02', 'p03', 'p04']
const shapes: AnyShapes = {
  vote: {
    n: natural,
    yes: truth,
    leader: processId,
    path: list(processId, 5),
    why: oneOf('a', 'b') as Shape<unknown>,
  },
  maybe: { leader: optional(processId) },
  basic: { message: tagged({ coin: { n: natural } } as never) },
}
const vote: Said = { type: 'vote', n: 7, yes: true, leader: 'p02', path: ['p00', 'p01'], why: 'a' }

/** Sends a message to all. */
const talker = (message: Said): Algorithm<Talk> => ({
  initial: () => ({}),
  upon: ({ send, outgoing }) => ({
    message: {},
    start: () => {
      for (const to of outgoing) send(to, message)
    },
  }),
})

function heard(faults: string, message: Said, { seed = 1, nowMs = 0 } = {}) {
  const said: [to: string, message: Said][] = []
  const struck: string[] = []
  const told = (liar: Liar, what: string) => void struck.push(`${liar.text}: ${what}`)
  const algorithm = asRunBy('p00', talker(message), parseFaults(faults), { seed, ids, shapes, struck: told })
  const context = {
    self: 'p00',
    incoming: ids.slice(1),
    outgoing: ids.slice(1),
    send: (to: string, message: Said) => void said.push([to, message]),
    now: () => nowMs,
  } as unknown as Context<Talk>
  ;(algorithm.upon(context, {}) as { start: () => void }).start()
  return { said, struck }
}

test('who is not named says what it always says, by the algorithm it always runs', () => {
  const algorithm = talker(vote)
  const plan = parseFaults('byzantine p01 silent')
  expect(asRunBy('p00', algorithm, plan, { seed: 1, ids, shapes, struck: () => {} })).toBe(algorithm)
  expect(heard('byzantine p01 silent', vote).said).toHaveLength(4)
})

test('a silent process says nothing, or nothing of a kind', () => {
  const { said, struck } = heard('byzantine p00 silent', vote)
  expect(said).toEqual([])
  expect(struck).toEqual(ids.slice(1).map((to) => `byzantine p00 silent: keeps vote from ${to}`))
  expect(heard('byzantine p00 silent of maybe', vote).said).toHaveLength(4)
  expect(heard('byzantine p00 silent of vote', vote).said).toEqual([])
})

test('one that lies tells all the same, which is wrong and fits', () => {
  for (const [field, value] of Object.entries(vote)) {
    if (field === 'type') continue
    for (let seed = 1; seed <= 20; seed++) {
      const { said, struck } = heard(`byzantine p00 lies vote.${field}`, vote, { seed })
      expect(said.map(([to]) => to)).toEqual(ids.slice(1))
      expect(new Set(said.map(([, message]) => JSON.stringify(message))).size, `${field}, seed ${seed}`).toBe(
        1,
      )
      const lie = said[0]![1]
      expect(lie[field], `${field}, seed ${seed}`).not.toEqual(value)
      expect({ ...lie, [field]: value }, 'and nothing else is changed').toEqual(vote)
      expect(shapes.vote![field]!.fits(lie[field]), `${field}, seed ${seed}`).toBe(true)
      expect(struck).toHaveLength(4)
    }
  }
  expect(vote.n, 'the message of the sender is as it was').toBe(7)
})

test('one that equivocates tells one this and another that', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { said, struck } = heard('byzantine p00 equivocates vote.yes', vote, { seed })
    const told = said.map(([, { yes }]) => yes)
    expect(
      told.filter((yes) => yes),
      `seed ${seed}`,
    ).toHaveLength(2)
    expect(struck, 'to some it tells the truth').toHaveLength(2)
    const numbers = heard('byzantine p00 equivocates vote.n', vote, { seed }).said.map(([, { n }]) => n)
    expect(new Set(numbers).size, `seed ${seed}`).toBe(4)
  }
})

test('the same seed tells the same lies, another seed others', () => {
  const lies = (seed: number) => heard('byzantine p00 lies vote.leader', vote, { seed }).said[0]![1].leader
  expect(lies(3)).toBe(lies(3))
  expect(new Set(Array.from({ length: 20 }, (_, seed) => lies(seed))).size).toBeGreaterThan(1)
})

test('it lies while its time is, by its own clock', () => {
  const silent = (nowMs: number) =>
    heard('byzantine p00 silent at 10ms for 5ms', vote, { nowMs }).said.length === 0
  expect([9, 10, 14, 15].map(silent)).toEqual([false, true, true, false])
})

test('it lies about what it carries for another, and about nothing that is not there', () => {
  const carried = { type: 'basic', message: { type: 'coin', n: 1 } }
  const { said } = heard('byzantine p00 lies coin.n', carried)
  expect(said[0]![1].message.type).toBe('coin')
  expect(said[0]![1].message.n).not.toBe(1)
  expect(heard('byzantine p00 lies vote.missing', vote).struck).toEqual([])
  expect(heard('byzantine p00 lies coin.n', vote).said[0]![1]).toBe(vote)
})

test('lies are of the kind of the truth: near, of those there are, within the shape', () => {
  const about = (message: Said, field: string) =>
    liesAbout(message, field, ids, shapes).map((lie) => (lie as Said)[field])
  expect(about(vote, 'n')).toEqual([8, 6, 9, 5, 10, 0])
  expect(about({ ...vote, n: 0 }, 'n')).toEqual([1, 2, 3])
  expect(about(vote, 'why')).toEqual(['b'])
  expect(about(vote, 'leader')).toEqual(['p00', 'p01', 'p03', 'p04'])
  expect(about({ type: 'maybe', leader: null }, 'leader')).toEqual(ids)
  expect(about(vote, 'path')).not.toContainEqual(vote.path)
})
