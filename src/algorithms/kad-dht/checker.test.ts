/** What each promise finds, in histories written by hand: no service can be made to break them on demand. */
import { expect, test } from 'vitest'
import { findings, happen } from '../../checkers/testing.ts'
import type { Happening } from '../../model/history.ts'
import { kadDhtProperties } from './checker.ts'
import type { KadDht } from './kad-dht.ts'

const IDS = ['p00', 'p01', 'p02']
const found = (name: string, deeds: ReturnType<typeof happen>[]) => {
  const promise = kadDhtProperties().find((each) => each.name === name)!
  return findings(promise, deeds, IDS).map(({ explanation }) => explanation)
}
const ask = (at: string, request: KadDht['request']) => happen(at, { kind: 'request', request })
const tell = (at: string, indication: KadDht['indication']) => happen(at, { kind: 'indicate', indication })
const say = (at: string, to: string, message: KadDht['message']) =>
  happen(at, { kind: 'send', to, messageId: `${at}#${to}`, message })
const hear = (at: string, from: string, message: KadDht['message']) =>
  happen(at, { kind: 'deliver', from, messageId: `${from}#${at}`, message })
const crash = (at: string) => happen(at, { kind: 'crash' } satisfies Happening<KadDht>)

const put = ask('p00', { type: 'put', id: 'a', key: 'colour', value: 'blue' })
const stored = say('p01', 'p00', { type: 'PUT_VALUE_REPLY', key: 'colour', value: 'blue', closer: [] })
const isPut = tell('p00', { type: 'put', id: 'a', key: 'colour', copies: 1, hops: 1, asked: 2 })
const get = ask('p02', { type: 'get', id: 'b', key: 'colour' })
const got = (value: string | null, hops = 1) =>
  tell('p02', { type: 'got', id: 'b', key: 'colour', value, hops, asked: 2 })

test('ENDED: what is asked is answered, once, by whoever stays up', () => {
  expect(found('ENDED', [put, isPut, get, got('blue')])).toEqual([])
  expect(found('ENDED', [put, isPut, get])).toEqual(['never answered: b of p02'])
  expect(found('ENDED', [put, isPut, get, crash('p02')])).toEqual([])
  expect(found('ENDED', [put, isPut, isPut])).toEqual(['p00 answered a twice'])
  expect(found('ENDED', [get, tell('p02', { type: 'fail', id: 'b', why: 'patience' })])).toEqual([])
})

test('FOUND: until somebody crashes, what was put is found', () => {
  const nothing = ['p02 found nothing under colour, which p01 held all the time']
  expect(found('FOUND', [put, stored, isPut, get, got('blue')])).toEqual([])
  expect(found('FOUND', [put, stored, isPut, get, got(null)])).toEqual(nothing)
  expect(found('FOUND', [put, stored, isPut, crash('p01'), get, got(null)])).toEqual([])
  expect(found('FOUND', [put, stored, isPut, get, crash('p01'), got(null)])).toEqual([])
  const lost = happen('p02', {
    kind: 'lost',
    to: 'p01',
    messageId: 'p02#0',
    message: { type: 'GET_VALUE', key: 'colour' },
    cause: 'loss',
  })
  expect(found('FOUND', [put, stored, isPut, get, lost, got(null)])).toEqual([])
  expect(found('FOUND', [put, get, stored, isPut, got(null)]), 'asked before it was put').toEqual([])
})

test('NO INVENTION: what is got was put there', () => {
  expect(found('NO INVENTION', [put, get, got('blue'), got(null)])).toEqual([])
  expect(found('NO INVENTION', [put, get, got('red')])).toEqual([
    "p02 got 'red' under colour, and nobody had put it there",
  ])
})

test('ANSWERS: an RPC is answered by whom it came to, once', () => {
  const question = { type: 'FIND_NODE', key: 'colour' } as const
  const answer = { type: 'FIND_NODE_REPLY', key: null, value: null, closer: ['p02'] } as const
  const asked = [say('p00', 'p01', question), hear('p01', 'p00', question)]
  const reply = say('p01', 'p00', { ...answer, closer: ['p02'] })
  const unasked = ['p01 sent p00 FIND_NODE_REPLY, and was not asked for it']
  expect(found('ANSWERS', [...asked, reply])).toEqual([])
  expect(found('ANSWERS', [...asked, reply, reply])).toEqual(unasked)
  expect(found('ANSWERS', [asked[0]!, reply]), 'before it came').toEqual(unasked)
})

test('AN ANSWER LED ON is seen when a result took more than a hop', () => {
  expect(found('AN ANSWER LED ON', [got('blue', 2)])).toEqual([])
  expect(found('AN ANSWER LED ON', [got('blue', 1)])).toEqual(['everybody knew at once whom to ask'])
})
