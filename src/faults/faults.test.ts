import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Prng } from '../lib/prng.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { Envelope } from '../model/fault.ts'
import { drawUs, exponentialTable } from './draw.ts'
import { processesOf } from './fault.ts'
import { faultText } from './fault-text.ts'
import { faultForms } from './forms.ts'
import { parseFault } from './grammar.ts'
import { judge } from './judge.ts'
import { checkFaults, formatFaults, parseFaults } from './plan.ts'
import { anyFault } from './testing.ts'

const envelope = (changes: Partial<Envelope> = {}): Envelope => ({
  from: 'p00',
  to: 'p01',
  type: 'marker',
  nowMs: 0,
  ...changes,
})

const judged = (faults: string, changes: Partial<Envelope> = {}, seed = 1) =>
  judge(parseFaults(faults).rules, envelope(changes), new Prng(seed))

/** How many of 10,000 draws. */
const often = (faults: string, counts: (fate: ReturnType<typeof judge>) => boolean) => {
  const { rules } = parseFaults(faults)
  const random = new Prng(7)
  return Array.from({ length: 10_000 }, () => judge(rules, envelope(), random)).filter(counts).length
}

test('the text of every fault reads back to an equal fault', () => {
  fc.assert(
    fc.property(anyFault, (fault) => {
      const text = faultText(fault)
      expect(parseFault(text)).toEqual(fault)
      const plan = parseFaults(text)
      const parts = [...plan.rules, ...plan.timed, ...(plan.liars ?? [])]
      expect(parts.map((part) => part.text)).toContain(text)
      expect(formatFaults(plan)).toBe(text)
    }),
  )
})

test('the text of a plan reads back to an equal plan', () => {
  const distinct = fc.uniqueArray(anyFault, {
    selector: (fault) => `${fault.kind} ${fault.kind === 'partition' ? '' : processesOf(fault).join()}`,
  })
  fc.assert(
    fc.property(distinct, (faults) => {
      const plan = parseFaults(faults.map(faultText).join('; '))
      const again = parseFaults(formatFaults(plan))
      expect(again.rules.map(({ text }) => text)).toEqual(plan.rules.map(({ text }) => text))
      expect(again.timed).toEqual(plan.timed)
    }),
  )
})

test('what is written in other ways means the same', () => {
  const meaning: [string, string][] = [
    ['latency uniform 2–10ms', 'latency 2-10ms'],
    ['latency 2 - 10 ms', 'latency 2-10ms'],
    ['latency 500ms-2s', 'latency 500-2000ms'],
    ['latency 5-5ms', 'latency 5ms'],
    ['jitter 20ms', 'jitter 0-20ms'],
    ['loss 10 %', 'loss 10%'],
    ['loss 010.50% on p00 → p03', 'loss 10.5% on p00->p03'],
    ['loss 1% of money on p03-p00', 'loss 1% of money on p00-p03'],
    ['cut p03 – p00 at 0ms for 0.2s', 'cut p00-p03 for 200ms'],
    [' crash  p03 at 50 ms ', 'crash p03 at 50ms'],
    ['latency 1.1ms', 'latency 1.1ms'],
    ['latency 1ms; loss 2%, crash p00 at 1s', 'latency 1ms, loss 2%, crash p00 at 1000ms'],
    ['crash p00 at 1ms, crash p00 at 1ms', 'crash p00 at 1ms'],
    ['clock p01 + 50 ms', 'clock p01 +50ms'],
    ['clock  p01 − 0.02 s at 1s', 'clock p01 -20ms at 1000ms'],
    ['clock p01 drift +200 ppm', 'clock p01 drift 200ppm'],
    ['partition p03 p02/p01 p00 for 1s', 'partition p00 p01 / p02 p03 for 1000ms'],
    ['partition p03 p02 / p01 one-way', 'partition p02 p03 / p01 one-way'],
    ['cut p03 → p00 held for 1s', 'cut p03->p00 held for 1000ms'],
    ['loss 3th of money on p01 -> p00', 'loss 3rd of money on p01->p00'],
    ['loss 1st of at on p00->p01', 'loss 1st of at on p00->p01'],
    ['reorder 5 % by 5 - 5ms', 'reorder 5% by 5ms'],
    ['latency regions at 0ms', 'latency regions'],
    ['none', 'none'],
    ['', 'none'],
  ]
  for (const [written, canonical] of meaning)
    expect(formatFaults(parseFaults(written)), written).toBe(canonical)
})

test('every example of the table of forms is read, under its own name and for what it breaks', () => {
  for (const { name, example: first, more, breaks } of faultForms) {
    for (const example of [first, ...more]) {
      expect(faultText(parseFault(example))).toBe(example)
      expect(example.split(' ')[0]).toBe(name)
      const { rules, timed, liars = [] } = parseFaults(example)
      const parts = [...rules, ...timed]
      if (liars.length > 0) expect(breaks).toBe('honest')
      else expect(new Set(parts.map((part) => part.breaks)), example).toEqual(new Set([breaks]))
      expect(parts.length + liars.length).toBeGreaterThan(0)
    }
  }
})

