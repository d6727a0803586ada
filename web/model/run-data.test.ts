import { beforeAll, describe, expect, test } from 'vitest'
import { canonical, fromCanonical } from '../../src/lib/canonical.ts'
import { EventReader } from '../../src/trace-format/history-reader.ts'
import { Outliner } from '../../src/trace-format/outline.ts'
import { Hand, runOf } from '../../src/trace-format/testing.ts'
import { PagedBodies } from './bodies.ts'
import { inTransit, isConsistent, isRecordedConsistent } from './causality.ts'
import { RunData } from './run-data.ts'
import { dataOf, type RealRun, realRun } from './testing.ts'
import { whyChain } from './why.ts'

const PING = { type: 'ping', n: 1 }

describe('a run by hand', () => {
  test('a message, a lost one, a duplicate', () => {
    const hand = new Hand(2)
    hand.send(0, 1, PING) // 0
    hand.fate('duplicate', 0, 1, 0) // 1
    hand.deliver(1, 0, 0) // 2
    hand.deliver(1, 0, 0) // 3
    hand.send(1, 0, { type: 'basic', message: { type: 'pong' } }) // 4
    hand.fate('lost', 1, 0, 0, 'cut') // 5
    hand.send(1, 0, PING) // 6
    const run = dataOf(hand, 2)
    const { messages, types } = run
    expect(types).toEqual(['ping', 'pong'])
    const rows = Array.from({ length: messages.length }, (_, m) => [
      messages.sendAt[m],
      messages.deliverAt[m],
      messages.lostAt[m],
      messages.from[m],
      messages.to[m],
      messages.typeIndex[m],
      messages.copyOf[m],
      messages.madeAt[m],
    ])
    expect(rows).toEqual([
      [0, 2, -1, 0, 1, 0, -1, 0],
      [0, 3, -1, 0, 1, 0, 0, 1],
      [4, -1, 5, 1, 0, 1, -1, 4],
      [6, -1, -1, 1, 0, 0, -1, 6],
    ])
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => run.messageOf(i))).toEqual([0, 1, 0, 1, 2, 2, 3])
    expect(run.messageOfSend(2)).toBe(-1)
    expect(run.messageOfDeliver(0)).toBe(-1)
    expect(run.message(2)).toMatchObject({ id: 'p01#0', fate: 'lost', cause: 'cut', latencyNs: null })
    expect(run.event(0)).toMatchObject({ type: 'ping', payload: PING, effects: [2, 3] })
    expect(run.event(3)).toMatchObject({
      kind: 'deliver',
      type: 'ping',
      causes: [0],
      message: { id: 'p00#0' },
    })
  })

  test('steps, what they did, and what led to them', () => {
    const hand = new Hand(2)
    hand.at(0, 'start') // 0
    hand.at(0, 'setTimer', [{ type: 'beat' }, 5, 9]) // 1
    hand.at(0, 'setTimer', [{ type: 'other' }, 5, 9]) // 2
    hand.at(0, 'timeout', { type: 'beat' }) // 3
    hand.at(1, 'request', { type: 'go' }) // 4
    hand.at(0, 'indicate', { type: 'done' }) // 5
    hand.at(0, 'crash') // 6
    hand.at(0, 'recover', null) // 7
    hand.at(0, 'timeout', { type: 'other' }) // 8
    const data = dataOf(hand, 2)
    const { length } = data
    expect(Array.from({ length }, (_, i) => data.stepOf(i))).toEqual([0, 0, 0, 3, 4, 3, -1, 7, 8])
    expect(Array.from({ length }, (_, i) => data.event(i).causes)).toEqual([
      [],
      [0],
      [0],
      [1],
      [],
      [3],
      [],
      [6],
      [], // its timer was gone with the crash
    ])
    expect(data.event(0).effects).toEqual([1, 2])
    expect(data.event(3)).toMatchObject({ type: 'beat', effects: [5], handlerNs: 0 })
    expect(data.event(1).type).toBe('beat')
    expect([2, 5, 6].map((i) => data.lastStep(0, i))).toEqual([0, 3, 3])
    expect(data.lastStep(1, 3)).toBe(-1)
  })

  test('an operation is a request and all steps that it led to', () => {
    const hand = new Hand(2)
    hand.at(0, 'request', { type: 'basic', request: { type: 'go' } }) // 0
    hand.send(0, 1, PING)
    hand.at(1, 'timeout', { type: 'tick' })
    hand.send(1, 0, PING)
    hand.deliver(1, 0, 0) // 4
    hand.deliver(0, 1, 0)
    const [operation, ...more] = dataOf(hand, 2).operations
    expect(operation).toEqual({ position: 0, process: 0, type: 'go', steps: 2, lastAt: 4 })
    expect(more).toEqual([])
  })

  test('a step that goes on after others came belongs to the operation it began in', () => {
    const hand = new Hand(2)
    hand.at(0, 'start')
    const request = hand.at(0, 'request', { type: 'go' }) // the second event of p00
    const asked = hand.send(1, 0, { type: 'ask' })
    hand.deliver(0, 1, asked)
    const resume = hand.at(0, 'resume', [2, 0, 2, 0])
    const pong = hand.send(0, 1, { type: 'pong' })
    const heard = hand.deliver(1, 0, pong)
    const data = dataOf(hand, 2)
    expect(data.operations.map(({ position, steps, lastAt }) => [position, steps, lastAt])).toEqual([
      [request, 3, heard],
    ])
    expect(data.event(resume).causes).toEqual([request])
    expect(whyChain(data, heard)).toEqual([request, resume, resume + 1, heard])
  })

  test('states: whole, changed, unchanged, and what was too large to be written', () => {
    const hand = new Hand(1)
    const at = [0, 1, 2, 3, 4].map(() => hand.at(0, 'timeout', { type: 'tick' }))
    expect(at).toEqual([0, 1, 2, 3, 4])
    hand.state(0, true, { a: 1, b: { $set: [1] } })
    hand.state(1, false, { a: 2 })
    hand.state(3, true, { a: 3, b: { $set: [1] } })
    const data = dataOf(hand, 1)
    expect(data.stateAt(0, 0)).toMatchObject({ state: { a: 1, b: new Set([1]) }, exact: true, position: 0 })
    expect(data.stateAt(0, 1)).toMatchObject({ state: { a: 2, b: new Set([1]) }, changed: ['a'] })
    expect(data.stateAt(0, 2)).toMatchObject({ state: { a: 2 }, changed: [], exact: true, position: 1 })
    expect(data.stateAt(0, 3)).toMatchObject({ state: { a: 3 }, changed: ['a'], exact: true })
    expect(data.stateAt(0, -1)).toMatchObject({ state: null, exact: false })

    const large = new Hand(1)
    for (let i = 0; i < 3; i++) large.at(0, 'timeout', { type: 'tick' })
    large.state(0, true, { log: 'x'.repeat(2_000) })
    expect(dataOf(large, 1).stateAt(0, 0)).toMatchObject({ exact: true })
    expect(dataOf(large, 1).stateAt(0, 2)).toMatchObject({ exact: false, position: 0 })
    large.state(2, false, { n: 1 })
    expect(dataOf(large, 1).stateAt(0, 2)).toMatchObject({ exact: true, position: 2, changed: ['n'] })
  })

  test('a run that grows is the same as one read at once', () => {
    const make = (flush: boolean) => {
      const hand = new Hand(2)
      hand.send(0, 1, PING)
      if (flush) hand.flush()
      hand.deliver(1, 0, 0)
      hand.state(1, true, { n: 1 })
      return hand.flush()
    }
    const grown = RunData.of({ run: runOf(2) }, [])
    for (const block of make(true).blocks) grown.append(block)
    const whole = dataOf(make(false), 2)
    expect(grown.length).toBe(2)
    expect([...grown.messages.deliverAt]).toEqual([...whole.messages.deliverAt])
    expect(grown.stateAt(1, 1)).toEqual(whole.stateAt(1, 1))
    expect(() => grown.append(make(true).blocks[0]!)).toThrow(/come after/)
  })
})

