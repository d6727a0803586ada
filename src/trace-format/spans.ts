/**
 * History → spans. One trace for each operation: what a request, a start, a
 * recovery or a timeout opened, with all messages that followed from it, hop by
 * hop. Which trace a step belongs to follows from the history alone, by the
 * same rule by which the runtimes fill the envelope (`operation`, `hop`), so
 * that the ids on the wire and those derived here are the same.
 *
 * A step is a span from its beginning to its last effect; a send is a span
 * of its own below it, and the delivery a span below the send (Jaeger's service
 * graph needs just this). What is neither, such as a dial or a crash, stands in
 * the run's set-up trace.
 */
import { ATTRIBUTE, type AttributeValue, cutText } from './attributes.ts'
import { type Block, resumed, type StateSample } from './events.ts'
import { EventReader, type RunEvent } from './history-reader.ts'
import { InTransit } from './in-transit.ts'
import type { RunDescription } from './run.ts'
import { SPAN_KIND, type Span, type SpanEvent, type SpanKind } from './span.ts'
import {
  assertTag,
  MAX_HOPS,
  SETUP_SPAN_ID,
  type SpanContext,
  setupTraceId,
  spanId,
  TESTBED,
  traceId,
} from './span-ids.ts'

export type { Span } from './span.ts'

/** The shortest span: viewers count in µs, and a span of none is drawn by none. */
export const SPAN_NS_MIN = 1_000

/** A span while its step goes on. */
interface Draft extends Omit<Span, 'endNs' | 'attributes' | 'events' | 'links' | 'error'> {
  endNs: number
  attributes: Record<string, AttributeValue>
  events: SpanEvent[]
  links: SpanContext[]
  error?: string
}

interface Step {
  readonly span: Draft
  readonly hop: number // messages from the step that opened the trace to this one
  readonly position: number
  readonly handlerEndNs: number
  readonly sends: Draft[]
  last: { readonly number: number; readonly span: Draft } | null // the send that was its process's last event
}

interface Sending {
  readonly span: SpanContext
  readonly hop: number
}

export class SpanDeriver {
  readonly #run: RunDescription
  readonly #reader = new EventReader()
  readonly #steps: (Step | undefined)[] = []
  readonly #inTransit = new InTransit<Sending>()
  readonly #timers: Map<string, SpanContext>[] // of each process: timer → the step that armed it
  readonly #crashes: (SpanContext | undefined)[] = [] // of each process: its last
  #setup: Draft[] | null = [] // dials before anything else happened; null once the set-up's span is made

  constructor(run: RunDescription) {
    assertTag(run.tag)
    this.#run = run
    this.#timers = run.processes.map(() => new Map())
  }

