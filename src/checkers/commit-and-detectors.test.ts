/** Atomic commitment, failure detectors and termination detection: kept, and each way to break them. */
import { describe, expect, test } from 'vitest'
import type { HistoryEvent } from '../model/history.ts'
import type { Property } from '../model/property.ts'
import { atomicCommitment } from './commit.ts'
import { eventualStrongAccuracy, strongCompleteness } from './failure-detector.ts'
import { detection, noFalseDetection } from './termination-detection.ts'
import { deliver, findings, happen, lose, send } from './testing.ts'

const ids = ['p00', 'p01', 'p02']
type Deeds = Parameters<typeof findings>[1]
const says = (at: string, type: string, more: object = {}) =>
  happen(at, { kind: 'indicate', indication: { type, ...more } })
const asks = (at: string) => happen(at, { kind: 'request', request: { type: 'ask' } })
const crash = (at: string) => happen(at, { kind: 'crash' })
const recover = (at: string) => happen(at, { kind: 'recover', stored: null })
const said = (property: Property<any>, deeds: Deeds) =>
  findings(property, deeds, ids).map(({ explanation }) => explanation)
const told = (event: HistoryEvent<any>, type: string) =>
  event.kind === 'indicate' && event.indication.type === type ? event.indication : null

describe('atomic commitment', () => {
  const properties = atomicCommitment<any>({
    asks: (event) => event.kind === 'request',
    votes: (event) => told(event, 'vote')?.vote ?? null,
    decides: (event) => told(event, 'decide')?.decision ?? null,
  })
  const vote = (at: string, is: 'yes' | 'no') => says(at, 'vote', { vote: is })
  const decide = (at: string, decision: 'commit' | 'abort') => says(at, 'decide', { decision })
  const all = (deeds: Deeds) =>
    properties.flatMap((property) => said(property, deeds).map((each) => `${property.name}: ${each}`))
  const yes = ids.map((id) => vote(id, 'yes'))

  test('all yes and commit, one no and abort', () => {
    expect(all([asks('p00'), ...yes, ...ids.map((id) => decide(id, 'commit'))])).toEqual([])
    expect(all([asks('p00'), vote('p01', 'no'), ...ids.map((id) => decide(id, 'abort'))])).toEqual([])
    expect(all([])).toEqual([])
  })

  test('two decisions, a decision taken back, and one said again', () => {
    const both = [...yes, decide('p00', 'commit'), decide('p01', 'abort'), lose('p00', 'p02', 'p00#0')]
    expect(all(both)).toEqual(['AC1 AGREEMENT: p01 decides to abort, p00 has decided to commit'])
    expect(all([...yes, decide('p00', 'commit'), crash('p00'), decide('p00', 'commit')])).toEqual([])
    const back = [...yes, crash('p00'), decide('p00', 'commit'), decide('p00', 'abort')]
    expect(all(back)).toContain('AC2 NO WAY BACK: p00 decides to abort after it has decided to commit')
  })

  test('a commit without all votes', () => {
    const deeds = [vote('p00', 'yes'), vote('p01', 'no'), decide('p00', 'commit')]
    expect(all(deeds)).toEqual(['AC3 COMMIT: p00 commits without a yes of p01, p02'])
  })

  test('an abort that nothing asked for, and one that a failure excuses', () => {
    const aborted = [...yes, decide('p00', 'abort')]
    expect(all(aborted)).toEqual(['AC4 ALL YES: all have voted yes and nothing has failed, but they abort'])
    expect(all([...aborted, crash('p01')])).toEqual([])
    expect(all([lose('p00', 'p01', 'p00#0'), ...aborted])).toEqual([])
  })

  test('nobody decides; who is uncertain is blocked by a crash, and not once it is repaired', () => {
    expect(all([asks('p00')])).toEqual(['AC5 TERMINATION: no decision at p00, p01, p02'])
    const down = [asks('p00'), vote('p01', 'yes'), crash('p00')]
    expect(all(down)).toEqual(['AC5 TERMINATION: blocked while p00 is down: p01'])
    expect(all([...down, recover('p00'), ...ids.map((id) => decide(id, 'abort'))])).toEqual([])
  })
})

