/**
 * kad-dht: the distributed hash table that libp2p brings along, `@libp2p/kad-dht`, after P. Maymounkov
 * and D. Mazières, "Kademlia", IPTPS 2002, with disjoint paths after I. Baumgart and S. Mies,
 * "S/Kademlia", ICPADS 2007; https://github.com/libp2p/specs/tree/master/kad-dht.
 *
 * Not an algorithm of ours: no handler stands here, and none can be simulated. These are the words in
 * which its hosts are asked and its RPCs are read; a question's answer is that type's reply.
 *
 * Assumes nothing of its channels. Processes may crash and recover, with an empty store.
 * Promises:
 *   ENDED         every request is answered once, if its process stays up.
 *   FOUND         until somebody crashes or an RPC is lost, everybody finds a value of which a put has ended.
 *   NO INVENTION  what is got had been put under that key.
 *   ANSWERS       an RPC is answered by whom it was sent to, once.
 */
import type { ProcessId, Signature } from '../../model/process.ts'

interface Asked {
  key: string // of a record, a process, or the first digits of any other
}

interface Told {
  key: string | null // not every answer repeats it
  value: string | null
  closer: ProcessId[] // whom the answering process knows near the key
}

export interface KadDht extends Signature {
  request:
    | { type: 'put'; id: string; key: string; value: string }
    | { type: 'get'; id: string; key: string }
    | { type: 'findPeer'; id: string; process: ProcessId }
  message:
    | ({ type: 'FIND_NODE' } & Asked)
    | ({ type: 'GET_VALUE' } & Asked)
    | ({ type: 'PUT_VALUE'; value: string } & Asked)
    | ({ type: 'PING' } & Asked)
    | ({ type: 'FIND_NODE_REPLY' } & Told)
    | ({ type: 'GET_VALUE_REPLY' } & Told)
    | ({ type: 'PUT_VALUE_REPLY' } & Told)
    | ({ type: 'PING_REPLY' } & Told)
  timer: never
  indication:
    | { type: 'joined'; knows: number }
    | { type: 'put'; id: string; key: string; copies: number; hops: number; asked: number }
    | { type: 'got'; id: string; key: string; value: string | null; hops: number; asked: number }
    | { type: 'found'; id: string; process: ProcessId; isFound: boolean; hops: number; asked: number }
    | { type: 'fail'; id: string; why: string }
  state: Record<string, never> // nobody sees it
  stable: Record<string, never>
}

export interface Options {
  k: number
  alpha: number
  patienceMs: number
  puts: number
  gets: number
  finds: number
  everyMs: number
}
