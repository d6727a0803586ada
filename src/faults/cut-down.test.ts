import { expect, test } from 'vitest'
import type { Assumptions } from '../model/catalogue.ts'
import { type AnyShapes, natural } from '../model/shape.ts'
import { cutDown } from './cut-down.ts'
import { formatFaults, parseFaults } from './plan.ts'

const strict: Assumptions = {
  fifo: true,
  reliable: true,
  noDuplicates: true,
  crashes: 'none',
  synchrony: 'asynchronous',
}
const everything = 'latency 5ms, loss 10%, duplicate 5%, cut p00-p01, crash p00 at 1ms for 2ms'

test('a plan is cut down to what the algorithm assumes, and says so', () => {
  const { plan, removed } = cutDown(parseFaults(everything), strict, [], { name: 'echo' })
  expect(formatFaults(plan)).toBe('latency 5ms')
  expect(removed).toEqual([
    'loss 10% left out: echo assumes reliable channels; --break reliable keeps it',
    'duplicate 5% left out: echo assumes that no message comes twice; --break noDuplicates keeps it',
    'cut p00-p01 left out: echo assumes reliable channels; --break reliable keeps it',
    'crash p00 at 1ms for 2ms left out: echo assumes that no process crashes; --break crashes keeps it',
  ])
})

test('a lifted assumption keeps its faults, and only these', () => {
  const kept = (...broken: string[]) => formatFaults(cutDown(parseFaults(everything), strict, broken).plan)
  expect(kept('reliable')).toBe('latency 5ms, loss 10%, cut p00-p01')
  expect(kept('noDuplicates')).toBe('latency 5ms, duplicate 5%')
  expect(kept('crashes')).toBe('latency 5ms, crash p00 at 1ms for 2ms')
  expect(kept('reliable', 'noDuplicates', 'crashes')).toBe(formatFaults(parseFaults(everything)))
  expect(() => kept('relaible')).toThrow(/did you mean reliable/)
})

test('where crashes are for good, the recovery goes and what it covered', () => {
  const faults = parseFaults('crash p00 at 1ms for 2ms, crash p00 at 9ms, crash p01 at 4ms')
  const { plan, removed } = cutDown(faults, { ...strict, crashes: 'stop' }, [])
  expect(formatFaults(plan)).toBe('crash p00 at 1ms, crash p01 at 4ms')
  expect(plan.timed.map(({ kind }) => kind)).toEqual(['crash', 'crash'])
  expect(removed[0]).toMatch(/^the recovery of crash p00 at 1ms for 2ms left out/)
})

test('no more processes are down at a time than the algorithm withstands', () => {
  const assumes: Assumptions = { ...strict, crashes: 'recover', faulty: (n) => Math.ceil(n / 2) - 1 }
  const one = parseFaults('crash p00 at 1ms for 2ms, crash p01 at 3ms for 9ms, crash p02 at 4ms')
  const { plan, removed } = cutDown(one, assumes, [], { processes: 3 })
  expect(formatFaults(plan)).toBe('crash p00 at 1ms for 2ms, crash p01 at 3ms for 9ms')
  expect(removed).toHaveLength(1)
  expect(removed[0]).toMatch(/^crash p02 at 4ms left out: .* at most 1 of 3 processes are down at a time/)
})

test('a link that holds what is sent takes no reliability away', () => {
  const faults = 'cut p00-p01 held for 5ms, partition halves held for 5ms, partition minority for 5ms'
  const { plan, removed } = cutDown(parseFaults(faults), strict, [], { name: 'echo' })
  expect(formatFaults(plan)).toBe('cut p00-p01 held for 5ms, partition halves held for 5ms')
  expect(removed).toEqual([
    'partition minority for 5ms left out: echo assumes reliable channels; --break reliable keeps it',
  ])
})

test('one lost message is a loss as well', () => {
  const { removed } = cutDown(parseFaults('loss 3rd of a on p00->p01'), strict, [])
  expect(removed[0]).toMatch(/^loss 3rd of a on p00->p01 left out: .* reliable channels/)
})

test('reordering is kept from who assumes FIFO, and from streams that cannot', () => {
  const plan = parseFaults('reorder 10% by 5ms')
  expect(cutDown(plan, strict, []).removed[0]).toMatch(/assumes FIFO channels; --break fifo keeps it/)
  expect(formatFaults(cutDown(plan, strict, ['fifo']).plan)).toBe('reorder 10% by 5ms')
  const unordered = { ...strict, fifo: false }
  expect(formatFaults(cutDown(plan, unordered, [], { streams: 'exchange' }).plan)).toBe('reorder 10% by 5ms')
  expect(cutDown(plan, unordered, [], { streams: 'channel' }).removed).toEqual([
    'reorder 10% by 5ms left out: a stream of libp2p delivers in order; try --streams exchange',
  ])
})

test('no more processes lie than the algorithm withstands', () => {
  const plan = parseFaults('byzantine p00 silent, byzantine p00 lies vote.n, byzantine p01 silent')
  const left = (assumes: Assumptions, ...broken: string[]) => cutDown(plan, assumes, broken, { processes: 4 })
  expect(left(strict).removed).toHaveLength(3)
  expect(left(strict).removed[0]).toMatch(/that every process does as it says; --break honest keeps it/)
  expect(left(strict, 'honest').removed).toEqual([])
  const third = left({ ...strict, byzantine: (n) => Math.floor((n - 1) / 3) })
  expect(formatFaults(third.plan)).toBe('byzantine p00 silent, byzantine p00 lies vote.n')
  expect(third.removed[0]).toMatch(/^byzantine p01 silent left out: .* at most 1 liars/)
})

test('a lie about what nobody says is told to the operator', () => {
  const messages = { vote: { n: natural } }
  const notes = (faults: string, shapes: AnyShapes = messages) =>
    cutDown(parseFaults(faults), strict, ['honest'], { name: 'x', messages: shapes }).notes
  expect(notes('byzantine p00 lies vote.n, byzantine p00 silent of vote')).toEqual([])
  expect(notes('byzantine p00 lies vote.m')).toEqual([
    "byzantine p00 lies vote.m: x has no field 'm' in 'vote'",
  ])
  expect(notes('byzantine p00 silent of veto')).toEqual([
    "byzantine p00 silent of veto: x has no message 'veto'",
  ])
  expect(notes('byzantine p00 lies money.amount', { basic: {} })).toEqual([])
})

test('who counts on time is told of what takes it away', () => {
  const plan = parseFaults('pause p00 at 1ms for 5ms, slow p01 5ms, clock p01 +5ms, latency 5ms')
  expect(cutDown(plan, strict, []).notes).toEqual([])
  const { notes, removed } = cutDown(plan, { ...strict, synchrony: 'synchronous' }, [], { name: '2pc' })
  expect(removed).toEqual([])
  expect(notes).toHaveLength(3)
  expect(notes).toContain(
    'pause p00 at 1ms for 5ms: for a time beyond what a synchronous system allows, which 2pc assumes',
  )
})