describe('a failure detector', () => {
  const of = {
    suspects: (event: HistoryEvent<any>) => told(event, 'suspect')?.process ?? null,
    restores: (event: HistoryEvent<any>) => told(event, 'restore')?.process ?? null,
  }
  const suspect = (at: string, process: string) => says(at, 'suspect', { process })
  const restore = (at: string, process: string) => says(at, 'restore', { process })
  const complete = strongCompleteness<any>(of)
  const accurate = eventualStrongAccuracy<any>(of)

  test('who crashed is suspected by all who did not', () => {
    const found = [crash('p02'), suspect('p00', 'p02'), suspect('p01', 'p02')]
    expect(said(complete, found)).toEqual([])
    expect(said(complete, found.slice(0, 2))).toEqual(['p02 crashed, and p01 did not suspect it in the end'])
    expect(said(complete, [...found, restore('p00', 'p02')])).toHaveLength(1)
    expect(
      said(complete, [crash('p01'), crash('p02'), suspect('p00', 'p01'), suspect('p00', 'p02')]),
    ).toEqual([])
  })

  test('nobody else is, in the end', () => {
    expect(said(accurate, [suspect('p00', 'p01'), restore('p00', 'p01')])).toEqual([])
    expect(said(accurate, [suspect('p00', 'p01')])).toEqual([
      'in the end p00 suspected p01; nobody of them had crashed',
    ])
    expect(said(accurate, [suspect('p00', 'p01'), crash('p01'), recover('p01')])).toEqual([])
    expect(said(accurate, [suspect('p00', 'p01'), crash('p00')])).toEqual([])
  })
})

describe('termination detection', () => {
  const of = {
    becomes: (event: HistoryEvent<any>) => told(event, 'is')?.state ?? null,
    isBasic: (message: any) => message.type !== 'token',
    detects: (event: HistoryEvent<any>) => told(event, 'ended') !== null,
    asks: (event: HistoryEvent<any>) => event.kind === 'request',
  }
  const is = (at: string, state: 'active' | 'passive') => says(at, 'is', { state })
  const ended = says('p00', 'ended')
  const safe = noFalseDetection<any>(of)
  const live = detection<any>(of)
  const way = [send('p00', 'p01', 'p00#0'), deliver('p01', 'p00', 'p00#0')]

  test('said when all are passive and nothing is in transit', () => {
    const run = [is('p00', 'active'), ...way, is('p01', 'active'), is('p00', 'passive'), is('p01', 'passive')]
    expect(said(safe, [...run, ended])).toEqual([])
    expect(said(live, [asks('p00'), ...run, ended])).toEqual([])
  })

  test('said too early: somebody works, or work is on its way', () => {
    expect(said(safe, [is('p01', 'active'), ended])).toEqual(['p00 says that all has ended, with p01 active'])
    expect(said(safe, [way[0]!, ended])).toEqual([
      'p00 says that all has ended, with work in transit on p00→p01',
    ])
    expect(said(safe, [way[0]!, lose('p00', 'p01', 'p00#0'), ended])).toEqual([])
    expect(said(safe, [is('p01', 'active'), crash('p01'), ended])).toEqual([])
    expect(said(noFalseDetection<any>({ ...of, areActiveAtFirst: true }), [ended])).toHaveLength(1)
  })

  test('never said, not asked for, not due, and said twice', () => {
    expect(said(live, [asks('p00')])).toEqual(['all has ended, and nobody ever said so'])
    expect(said(live, [])).toEqual([])
    expect(said(live, [asks('p00'), is('p01', 'active')])).toEqual([])
    expect(said(live, [asks('p00'), ended, ended])).toEqual(['p00 says a second time that all has ended'])
  })
})
