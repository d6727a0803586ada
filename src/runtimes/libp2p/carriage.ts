import type { Connection, Stream } from '@libp2p/interface'
import type { Sent } from '../sent.ts'
import type { AlarmClock } from './alarm-clock.ts'
import type { FrameReader } from './wire.ts'

/** What those who carry messages ask of the run that they are part of. */
export interface Carriage {
  readonly clock: AlarmClock
  readonly isOver: () => boolean
  /** The open connection between two processes, made if there is none. */
  readonly link: (from: number, to: number) => Promise<Connection>
  /**
   * A frame has arrived, its body from `start` to `end`; false when it was refused, and what comes after
   * it is not to be read.
   */
  readonly receive: (from: number, at: number, bytes: Buffer, start: number, end: number) => boolean
  /** What came is no message. */
  readonly refuse: (at: number, from: number, why: string) => void
  /** One message is on its way in the whole run. */
  readonly isAlone: () => boolean
  readonly isInTransit: (sent: Sent) => boolean
  /** A message in transit can no longer arrive. */
  readonly giveUp: (sent: Sent) => void
  readonly giveUpAll: (from: number, to: number) => void
}

/**
 * Feeds what comes on a stream to a reader. The end of a stream that was reset says nothing of its
 * sender; that of one that was closed says whether the last frame came whole.
 */
export function feed(reader: FrameReader, stream: Stream, atEnd: () => void): void {
  const end = () => {
    if (stream.status === 'reset' || stream.status === 'aborted') return
    reader.end()
    atEnd()
  }
  stream.addEventListener('end', end)
  stream.addEventListener('message', ({ data }) => reader.push(data.subarray()))
  if (stream.readableEnded) end()
}
