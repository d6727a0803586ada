import type { Connection, Stream } from '@libp2p/interface'
import { Unavailable } from '../experiment.ts'
import type { Sent } from '../sent.ts'
import type { Alarm } from './alarm-clock.ts'
import type { Carriage } from './carriage.ts'
import { type Correspondence, frameBytes } from './envelope.ts'
import { CHANNEL_PROTOCOL } from './hosts.ts'
import { Outbox } from './outbox.ts'

/** How long the receiver's handler may take to attach once the stream is negotiated; a few ms is usual. */
const ATTACH_MS = 15_000

/**
 * The sending end of one directed channel: a long-lived stream. What is sent before it is open
 * waits here, and latency never lets a frame overtake another: each waits for the one before it.
 */
export class Channel {
  readonly name: string // p00→p03, for messages about it
  readonly #carriage: Carriage
  readonly #correspondence: Correspondence
  readonly #onDown: () => void
  readonly #waiting: { readonly dueMs: number; readonly sent: Sent }[] = []
  readonly #attached = Promise.withResolvers<void>()
  #waitingBytes = 0
  #alarm: Alarm | null = null
  #stream: Stream | null = null
  #outbox: Outbox | null = null
  #isClosed = false

  /** @param onDown is called when the stream is gone, whoever closed it */
  constructor(name: string, carriage: Carriage, correspondence: Correspondence, onDown: () => void) {
    this.name = name
    this.#carriage = carriage
    this.#correspondence = correspondence
    this.#onDown = onDown
  }

  /** Bytes that would leave, were the network quicker. */
  get bytes(): number {
    return this.#outbox?.bytes ?? 0
  }

  /** Bytes held, those too that latency keeps back. */
  get bytesHeld(): number {
    return this.#waitingBytes + this.bytes
  }

  /** Opens the stream; up when the receiver's handler is attached. */
  async open(connection: Connection): Promise<void> {
    const stream = await connection.newStream(CHANNEL_PROTOCOL)
    if (this.#isClosed) stream.abort(new Error('channel closed'))
    this.#stream = stream
    const failed = Promise.withResolvers<never>()
    const fail = (why: string) =>
      failed.reject(new Unavailable(`the channel ${this.name} did not open: ${why}`))
    stream.addEventListener('close', () => {
      fail('the stream was closed')
      this.#onDown()
    })
    if (stream.status !== 'open') fail('the stream was reset at once')
    const patience = setTimeout(() => fail('the receiver did not take up the stream'), ATTACH_MS)
    try {
      await Promise.race([failed.promise, this.#attached.promise])
    } finally {
      clearTimeout(patience)
      failed.promise.catch(() => {})
    }
    this.#outbox = new Outbox(stream, this.#correspondence)
    this.#release()
  }

  /** Called when the receiver has attached its handler to the stream. */
  attached(): void {
    this.#attached.resolve()
  }

  /** Sends after a delay in ms. */
  send(sent: Sent, delayMs: number): void {
    if (delayMs === 0 && this.#waiting.length === 0 && this.#outbox !== null) {
      return this.#outbox.push(sent, this.#carriage.isAlone())
    }
    this.#waiting.push({ dueMs: this.#carriage.clock.nowMs() + delayMs, sent })
    this.#waitingBytes += frameBytes(sent)
    if (this.#outbox !== null && this.#alarm === null) this.#wait()
  }

  /** Nothing leaves any more. */
  close(): void {
    this.#isClosed = true
    this.#alarm?.cancel()
    this.#waiting.length = 0
    this.#waitingBytes = 0
    this.#outbox = null
    this.#stream?.abort(new Error('channel closed'))
  }

  #release(): void {
    this.#alarm = null
    const nowMs = this.#carriage.clock.nowMs()
    let due = 0
    while (due < this.#waiting.length && this.#waiting[due]!.dueMs <= nowMs) due++
    for (const { sent } of this.#waiting.splice(0, due)) {
      this.#waitingBytes -= frameBytes(sent)
      this.#outbox?.push(sent, this.#carriage.isAlone())
    }
    this.#wait()
  }

  #wait(): void {
    const head = this.#waiting[0]
    if (head !== undefined) this.#alarm = this.#carriage.clock.at(head.dueMs, () => this.#release())
  }
}
