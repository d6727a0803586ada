/** What processes are asked, say, wait for, announce and remember; and what can be chosen. */
import type { ProcessId, Signature } from '../../model/process.ts'
import type { Block } from './block.ts'
import type { Group, Stats } from './chain.ts'
import type { Download } from './download.ts'

/** A round of consensus under way. */
export interface Round {
  own: number // the height of one's own chain when it was chosen
  asked: number
  isMet: boolean // somebody has answered, be it with a lie
  stats: Map<ProcessId, Stats>
  untried: Group[]
  download: Download | null // null while stats come in
}

export type Announced = { type: 'announce'; height: number } & Block
export type Fetched = { [Field in keyof Block]: Block[Field] | null } // all null where there is no such block

export interface Blockchain extends Signature {
  request: { type: 'mine'; message: string } | { type: 'consensus' } | { type: 'block'; height: number }
  message:
    | { type: 'gossip'; id: string; origin: ProcessId; name: string; hops: number }
    | { type: 'gossipReply'; name: string }
    | { type: 'stats' }
    | { type: 'statsReply'; height: number; hash: string | null }
    | { type: 'getBlock'; height: number }
    | ({ type: 'getBlockReply'; height: number } & Fetched)
    | Announced
    | { type: 'consensus' }
  timer: { type: 'gossip' } | { type: 'consensus' } | { type: 'reply' } | { type: 'mine' }
  indication:
    | { type: 'adopted'; height: number; blocks: Block[] } // these, from that height up
    | { type: 'accepted'; message: string }
    | { type: 'block'; height: number; minedBy: ProcessId | null; messages: string[] | null }
    | { type: 'foundOut'; peer: ProcessId; why: string; isProved: boolean } // what is not proved is suspected
    | { type: 'fail'; why: string }
  state: {
    chain: Block[]
    pool: string[] // to be mined
    nonce: number // the next one to try, where it is really searched for
    synced: boolean // whether a round has ended since it came up: before that it does not mine
    peers: Map<ProcessId, number> // who is tracked, and when it was last heard, in ms
    heard: string[] // ids of gossip, the latest last
    gossips: number
    round: Round | null
    waiting: { from: ProcessId; announced: Announced }[] // what is announced during a round
    bad: Map<string, number> // groups that could not be had, and for how many rounds they are passed over
    tied: number | null // the height at which two groups were seen
    lastMs: number // when the last round began
    scores: Map<ProcessId, number> // below 0; who is not in it has said nothing wrong of late
    due: Map<ProcessId, number> // answers that have been asked for and have not come
    refused: Record<
      'announce' | 'getBlockReply' | 'statsReply' | 'gossip' | 'gossipReply' | 'unasked',
      number
    >
  }
  stable: never
}

export interface BlockchainOptions {
  difficulty: number
  mineMs: number
  realHashing: boolean
  gossipMs: number
  consensusMs: number
  silentMs: number
  replyMs: number
  known: number
  hops: number
}