test('a mistake is quoted, explained and shown the right form', () => {
  const cases: [string, RegExp][] = [
    [
      'latency 5ms, los 10%',
      /fault 2 of 2, 'los 10%': there is no fault 'los'\. The form is loss SHARE .*for example 'loss/,
    ],
    ['loss', /the share, such as 10%, is missing.*loss SHARE/],
    ['loss 10', /'10' is no percentage; write 10%/],
    ['loss 101%', /more than 100%/],
    ['loss 0.00001%', /finer than a millionth/],
    ['loss 10% off marker', /'off' is not expected there/],
    ['loss 10% of', /type of the messages is missing/],
    ['loss 10% on p00', /'p00' does not join two processes/],
    ['loss 10% on p00->p00', /to itself/],
    ['latency 5', /'5' has no unit; write 5ms or 5s/],
    ['latency 5m', /'5m' is no time/],
    ['latency 10-2ms', /runs backwards/],
    ['latency 2-3-4ms', /no range/],
    ['latency 0.0001ms', /finer than a microsecond/],
    ['latency 999999999s', /more than a day/],
    ['latency uniform 5ms', /'5ms' is no range/],
    ['cut p00-p03 held', /say for how long/],
    ['partition', /who is on which side/],
    ['partition p00 p01', /who is on which side after 'p00'/],
    ['partition p00 / p00 p01', /p00 is in it twice/],
    ['partition thirds', /'thirds' is no process/],
    ['partition isolate', /the process is missing/],
    ['pause p01 at 5ms', /for how long/],
    ['pause p01 for 5ms', /when/],
    ['slow p01', /what an event takes is missing/],
    ['slow p01 0ms', /not slow/],
    ['clock p01 50ms', /has no sign; write \+50ms or -50ms/],
    ['clock p01 +0ms', /changes nothing/],
    ['clock p01 drift 200', /write 200ppm/],
    ['clock p01 drift 900000ppm', /more than 500000ppm/],
    ['reorder 10%', /by how much/],
    ['loss 0th of a on p00->p01', /the first is the 1st/],
    ['loss 3rd of a on p00-p01', /of TYPE on P->Q/],
    ['loss 3rd', /of TYPE on P->Q/],
    ['byzantine p01 sleeps', /'sleeps' is nothing it can do/],
    ['byzantine p01 lies vote', /'vote' is no field of a message/],
    ['slow p01 5ms, slow p01 7ms at 5ms', /'slow p01 7ms at 5ms' overlaps 'slow p01 5ms'/],
    ['cut p00-p01 held for 9ms, cut p00-p01 at 5ms', /overlaps/],
    ['cut p00-p03 for 0ms', /lasts no time/],
    ['crash p03', /does not say when \(at 50ms\).*crash P at TIME/],
    ['crash 3 at 50ms', /'3' is no process; they are called p00/],
    ['none, loss 10%', /'none' stands alone/],
    ['crash p00 at 1ms for 5ms, crash p00 at 3ms', /'crash p00 at 3ms' overlaps 'crash p00 at 1ms for 5ms'/],
  ]
  for (const [text, complaint] of cases) {
    expect(() => parseFaults(text), text).toThrow(UsageError)
    expect(() => parseFaults(text), text).toThrow(complaint)
  }
})

test('a plan that names a process there is not is refused', () => {
  const plan = parseFaults('loss 1% on p00->p09, crash p01 at 5ms')
  expect(() => checkFaults(plan, ['p00', 'p01'])).toThrow(
    /'loss 1% on p00->p09': there is no process p09, p00 to p01/,
  )
  checkFaults(parseFaults('loss 1% on p00->p01, crash p01 at 5ms'), ['p00', 'p01'])
  for (const { example, more } of faultForms) {
    for (const text of [example, ...more]) {
      if (processesOf(parseFault(text)).length === 0) continue
      const strangers = text.replaceAll(/p\d\d/g, (id) => `p9${id.at(-1)}`)
      expect(() => checkFaults(parseFaults(strangers), ['p00', 'p01']), text).toThrow(
        /there is no process p9/,
      )
    }
  }
})

test('a partition that parts nobody is refused', () => {
  const checked = (text: string, ...ids: string[]) => checkFaults(parseFaults(text), ids)
  expect(() => checked('partition minority', 'p00', 'p01')).toThrow(/'partition minority': of 2 processes/)
  expect(() => checked('partition isolate p00', 'p00')).toThrow(/nobody is on the other side/)
  expect(() => checked('partition bridge p00', 'p00', 'p01')).toThrow(/nobody is on the other side/)
  checked('partition bridge p00', 'p00', 'p01', 'p02')
  checked('partition halves', 'p00', 'p01')
})