  /** The spans that this next stretch of the history completes. */
  *spans(block: Block): Generator<Span> {
    const states = new Map(block.states.map((state) => [state.position, state]))
    for (const state of block.states) if (state.position < block.first) this.#lateState(state)
    for (const event of this.#reader.read(block)) {
      if (this.#setup !== null && event.kind !== 'linkUp') yield* this.#finishSetup(event.timeNs)
      yield* this.#spansOf(event, states.get(event.position))
    }
  }

  /** What is left when the history is over. */
  *finish(): Generator<Span> {
    if (this.#setup !== null) yield* this.#finishSetup(0)
    for (const process of this.#steps.keys()) yield* this.#closeStep(process)
  }

  *#spansOf(event: RunEvent, state: StateSample | undefined): Generator<Span> {
    switch (event.kind) {
      case 'start':
      case 'recover':
      case 'request':
      case 'deliver':
      case 'timeout':
      case 'resume':
        yield* this.#closeStep(event.process)
        this.#steps[event.process] = this.#openStep(event)
        if (state !== undefined) addState(this.#steps[event.process]!, state)
        return
      case 'send':
        return yield* this.#send(event)
      case 'lost':
      case 'duplicate':
        return yield* this.#fate(event)
      case 'crash':
        yield* this.#closeStep(event.process)
        return yield* this.#crash(event)
      case 'linkUp':
        return yield* this.#linkUp(event)
      case 'linkDown':
        return yield this.#aside(event, `linkDown ${this.#name(event.peer)}`)
      case 'refuse':
        return yield this.#aside(event, 'refuse')
      case 'fault':
        return yield* this.#fault(event)
      default:
        return yield* this.#effect(event)
    }
  }

  #openStep(event: RunEvent): Step {
    const { kind, process, peer, number, position, timeNs, type } = event
    const sending = kind === 'deliver' && peer !== null ? this.#inTransit.gone(peer, number) : undefined
    const earlier = kind === 'resume' ? this.#earlier(event) : undefined
    const continues = sending !== undefined && sending.hop < MAX_HOPS
    const parent = earlier?.span ?? (continues ? sending.span : null)
    const span = this.#draft(event, stepName(event), stepKind(event), parent)
    if (sending !== undefined && !continues) span.links.push(sending.span)
    if (kind === 'deliver') this.#describeMessage(span, event, 'process', peer, process)
    if (kind === 'timeout') {
      const armedBy = this.#timers[process]?.get(event.text)
      this.#timers[process]?.delete(event.text)
      if (armedBy !== undefined) span.links.push(armedBy)
    }
    const crash = kind === 'recover' ? this.#crashes[process] : undefined
    if (crash !== undefined) span.links.push(crash)
    if (type !== '' && kind !== 'deliver') span.attributes[ATTRIBUTE.messageType] = type
    return {
      span,
      hop: earlier?.hop ?? (continues ? sending.hop : 0),
      position,
      handlerEndNs: timeNs + event.extra,
      sends: [],
      last: null,
    }
  }

  /** The step that goes on: it says itself to which operation it belongs, for its span is long gone. */
  #earlier({ process, payload }: RunEvent): Sending {
    const { step, by, seq, hop } = resumed(payload)
    return { span: { traceId: traceId(this.#run.tag, by, seq), spanId: spanId(process, step) }, hop }
  }

  *#closeStep(process: number): Generator<Span> {
    const step = this.#steps[process]
    if (step === undefined) return
    this.#steps[process] = undefined
    step.span.endNs = Math.max(step.span.endNs, step.handlerEndNs)
    yield step.span
    yield* step.sends
  }

  *#send(event: RunEvent): Generator<Span> {
    const { process, peer, number, extra, type } = event
    const step = this.#steps[process]
    const span = this.#draft(event, `send ${type}`, SPAN_KIND.producer, step?.span ?? this.#setupContext())
    this.#describeMessage(span, event, 'send', process, peer)
    span.attributes[ATTRIBUTE.messagingBodySize] = extra
    this.#inTransit.sent(process, number, { span: contextOf(span), hop: (step?.hop ?? 0) + 1 })
    if (step === undefined) return yield span
    reach(step, event.timeNs)
    step.sends.push(span)
    step.last = { number, span }
  }

  /** The fate of a message: on its send's span if that is known as it is sent, else a span below it. */
  *#fate(event: RunEvent): Generator<Span> {
    const { kind, process, peer, number, timeNs, type } = event
    const isLost = kind === 'lost'
    const sending = isLost
      ? this.#inTransit.gone(process, number)
      : this.#inTransit.duplicated(process, number)
    const fate = isLost ? 'lost' : 'duplicated'
    const step = this.#steps[process]
    if (step?.last?.number === number && timeNs <= Math.max(step.handlerEndNs, step.last.span.startNs)) {
      step.last.span.attributes[ATTRIBUTE.messageFate] = fate
      if (isLost) step.last.span.attributes[ATTRIBUTE.cause] = cutText(String(event.payload))
      return
    }
    if (step !== undefined) step.last = null
    const parent = sending?.span ?? this.#setupContext()
    const span = this.#draft(event, `${kind} ${type}`, SPAN_KIND.internal, parent)
    span.attributes[ATTRIBUTE.messageId] = this.#messageId(process, number)
    span.attributes[ATTRIBUTE.messageType] = type
    span.attributes[ATTRIBUTE.messageFate] = fate
    span.attributes[ATTRIBUTE.servicePeerName] = this.#name(peer)
    yield span
  }

  /** What a step did besides sending: an event of its span. */
  *#effect(event: RunEvent): Generator<Span> {
    const { kind, process, timeNs, type, text } = event
    const step = this.#steps[process]
    if (step === undefined) return yield this.#aside(event, `${kind} ${type}`.trimEnd())
    reach(step, timeNs)
    step.last = null
    if (kind === 'throw') {
      const stacktrace = cutText(String(event.payload))
      step.span.error = stacktrace.split('\n', 1)[0]!
      step.span.events.push({
        name: 'exception',
        timeNs,
        attributes: { [ATTRIBUTE.exceptionStacktrace]: stacktrace },
      })
      return
    }
    step.span.events.push({
      name: `${kind} ${type}`.trimEnd(),
      timeNs,
      attributes: { [ATTRIBUTE.seq]: event.seq, [ATTRIBUTE.payload]: cutText(text) },
    })
    if (kind === 'setTimer') this.#timers[process]?.set(timerOf(text), contextOf(step.span))
    if (kind === 'cancelTimer') this.#timers[process]?.delete(text)
  }

