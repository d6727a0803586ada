/** What the properties find in histories written by hand; those of all broadcasts have tests of their own. */
import { expect, test } from 'vitest'
import { findings, happen } from '../../checkers/testing.ts'
import { gossipsubProperties } from './checker.ts'
import type { Gossipsub } from './gossipsub.ts'

const IDS = ['p00', 'p01', 'p02']
const found = (name: string, deeds: ReturnType<typeof happen>[]) =>
  findings(gossipsubProperties().find((each) => each.name === name)!, deeds, IDS).length

const ask = (at: string, id: string) => happen(at, { kind: 'request', request: { type: 'broadcast', id } })
const deliver = (at: string, id: string) =>
  happen(at, { kind: 'indicate', indication: { type: 'deliver', id } })
const joined = happen('p02', { kind: 'indicate', indication: { type: 'joined', mesh: 2 } })
const none = { ihave: [], iwant: [], idontwant: [], grafts: false, prunes: false, subscribes: false }
const say = (at: string, to: string, message: Gossipsub['message']) =>
  happen(at, { kind: 'send', to, messageId: `${at}#${to}`, message })
const copy = (at: string, to: string, id: string) => say(at, to, { type: 'message', ids: [id], ...none })
const offer = (at: string, to: string, id: string) =>
  say(at, to, { type: 'ihave', ids: [], ...none, ihave: [id] })

const told = [ask('p00', 'a'), deliver('p00', 'a'), deliver('p01', 'a'), deliver('p02', 'a')]

test('what is delivered are deliveries, and of broadcasts that somebody asked for', () => {
  for (const name of ['VALIDITY', 'AGREEMENT', 'NO DUPLICATION', 'NO CREATION']) {
    expect(found(name, [joined, ...told]), name).toBe(0)
  }
  expect(found('VALIDITY', told.slice(0, 3))).toBe(1)
  expect(found('AGREEMENT', told.slice(0, 3))).toBe(1)
  expect(found('NO DUPLICATION', [...told, deliver('p01', 'a')])).toBe(1)
  expect(found('NO CREATION', [...told, deliver('p01', 'b')])).toBe(1)
})

test('A MESSAGE WAS FORWARDED is seen when a copy came from another than who broadcast it', () => {
  const own = [ask('p00', 'a'), copy('p00', 'p01', 'a'), offer('p01', 'p02', 'a')]
  expect(found('A MESSAGE WAS FORWARDED', own)).toBe(1)
  expect(found('A MESSAGE WAS FORWARDED', [...own, copy('p01', 'p02', 'a')])).toBe(0)
})
