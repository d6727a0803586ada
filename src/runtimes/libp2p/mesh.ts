/**
 * Hosts in this process and the connections between them, made linearly as a
 * person would: p00 dials all its neighbours above it, then p01, and so on. A
 * connection counts only when both ends list it; one that does not come is
 * named, with its cause.
 */

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { assert } from '../../lib/assert.ts'
import { Unavailable } from '../experiment.ts'
import { createHost, type Fitting, type Security, type Transport } from './hosts.ts'

export interface MeshOptions {
  readonly ids: readonly string[]
  readonly links: readonly (readonly [number, number])[] // i < j: the lower dials
  readonly seed: number
  readonly transport: Transport
  readonly security: Security
  readonly fitted?: (process: number) => Fitting
  readonly signal?: AbortSignal
  readonly progress?: (phase: string, done: number, of: number) => void
}

/** A dial that led to a link, in ms of `performance.now`. */
export interface Dial {
  readonly from: number
  readonly to: number
  readonly beganMs: number
  readonly tookMs: number
}

/** What the mesh tells the run that uses it. */
export interface MeshListener {
  readonly onStream: (protocol: string, stream: Stream, connection: Connection, at: number) => void
  readonly onLinkDown: (at: number, peer: number) => void
  /** A link that nobody here dialled: a service did. */
  readonly onLinkUp?: (at: number, peer: number) => void
}

/** How long the listener may take to list a connection that its dialler has; a few ms is usual. */
const BOTH_ENDS_MS = 15_000
/** How long a host may take to see that another has gone; 25 ms is usual. Then it is told. */
const UNSEEN_MS = 1000

export class Mesh {
  readonly options: MeshOptions
  readonly dials: Dial[] = []
  listener: MeshListener | null = null
  readonly #hosts: (Libp2p | null)[] = []
  readonly #listen: string[] = []
  readonly #indexOf = new Map<string, number>() // PeerId → process
  readonly #dialling = new Map<string, Promise<Dial>>() // by the pair of processes
  #closing = false

  private constructor(options: MeshOptions) {
    this.options = options
  }

  /** Creates the hosts and makes every link; on failure or abort whatever was started is stopped again. */
  static async open(options: MeshOptions): Promise<Mesh> {
    const mesh = new Mesh(options)
    try {
      await mesh.#createAll()
      await mesh.#dialAll()
    } catch (error) {
      await mesh.close()
      throw error
    }
    return mesh
  }