test('latencies add up, and the dice stay within their range', () => {
  const none = { lost: null, delaysMs: [0], lateMs: [0], fired: [], told: [] }
  expect(judged('none')).toEqual(none)
  const both = judged('latency 0.1ms, latency 0.2ms')
  expect(both).toEqual({ ...none, delaysMs: [0.3], fired: ['latency 0.1ms', 'latency 0.2ms'] })
  for (let seed = 0; seed < 200; seed++) {
    const [ms] = judged('latency 5ms, jitter 0-20ms', {}, seed).delaysMs
    expect(ms, `seed ${seed}`).toBeGreaterThanOrEqual(5)
    expect(ms, `seed ${seed}`).toBeLessThanOrEqual(25)
  }
  const delays = Array.from(
    { length: 500 },
    (_, seed) => judged('jitter 0.001-0.004ms', {}, seed).delaysMs[0]!,
  )
  expect([...new Set(delays)].sort()).toEqual([0.001, 0.002, 0.003, 0.004])
  expect(drawUs({ law: 'uniform', minUs: 0, maxUs: 8e10 }, new Prng(1)) % 1000).toBe(0)
})

test('the exponential table is the inverse distribution, and its mean is the mean', () => {
  exponentialTable.forEach((entry, i) => {
    expect(Math.abs(entry - -Math.log((2 * i + 1) / 2048) * 65_536)).toBeLessThanOrEqual(0.5000001)
  })
  const mean = exponentialTable.reduce((sum, entry) => sum + entry, 0) / exponentialTable.length / 65_536
  expect(mean).toBeCloseTo(1, 2)
  const random = new Prng(3)
  const draws = Array.from({ length: 10_000 }, () => drawUs({ law: 'exponential', meanUs: 20_000 }, random))
  const average = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
  expect(Math.abs(average - 20_000), `average ${average} with seed 3`).toBeLessThan(1000)
  expect(draws.every(Number.isInteger)).toBe(true)
})

test('losses and duplicates come as often as asked, and say so', () => {
  const lost = often('loss 10%', (fate) => fate.lost === 'loss')
  expect(Math.abs(lost - 1000), `lost ${lost} with seed 7`).toBeLessThan(150)
  const twice = often('duplicate 5%', (fate) => fate.delaysMs.length === 2)
  expect(Math.abs(twice - 500), `duplicated ${twice} with seed 7`).toBeLessThan(110)
  expect(often('loss 0%', ({ lost }) => lost !== null)).toBe(0)
  expect(judged('loss 100%')).toMatchObject({ lost: 'loss', delaysMs: [], fired: ['loss 100%'] })
  expect(judged('latency 1ms, loss 100%, duplicate 100%').fired).toEqual(['loss 100%'])
  expect(judged('duplicate 100%, duplicate 100%').delaysMs).toEqual([0, 0, 0])
})

test('each copy has a delay of its own', () => {
  expect(judged('duplicate 100%, latency 5ms').delaysMs).toEqual([5, 5])
  const { delaysMs } = judged('duplicate 100%, latency 0-1000ms')
  expect(delaysMs).toHaveLength(2)
  expect(delaysMs[0]).not.toBe(delaysMs[1])
})

test('a rule is about the messages it names only', () => {
  const loses = (faults: string, changes: Partial<Envelope>) => judged(faults, changes).lost !== null
  expect(loses('loss 100% of marker', {})).toBe(true)
  expect(loses('loss 100% of money', {})).toBe(false)
  expect(loses('loss 100% on p00->p01', {})).toBe(true)
  expect(loses('loss 100% on p01->p00', {})).toBe(false)
  expect(loses('loss 100% on p01-p00', {})).toBe(true)
  expect(loses('loss 100% on p00-p02', {})).toBe(false)
  expect(loses('loss 100% of money on p00-p01', {})).toBe(false)
})

test('a cut is a rule while it lasts, and two events', () => {
  const plan = parseFaults('crash p02 at 300ms, cut p01-p00 at 100ms for 200ms')
  const cause = (nowMs: number, to = 'p01') => judge(plan.rules, envelope({ nowMs, to }), new Prng(1)).lost
  expect([99, 100, 299.9, 300].map((nowMs) => cause(nowMs))).toEqual([null, 'cut', 'cut', null])
  expect(cause(150, 'p02')).toBe(null)
  const text = 'cut p00-p01 at 100ms for 200ms'
  const [link, crash] = [['p00', 'p01'], 'crash p02 at 300ms']
  expect(plan.timed).toEqual([
    { kind: 'cut', link, oneWay: false, atMs: 100, text, breaks: 'reliable', begins: true },
    { kind: 'heal', link, oneWay: false, atMs: 300, text, breaks: 'reliable', begins: false },
    { kind: 'crash', process: 'p02', atMs: 300, text: crash, breaks: 'crashes', begins: true },
  ])
})
