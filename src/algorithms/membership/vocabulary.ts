/** The words of membership: what is asked, sent and announced, and what a process remembers. */
import type { Context, ProcessId, Signature } from '../../model/process.ts'
import type { AccountText, Member, News } from './members.ts'

/** A request names itself, so that its answer can be told from others. */
export interface Membership extends Signature {
  request: { type: 'join'; id: string } | { type: 'leave'; id: string } | { type: 'members'; id: string }
  message:
    | { type: 'join'; name: ProcessId; nonce: number; speaks: string; incarnation: number }
    | { type: 'welcome'; members: AccountText[] }
    | { type: 'refusal'; reason: string }
    | { type: 'ping'; seq: number; news: AccountText[] }
    | { type: 'ack'; seq: number; news: AccountText[] }
    | { type: 'pingReq'; seq: number; target: ProcessId; news: AccountText[] }
    | { type: 'relayed'; seq: number; target: ProcessId; news: AccountText[] }
    | { type: 'sync'; hash: string }
    | { type: 'differs'; digest: string }
    | { type: 'fill'; members: AccountText[]; wanted: ProcessId[] }
    | { type: 'farewell'; member: AccountText }
  timer:
    | { type: 'join' }
    | { type: 'period' }
    | { type: 'late'; seq: number } // the direct answer
    | { type: 'suspicion'; process: ProcessId; incarnation: number }
    | { type: 'sync' }
  indication:
    | { type: 'joining'; nonce: number; incarnation: number }
    | { type: 'alive'; incarnation: number } // its own, from now on
    | { type: 'joined'; members: number }
    | { type: 'gaveUp'; tries: number; reason: string }
    | { type: 'refused'; process: ProcessId; reason: string }
    | { type: 'up'; process: ProcessId; incarnation: number; nonce: number }
    | { type: 'suspected'; process: ProcessId; incarnation: number; forMs: number }
    | { type: 'cleared'; process: ProcessId; incarnation: number }
    | { type: 'down'; process: ProcessId; incarnation: number; how: 'dead' | 'left' }
    | { type: 'expired'; process: ProcessId }
    | { type: 'left' }
    | { type: 'members'; id: string; members: ProcessId[] }
    | { type: 'fail'; id: string; reason: string }
  state: {
    phase: 'out' | 'joining' | 'in'
    nonce: number
    incarnation: number
    life: number // how often it has come up
    seq: number // of its last question
    members: Map<ProcessId, Member> // all it has heard of, itself too, and those that are gone
    goneMs: Map<ProcessId, number> // since when they are
    news: News
    order: ProcessId[] // in which the others are probed; what is left of this round
    probe: { target: ProcessId; seq: number; acked: boolean } | null
    relays: Map<number, { asker: ProcessId; seq: number; target: ProcessId; period: number }>
    period: number
    joining: { tries: number; waitMs: number }
    unanswered: Map<ProcessId, { times: number; notBeforeMs: number }> // those that are gone, and were tried
    nonsense: Map<ProcessId, number> // of whom, how many messages that cannot be right
    friends: ProcessId[] // to ask beside the boot nodes
  }
  stable: { incarnation: number; life: number; friends: ProcessId[]; isIn: boolean }
}

export interface Choices {
  readonly boots: number
  readonly difficulty: number // bits
  readonly retries: number
  readonly retryMs: number
  readonly periodMs: number
  readonly lateMs: number
  readonly proxies: number // k of the paper
  readonly suspicionPeriods: number
  readonly syncMs: number
  readonly jitterMs: number
  readonly expiryMs: number
  readonly wave: number // so many before these come later
  readonly foreigners: number // the last of all: they speak another version
}

/** What is the same in all that is done in a step. */
export interface Here {
  readonly context: Context<Membership>
  readonly state: Membership['state']
  readonly choices: Choices
}
