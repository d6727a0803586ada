import type { Stream } from '@libp2p/interface'

/** Frames gathered beyond this go out before the turn of the event loop ends. */
const FLUSH_BYTES = 32 * 1024

/**
 * The ordered way out of one channel. Cost on a stream is per chunk, not per
 * frame (15 µs over TCP and noise), so frames that come together go together:
 * the first frame of a turn of the event loop leaves at the end of the current
 * job, so that a lone answer is not held up; those after it leave when the turn
 * ends, or when 32 KiB have gathered.
 */
export class Outbox {
  readonly #stream: Stream
  #frames: Buffer[] = []
  #bytes = 0
  #armed: 'no' | 'microtask' | 'turn' = 'no'
  #sentThisTurn = false
  #full = false // the stream has asked us to wait for `drain`

  constructor(stream: Stream) {
    this.#stream = stream
    stream.addEventListener('drain', () => {
      this.#full = false
      if (this.#frames.length > 0) this.#flush()
    })
  }

  /** Bytes that wait here or in the stream's own buffer. */
  get bytes(): number {
    return this.#bytes + this.#stream.writeBufferLength
  }

  push(frame: Buffer): void {
    this.#frames.push(frame)
    this.#bytes += frame.length
    if (this.#full) return
    if (this.#bytes >= FLUSH_BYTES) return this.#flush()
    if (this.#armed !== 'no') return
    if (this.#sentThisTurn) {
      this.#armed = 'turn' // the end of turn is already on its way
    } else {
      this.#armed = 'microtask'
      queueMicrotask(() => this.#armed === 'microtask' && this.#flush())
    }
  }

  #flush(): void {
    this.#armed = 'no'
    if (this.#frames.length === 0 || this.#stream.writeStatus !== 'writable') return
    const chunk = this.#frames.length === 1 ? this.#frames[0]! : Buffer.concat(this.#frames, this.#bytes)
    this.#frames = []
    this.#bytes = 0
    if (!this.#sentThisTurn) {
      this.#sentThisTurn = true
      setImmediate(() => {
        this.#sentThisTurn = false
        if (this.#armed === 'turn') this.#flush()
      })
    }
    this.#full = !this.#stream.send(chunk)
  }
}
