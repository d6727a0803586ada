import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { earliestCut, future, inTransit, isConsistent, latestCut, past, path } from './causality.ts'
import { cutAt, cutAtTime, cutOnAxis, withProcessAt, withProcessMoved } from './cut.ts'
import { type Choice, choices, historyOf, longHistory, type Made } from './testing.ts'
import { whyChain } from './why.ts'

const PROCESSES = 4

/** happened-before by its definition: the transitive closure of the direct causes. */
function reachability({ data, edges }: Made): boolean[][] {
  const reaches = Array.from({ length: data.length }, () => new Array<boolean>(data.length).fill(false))
  for (const [from, to] of edges) reaches[from]![to] = true
  for (let k = 0; k < data.length; k++) {
    for (let i = 0; i < data.length; i++) {
      if (!reaches[i]![k]) continue
      for (let j = 0; j < data.length; j++) reaches[i]![j] ||= reaches[k]![j]!
    }
  }
  return reaches
}

const positions = ({ data }: Made) => Array.from({ length: data.length }, (_, i) => i)
const marked = (marks: Uint8Array) => [...marks].flatMap((mark, i) => (mark === 1 ? [i] : []))

const check = (holds: (made: Made) => void) =>
  fc.assert(fc.property(choices, (made: Choice[]) => holds(historyOf(PROCESSES, made))))

describe('past and future', () => {
  test('are what can be reached', () => {
    check((made) => {
      const reaches = reachability(made)
      for (const i of positions(made)) {
        expect(marked(past(made.data, i))).toEqual(positions(made).filter((j) => reaches[j]![i]))
        expect(marked(future(made.data, i))).toEqual(positions(made).filter((j) => reaches[i]![j]))
      }
    })
  })

  test('a path leads along processes and messages, and there is one just if there can be', () => {
    check((made) => {
      const reaches = reachability(made)
      for (const from of positions(made)) {
        for (const to of positions(made)) {
          const way = path(made.data, from, to)
          expect(way !== null).toBe(reaches[from]![to])
          if (way === null) continue
          expect([way[0], way.at(-1)]).toEqual([from, to])
          for (const [k, at] of way.slice(1).entries()) {
            const before = way[k]!
            const byMessage = made.data.messages.sendAt[made.data.messageOfDeliver(at)] === before
            expect(before < at && (byMessage || made.data.process(before) === made.data.process(at))).toBe(
              true,
            )
          }
        }
      }
    })
  })

  test('of a run of 100,000 events agree with vector clocks', () => {
    const seed = 5
    const made = longHistory(105_000, 8, seed)
    const { data } = made
    expect(data.length).toBeGreaterThan(100_000)
    const clocks = vectorClocks(made)
    for (const i of [0, 1_234, 50_000, data.length - 1]) {
      const [before, after] = [past(data, i), future(data, i)]
      let wrong = 0
      for (let j = 0; j < data.length; j++) {
        const isBefore = j !== i && knows(clocks, data.processes.length, i, data.process(j), data.seq(j))
        const isAfter = j !== i && knows(clocks, data.processes.length, j, data.process(i), data.seq(i))
        if ((before[j] === 1) !== isBefore || (after[j] === 1) !== isAfter) wrong++
      }
      expect(wrong, `events on the wrong side of ${i} with seed ${seed}`).toBe(0)
    }
  })
})

/** F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989: one row an event. */
function vectorClocks({ data, edges }: Made): Uint32Array {
  const width = data.processes.length
  const clocks = new Uint32Array(data.length * width)
  const causes = new Map<number, number[]>()
  for (const [from, to] of edges) causes.set(to, [...(causes.get(to) ?? []), from])
  for (let i = 0; i < data.length; i++) {
    for (const cause of causes.get(i) ?? []) {
      for (let p = 0; p < width; p++) {
        clocks[i * width + p] = Math.max(clocks[i * width + p]!, clocks[cause * width + p]!)
      }
    }
    clocks[i * width + data.process(i)] = data.seq(i)
  }
  return clocks
}

const knows = (clocks: Uint32Array, width: number, i: number, process: number, seq: number) =>
  clocks[i * width + process]! >= seq