describe('a real snapshot of 20 processes', () => {
  let real: RealRun
  beforeAll(async () => {
    real = await realRun('chandy-lamport', '--peers', '20', '--seed', '3')
  }, 60_000)

  test('every event is what a plain reader says of it', () => {
    const { data, blocks } = real
    const reader = new EventReader()
    let events = 0
    for (const block of blocks) {
      for (const event of reader.read(block)) {
        const { kind, process, position, timeNs, lamport, seq, type, payload } = event
        expect(data.event(position)).toMatchObject({ kind, process, position, timeNs, lamport, seq, type })
        expect(data.event(position).payload).toEqual(payload)
        events++
      }
    }
    expect(events).toBe(data.length)
    expect(events).toBe(data.outcome?.events)
  })

  test('messages by type are what the run counted', () => {
    const { data, record } = real
    const { messages } = data
    const counted = data.types.map((type, t) => {
      const own = Array.from({ length: messages.length }, (_, m) => m).filter(
        (m) => messages.typeIndex[m] === t,
      )
      const delivered = own.filter((m) => messages.deliverAt[m] !== -1).length
      const lost = own.filter((m) => messages.lostAt[m] !== -1).length
      return { type, sent: own.length, delivered, lost }
    })
    const told = record.outcome!.messages.map(({ type, sent, delivered, lost }) => ({
      type,
      sent,
      delivered,
      lost,
    }))
    const byType = (a: { type: string }, b: { type: string }) => (a.type < b.type ? -1 : 1)
    expect(counted.sort(byType)).toEqual(told.sort(byType))
    expect(told.length).toBe(2)
  })

  test('states are those recorded: every change laid over the one before', () => {
    const { data, blocks } = real
    const folded = data.processes.map((): Record<string, unknown> => ({}))
    let checked = 0
    for (const { position, whole, text } of blocks.flatMap((block) => block.states)) {
      const state = folded[data.process(position)]!
      Object.assign(state, fromCanonical(text))
      // A whole state is the sum of all changes, or the reader would have missed one.
      if (whole) expect(canonical(state)).toBe(text)
      expect(canonical(data.stateAt(data.process(position), position).state)).toBe(canonical(state))
      checked++
    }
    expect(checked).toBeGreaterThan(data.processes.length)
  })

  test('the recorded cut is there, drawn by all, and consistent', () => {
    const { data } = real
    expect(data.cuts.length).toBe(1)
    const cut = data.cuts[0]!
    expect([...cut.at].every((at) => data.kind(at) === 'indicate')).toBe(true)
    for (const [process, at] of cut.at.entries()) expect(data.process(at)).toBe(process)
    expect(isRecordedConsistent(data, cut)).toEqual({ consistent: true, offending: [] })
    expect(isConsistent(data, cut.before).consistent).toBe(true)
    expect(inTransit(data, cut.before).length).toBeGreaterThan(0)
    // The first marker a process receives makes it record: counted as before, it breaks the cut.
    expect(isConsistent(data, cut.at).consistent).toBe(false)
    expect(data.operations.map(({ type, steps }) => [type, steps > 19])).toEqual([['takeSnapshot', true]])
  })
})

