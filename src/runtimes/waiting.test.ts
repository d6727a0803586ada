import { expect, test } from 'vitest'
import { Clocks } from './clocks.ts'
import { Waiting } from './waiting.ts'

/** A process and its line, driven by hand: what is handled, and when. */
class Bench {
  readonly handled: [item: string, timeUs: number][] = []
  readonly off = new Set<string>()
  readonly waiting: Waiting<string>
  #wakes: { process: number; timeUs: number }[] = []
  #nowUs = 0

  constructor() {
    this.waiting = new Waiting(
      (process, timeUs) => void this.#wakes.push({ process, timeUs }),
      (item) => this.off.has(item),
    )
  }

  /** Things come to process 0, each at its time. */
  come(...items: [item: string, timeUs: number][]): void {
    for (const [item, timeUs] of items) {
      this.until(timeUs)
      if (!this.waiting.takes(0, item, timeUs)) this.handled.push([item, timeUs])
    }
  }

  /** Time goes on, and whoever is due is woken. */
  until(timeUs: number): void {
    for (;;) {
      this.#wakes.sort((a, b) => a.timeUs - b.timeUs)
      const wake = this.#wakes[0]
      if (wake === undefined || wake.timeUs > timeUs) break
      this.#wakes.shift()
      this.#nowUs = wake.timeUs
      const item = this.waiting.next(wake.process, this.#nowUs)
      if (item !== undefined) this.handled.push([item, this.#nowUs])
    }
    this.#nowUs = timeUs
  }
}

test('who is neither paused nor slow handles what comes when it comes', () => {
  const bench = new Bench()
  bench.come(['a', 1], ['b', 1], ['c', 5])
  expect(bench.handled).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 5],
  ])
  expect(bench.waiting.isUsed).toBe(false)
})

test('what comes to one who is paused is handled at the end, in the order of coming', () => {
  const bench = new Bench()
  bench.come(['a', 1])
  bench.waiting.pause(0)
  bench.come(['b', 2], ['c', 3], ['d', 4])
  bench.until(9)
  bench.waiting.resume(0, 9)
  bench.until(9)
  bench.come(['e', 9])
  expect(bench.handled).toEqual([
    ['a', 1],
    ['b', 9],
    ['c', 9],
    ['d', 9],
    ['e', 9],
  ])
  expect(bench.waiting.isUsed).toBe(false)
})

test('one who is slow takes its time over each event, and what comes meanwhile waits in line', () => {
  const bench = new Bench()
  bench.waiting.slow(0, 10)
  bench.come(['a', 1], ['b', 2], ['c', 3], ['d', 40])
  bench.until(100)
  expect(bench.handled).toEqual([
    ['a', 1],
    ['b', 11],
    ['c', 21],
    ['d', 40],
  ])
})

test('one who is slow and paused goes on slowly', () => {
  const bench = new Bench()
  bench.waiting.slow(0, 10)
  bench.come(['a', 1])
  bench.waiting.pause(0)
  bench.come(['b', 2], ['c', 3])
  bench.until(5)
  bench.waiting.resume(0, 5)
  bench.until(100)
  expect(bench.handled).toEqual([
    ['a', 1],
    ['b', 11],
    ['c', 21],
  ])
})

test('a timer that is cancelled while it waits takes no time', () => {
  const bench = new Bench()
  bench.waiting.slow(0, 10)
  bench.come(['a', 1], ['timer', 2], ['c', 3])
  bench.off.add('timer')
  bench.until(100)
  expect(bench.handled).toEqual([
    ['a', 1],
    ['c', 11],
  ])
})

test('a crash empties the line, and what waited is told', () => {
  const bench = new Bench()
  bench.waiting.pause(0)
  bench.come(['a', 1], ['b', 2])
  bench.waiting.resume(0, 3)
  expect(bench.waiting.clear(0)).toEqual(['a', 'b'])
  bench.until(50)
  bench.come(['c', 50])
  expect(bench.handled).toEqual([['c', 50]])
})

test('a clock that nobody sets shows global time', () => {
  const clocks = new Clocks()
  expect(clocks.localUs(0, 1234)).toBe(1234)
  clocks.change(1, 100, 50, 0)
  expect(clocks.localUs(0, 1234)).toBe(1234)
  expect(clocks.globalUs(0, 77)).toBe(77)
})

test('a step moves a clock from then on, a drift by and by, and both add up', () => {
  const clocks = new Clocks()
  clocks.change(0, 1000, -300, 0)
  expect(clocks.localUs(0, 1000)).toBe(700)
  clocks.change(0, 2000, 0, 200)
  expect(clocks.localUs(0, 2000)).toBe(1700)
  expect(clocks.localUs(0, 1_002_000)).toBe(1_001_700 + 200)
  clocks.change(0, 1_002_000, 0, -700) // 500 slow now
  expect(clocks.localUs(0, 2_002_000)).toBe(2_001_700 + 200 - 500)
  clocks.change(0, 2_002_000, 1_000_000, 0)
  expect(clocks.localUs(0, 3_002_000)).toBe(4_001_700 + 200 - 500 - 500)
})

test('a timer waits as long by the clock of its process, and never less', () => {
  for (const ppm of [200, -200, 100_000, 3, -999]) {
    const clocks = new Clocks()
    clocks.change(0, 0, 0, ppm)
    for (const delayUs of [1, 10, 999, 1_000_000, 3_600_000_000]) {
      const until = clocks.globalUs(0, delayUs)
      expect(clocks.localUs(0, until), `${delayUs} at ${ppm} ppm`).toBeGreaterThanOrEqual(delayUs)
      expect(clocks.localUs(0, until - 2), `${delayUs} at ${ppm} ppm`).toBeLessThan(delayUs)
    }
  }
})
