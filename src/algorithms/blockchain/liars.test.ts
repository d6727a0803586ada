import { describe, expect, test } from 'vitest'
import { broken, PATIENT, reacting, sabotaged, seeds, trial } from '../../harness/testing.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { Context } from '../../model/process.ts'
import { blockchain } from './blockchain.ts'
import { entry, type Options } from './index.ts'
import { standing } from './standing.ts'
import type { Blockchain } from './vocabulary.ts'

type Accusation = Extract<Blockchain['indication'], { type: 'foundOut' }>

async function accused(seed: number, faults: string): Promise<Accusation[]> {
  const run = await trial(entry, seed, { peers: 5, topology: 'complete', watchStates: false, faults })
  expect(broken(run), `seed ${seed}: ${faults}`).toEqual([])
  const events = run.history as unknown as HistoryEvent<Blockchain>[]
  return events.flatMap((event) =>
    event.kind === 'indicate' && event.indication.type === 'foundOut' ? [event.indication] : [],
  )
}

/** Somebody has to fetch a chain of the others: one that comes back without any. */
const FETCHING = 'latency 2-12ms, crash p00 at 2500ms for 500ms'

describe('who lies is found out, and the others go on', PATIENT, () => {
  test.each([
    ['a height that is not there', 'lies statsReply.height', /withheld|cannot have that top/, null],
    ['a top for a chain without blocks', 'lies statsReply.hash', /a chain of 0 cannot have that top/, true],
    [
      'a chain that does not fit together',
      'lies getBlockReply.messages',
      /invalid|messages|characters/,
      null,
    ],
    ['another nonce', 'lies getBlockReply.nonce', /invalid/, false],
    ['a block withheld', 'silent of getBlockReply', /withheld/, false],
    ['the wrong height of a block', 'lies announce.height', /the block of that hash is block/, true],
    ['an announcement of no message', 'lies announce.messages', /1 to 10 messages/, true],
    ['a gossip under another name', 'lies gossip.name', /under another name/, true],
    ['a gossip of somebody else', 'lies gossip.origin', /under another name/, true],
    ['a gossip that was passed on too often', 'lies gossip.hops', /can tell|passed on/, true],
    ['an answer under another name', 'lies gossipReply.name', /answers under the name/, true],
  ])('%s', async (_, lie, says, isProved) => {
    const found: Accusation[] = []
    for (const seed of seeds(20)) found.push(...(await accused(seed, `${FETCHING}, byzantine p01 ${lie}`)))
    const hits = found.filter(({ peer, why }) => peer === 'p01' && says.test(why))
    expect(hits.length).toBeGreaterThan(0)
    if (isProved !== null) for (const hit of hits) expect(hit.isProved, hit.why).toBe(isProved)
  })

  test('where nobody lies nobody is found out, not even suspected', async () => {
    for (const seed of seeds(40)) expect(await accused(seed, 'latency 2-12ms'), `seed ${seed}`).toEqual([])
  })

  test('where much is lost and copied some are suspected, and nothing is proved', async () => {
    const faults = `${FETCHING}, loss 30%, duplicate 30%, reorder 20% by 5-50ms`
    const found: Accusation[] = []
    for (const seed of seeds(60)) found.push(...(await accused(seed, faults)))
    expect(found.some(({ isProved }) => isProved)).toBe(false)
    expect(found.length).toBeGreaterThan(0)
  })
})

describe('what nobody asked for', PATIENT, () => {
  test('is counted and dropped, a replay like a stranger’s, and the others go on', async () => {
    const states = new Map<string, Blockchain['state']>()
    const hash = 'f'.repeat(64)
    const rude: Parameters<typeof sabotaged<Blockchain>>[1] = reacting((upon, state, context) => {
      const { self, outgoing, send } = context
      states.set(self, state)
      if (self !== 'p01') return upon
      const gossip = (timer: { type: 'gossip' }) => {
        upon.timeout.gossip(timer)
        for (const other of outgoing) {
          send(other, { type: 'statsReply', height: 99, hash })
          const block = { minedBy: self, messages: ['mine'], nonce: '1', timestamp: 1, hash }
          send(other, { type: 'getBlockReply', height: 0, ...block })
          for (const old of state.chain) send(other, { type: 'announce', height: 0, ...old })
        }
      }
      return { ...upon, timeout: { ...upon.timeout, gossip } }
    })
    const run = await trial(sabotaged(entry, rude), 1, { peers: 5, topology: 'complete', watchStates: false })
    expect(run.conducted.failure).toBeNull()
    const good = [...states].filter(([process]) => process !== 'p01')
    // It has a chain of its own now, for what it mines is not believed; nothing in the history says it lies.
    expect(broken(run).filter((name) => !['JUSTICE', 'CONVERGENCE'].includes(name))).toEqual([])
    expect(new Set(good.map(([, { chain }]) => chain.at(-1)!.hash)).size).toBe(1)
    for (const [process, { refused, scores, chain }] of good) {
      expect(refused.unasked, process).toBeGreaterThan(20)
      expect(refused.announce, process).toBeGreaterThan(20)
      expect(scores.get('p01'), process).toBeLessThan(-8)
      expect([...scores.keys()], process).toEqual(['p01'])
      expect(chain.flatMap(({ messages }) => messages)).not.toContain('mine')
    }
  })
})

describe('a score', () => {
  const defaults = Object.entries(entry.options).map(([name, option]) => [name, option.default])
  const { initial } = blockchain(Object.fromEntries(defaults) as unknown as Options)

  test('of replays alone never falls so low that a process is not believed: a channel may copy', () => {
    const state = initial({ self: 'p00', incoming: ['p01'], outgoing: ['p01'] })
    const others = standing({ indicate: () => {} } as unknown as Context<Blockchain>, state)
    others.asked('p01')
    expect(others.isDue('p01')).toBe(true)
    for (let i = 0; i < 100; i++) expect(others.isDue('p01')).toBe(false)
    expect(state.refused.unasked).toBe(100)
    expect(state.scores.get('p01')).toBe(-8)
    expect(others.isBelieved('p01')).toBe(true)
  })

  test('of two falsehoods does, until rounds have passed', () => {
    const state = initial({ self: 'p00', incoming: ['p01'], outgoing: ['p01'] })
    const said: unknown[] = []
    const indicate = (indication: unknown) => said.push(indication)
    const others = standing({ indicate } as unknown as Context<Blockchain>, state)
    others.blame('p01', 'announce', 'a', true)
    expect(others.isBelieved('p01')).toBe(true)
    others.blame('p01', 'statsReply', 'b', false)
    expect(others.isBelieved('p01')).toBe(false)
    others.forgive()
    expect(others.isBelieved('p01')).toBe(true)
    for (let i = 0; i < 15; i++) others.forgive()
    expect(state.scores.size).toBe(0)
    expect(said).toEqual([
      { type: 'foundOut', peer: 'p01', why: 'a', isProved: true },
      { type: 'foundOut', peer: 'p01', why: 'b', isProved: false },
    ])
  })
})
