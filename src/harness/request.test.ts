import { describe, expect, test } from 'vitest'
import { entry as abd } from '../algorithms/abd-register/index.ts'
import { entry as bank } from '../algorithms/bank/index.ts'
import { entry as chandyLamport } from '../algorithms/chandy-lamport/index.ts'
import { catalogue } from '../algorithms/index.ts'
import { entry as kademlia } from '../algorithms/kademlia/index.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { type AnyShapes, misfit } from '../model/shape.ts'
import { parseRequest } from './request.ts'

const ids = ['p00', 'p01', 'p02', 'p03']
const asked = (text: string, entry: CatalogueEntry = bank, nth = 0) => parseRequest(text, { entry, ids, nth })
const put = { type: 'put', id: 'hand1', key: 'colour', value: 'blue', ttlMs: 60_000, replication: 3 }

describe('a request as it is written', () => {
  test('has its fields by place, by name, or both', () => {
    const transfer = { to: 'p00', request: { type: 'transfer', to: 'p01', amount: 3 }, atMs: 0 }
    for (const text of [
      'p00 transfer p01 3',
      'p00 transfer to=p01 amount=3',
      'p00 transfer amount=3 p01',
      '  p00   transfer p01 amount=3 ',
    ])
      expect(asked(text), text).toEqual(transfer)
  })

  test('may say when', () => {
    expect(asked('p00 transfer p01 3 @50ms').atMs).toBe(50)
    expect(asked('p00 transfer p01 3 @1.5').atMs).toBe(1.5)
  })

  test('leaves out what need not be said, and says it by name', () => {
    expect(asked('p03 put colour blue', kademlia)).toEqual({ to: 'p03', request: put, atMs: 0 })
    expect(asked('p03 put colour blue', kademlia, 4).request).toEqual({ ...put, id: 'hand5' })
    const named = asked('p03 put id=mine colour replication=2 blue', kademlia).request
    expect(named).toEqual({ ...put, id: 'mine', replication: 2 })
    expect(asked('p00 write x', abd).request).toEqual({ type: 'write', id: 'hand1', value: 'x' })
  })

  test('quotes what has blanks, and a sign of equality in what is named', () => {
    expect(asked('p03 put "sky \\"high\\"" value="a = b"', kademlia).request).toEqual({
      ...put,
      key: 'sky "high"',
      value: 'a = b',
    })
    expect(asked('p03 put key=a=b blue', kademlia).request).toMatchObject({ key: 'a=b' })
    expect(asked('p03 put "" blue', kademlia).request).toMatchObject({ key: '' })
  })

  test('holds JSON as one word, blanks and all', () => {
    const entry = chandyLamport.upon(bank)
    const { request } = asked('p00 basic {"type": "transfer", "to": "p01", "amount": 3}', entry)
    expect(request).toEqual({ type: 'basic', request: { type: 'transfer', to: 'p01', amount: 3 } })
  })

  test.for([
    ['', /it begins with a process, p00 … p03/],
    ['transfer p01 3', /it begins with a process/],
    ['p77 transfer p01 3', /there is no process p77, p00 … p03/],
    ['p00', /no type is no request. bank knows: pNN transfer to=<process> amount=<positive number>/],
    ['p00 steal', /steal is no request. bank knows: pNN transfer/],
    ['p00 constructor', /constructor is no request/],
    ['p00 transfer p01', /amount is missing. Its form is pNN transfer/],
    ['p00 transfer p01 x', /amount is not a positive number/],
    ['p00 transfer p01 3 4', /'4' is a word too many. Its form is pNN transfer/],
    ['p00 transfer p01 sum=3', /sum is not a field of transfer. Its form/],
    ['p00 transfer p09 3', /there is no process p09, p00 … p03/],
    ['p00 transfer "p01 3', /a quotation is not closed: "p01 3/],
    ['p00 transfer {"a": [1}', /a bracket is not closed/],
  ] as const)('%s: says what there is', ([text, said]) => {
    expect(() => asked(text)).toThrow(said)
    expect(() => asked(text)).toThrow(`--request '${text}': `)
  })

  test('what need not be said fits, in every algorithm', async () => {
    for (const load of Object.values(catalogue)) {
      const { entry: one } = await load()
      if ('upon' in one) continue
      for (const [type, fields] of Object.entries(one.shapes.request as AnyShapes)) {
        for (const [name, { unsaid, fits }] of Object.entries(fields)) {
          if (unsaid !== undefined) expect(fits(unsaid(7)), `${one.name} ${type} ${name}`).toBe(true)
        }
      }
      expect(misfit(one.shapes.request as AnyShapes, { type: 'no such' })).not.toBeNull()
    }
  })
})