  get peerIds(): string[] {
    return [...this.#indexOf.keys()]
  }

  host(process: number): Libp2p {
    const host = this.#hosts[process]
    assert(host, `${this.options.ids[process]} is not up`)
    return host
  }

  /** The process a connection belongs to, by its authenticated identity; undefined for a stranger. */
  processOf(connection: Connection): number | undefined {
    return this.#indexOf.get(connection.remotePeer.toString())
  }

  /** The open connection of one process to another; undefined while there is none. */
  connection(from: number, to: number): Connection | undefined {
    const peer = this.#hosts[to]?.peerId
    return peer && this.#hosts[from]?.getConnections(peer).find(({ status }) => status === 'open')
  }

  /** Connections that both ends list, one for each pair. */
  linked(): number {
    return this.options.links.filter(([i, j]) => this.connection(i, j) && this.connection(j, i)).length
  }

  /** The process vanishes: connections reset, host stopped. Resolves when all others have seen it go. */
  async crash(process: number): Promise<void> {
    const host = this.host(process)
    this.#hosts[process] = null
    for (const connection of host.getConnections()) connection.abort(new Error('crash'))
    await host.stop()
    await Promise.all(this.#hosts.map((other) => other && this.#gone(other, host)))
  }

  /** The process is there again, with the same key and address, and has its links to all that are up. */
  async recover(process: number): Promise<void> {
    await this.#create(process)
    for (const [i, j] of this.options.links) {
      if ((i === process && this.#hosts[j]) || (j === process && this.#hosts[i])) await this.dial(i, j)
    }
  }

  /** Brings back what an earlier run left crashed, with its links. */
  async restore(): Promise<void> {
    for (let process = 0; process < this.options.ids.length; process++) {
      if (!this.#hosts[process]) await this.#create(process)
    }
    for (const [i, j] of this.options.links) {
      if (!this.connection(i, j) || !this.connection(j, i)) await this.dial(i, j)
    }
  }

  /** The open connection of one process to another, made if there is none. */
  async link(from: number, to: number): Promise<Connection> {
    const open = this.connection(from, to)
    if (open !== undefined) return open
    const pair = `${Math.min(from, to)}–${Math.max(from, to)}`
    const dialling = this.#dialling.get(pair) ?? this.dial(from, to) // two dials would make two connections
    this.#dialling.set(pair, dialling)
    await dialling.finally(() => this.#dialling.delete(pair))
    const connection = this.connection(from, to)
    const { ids } = this.options
    if (connection === undefined)
      throw new Unavailable(`no link ${ids[from]}–${ids[to]}: it was closed at once`)
    return connection
  }

  /** Makes the link i–j and waits until both ends list it. */
  async dial(i: number, j: number): Promise<Dial> {
    const { ids, signal } = this.options
    const beganMs = performance.now()
    try {
      const connection = await this.host(i).dial(this.host(j).getMultiaddrs(), signal ? { signal } : {})
      await this.#listed(j, i)
      if (connection.status !== 'open') throw new Error('the connection was closed at once')
    } catch (error) {
      signal?.throwIfAborted()
      const cause = error instanceof Error ? error.message : String(error)
      throw new Unavailable(`no link ${ids[i]}–${ids[j]}: ${cause}`, { cause: error })
    }
    const dial = { from: i, to: j, beganMs, tookMs: performance.now() - beganMs }
    this.dials.push(dial)
    return dial
  }

  /** Stops the hosts one after another: together, each would wait half a second for the other's end. */
  async close(): Promise<void> {
    this.#closing = true
    for (const [process, host] of this.#hosts.entries()) {
      this.#hosts[process] = null
      await host?.stop()
    }
  }

  async #createAll(): Promise<void> {
    const { ids, signal, progress } = this.options
    for (let process = 0; process < ids.length; process++) {
      signal?.throwIfAborted()
      await this.#create(process)
      progress?.('hosts', process + 1, ids.length)
    }
  }

  async #create(process: number): Promise<void> {
    const { seed, transport, security, ids, fitted } = this.options
    const listen = this.#listen[process]
    let host: Libp2p
    try {
      host = await createHost({
        seed,
        index: process,
        transport,
        security,
        ...(listen === undefined ? {} : { listen }),
        ...(fitted === undefined ? {} : { fitted: fitted(process) }),
        onStream: (protocol, stream, connection) => {
          if (this.listener === null) stream.abort(new Error('no run'))
          else this.listener.onStream(protocol, stream, connection, process)
        },
      })
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      throw new Unavailable(`no host for ${ids[process]}: ${cause}`, { cause: error })
    }
    this.#hosts[process] = host
    this.#listen[process] = host
      .getMultiaddrs()[0]!
      .toString()
      .replace(/\/p2p\/.*$/, '')
    this.#indexOf.set(host.peerId.toString(), process)
    host.addEventListener('connection:open', ({ detail: connection }) => {
      const peer = this.processOf(connection)
      if (peer === undefined || host.getConnections(connection.remotePeer).length > 1) return
      this.listener?.onLinkUp?.(process, peer)
    })
    host.addEventListener('connection:close', ({ detail: connection }) => {
      const peer = this.processOf(connection)
      if (peer === undefined || this.#closing || this.#hosts[process] !== host) return
      if (this.connection(process, peer)) return // it was one of several
      this.listener?.onLinkDown(process, peer)
    })
  }

  async #dialAll(): Promise<void> {
    const { links, signal, progress, ids } = this.options
    for (const [done, [i, j]] of links.entries()) {
      signal?.throwIfAborted()
      await this.dial(i, j)
      progress?.('links', done + 1, links.length)
    }
    const missing = links.find(([i, j]) => !this.connection(i, j) || !this.connection(j, i))
    if (missing) {
      const [i, j] = missing
      throw new Unavailable(`the link ${ids[i]}–${ids[j]} was made and is gone again: one end closed it`)
    }
  }

  /**
   * Resolves when a host lists no connection to one that has gone. Before that a new dial would
   * be given the old connection, and its closing taken for that of the new one.
   */
  async #gone(host: Libp2p, { peerId }: Libp2p): Promise<void> {
    const left = () => host.getConnections(peerId)
    if (left().length === 0) return
    await new Promise<void>((resolve) => {
      const settle = () => {
        if (left().length > 0) return
        clearTimeout(patience)
        host.removeEventListener('connection:close', settle)
        resolve()
      }
      const patience = setTimeout(() => {
        for (const connection of left()) connection.abort(new Error('the other end has gone'))
      }, UNSEEN_MS)
      host.addEventListener('connection:close', settle)
    })
  }

  /** Resolves when the host of `at` lists a connection to `peer`. */
  async #listed(at: number, peer: number): Promise<void> {
    if (this.connection(at, peer)) return
    const host = this.host(at)
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        if (!this.connection(at, peer)) return
        clearTimeout(patience)
        host.removeEventListener('connection:open', settle)
        resolve()
      }
      const patience = setTimeout(() => {
        host.removeEventListener('connection:open', settle)
        reject(new Error(`${this.options.ids[at]} never saw the connection that was dialled`))
      }, BOTH_ENDS_MS)
      host.addEventListener('connection:open', settle)
      settle()
    })
  }
}
