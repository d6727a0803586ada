/** The words of Kademlia: what is asked, sent and announced, and what a process remembers. */
import type { Context, ProcessId, Signature } from '../../model/process.ts'
import type { Contact, ContactText } from './identity.ts'
import type { Lookup } from './lookup.ts'
import type { Allowances } from './rate-limit.ts'
import type { Place, Table } from './routing-table.ts'
import type { Values } from './values.ts'
import type { Id } from './xor-metric.ts'

/** Of every message: which question it is or answers, and the proof of whoever sends it. */
interface Every {
  rpc: number
  nonce: number
}

export type Question =
  | { type: 'ping' }
  | { type: 'findNode'; target: Id }
  | { type: 'findValue'; key: string }
  | { type: 'store'; key: string; value: string; ttlMs: number; replication: number; version: number }

export type Answer =
  | { type: 'pong' }
  | { type: 'nodes'; contacts: ContactText[] }
  | { type: 'value'; value: string }
  | { type: 'stored'; isKept: boolean }

/** What a lookup is for. */
export type Purpose =
  | { type: 'join' }
  | { type: 'refresh' }
  | { type: 'find'; id: string }
  | { type: 'get'; id: string; key: string }
  | { type: 'put'; id: string | null; key: string } // null: it is done again, of the process's own accord

/** What a question is for. */
export type Reason =
  | { type: 'meet' }
  | { type: 'alive' }
  | { type: 'lookup'; lookup: number }
  | { type: 'put'; put: number }

export interface Kademlia extends Signature {
  request:
    | { type: 'find'; id: string; target: string }
    | { type: 'put'; id: string; key: string; value: string; ttlMs: number; replication: number }
    | { type: 'get'; id: string; key: string }
  message: Every & (Question | Answer)
  timer:
    | { type: 'join' }
    | { type: 'refresh' }
    | { type: 'replicate' }
    | { type: 'republish' }
    | { type: 'unanswered'; rpc: number }
  indication:
    | { type: 'numbered'; nonce: number }
    | { type: 'joined' }
    | { type: 'entered'; process: ProcessId; nonce: number; bucket: number }
    | { type: 'left'; process: ProcessId; bucket: number }
    | { type: 'holds'; key: string; ttlMs: number }
    | { type: 'found'; id: string; target: Id; processes: ProcessId[]; hops: number; asked: number }
    | { type: 'put'; id: string; key: string; copies: number; hops: number; asked: number }
    | { type: 'got'; id: string; key: string; value: string | null; hops: number; asked: number }
    | { type: 'fail'; id: string; why: string }
  state: {
    self: Contact
    phase: 'out' | 'joining' | 'in'
    table: Table
    lookups: Map<number, { lookup: Lookup; purpose: Purpose; asked: number }>
    puts: Map<number, { purpose: Extract<Purpose, { type: 'put' }>; open: number; copies: number } & Cost>
    questions: Map<number, { to: Contact; reason: Reason; atMs: number }>
    numbers: number // of questions, lookups and puts so far
    values: Values
    allowances: Allowances
    scores: Map<ProcessId, number> // of those who sent what cannot be: below zero
    counts: { refused: number; limited: number; late: number }
    friends: ProcessId[] // whom it knew before it crashed
    waiting: Kademlia['request'][] // asked before it had joined
  }
  stable: { epoch: number; friends: ProcessId[]; values: Values['items'] }
}

/** What a lookup cost: the length of the chain that led to its result, and how many were asked. */
export interface Cost {
  readonly hops: number
  readonly asked: number
}

export interface Choices {
  readonly k: number
  readonly alpha: number
  readonly difficulty: number
  readonly boots: number
  readonly joinMs: number
  readonly answerMs: number
  readonly refreshMs: number
  readonly replicateMs: number
  readonly republishMs: number
  readonly perSecond: number
  readonly secret: string
}

/** The rules that the originals had wrong, each in one place. */
export interface Rules {
  readonly place: Place
  readonly isProved: (contact: Contact, self: Contact, difficulty: number) => boolean
  readonly whenFull: 'ask the oldest' | 'drop the oldest'
  readonly lifetime: (leftMs: number) => number
}

/** A process in the midst of a step. */
export interface Here {
  readonly context: Context<Kademlia>
  readonly state: Kademlia['state']
  readonly choices: Choices
  readonly rules: Rules
}
