import type { Connection, Stream } from '@libp2p/interface'
import { Unavailable } from '../experiment.ts'
import { CHANNEL_PROTOCOL } from './hosts.ts'
import { Outbox } from './outbox.ts'

/** How long the receiver's handler may take to attach once the stream is negotiated; a few ms is usual. */
const ATTACH_MS = 15_000

/**
 * The sending end of one directed channel: a long-lived stream. Latency never
 * lets a frame overtake another: each is due no earlier than the one before it.
 */
export class Channel {
  readonly name: string // p00→p03, for messages about it
  readonly #nowMs: () => number
  readonly #delayed: { readonly dueMs: number; readonly frame: Buffer }[] = []
  #timer: NodeJS.Timeout | null = null
  #stream: Stream | null = null
  #outbox: Outbox | null = null
  #attached: (() => void) | null = null

  constructor(name: string, nowMs: () => number) {
    this.name = name
    this.#nowMs = nowMs
  }

  get isOpen(): boolean {
    return this.#outbox !== null
  }

  /** Bytes that wait to leave. */
  get bytes(): number {
    return this.#outbox?.bytes ?? 0
  }

  /** Opens the stream; up when the receiver's handler is attached. */
  async open(connection: Connection): Promise<void> {
    const attached = new Promise<void>((resolve) => {
      this.#attached = resolve
    })
    const stream = await connection.newStream(CHANNEL_PROTOCOL)
    let patience: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      const fail = (why: string) => reject(new Unavailable(`the channel ${this.name} did not open: ${why}`))
      patience = setTimeout(() => fail('the receiver did not take up the stream'), ATTACH_MS)
      if (stream.status !== 'open') fail('the stream was reset at once')
      stream.addEventListener('close', () => fail('the stream was closed'))
    })
    try {
      await Promise.race([attached, tooLong])
    } finally {
      clearTimeout(patience)
      tooLong.catch(() => {})
    }
    this.#stream = stream
    this.#outbox = new Outbox(stream)
  }

  /** Called when the receiver has attached its handler to the stream. */
  attached(): void {
    this.#attached?.()
  }

  /** Sends after a delay in ms; on a channel that is not open the caller has said the message lost. */
  send(frame: Buffer, delayMs: number): void {
    const last = this.#delayed.at(-1)
    if (delayMs === 0 && last === undefined) {
      this.#outbox?.push(frame)
      return
    }
    const dueMs = Math.max(last?.dueMs ?? 0, this.#nowMs() + delayMs)
    this.#delayed.push({ dueMs, frame })
    if (this.#timer === null) this.#wait()
  }

  /** Nothing leaves any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#delayed.length = 0
    this.#stream?.abort(new Error('channel closed'))
    this.#stream = null
    this.#outbox = null
  }

  #wait(): void {
    const head = this.#delayed[0]
    if (head === undefined) return
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        const nowMs = this.#nowMs()
        let due = 0
        while (due < this.#delayed.length && this.#delayed[due]!.dueMs <= nowMs) due++
        for (const { frame } of this.#delayed.splice(0, due)) this.#outbox?.push(frame)
        this.#wait()
      },
      Math.max(0, Math.ceil(head.dueMs - this.#nowMs())),
    )
  }
}
