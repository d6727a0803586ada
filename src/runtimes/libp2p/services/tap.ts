/**
 * Sees the frames of libp2p's own protocols, on the streams themselves: a frame that a service sends
 * is shown before it leaves, and may be changed, held or dropped; one that comes is shown just before
 * the service gets it. Nothing of the service is touched, and what it does not put on a stream is no
 * message.
 */
import type { Connection, Libp2p, Stream, StreamMiddleware } from '@libp2p/interface'
import type { ServiceFactoryMap } from 'libp2p'
import { joined } from '../../../trace-format/protobuf-wire.ts'
import type { Fitting } from '../hosts.ts'
import { FrameReader } from '../wire.ts'

/** One end of a stream of a service. */
export interface End {
  readonly process: number // whose end it is
  readonly connection: Connection
  readonly stream: Stream
  /** Whether the process opened the stream. */
  readonly isOwn: boolean
}

/** What becomes of a frame that is sent: one for each copy that leaves, none if it is lost. */
export interface Leaving {
  readonly body: Uint8Array
  readonly atMs: number | null // of the run's clock; null: at once
}

export interface TapListener {
  readonly sent: (end: End, body: Uint8Array) => readonly Leaving[]
  readonly came: (end: End, body: Uint8Array) => void
  readonly at: (ms: number, act: () => void) => void
}

/** Who listens, once a run has begun; before and after, frames pass unseen. */
export interface Tap {
  listener: TapListener | null
}

/** A host with services, and a tap on the streams of their protocols. */
export const fittedWith = (
  services: () => ServiceFactoryMap,
  protocols: readonly string[],
  tap: Tap,
  process: number,
): Fitting => ({
  services: () => ({ ...services(), middlewareCopied }),
  made(host: Libp2p) {
    const middleware: StreamMiddleware = (stream, connection, next) => {
      const isOwn = stream.direction === 'outbound'
      if (tap.listener !== null) watch({ process, connection, stream, isOwn }, tap)
      next(stream, connection)
    }
    for (const protocol of protocols) host.use(protocol, middleware)
  },
})

/**
 * libp2p 3.3.11 pushes the handler of each inbound stream into the very array of middleware, so that
 * the next stream is handled twice, the one after three times: each is given an array of its own.
 */
const middlewareCopied: ServiceFactoryMap[string] = ({ registrar }: any) => {
  const getMiddleware = registrar.getMiddleware.bind(registrar)
  registrar.getMiddleware = (protocol: string) => [...getMiddleware(protocol)]
  return {}
}

function watch(end: End, tap: Tap): void {
  const { stream } = end
  const send = stream.send.bind(stream)
  const close = stream.close.bind(stream)
  const dispatchEvent = stream.dispatchEvent.bind(stream)
  const line = new Line((bytes) => stream.writeStatus === 'writable' && send(bytes))
  const abandon = (why: string) => stream.abort(new Error(why))
  const leaving = new FrameReader((bytes, start, stop) => {
    const body = bytes.subarray(start, stop)
    const { listener } = tap
    if (listener === null) line.pass({ body, atMs: null }, null)
    else for (const copy of listener.sent(end, body)) line.pass(copy, listener)
    return true
  }, abandon)
  const coming = new FrameReader((bytes, start, stop) => {
    tap.listener?.came(end, bytes.subarray(start, stop))
    return true
  }, abandon)
  stream.send = (data) => {
    if (stream.writeStatus !== 'writable') return send(data) // which says why not
    leaving.push(data.subarray())
    return line.isFree
  }
  stream.close = async (options) => {
    if (tap.listener !== null) await line.empty(options?.signal) // for its sender what is held was sent
    await close(options)
  }
  stream.dispatchEvent = (event) => {
    if (event.type === 'message') coming.push((event as MessageEvent).data.subarray())
    return dispatchEvent(event)
  }
}

/** What one end sends, in order: a frame that is held holds those behind it. */
class Line {
  /** Whether the stream took what it was given last without asking to wait. */
  isFree = true
  readonly #send: (bytes: Uint8Array) => boolean
  #held = 0
  #lastMs = 0
  #emptied: (() => void)[] = []

  constructor(send: (bytes: Uint8Array) => boolean) {
    this.#send = send
  }

  pass({ body, atMs }: Leaving, listener: TapListener | null): void {
    const frame = framed(body)
    if (listener === null || (atMs === null && this.#held === 0)) {
      this.isFree = this.#send(frame)
      return
    }
    this.#held++
    this.#lastMs = Math.max(this.#lastMs, atMs ?? 0)
    listener.at(this.#lastMs, () => {
      this.isFree = this.#send(frame)
      if (--this.#held === 0) for (const emptied of this.#emptied.splice(0)) emptied()
    })
  }

  empty(signal: AbortSignal | undefined): Promise<void> {
    if (this.#held === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#emptied.push(resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

/** A body behind its length, an unsigned varint. */
function framed(body: Uint8Array): Uint8Array {
  const prefix: number[] = []
  let rest = body.length
  for (; rest >= 0x80; rest >>>= 7) prefix.push((rest & 0x7f) | 0x80)
  return joined([Uint8Array.of(...prefix, rest), body])
}
