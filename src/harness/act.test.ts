import { describe, expect, test } from 'vitest'
import { entry as bank } from '../algorithms/bank/index.ts'
import { entry as kademlia } from '../algorithms/kademlia/index.ts'
import { buildTopology } from '../topology/topology.ts'
import { actForms, actOf, parseAct } from './act.ts'

const ring = { entry: bank, topology: buildTopology('ring', 4, 1), nth: 0 }
const complete = { entry: kademlia, topology: buildTopology('complete', 4, 1), nth: 2 }
const transfer = { kind: 'request', to: 'p00', request: { type: 'transfer', to: 'p01', amount: 3 } }

describe('an act that is typed', () => {
  test.for([
    ['p00 transfer p01 3', transfer],
    ['crash p03', { kind: 'crash', process: 'p03' }],
    ['recover p03', { kind: 'recover', process: 'p03' }],
    ['cut p00-p01', { kind: 'cut', link: ['p00', 'p01'], oneWay: false }],
    ['cut p01 – p00', { kind: 'cut', link: ['p01', 'p00'], oneWay: false }],
    ['heal p00->p01', { kind: 'heal', link: ['p00', 'p01'], oneWay: true }],
    ['heal p00 → p01', { kind: 'heal', link: ['p00', 'p01'], oneWay: true }],
  ] as const)('%s', ([line, act]) => {
    expect(parseAct(line, ring)).toEqual(act)
  })

  test.for([
    ['cut p00-p02', /there is no link p00-p02; p00 has one to p01, p03/],
    ['cut p00-p00', /there is no link p00-p00/],
    ['cut p00', /cut takes a link, such as cut p00-p01/],
    ['heal p00-p09', /there is no process p09, p00 … p03/],
    ['crash p01 p02', /there is no process p01p02/],
    ['recovr p01', /it begins with a process, p00 … p03, or crash, recover, cut, heal/],
    ['p00 steal', /steal is no request. bank knows: pNN transfer/],
  ] as const)('%s: says what there is', ([line, said]) => {
    expect(() => parseAct(line, ring)).toThrow(said)
  })

  test('cuts whoever can send to each other, where channels open on demand', () => {
    expect(parseAct('cut p00-p02', complete)).toMatchObject({ link: ['p00', 'p02'] })
  })

  test('every form that help shows can be typed', () => {
    for (const form of actForms(ring).filter((form) => !form.startsWith('pNN')))
      expect(() => parseAct(form, ring), form).not.toThrow()
    expect(actForms(ring)[0]).toBe('pNN transfer to=<process> amount=<positive number>')
  })
})

describe('an act that a program sends', () => {
  test('is the same', () => {
    expect(actOf(transfer, ring)).toEqual(transfer)
    expect(actOf({ kind: 'crash', process: 'p03' }, ring)).toEqual(parseAct('crash p03', ring))
    expect(actOf({ kind: 'cut', link: ['p00', 'p01'] }, ring)).toEqual(parseAct('cut p00-p01', ring))
  })

  test('need not say what need not be typed', () => {
    const request = { type: 'put', key: 'colour', value: 'blue' }
    expect(actOf({ kind: 'request', to: 'p01', request }, complete)).toEqual({
      kind: 'request',
      to: 'p01',
      request: { ...request, id: 'hand3', ttlMs: 60_000, replication: 3 },
    })
  })

  test.for([
    [null, /an act is not an object/],
    [[], /an act is not an object/],
    ['crash p03', /an act is not an object/],
    [{}, /its kind must be request, crash, recover, cut, heal/],
    [{ kind: 'shout' }, /its kind must be/],
    [{ kind: 'crash' }, /crash takes a process, p00 … p03/],
    [{ kind: 'crash', process: 7 }, /crash takes a process/],
    [{ kind: 'crash', process: 'p99' }, /there is no process p99/],
    [{ kind: 'crash', process: 'p01', why: 'x' }, /why is no field of an act/],
    [{ kind: 'cut', link: 'p00-p01' }, /cut takes a link: two processes/],
    [{ kind: 'cut', link: ['p00', 1] }, /cut takes a link: two processes/],
    [{ kind: 'cut', link: ['p00', 'p02'] }, /there is no link p00-p02/],
    [{ kind: 'cut', link: ['p00', 'p01'], oneWay: 'yes' }, /oneWay is not true or false/],
    [{ kind: 'request', to: 'p99', request: {} }, /there is no process "p99"/],
    [{ kind: 'request', to: 'p00' }, /its request is not an object/],
    [{ kind: 'request', to: 'p00', request: {} }, /its request has no type/],
    [{ kind: 'request', to: 'p00', request: { type: 'toString' } }, /toString is no request/],
    [
      { kind: 'request', to: 'p00', request: { type: 'transfer', to: 'p01', amount: '3' } },
      /amount is not a positive number/,
    ],
    [
      { kind: 'request', to: 'p00', request: { type: 'transfer', to: 'p01', amount: 3, more: 1 } },
      /more is not a field of transfer/,
    ],
    [
      { kind: 'request', to: 'p00', request: { type: 'transfer', to: 'p44', amount: 3 } },
      /there is no process p44/,
    ],
  ] as const)('%j is refused with the sentence that says why', ([value, said]) => {
    expect(() => actOf(value, ring)).toThrow(said)
  })
})
