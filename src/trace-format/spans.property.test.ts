/**
 * Random histories: the traces must be those that the envelopes name, by a second
 * account of the same rule.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Block, EVENT_KINDS, KIND } from './events.ts'
import { Recorder } from './recorder.ts'
import { SpanCount } from './span-count.ts'
import { MAX_HOPS, spanId, traceId } from './span-ids.ts'
import { type Span, SpanDeriver } from './spans.ts'
import { Hand, runOf } from './testing.ts'

const PROCESSES = 3
const SEED = 20_260_102
const run = runOf(PROCESSES)

const action = fc.record({
  what: fc.constantFrom(
    'request',
    'send',
    'send',
    'deliver',
    'deliver',
    'deliver',
    'lose',
    'duplicate',
    'timer',
    'crash',
  ),
  process: fc.nat(PROCESSES - 1),
  other: fc.nat(PROCESSES - 1),
  flush: fc.boolean(),
})
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

interface Operation {
  readonly trace: string
  readonly hop: number
}
interface OnItsWay extends Operation {
  readonly from: number
  readonly to: number
  readonly number: number
  readonly sendId: string
}
/** What is expected of the span with an id: its trace, and its parent if it has one. */
type Expected = Map<string, { trace: string; parent: string | undefined }>

/** Plays a history and says, as a runtime would, in which trace each step and send is. */
class Play {
  readonly hand = new Hand(PROCESSES)
  readonly expected: Expected = new Map()
  readonly #seq = [0, 0, 0]
  readonly #up = [true, true, true]
  readonly #current: (Operation & { id: string })[] = []
  readonly #onTheirWay: OnItsWay[] = []

  constructor(actions: readonly Action[]) {
    for (let process = 0; process < PROCESSES; process++) {
      this.hand.at(process, 'start')
      this.#open(process)
    }
    for (const next of actions) {
      this.#act(next)
      if (next.flush) this.hand.flush()
    }
    this.hand.flush()
  }

  #open(process: number, cause?: OnItsWay): void {
    const id = spanId(process, ++this.#seq[process]!)
    const carries = cause !== undefined && cause.hop < MAX_HOPS
    const trace = carries ? cause.trace : traceId(run.tag, process, this.#seq[process]!)
    this.#current[process] = { trace, hop: carries ? cause.hop : 0, id }
    this.expected.set(id, { trace, parent: carries ? cause.sendId : undefined })
  }

  #act({ what, process, other }: Action): void {
    if (what === 'crash') this.#crashOrRecover(process)
    else if (what === 'lose' || what === 'deliver' || what === 'duplicate') this.#reach(what, process)
    else if (!this.#up[process]) return
    else if (what === 'request') {
      this.hand.at(process, 'request', { type: 'go' })
      this.#open(process)
    } else if (what === 'timer') {
      this.hand.at(process, 'timeout', { type: 'beat' })
      this.#open(process)
    } else this.#send(process, other)
  }

  #send(from: number, to: number): void {
    const number = this.hand.send(from, to, { type: 'token' })
    const { trace, hop, id } = this.#current[from]!
    const sendId = spanId(from, ++this.#seq[from]!)
    this.expected.set(sendId, { trace, parent: id })
    this.#onTheirWay.push({ from, to, number, trace, hop: hop + 1, sendId })
  }

  #reach(what: 'lose' | 'deliver' | 'duplicate', process: number): void {
    const at = this.#onTheirWay.findIndex(({ from, to }) => (what === 'deliver' ? to : from) === process)
    const message = this.#onTheirWay[at]
    if (message === undefined) return
    if (what === 'deliver') {
      if (!this.#up[process]) return
      this.hand.deliver(process, message.from, message.number)
      this.#open(process, message)
    } else {
      const kind = what === 'lose' ? 'lost' : 'duplicate'
      this.hand.fate(
        kind,
        message.from,
        message.to,
        message.number,
        what === 'lose' ? 'by chance' : undefined,
      )
      this.expected.set(spanId(message.from, ++this.#seq[message.from]!), {
        trace: message.trace,
        parent: message.sendId,
      })
    }
    if (what === 'duplicate') this.#onTheirWay.push(message)
    else this.#onTheirWay.splice(at, 1)
  }

  #crashOrRecover(process: number): void {
    const goesDown = this.#up[process]!
    this.#up[process] = !goesDown
    if (!goesDown) {
      this.hand.at(process, 'recover', null)
      this.#open(process)
    } else {
      this.hand.at(process, 'crash')
      this.#seq[process]! += 1
    }
  }
}

const derived = (hand: Hand): Span[] => {
  const deriver = new SpanDeriver(run)
  return [...hand.blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
}

it('any history has the traces that its envelopes name, and no orphan', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const { hand, expected } = new Play(actions)
      const spans = derived(hand)
      const ids = new Set(spans.map((span) => span.spanId))
      expect(ids.size).toBe(spans.length)
      const found = new Map(
        spans.map(({ traceId, parentSpanId, spanId }) => [spanId, { traceId, parentSpanId }]),
      )
      for (const [id, { trace, parent }] of expected) {
        expect(found.get(id), id).toEqual({ traceId: trace, parentSpanId: parent })
      }
      for (const { name, parentSpanId } of spans) {
        if (parentSpanId !== undefined) expect(ids.has(parentSpanId), name).toBe(true)
      }
      const others = spans.filter((span) => !expected.has(span.spanId)).map((span) => span.name)
      expect(others.filter((name) => name !== 'setup' && name !== 'crash')).toEqual([])
    }),
    { seed: SEED },
  )
})

/** Anything after anything: what no run would do too, as a damaged history may say it. */
const happening = fc.record({
  kind: fc.constantFrom(...EVENT_KINDS, 'send', 'send', 'lost', 'lost', 'duplicate', 'lost'),
  process: fc.nat(PROCESSES - 1),
  number: fc.nat(1),
  extra: fc.constantFrom(0, 1, 25_000),
  flush: fc.boolean(),
})

it('any history has as many spans as are counted without making them', () => {
  const fates = { onSend: 0, apart: 0 }
  fc.assert(
    fc.property(fc.array(happening, { minLength: 40, maxLength: 100 }), (happenings) => {
      const blocks: Block[] = []
      const recorder = new Recorder(PROCESSES, (block) => blocks.push(block))
      for (const [i, { kind, process, number, extra, flush }] of happenings.entries()) {
        recorder.add(KIND[kind], process, i * 1_000, i * 1_000, '"x"', 0, number, extra)
        if (flush) recorder.flush()
      }
      recorder.flush()
      const deriver = new SpanDeriver(run)
      const made = [...blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()]
      const count = new SpanCount()
      const sum = blocks.reduce((spans, block) => spans + count.add(block), 0)
      expect(sum + count.finish()).toBe(made.length)
      for (const { name, attributes } of made) {
        if (attributes['testbed.message.fate'] === undefined) continue
        if (name.startsWith('send')) fates.onSend++
        else fates.apart++
      }
    }),
    { seed: SEED, numRuns: 1000 },
  )
  expect(Math.min(fates.onSend, fates.apart), 'both kinds of fate').toBeGreaterThan(100)
})