  *#crash(event: RunEvent): Generator<Span> {
    const span = this.#aside(event, 'crash')
    this.#timers[event.process]?.clear()
    this.#crashes[event.process] = contextOf(span)
    yield span
  }

  /** Nobody's step, though it may come in the middle of one: that a message is held is said as it is sent. */
  *#fault(event: RunEvent): Generator<Span> {
    const step = this.#steps[event.process]
    if (step !== undefined) step.last = null
    yield this.#aside(event, 'fault')
  }

  /** One span a dial, at the end that dialled. */
  *#linkUp(event: RunEvent): Generator<Span> {
    if (event.extra === 0) return
    const name = `dial ${this.#name(event.peer)}`
    const begun = { ...event, timeNs: event.timeNs - event.extra * 1_000 } // extra: µs
    const span = this.#draft(begun, name, SPAN_KIND.client, this.#setupContext())
    span.endNs = event.timeNs
    span.attributes[ATTRIBUTE.servicePeerName] = this.#name(event.peer)
    if (this.#setup === null) yield span
    else this.#setup.push(span)
  }

  /** All links are made before the first process starts: whatever else happens ends the set-up. */
  *#finishSetup(timeNs: number): Generator<Span> {
    const dials = this.#setup ?? []
    this.#setup = null
    const startNs = Math.min(0, ...dials.map((dial) => dial.startNs))
    const endNs = Math.max(startNs + SPAN_NS_MIN, timeNs, ...dials.map((dial) => dial.endNs))
    yield {
      ...this.#setupContext(),
      name: 'setup',
      kind: SPAN_KIND.internal,
      startNs,
      endNs,
      process: TESTBED,
      attributes: {},
      events: [],
      links: [],
    }
    yield* dials
  }

  /** What no step did: a span in the set-up trace. */
  #aside(event: RunEvent, name: string): Span {
    const span = this.#draft(event, name, SPAN_KIND.internal, this.#setupContext())
    if (event.peer !== null) span.attributes[ATTRIBUTE.servicePeerName] = this.#name(event.peer)
    if (event.kind === 'refuse' || event.kind === 'throw') span.error = cutText(String(event.payload))
    return span
  }

  #draft(event: RunEvent, name: string, kind: SpanKind, parent: SpanContext | null): Draft {
    const { process, seq, lamport, timeNs, localNs, text } = event
    const attributes: Draft['attributes'] = {
      [ATTRIBUTE.process]: this.#name(process),
      [ATTRIBUTE.seq]: seq,
      [ATTRIBUTE.lamport]: lamport,
    }
    if (event.kind !== 'linkUp' && localNs !== timeNs) attributes[ATTRIBUTE.localNs] = localNs
    const payload = event.kind === 'lost' || event.kind === 'refuse' ? ATTRIBUTE.cause : ATTRIBUTE.payload
    if (text !== '') attributes[payload] = cutText(payload === ATTRIBUTE.cause ? String(event.payload) : text)
    return {
      traceId: parent?.traceId ?? traceId(this.#run.tag, process, seq),
      spanId: spanId(process, seq),
      ...(parent !== null && { parentSpanId: parent.spanId }),
      name,
      kind,
      startNs: timeNs,
      endNs: timeNs + SPAN_NS_MIN,
      process,
      attributes,
      events: [],
      links: [],
    }
  }

  #describeMessage(span: Draft, event: RunEvent, verb: string, from: number | null, to: number | null): void {
    const id = this.#messageId(from, event.number)
    span.attributes[ATTRIBUTE.messagingSystem] = this.#run.runtime
    span.attributes[ATTRIBUTE.messagingOperationName] = verb
    span.attributes[ATTRIBUTE.messagingOperationType] = verb
    span.attributes[ATTRIBUTE.messagingDestinationName] = this.#name(to)
    span.attributes[ATTRIBUTE.messagingMessageId] = id
    span.attributes[ATTRIBUTE.messageId] = id
    span.attributes[ATTRIBUTE.messageType] = event.type
    span.attributes[ATTRIBUTE.servicePeerName] = this.#name(verb === 'send' ? to : from)
  }

  /** A state that was recorded after the block of its step was handed over. */
  #lateState(state: StateSample): void {
    const step = this.#steps.find((candidate) => candidate?.position === state.position)
    if (step !== undefined) addState(step, state)
  }

  #setupContext(): SpanContext {
    return { traceId: setupTraceId(this.#run.tag), spanId: SETUP_SPAN_ID }
  }

  #name(process: number | null): string {
    return process === null ? 'nobody' : (this.#run.processes[process] ?? `process ${process}`)
  }

  #messageId(sender: number | null, number: number): string {
    return `${this.#name(sender)}#${number}`
  }
}

const contextOf = ({ traceId, spanId }: Span | Draft): SpanContext => ({ traceId, spanId })

function stepName({ kind, type }: RunEvent): string {
  return `${kind === 'deliver' ? 'process' : kind} ${type}`.trimEnd()
}

function stepKind({ kind }: RunEvent): SpanKind {
  if (kind === 'request') return SPAN_KIND.server
  return kind === 'deliver' ? SPAN_KIND.consumer : SPAN_KIND.internal
}

/** A step lasts at least up to its last effect. */
function reach(step: Step, timeNs: number): void {
  step.span.endNs = Math.max(step.span.endNs, timeNs)
}

function addState({ span }: Step, { whole, text }: StateSample): void {
  span.attributes[whole ? ATTRIBUTE.state : ATTRIBUTE.stateChanged] = cutText(text)
}

/**
 * Of `[timer,minMs,maxMs]` the text of the timer, which its timeout repeats: the
 * two numbers hold no comma.
 */
function timerOf(text: string): string {
  return text.slice(1, text.lastIndexOf(',', text.lastIndexOf(',') - 1))
}