describe('a run of which only the outline is here', () => {
  const made = () => {
    const hand = new Hand(2)
    const asked = hand.at(0, 'request', { type: 'ask' })
    hand.state(asked, true, { a: 1, b: 1 })
    hand.send(0, 1, { type: 'ping', to: 'Berlin' })
    hand.flush()
    const got = hand.deliver(1, 0, 0)
    hand.state(got, true, { c: 1 })
    hand.flush()
    const again = hand.at(0, 'request', { type: 'ask' })
    hand.flush() // its state stands in the next block
    hand.state(again, false, { a: 2 })
    hand.at(1, 'indicate', { type: 'recorded', id: 's' })
    return hand.flush()
  }

  async function outlined() {
    const { blocks } = made()
    const fetched: number[] = []
    const bodies = new PagedBodies(
      async (index) => {
        fetched.push(index)
        return blocks[index]!
      },
      () => {},
    )
    const data = RunData.outlined({ run: runOf(2) }, bodies)
    const outliner = new Outliner()
    for (const block of blocks) data.appendOutline(outliner.take(block))
    return { data, whole: RunData.of({ run: runOf(2) }, blocks), fetched }
  }
  const settled = () => new Promise((done) => setImmediate(done))

  test('what needs no body is known at once', async () => {
    const { data, whole, fetched } = await outlined()
    expect(data.types).toEqual(whole.types)
    expect(data.operations).toEqual(whole.operations)
    expect(data.cuts).toEqual(whole.cuts)
    for (let i = 0; i < whole.length; i++) expect(data.typeOf(i)).toBe(whole.typeOf(i))
    expect(fetched).toEqual([])
  })

  test('a body is fetched once, when somebody asks', async () => {
    const { data, whole, fetched } = await outlined()
    expect([data.isHere(2), data.payloadText(1)]).toEqual([false, ''])
    await settled()
    expect(data.isHere(2)).toBe(true)
    expect(data.payloadText(1)).toBe(whole.payloadText(1))
    expect(fetched.toSorted()).toEqual([0, 1])
  })

  test('a state is put together from the blocks in which the process did something', async () => {
    const { data, whole, fetched } = await outlined()
    expect(data.stateAt(0, data.length - 1)).toMatchObject({ state: null, pending: true })
    for (let round = 0; round < 4; round++) {
      await settled()
      data.stateAt(0, data.length - 1)
    }
    expect(data.stateAt(0, data.length - 1)).toEqual(whole.stateAt(0, whole.length - 1))
    expect(data.stateAt(0, data.length - 1)).toMatchObject({ state: { a: 2, b: 1 }, changed: ['a'] })
    expect(fetched.length).toBe(new Set(fetched).size)
  })
})

test('a run is linked to a collector that took spans of it, and to no address of another kind', () => {
  const jaegerOf = (accepted: number, ui?: string) => {
    const counts = { made: 3, accepted, refused: 0, dropped: 3 - accepted }
    const sinks = [{ sink: 'otlp', where: 'http://x', ...counts, ...(ui === undefined ? {} : { ui }) }]
    return RunData.of({ run: runOf(1), sinks }, []).jaeger
  }
  expect(jaegerOf(3, 'http://localhost:16686/')).toBe('http://localhost:16686')
  expect(jaegerOf(0, 'http://localhost:16686'), 'it has none of them').toBeNull()
  expect(jaegerOf(3), 'nobody said where').toBeNull()
  expect(jaegerOf(3, 'javascript:alert(1)')).toBeNull()
  expect(RunData.of({ run: runOf(1) }, []).jaeger).toBeNull()
})
