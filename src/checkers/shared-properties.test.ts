/** Each shared property on histories that keep it, and on one for each way to break it. */
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryEvent } from '../model/history.ts'
import type { Property } from '../model/property.ts'
import { agreement, noCreation, noDuplication, uniformAgreement, validity } from './broadcast.ts'
import { causalOrder } from './causal-order.ts'
import { areConcurrent, clockCondition, isBefore, type VectorClock } from './clock-laws.ts'
import { conservation } from './conservation.ts'
import { extremumLeads, greatest, oneLeader } from './leader-election.ts'
import { mutualExclusion, sectionsInOrder } from './mutual-exclusion.ts'
import { deliver, findings, happen, history, lose, send } from './testing.ts'
import { totalOrder } from './total-order.ts'

const ids = ['p00', 'p01', 'p02']
const says = (at: string, type: string, more: object = {}) =>
  happen(at, { kind: 'indicate', indication: { type, ...more } })
const asks = (at: string, id: string) => happen(at, { kind: 'request', request: { type: 'broadcast', id } })
const crash = (at: string) => happen(at, { kind: 'crash' })
type Deeds = Parameters<typeof findings>[1]
const said = (property: Property<any>, deeds: Deeds) =>
  findings(property, deeds, ids).map(({ explanation }) => explanation)

const indicates = (type: string) => (event: HistoryEvent<any>) =>
  event.kind === 'indicate' && event.indication.type === type

describe('mutual exclusion', () => {
  const sections = { name: 'M', enters: indicates('in'), leaves: indicates('out') }
  const simple = mutualExclusion(sections)
  const causal = sectionsInOrder(sections)
  const told = [send('p00', 'p01', 'p00#0'), deliver('p01', 'p00', 'p00#0')]

  test('one after the other', () => {
    expect(said(simple, [says('p00', 'in'), says('p00', 'out'), says('p01', 'in')])).toEqual([])
    expect(said(causal, [says('p00', 'in'), says('p00', 'out'), ...told, says('p01', 'in')])).toEqual([])
    expect(said(simple, [says('p00', 'in'), crash('p00'), says('p01', 'in')])).toEqual([])
  })

  test('two at once', () => {
    const both = [says('p00', 'in'), says('p01', 'in'), says('p00', 'out')]
    expect(said(simple, both)).toEqual(['p01 entered while p00 was inside'])
  })

  test('one after the other by luck: recorded so, but nobody had told', () => {
    const lucky = [says('p00', 'in'), says('p00', 'out'), says('p01', 'in')]
    expect(said(simple, lucky)).toEqual([])
    expect(said(causal, lucky)).toEqual(['p01 entered, and nothing tells that p00 had left before'])
  })

  test('news comes by way of others, and of the last section only the last will do', () => {
    const byOther = [
      ...[says('p00', 'in'), says('p00', 'out'), send('p00', 'p02', 'p00#0'), deliver('p02', 'p00', 'p00#0')],
      ...[send('p02', 'p01', 'p02#0'), deliver('p01', 'p02', 'p02#0'), says('p01', 'in')],
    ]
    expect(said(causal, byOther)).toEqual([])
    const again = [...byOther.slice(0, 3), says('p00', 'in'), says('p00', 'out'), ...byOther.slice(3)]
    expect(said(causal, again)).toHaveLength(1)
  })
})

