import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProcessId } from '../model/process.ts'
import { type CutRules, consistentCut } from './consistent-cut.ts'
import { deliver, findings, happen, send } from './testing.ts'

const rules: CutRules<any> = {
  name: 'CONSISTENT CUT',
  recorded: (event) =>
    event.kind === 'indicate' && event.indication.type === 'recorded' ? event.indication.id : null,
  counts: ({ message }) => message.type === 'basic',
}
const cut = consistentCut(rules)
const cutBefore = consistentCut({ ...rules, recordsBeforeHandling: true })

const record = (at: ProcessId, id = 's') =>
  happen(at, { kind: 'indicate', indication: { type: 'recorded', id } })
const ids = ['p00', 'p01']
const m = send('p00', 'p01', 'p00#0')
const gotM = deliver('p01', 'p00', 'p00#0')

test('received before the cut but sent after it', () => {
  expect(findings(cut, [record('p00'), m, gotM, record('p01')], ids)).toEqual([
    {
      explanation: 'p01 recorded for s the receipt, but p00 not the sending, of message p00#0',
      witnesses: [2, 3],
    },
  ])
})

test('any other order of the four is consistent', () => {
  for (const deeds of [
    [m, record('p00'), gotM, record('p01')], // both before
    [m, record('p00'), record('p01'), gotM], // in transit at the cut
    [record('p00'), m, record('p01'), gotM], // both after
    [record('p00'), m, gotM], // p01 has no cut
  ]) {
    expect(findings(cut, deeds, ids)).toEqual([])
  }
})

test('what comes after the cut is no matter, even if it is drawn twice', () => {
  const twice = [record('p00'), record('p01'), m, gotM, record('p01')]
  expect(findings(cut, twice, [...ids, 'p02'])).toEqual([])
})

test('messages that do not count, and other cuts, do not matter', () => {
  const marker = [send('p00', 'p01', 'p00#0', 'marker'), deliver('p01', 'p00', 'p00#0', 'marker')]
  expect(findings(cut, [record('p00'), ...marker, record('p01')], ids)).toEqual([])
  expect(findings(cut, [record('p00', 'a'), m, gotM, record('p01', 'b'), record('p00', 'b')], ids)).toEqual(
    [],
  )
  const both = [record('p00', 'a'), record('p00', 'b'), m, gotM, record('p01', 'a'), record('p01', 'b')]
  expect(findings(cut, both, ids)).toHaveLength(2)
})

test('a message may be handled after the cut that it makes its receiver draw', () => {
  const sameStep = [record('p00'), m, gotM, record('p01')]
  expect(findings(cutBefore, sameStep, ids)).toEqual([])
  const laterStep = [
    record('p00'),
    m,
    gotM,
    happen('p01', { kind: 'timeout', timer: { type: 't' } }),
    record('p01'),
  ]
  expect(findings(cutBefore, laterStep, ids)).toHaveLength(1)
})

test('cuts that all have drawn are forgotten, and of the others only so many are kept', () => {
  const memory = cut.initial(ids.map((self) => ({ self, incoming: [], outgoing: [] })))
  const stamp = { position: 0, seq: 0, lamport: 0, timeNs: 0, localNs: 0 }
  for (let i = 0; i < 200; i++)
    for (const at of ids) cut.upon(memory, { ...record(at, `done ${i}`), ...stamp }, undefined)
  expect(memory.open.size).toBe(0)
  for (let i = 0; i < 200; i++) cut.upon(memory, { ...record('p00', `half ${i}`), ...stamp }, undefined)
  expect(memory.open.size).toBe(64)
  expect([...memory.open.keys()].at(-1)).toBe('half 199')
})

/**
 * The oracle knows nothing of messages across a cut. Each process counts its
 * events in its component of a vector clock; the cut made of the events c₀ … cₙ
 * is consistent iff V(cⱼ)[i] ≤ V(cᵢ)[i] for all i, j: nobody knows more of
 * process i than i itself did when it drew.
 */
test('agrees with vector clocks on random histories', () => {
  const N = 3
  const names = ['p00', 'p01', 'p02']
  const move = fc.record({
    what: fc.constantFrom('send', 'send', 'deliver', 'record'),
    at: fc.nat(N - 1),
    which: fc.nat(),
  })
  let consistent = 0
  let broken = 0
  fc.assert(
    fc.property(fc.array(move, { minLength: 12, maxLength: 40 }), (moves) => {
      const clocks = names.map(() => names.map(() => 0))
      const cuts: (number[] | undefined)[] = names.map(() => undefined)
      const transit: { from: number; to: number; id: string; clock: number[] }[] = []
      const deeds: Parameters<typeof findings>[1][number][] = []
      const tick = (i: number) => clocks[i]![i]!++
      const draw = (i: number) => {
        tick(i)
        cuts[i] = [...clocks[i]!]
        deeds.push(record(names[i]!))
      }
      for (const { what, at, which } of moves) {
        if (what === 'send') {
          const to = (at + 1 + (which % (N - 1))) % N
          tick(at)
          const id = `${names[at]}#${deeds.length}`
          transit.push({ from: at, to, id, clock: [...clocks[at]!] })
          deeds.push(send(names[at]!, names[to]!, id))
        } else if (what === 'deliver' && transit.length > 0) {
          const [{ from, to, id, clock }] = transit.splice(which % transit.length, 1) as [
            (typeof transit)[number],
          ]
          clocks[to] = clocks[to]!.map((own, k) => Math.max(own, clock[k]!))
          tick(to)
          deeds.push(deliver(names[to]!, names[from]!, id))
        } else if (what === 'record' && cuts[at] === undefined) draw(at)
      }
      for (let i = 0; i < N; i++) if (cuts[i] === undefined) draw(i)
      const oracle = cuts.every((cj) => cuts.every((ci, i) => cj![i]! <= ci![i]!))
      if (oracle) consistent++
      else broken++
      expect(findings(cut, deeds, names).length === 0).toBe(oracle)
    }),
    { numRuns: 500 },
  )
  expect(consistent).toBeGreaterThan(20) // neither answer came by default
  expect(broken).toBeGreaterThan(20)
})
