/**
 * A stream for each message, as request–response protocols of libp2p use
 * them: the sender opens a stream, writes one frame and closes its end; the
 * first message the handler sends back to the sender travels on the same
 * stream, which then closes. Streams of one connection are negotiated in
 * order, but nothing holds two of them together: not FIFO.
 */
import type { Stream } from '@libp2p/interface'
import type { Sent } from '../sent.ts'
import { type Carriage, feed } from './carriage.ts'
import { type Correspondence, encodeFrame } from './envelope.ts'
import { EXCHANGE_PROTOCOL } from './hosts.ts'
import { FrameReader } from './wire.ts'

/** The way back to the sender of the message that is being handled. */
export interface Answer {
  readonly process: number
  readonly peer: number
  readonly stream: Stream
}

/** What is known of an open stream. */
interface Exchange {
  readonly ends: readonly [number, number]
  readonly carries: Sent[] // lost with the stream, unless they have arrived
}

export class Exchanges {
  readonly #carriage: Carriage
  readonly #correspondence: Correspondence
  readonly #streams = new Map<Stream, Exchange>()
  readonly #leaving = new Set<Promise<void>>()
  readonly #waiting: number[] // of each process: bytes that have not left
  #answer: Answer | null = null

  constructor(correspondence: Correspondence, carriage: Carriage) {
    this.#waiting = correspondence.ids.map(() => 0)
    this.#correspondence = correspondence
    this.#carriage = carriage
  }

  /** The way back, if the message goes to the sender of the one being handled and is the first that does. */
  takeAnswer({ from, to }: Sent): Answer | null {
    const answer = this.#answer
    if (answer === null || answer.process !== from || answer.peer !== to) return null
    this.#answer = null
    return answer
  }

  /** What is being delivered will be handled later: the way back is kept until then. */
  setAside(): Answer | null {
    const answer = this.#answer
    this.#answer = null
    return answer
  }

  /** Handles what was set aside, with its way back. */
  during<T>(answer: Answer | null, handle: () => T): T {
    this.#answer = answer
    try {
      return handle()
    } finally {
      if (this.#answer !== null) this.hangUp(this.#answer)
      this.#answer = null
    }
  }

  /** There is no answer after all. */
  hangUp({ stream }: Answer): void {
    stream.close().catch(() => {}) // the other end may be gone: then there is nobody to tell
  }

  /** Sends on a stream of its own, or as the answer; the bytes its sender holds now. */
  send(sent: Sent, delayMs: number, answer: Answer | null): number {
    const frame = encodeFrame(sent, this.#correspondence)
    const leave = () => {
      this.#waiting[sent.from]! -= frame.length
      if (this.#carriage.isOver()) return
      if (answer !== null) this.#reply(sent, frame, answer)
      else this.#track(sent, frame, this.#sendOn(sent, frame))
    }
    this.#waiting[sent.from]! += frame.length
    if (delayMs > 0) {
      const { clock } = this.#carriage
      clock.at(clock.nowMs() + delayMs, leave)
    } else {
      leave()
    }
    return this.#waiting[sent.from]!
  }

  /** Bytes of a process that wait for the network. */
  waiting(process: number): number {
    return this.#waiting[process]!
  }

  /** A process has opened a stream to another. */
  onStream(stream: Stream, from: number, at: number): void {
    this.#keep(stream, [from, at])
    this.#readOne(stream, from, at, { process: at, peer: from, stream })
  }

  /** The link between two processes is gone, and all that was on its way. */
  close(from: number, to: number): void {
    for (const [stream, { ends }] of this.#streams) {
      if (ends.includes(from) && ends.includes(to)) stream.abort(new Error('the link is down'))
    }
    this.#carriage.giveUpAll(from, to)
  }

  /** Closes all; resolves when nothing is being opened any more. */
  async stop(): Promise<void> {
    for (const stream of [...this.#streams.keys()]) stream.abort(new Error('the run is over'))
    await Promise.allSettled(this.#leaving)
  }

  #track(sent: Sent, frame: Buffer, sending: Promise<void>): void {
    this.#waiting[sent.from]! += frame.length
    const left = sending
      .catch(() => this.#carriage.giveUp(sent))
      .finally(() => {
        this.#waiting[sent.from]! -= frame.length
        this.#leaving.delete(left)
      })
    this.#leaving.add(left)
  }

  async #sendOn(sent: Sent, frame: Buffer): Promise<void> {
    if (!this.#carriage.isInTransit(sent)) return // lost while it was held back
    const connection = await this.#carriage.link(sent.from, sent.to)
    const stream = await connection.newStream(EXCHANGE_PROTOCOL)
    if (this.#carriage.isOver() || !this.#carriage.isInTransit(sent)) {
      return stream.abort(new Error('there is nothing to send any more'))
    }
    if (stream.status !== 'open') throw new Error('the stream was reset at once')
    this.#keep(stream, [sent.from, sent.to]).carries.push(sent)
    this.#readOne(stream, sent.to, sent.from, null)
    stream.send(frame)
    await stream.close()
  }

  #reply(sent: Sent, frame: Buffer, answer: Answer): void {
    const { stream } = answer
    const exchange = this.#streams.get(stream)
    if (exchange === undefined || stream.writeStatus !== 'writable') return this.#carriage.giveUp(sent)
    exchange.carries.push(sent)
    if (this.#carriage.isInTransit(sent)) stream.send(frame)
    this.hangUp(answer)
  }

  #keep(stream: Stream, ends: Exchange['ends']): Exchange {
    const exchange = { ends, carries: [] as Sent[] }
    this.#streams.set(stream, exchange)
    stream.addEventListener('close', () => {
      this.#streams.delete(stream)
      if (stream.status === 'closed' || this.#carriage.isOver()) return
      for (const sent of exchange.carries) this.#carriage.giveUp(sent)
    })
    return exchange
  }

  /** Reads the one message that may come on a stream. */
  #readOne(stream: Stream, from: number, at: number, answer: Answer | null): void {
    let frames = 0
    const refuse = (why: string) => {
      this.#carriage.refuse(at, from, why)
      stream.abort(new Error(why))
    }
    const reader = new FrameReader((bytes, start, end) => {
      if (!this.#streams.has(stream)) return false // the link is down, though bytes still come
      if (frames++ > 0) {
        refuse('a second message on a stream that is for one')
        return false
      }
      this.#answer = answer
      const received = this.#carriage.receive(from, at, bytes, start, end)
      if (this.#answer !== null) this.hangUp(this.#answer)
      this.#answer = null
      if (!received) stream.abort(new Error('a frame was refused'))
      return received
    }, refuse)
    feed(reader, stream, () => frames === 0 && answer !== null && this.hangUp(answer))
  }
}
