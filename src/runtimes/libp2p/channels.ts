import type { Stream } from '@libp2p/interface'
import type { Signature } from '../../model/process.ts'
import type { Experiment } from '../experiment.ts'
import type { Sent } from '../sent.ts'
import { type Carriage, feed } from './carriage.ts'
import { Channel } from './channel.ts'
import type { Correspondence } from './envelope.ts'
import { FrameReader } from './wire.ts'

/**
 * All the directed channels of a run, each a stream of its own. FIFO, as a stream is. A channel
 * whose stream is gone is down: what was in transit on it is lost, and so is what is sent after.
 */
export class Channels {
  readonly #ids: readonly string[]
  readonly #carriage: Carriage
  readonly #correspondence: Correspondence
  readonly #outbound = new Map<number, Channel>() // opening or open
  readonly #inbound = new Map<number, Stream>() // channel → the stream its receiver reads
  readonly #openings = new Set<Promise<void>>()

  constructor(correspondence: Correspondence, carriage: Carriage) {
    this.#ids = correspondence.ids
    this.#correspondence = correspondence
    this.#carriage = carriage
  }

  /** Opens a channel; rejects when it cannot be. */
  open(from: number, to: number): Promise<void> {
    const key = this.#key(from, to)
    const onDown = () => {
      if (this.#outbound.get(key) === channel) this.close(from, to)
    }
    const name = `${this.#ids[from]}→${this.#ids[to]}`
    const channel = new Channel(name, this.#carriage, this.#correspondence, onDown)
    this.#outbound.set(key, channel)
    const opening: Promise<void> = this.#carriage
      .link(from, to)
      .then((connection) => channel.open(connection))
      .catch((error) => {
        onDown()
        throw error
      })
      .finally(() => this.#openings.delete(opening))
    this.#openings.add(opening)
    opening.catch(() => {}) // who asked is told; on demand nobody did
    return opening
  }

  /** Opens those that are there from the beginning; rejects when one cannot be. */
  async openAll<S extends Signature>(experiment: Experiment<S>, isOver: () => boolean): Promise<void> {
    const { places, streams, channels, progress } = experiment
    if (streams !== 'channel' || channels !== 'fixed') return
    const of = places.reduce((sum, { outgoing }) => sum + outgoing.length, 0)
    let done = 0
    for (const [from, { outgoing }] of places.entries()) {
      if (isOver()) return
      await Promise.all(outgoing.map((to) => this.open(from, this.#ids.indexOf(to))))
      done += outgoing.length
      progress?.('channels', done, of)
    }
  }

  has(from: number, to: number): boolean {
    return this.#outbound.has(this.#key(from, to))
  }

  /** Sends on a channel there is; the bytes it holds now. */
  send(sent: Sent, delayMs: number): number {
    const channel = this.#outbound.get(this.#key(sent.from, sent.to))!
    channel.send(sent, delayMs)
    return channel.bytesHeld
  }

  /** Bytes of a process that wait for the network. */
  waiting(process: number): number {
    let bytes = 0
    for (let to = 0; to < this.#ids.length; to++)
      bytes += this.#outbound.get(this.#key(process, to))?.bytes ?? 0
    return bytes
  }

  /** A process has opened a stream to another. */
  onStream(stream: Stream, from: number, at: number): void {
    const key = this.#key(from, at)
    const refuse = (why: string) => {
      this.#carriage.refuse(at, from, why)
      stream.abort(new Error(why))
    }
    if (this.#inbound.has(key)) return refuse('a second stream for one channel')
    this.#inbound.set(key, stream)
    stream.addEventListener('close', () => this.#inbound.get(key) === stream && this.#inbound.delete(key))
    const reader = new FrameReader((bytes, start, end) => {
      if (this.#inbound.get(key) !== stream) return false // the channel is down, though bytes still come
      const received = this.#carriage.receive(from, at, bytes, start, end)
      if (!received) stream.abort(new Error('a frame was refused'))
      return received
    }, refuse)
    feed(reader, stream, () => void stream.close().catch(() => {}))
    this.#outbound.get(key)?.attached()
  }

  /** The channel is down: nothing leaves, and nothing that was on its way arrives. */
  close(from: number, to: number): void {
    const key = this.#key(from, to)
    const channel = this.#outbound.get(key)
    this.#outbound.delete(key)
    this.#inbound.delete(key)
    channel?.close()
    this.#carriage.giveUpAll(from, to)
  }

  /** Closes all; resolves when nothing is being opened any more. */
  async stop(): Promise<void> {
    for (const channel of this.#outbound.values()) channel.close()
    for (const stream of this.#inbound.values()) stream.abort(new Error('the run is over'))
    await Promise.allSettled(this.#openings)
  }

  #key(from: number, to: number): number {
    return from * this.#ids.length + to
  }
}
