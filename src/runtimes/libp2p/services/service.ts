/** What a service of libp2p's own is to a run: how it is set up, asked, and read on the wire. */
import type { Libp2p, PeerId } from '@libp2p/interface'
import type { ServiceFactoryMap } from 'libp2p'
import type { ProcessId, Tagged } from '../../../model/process.ts'
import type { ServiceSettings } from '../../../model/service.ts'
import type { Step, Thread } from './threads.ts'

/** Hosts are known to each other by their keys, to everybody else by their names. */
export interface Names {
  readonly of: (peer: PeerId | Uint8Array) => ProcessId | null // of its id, or of the id's multihash
  readonly peer: (process: ProcessId) => PeerId | null // null while it is down
}

/** One process that plays a service. */
export interface Player {
  readonly host: Libp2p
  readonly names: Names
  readonly settings: ServiceSettings
  /** What follows from its start, and from no request. */
  readonly background: Thread
  readonly indicate: (cause: Step, indication: Tagged) => void
  readonly signal: AbortSignal // of the process's life
}

export interface PlayedService {
  readonly protocols: readonly string[]
  /** Whether what is sent belongs to the request that it waits for, or to what the message is about alone. */
  readonly threads: 'one a request' | 'one a process'
  readonly services: (settings: ServiceSettings) => ServiceFactoryMap
  /** What a message says, in the words of the entry. */
  readonly read: (body: Uint8Array, isAnswer: boolean, names: Names) => Tagged
  /** What a message tells of, by names that `follows` uses. */
  readonly tells: (message: Tagged) => readonly string[]
  /** What a message follows from, if its process was told: the first known counts. */
  readonly follows: (message: Tagged, to: ProcessId) => readonly string[]
  /** Resolves when the process is part of the whole; its links are there. */
  readonly join: (player: Player) => Promise<void>
  /** Resolves when the request is answered, and has indicated so. */
  readonly ask: (player: Player, request: Tagged, thread: Thread) => Promise<void>
}
