/**
 * A stream for each message, as request–response protocols of libp2p use
 * them: the sender opens a stream, writes one frame and closes its end; the
 * first message the handler sends back to the sender travels on the same
 * stream, which then closes. Streams of one connection are negotiated in
 * order, but nothing holds two of them together: not FIFO.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { EXCHANGE_PROTOCOL } from './hosts.ts'
import { FrameReader } from './wire.ts'

export interface ExchangeListener {
  /** A frame came; `answer` takes the frame that goes back, or null when there is none after all. */
  readonly onFrame: (body: Uint8Array, answer: Answer | null) => void
  /** What came is no frame, or not a whole one. */
  readonly onGarbage: (why: string) => void
}

/** The way back to the sender of the message that is being handled. To be settled exactly once. */
export type Answer = (frame: Buffer | null) => void

/** Opens a stream and sends; resolves when the frame has left, rejects when it cannot. */
export async function sendOn(
  connection: Connection,
  frame: Buffer,
  listener: ExchangeListener,
  opened: (stream: Stream) => void,
): Promise<void> {
  const stream = await connection.newStream(EXCHANGE_PROTOCOL)
  if (stream.status !== 'open') throw new Error('the stream was reset at once')
  opened(stream)
  readOneFrame(stream, listener, null)
  stream.send(frame)
  await stream.close()
}

/** Serves the receiving end of a stream. */
export function serve(stream: Stream, listener: ExchangeListener): void {
  let settled = false
  readOneFrame(stream, listener, (frame) => {
    if (settled || stream.writeStatus !== 'writable') return
    settled = true
    if (frame !== null) stream.send(frame)
    stream.close().catch(() => {}) // the other end may be gone: then there is nobody to tell
  })
}

function readOneFrame(stream: Stream, { onFrame, onGarbage }: ExchangeListener, answer: Answer | null): void {
  let frames = 0
  const refuse = (why: string) => {
    stream.abort(new Error(why))
    onGarbage(why)
  }
  const reader = new FrameReader((body) => {
    if (frames++ === 0) onFrame(body, answer)
    else if (frames === 2) refuse('a second message on a stream that is for one')
  })
  stream.addEventListener('message', ({ data }) => {
    const wrong = reader.push(data.subarray())
    if (wrong !== null) refuse(wrong)
  })
  stream.addEventListener('remoteCloseWrite', () => {
    if (reader.pending > 0) refuse('the stream ended in the middle of a frame')
  })
}
