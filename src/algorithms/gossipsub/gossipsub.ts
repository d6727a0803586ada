/**
 * gossipsub: the broadcast that libp2p brings along, `@libp2p/gossipsub`. D. Vyzovitis, Y. Napora,
 * D. McCormick, D. Dias and Y. Psaras, "GossipSub: Attack-Resilient Message Propagation in the Filecoin
 * and ETH2.0 Networks", 2020, arXiv 2007.02754; https://github.com/libp2p/specs/tree/master/pubsub/gossipsub.
 *
 * Not an algorithm of ours: no handler stands here, and none can be simulated. These are the words in
 * which its hosts are asked and its RPCs are read.
 *
 * Assumes: channels that lose nothing. Processes may crash and recover.
 * Promises:
 *   VALIDITY        what a process that does not crash broadcasts, all that do not crash deliver.
 *   AGREEMENT       what one of them delivers, all of them deliver.
 *   NO DUPLICATION  by none of them twice.
 *   NO CREATION     and nothing else is delivered.
 */
import type { Signature } from '../../model/process.ts'

/** Whatever one host had to tell another at a time; an RPC is named by its weightiest part. */
interface Said {
  ids: string[] // broadcasts that travel in it whole
  ihave: string[]
  iwant: string[]
  idontwant: string[]
  grafts: boolean // into the mesh of the topic
  prunes: boolean
  subscribes: boolean
}

export interface Gossipsub extends Signature {
  request: { type: 'broadcast'; id: string }
  message:
    | ({ type: 'message' } & Said)
    | ({ type: 'ihave' } & Said)
    | ({ type: 'iwant' } & Said)
    | ({ type: 'idontwant' } & Said)
    | ({ type: 'graft' } & Said)
    | ({ type: 'prune' } & Said)
    | ({ type: 'subscribe' } & Said)
    | ({ type: 'empty' } & Said)
  timer: never
  indication: { type: 'joined'; mesh: number } | { type: 'deliver'; id: string }
  state: Record<string, never> // nobody sees it
  stable: Record<string, never>
}

export interface Options {
  mesh: number
  meshLow: number
  meshHigh: number
  heartbeatMs: number
  broadcasts: number
}
