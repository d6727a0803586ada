import type { Stream } from '@libp2p/interface'
import type { Sent } from '../sent.ts'
import { type Correspondence, frameBytes, writeFrame } from './envelope.ts'

/** Frames gathered beyond this go out before the turn of the event loop ends. */
const FLUSH_BYTES = 32 * 1024
/**
 * Chunks that one channel sends in one turn without waiting for its end. On the memory transport an
 * answer comes within the turn: two processes that only answered each other would never let it end.
 */
const AT_ONCE_MAX = 16

/**
 * The ordered way out of one channel. Cost on a stream is per chunk, not per
 * frame (15 µs over TCP and noise), so frames that come together go together:
 * the first frame of a turn of the event loop leaves at the end of the current
 * job, so that a lone answer is not held up; those after it leave when the turn
 * ends, or when 32 KiB have gathered. What is alone on its way in the whole run
 * has nothing to wait for: until it arrives nobody will add to it. Frames are
 * made when they leave, into one chunk of the right size.
 */
export class Outbox {
  readonly #stream: Stream
  readonly #correspondence: Correspondence
  #waiting: Sent[] = []
  #bytes = 0
  #armed: 'no' | 'microtask' | 'turn' = 'no'
  #sentThisTurn = 0 // chunks
  #full = false // the stream has asked us to wait for `drain`

  constructor(stream: Stream, correspondence: Correspondence) {
    this.#stream = stream
    this.#correspondence = correspondence
    stream.addEventListener('drain', () => {
      this.#full = false
      if (this.#waiting.length > 0) this.#flush()
    })
  }

  /** Bytes that wait here or in the stream's own buffer. */
  get bytes(): number {
    return this.#bytes + this.#stream.writeBufferLength
  }

  /** @param isAlone nothing else is on its way in the run */
  push(sent: Sent, isAlone: boolean): void {
    this.#waiting.push(sent)
    this.#bytes += frameBytes(sent)
    if (this.#full) return
    if (this.#bytes >= FLUSH_BYTES) return this.#flush()
    if (this.#armed !== 'no') return
    if (this.#sentThisTurn >= (isAlone ? AT_ONCE_MAX : 1)) {
      this.#armed = 'turn' // the end of turn is already on its way
    } else {
      this.#armed = 'microtask'
      queueMicrotask(() => this.#armed === 'microtask' && this.#flush())
    }
  }

  #flush(): void {
    this.#armed = 'no'
    if (this.#waiting.length === 0 || this.#stream.writeStatus !== 'writable') return
    const chunk = Buffer.allocUnsafe(this.#bytes)
    let end = 0
    for (const sent of this.#waiting) end = writeFrame(chunk, end, sent, this.#correspondence)
    this.#waiting = []
    this.#bytes = 0
    if (this.#sentThisTurn++ === 0) {
      setImmediate(() => {
        this.#sentThisTurn = 0
        if (this.#armed === 'turn') this.#flush()
      })
    }
    this.#full = !this.#stream.send(chunk)
  }
}