describe('cuts', () => {
  const cutOf = (made: Made, shares: readonly number[]) =>
    Int32Array.from(made.data.processes, (_, p) => {
      const own = made.data.ofProcess(p)
      return own[Math.floor(shares[p]! * (own.length + 1)) - 1] ?? -1
    })
  const share = fc.double({ min: 0, max: 0.999, noNaN: true })
  const shares = fc.tuple(share, share, share, share)

  test('a cut is consistent just if it holds the causes of all it holds', () => {
    fc.assert(
      fc.property(choices, shares, (list, where) => {
        const made = historyOf(PROCESSES, list)
        const cut = cutOf(made, where)
        const holds = (i: number) => i <= cut[made.data.process(i)]!
        const wrong = made.edges.filter(([cause, effect]) => holds(effect) && !holds(cause))
        const { consistent, offending } = isConsistent(made.data, cut)
        expect(consistent).toBe(wrong.length === 0)
        const { sendAt, deliverAt } = made.data.messages
        const pairs = offending.map((m) => `${sendAt[m]} ${deliverAt[m]}`)
        expect(pairs.sort()).toEqual(wrong.map(([cause, effect]) => `${cause} ${effect}`).sort())
      }),
    )
  })

  test('what is in transit is what was sent before the cut and did not end before it', () => {
    fc.assert(
      fc.property(choices, fc.nat(), (list, position) => {
        const made = historyOf(PROCESSES, list)
        if (made.data.length === 0) return
        const end = position % made.data.length
        const born = { send: 1, duplicate: 1, deliver: -1, lost: -1 } as Record<string, number>
        let onTheirWay = 0
        for (let i = 0; i <= end; i++) onTheirWay += born[made.data.kind(i)] ?? 0
        expect(inTransit(made.data, cutAt(made.data, end)).length).toBe(onTheirWay)
        expect(inTransit(made.data, cutAt(made.data, made.data.length)).length).toBe(made.onTheirWay)
      }),
    )
  })

  test('at a position, at a time, at a Lamport time: all events up to there, and consistent', () => {
    fc.assert(
      fc.property(choices, fc.nat(), (list, n) => {
        const { data } = historyOf(PROCESSES, list)
        if (data.length === 0) return
        const i = n % data.length
        const upTo = (holds: (j: number) => boolean) =>
          data.processes.map((_, p) => [...data.ofProcess(p)].filter(holds).at(-1) ?? -1)
        expect([...cutAt(data, i)]).toEqual(upTo((j) => j <= i))
        expect([...cutAtTime(data, data.timeNs(i))]).toEqual(upTo((j) => data.timeNs(j) <= data.timeNs(i)))
        const logical = cutOnAxis(data, 'logical', data.lamport(i))
        expect([...logical]).toEqual(upTo((j) => data.lamport(j) <= data.lamport(i)))
        for (const cut of [cutAt(data, i), logical]) expect(isConsistent(data, cut).consistent).toBe(true)
      }),
    )
  })

  test("one process's part can be moved", () => {
    const send = { act: 'send', process: 0, which: 1 } as const
    const { data } = historyOf(2, [send, send, { act: 'deliver', process: 0, which: 0 }, send])
    const cut = cutAt(data, 2) // two sends and the delivery of the first
    expect([...cut]).toEqual([1, 2])
    const without = withProcessMoved(data, cut, 0, -2)
    expect([...without]).toEqual([-1, 2])
    expect(isConsistent(data, without)).toEqual({ consistent: false, offending: [0] })
    expect([...withProcessMoved(data, without, 0, 99)]).toEqual([3, 2])
    expect([...withProcessAt(data, without, 0, 'real', data.timeNs(1))]).toEqual([1, 2])
    expect([...cut], 'the cut itself stays').toEqual([1, 2])
  })
})

describe('the cuts around an event', () => {
  test('are consistent, end with it at its process, and nothing lies outside of them', () => {
    check((made) => {
      const { data } = made
      const reaches = reachability(made)
      for (const event of positions(made)) {
        const [earliest, latest] = [earliestCut(data, event), latestCut(data, event)]
        expect(isConsistent(data, earliest).consistent).toBe(true)
        expect(isConsistent(data, latest).consistent).toBe(true)
        for (const i of positions(made)) {
          const [inEarliest, inLatest] = [earliest, latest].map((cut) => i <= cut[data.process(i)]!)
          expect(inEarliest).toBe(i === event || reaches[i]![event]!)
          expect(inLatest).toBe(!reaches[event]![i])
        }
      }
    })
  })
})

describe('why', () => {
  test('leads back through direct causes to one that has none', () => {
    check((made) => {
      const reaches = reachability(made)
      for (const event of positions(made)) {
        const chain = whyChain(made.data, event)
        expect(chain.at(-1)).toBe(event)
        for (const [k, at] of chain.slice(1).entries()) expect(reaches[chain[k]!]![at]).toBe(true)
        if (made.data.messageOfDeliver(event) !== -1) expect(chain.length).toBeGreaterThan(1)
      }
    })
  })
})
