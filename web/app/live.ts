/**
 * A run that goes on, as server-sent events: `block` is a block of events in
 * base64, `outcome` says that the run has come to its end. A server without live events
 * answers 404, and the page shows what it has.
 */
import { decodeBlock } from '../../src/trace-format/block-codec.ts'
import type { Block } from '../../src/trace-format/events.ts'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { bytesOf } from './embedded.ts'

export interface Listener {
  readonly opened: () => void
  readonly block: (block: Block) => void
  /** What a run that is held open has come to so far. */
  readonly rested: (record: RunRecord) => void
  readonly ended: (record: RunRecord) => void
  readonly closed: () => void
}

/** Events from position `from` on; returns what stops it. */
export function follow(url: string, from: number, listener: Listener): () => void {
  const source = new EventSource(`${url}?from=${from}`)
  source.addEventListener('open', listener.opened)
  source.addEventListener('block', (event) => listener.block(decodeBlock(bytesOf(String(event.data)))))
  source.addEventListener('rested', (event) => listener.rested(recordOf(event)))
  source.addEventListener('outcome', (event) => {
    source.close()
    listener.ended(recordOf(event))
  })
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) listener.closed()
  })
  return () => source.close()
}

const recordOf = ({ data }: MessageEvent) => JSON.parse(String(data)) as RunRecord