describe('causal and total order', () => {
  const broadcasts = (event: HistoryEvent<any>) => (event.kind === 'request' ? event.request.id : null)
  const delivers = (event: HistoryEvent<any>) => (event.kind === 'indicate' ? event.indication.id : null)
  const got = (at: string, id: string) => says(at, 'got', { id })
  const causal = causalOrder({ name: 'C', broadcasts, delivers })
  const total = totalOrder({ name: 'T', delivers })

  test('an answer delivered before what it answers', () => {
    const asked = [asks('p00', 'a'), got('p00', 'a'), got('p01', 'a'), asks('p01', 'b')]
    expect(said(causal, [...asked, got('p02', 'a'), got('p02', 'b')])).toEqual([])
    expect(said(causal, [...asked, got('p02', 'b'), got('p02', 'a')])).toEqual([
      'p02 delivered b before a, which happened before it',
    ])
  })

  test('of one sender, in the order of sending; of two, in any', () => {
    expect(said(causal, [asks('p00', 'a'), asks('p00', 'b'), got('p01', 'b')])).toHaveLength(1)
    expect(said(causal, [asks('p00', 'a'), asks('p01', 'b'), got('p02', 'b'), got('p02', 'a')])).toEqual([])
  })

  test('the same two messages the other way round', () => {
    const order = [got('p00', 'a'), got('p00', 'b'), got('p01', 'a')]
    expect(said(total, [...order, got('p01', 'b')])).toEqual([])
    expect(said(total, [...order, got('p01', 'c'), got('p00', 'c')])).toEqual([])
    expect(said(total, [got('p00', 'a'), got('p00', 'b'), got('p01', 'b'), got('p01', 'a')])).toEqual([
      'p01 delivered b and then a, p00 the other way round',
    ])
  })

  test('one order for all is total, whoever is behind; and a swap is found', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { maxLength: 30 }), fc.nat(), (who, where) => {
        const next = [0, 0, 0]
        const deeds = who.map((p) => got(ids[p]!, `m${next[p]!++}`))
        expect(said(total, deeds)).toEqual([])
        const both = Math.min(...next.toSorted((a, b) => b - a).slice(0, 2))
        if (both < 2) return
        const process = ids[next.findIndex((count) => count >= both)]!
        const own = deeds.flatMap((deed, i) => (deed.at === process ? [i] : []))
        const at = where % (both - 1)
        const [i, j] = [own[at]!, own[at + 1]!]
        const swapped = deeds.map((deed, k) => (k === i ? deeds[j]! : k === j ? deeds[i]! : deed))
        expect(said(total, swapped).length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('broadcast', () => {
  const of = {
    broadcasts: (event: HistoryEvent<any>) => (event.kind === 'request' ? event.request.id : null),
    delivers: (event: HistoryEvent<any>) => (event.kind === 'indicate' ? event.indication.id : null),
  }
  const got = (at: string, id = 'a') => says(at, 'got', { id })
  const everyone = [asks('p00', 'a'), got('p00'), got('p01'), got('p02')]

  test('everyone, once', () => {
    for (const make of [noDuplication, noCreation, validity, agreement, uniformAgreement]) {
      expect(said(make(of), everyone)).toEqual([])
    }
  })

  test('twice, unless a crash came between; out of nothing', () => {
    expect(said(noDuplication(of), [...everyone, got('p01')])).toEqual(['p01 delivered a twice'])
    expect(said(noDuplication(of), [...everyone, crash('p01'), got('p01')])).toEqual([])
    expect(said(noCreation(of), [got('p01', 'b')])).toEqual(['p01 delivered b, which nobody had broadcast'])
  })

  test('not everyone', () => {
    const some = [asks('p00', 'a'), got('p01')]
    expect(said(validity(of), some)).toEqual(['p00, p02 never delivered a, though p00 broadcast it'])
    expect(said(agreement(of), some)).toEqual(['p00, p02 never delivered a, though p01 did'])
    expect(said(validity(of), [...some, crash('p00')])).toEqual([]) // it was not correct
    const ofCrashed = [...some, crash('p01')]
    expect(said(agreement(of), ofCrashed)).toEqual([])
    expect(said(uniformAgreement(of), ofCrashed)).toEqual(['p00, p02 never delivered a, though p01 did'])
    expect(said(agreement(of), [asks('p00', 'a'), crash('p00')])).toEqual([])
  })
})

describe('leader election', () => {
  const learns = (event: HistoryEvent<any>) => (event.kind === 'indicate' ? event.indication : null)
  const takes = (at: string, leader: string, term?: number) =>
    says(at, 'leader', { leader, ...(term === undefined ? {} : { term }) })

  test('one for ever, or one in each term', () => {
    const one = oneLeader({ name: 'L', learns })
    expect(said(one, [takes('p00', 'p02'), takes('p01', 'p02')])).toEqual([])
    expect(said(one, [takes('p00', 'p02'), takes('p01', 'p01')])).toEqual([
      'p01 says the leader is p01, another said p02',
    ])
    expect(said(one, [takes('p00', 'p02', 1), takes('p01', 'p01', 2)])).toEqual([])
    expect(said(one, [takes('p00', 'p02', 2), takes('p01', 'p01', 2)])).toEqual([
      'p01 says the leader in term 2 is p01, another said p02',
    ])
  })

  test('the greatest', () => {
    const leads = extremumLeads({ name: 'L', learns }, greatest)
    expect(said(leads, [takes('p00', 'p02')])).toEqual([])
    expect(said(leads, [takes('p00', 'p01')])).toEqual(['p00 says the leader is p01; the greatest is p02'])
  })
})

test('conservation: what is lost on its way, and what is made of nothing', () => {
  const property = conservation<any>({
    name: 'C',
    unit: 'tokens',
    atFirst: () => 10,
    changes: (event) => (event.kind === 'indicate' ? event.indication.by : 0),
    carried: () => 1,
  })
  const way = [send('p00', 'p01', 'p00#0'), deliver('p01', 'p00', 'p00#0')]
  expect(said(property, way)).toEqual([])
  expect(said(property, [way[0]!, lose('p00', 'p01', 'p00#0')])).toEqual([
    'after event 1 there are 29 tokens in the processes and 0 on their way, 29 of 30',
  ])
  expect(said(property, [says('p02', 'mint', { by: 5 })])).toHaveLength(1)
})

describe('clocks', () => {
  const stamped = (times: readonly number[], deeds: Deeds): HistoryEvent<any>[] =>
    history(deeds).map((event, i) => ({ ...event, lamport: times[i]! }))
  const run = (events: readonly HistoryEvent<any>[]) => {
    const property = clockCondition()
    const memory = property.initial([])
    const tags = new Map<string, unknown>()
    return events.flatMap((event) => {
      if (event.kind === 'send') tags.set(event.messageId, property.tag!(memory, event))
      return (
        property.upon(memory, event, event.kind === 'deliver' ? tags.get(event.messageId) : undefined) ?? []
      )
    })
  }
  const deeds = [send('p00', 'p01', 'p00#0'), deliver('p01', 'p00', 'p00#0'), says('p01', 'x')]

  test('grow along a process and along a message', () => {
    expect(run(stamped([1, 2, 3], deeds))).toEqual([])
    expect(run(stamped([2, 2, 3], deeds))).toMatchObject([{ witnesses: [0, 1] }])
    expect(run(stamped([1, 2, 2], deeds))).toMatchObject([{ witnesses: [1, 2] }])
  })

  test('vector clocks: before, after, neither', () => {
    const clock = (...counts: number[]): VectorClock => new Map(counts.map((count, i) => [ids[i]!, count]))
    expect(isBefore(clock(1, 0), clock(1, 1))).toBe(true)
    expect(isBefore(clock(1, 1), clock(1, 0))).toBe(false)
    expect(isBefore(clock(1, 1), clock(1, 1))).toBe(false)
    expect(isBefore(new Map(), clock(1))).toBe(true)
    expect(areConcurrent(clock(2, 0), clock(0, 1))).toBe(true)
    expect(areConcurrent(clock(1, 0), clock(1, 1))).toBe(false)
  })
})

const TRACE = '../shared/data/traces/EWD998ChanTrace.ndjson'

interface Traced {
  readonly event: '<' | '>' | 'd'
  readonly node: number
  readonly pkt: {
    readonly snd: number
    readonly rcv: number
    readonly msg: object
    readonly vc: Record<string, number>
  }
}

describe.skipIf(!existsSync(TRACE))('a real run of Safra’s algorithm, as it was recorded in Java', () => {
  const events = (): Traced[] =>
    readFileSync(TRACE, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line))

  test('each message is sent before it is received, by the vector clocks it carries', () => {
    const all = events()
    expect(all.length).toBeGreaterThan(600)
    const clockOf = ({ pkt }: Traced): VectorClock => new Map(Object.entries(pkt.vc))
    const own = (traced: Traced) => traced.pkt.vc[`${traced.node}`] ?? 0
    for (const node of new Set(all.map((each) => each.node))) {
      const its = all.filter((each) => each.node === node).toSorted((a, b) => own(a) - own(b))
      for (const [i, later] of its.slice(1).entries()) {
        const earlier = its[i]!
        if (own(earlier) === own(later)) continue
        expect(isBefore(clockOf(later), clockOf(earlier)), `${node}: ${own(earlier)}, ${own(later)}`).toBe(
          false,
        )
      }
    }
  })
})

if (!existsSync(TRACE))
  process.stderr.write(`The trace of Safra’s algorithm is skipped: ${TRACE} is not there.\n`)
