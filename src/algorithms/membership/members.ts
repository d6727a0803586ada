/**
 * What is known of each member, and how two accounts of it become one. Accounts
 * are ordered: by incarnation, and within one by how bad the news is, as in SWIM
 * (§4.2). To merge is to take the greater; so it does not matter in what order, or
 * how often, or by whom one is told. Only a member itself begins a new incarnation.
 */
import { sha256 } from '../../lib/sha256.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Shape } from '../../model/shape.ts'

export const STATUSES = ['alive', 'suspect', 'dead', 'left'] as const

export type Status = (typeof STATUSES)[number]

export interface Member {
  readonly process: ProcessId
  readonly incarnation: number
  readonly status: Status
  readonly nonce: number // the proof of its work
}

/** An account as messages carry it: `p03:2a/17` is that p03 is alive in its incarnation 2; 17 is its work. */
export type AccountText = string

export const textOf = ({ process, incarnation, status, nonce }: Member): AccountText =>
  `${process}:${incarnation}${status[0]}/${nonce}`

const ACCOUNT = /^(p\d{2,6}):(\d{1,9})([asdl])\/(\d{1,9})$/

export const accountShape: Shape<AccountText> = {
  label: 'account, like p03:2a/17',
  fits: (value): value is AccountText => typeof value === 'string' && ACCOUNT.test(value),
  parse: (written) => written,
}

export function readAccount(text: AccountText): Member {
  const [, process, incarnation, letter, nonce] = ACCOUNT.exec(text)!
  return {
    process: process!,
    incarnation: Number(incarnation),
    status: statusOf(letter!),
    nonce: Number(nonce),
  }
}

const statusOf = (letter: string): Status => STATUSES.find(([first]) => first === letter)!

const rank = (status: Status) => STATUSES.indexOf(status)

/** Whether an account says more than another of the same member. */
export const isNewer = (
  one: Pick<Member, 'incarnation' | 'status'>,
  other: Pick<Member, 'incarnation' | 'status'>,
): boolean =>
  one.incarnation === other.incarnation
    ? rank(one.status) > rank(other.status)
    : one.incarnation > other.incarnation

export const isPresent = ({ status }: Pick<Member, 'status'>): boolean =>
  status === 'alive' || status === 'suspect'

export type Members = Map<ProcessId, Member>

/** All accounts without the work, sorted. */
export const digestOf = (members: Members): string =>
  [...members.values()]
    .map(({ process, incarnation, status }) => `${process}:${incarnation}${status[0]}`)
    .sort()
    .join(' ')

/** Of those who are there: when the others are forgotten, each knows best itself. */
export const hashOf = (members: Members): string =>
  sha256(digestOf(new Map([...members].filter(([, member]) => isPresent(member))))).slice(0, 16)

const TOKEN = /^(p\d{2,6}):(\d{1,9})([asdl])$/

/** What a digest says; null if it is none. */
export function readDigest(digest: string): Pick<Member, 'process' | 'incarnation' | 'status'>[] | null {
  const accounts = []
  for (const token of digest.split(' ').filter(Boolean)) {
    const [, process, incarnation, letter] = TOKEN.exec(token) ?? []
    if (process === undefined) return null
    accounts.push({ process, incarnation: Number(incarnation), status: statusOf(letter!) })
  }
  return accounts
}

/** Of each account that is still to be told: how often it has been. */
export type News = Map<ProcessId, number>

/** So many accounts ride on one message: with the rest of it, within the 1,400 bytes of a datagram. */
export const NEWS_MAX = 10

/**
 * Those to be told with the next message, the least told first, and counts them. Each is told λ log₂ n
 * times, and then no more (§4.1): that is enough for all to have heard of it with high probability.
 */
export function toTell(news: News, members: Members, timesMax: number): AccountText[] {
  const next = [...news]
    .sort(([a, times], [b, often]) => times - often || (a < b ? -1 : 1))
    .slice(0, NEWS_MAX)
  for (const [process, times] of next) {
    if (times + 1 >= timesMax) news.delete(process)
    else news.set(process, times + 1)
  }
  return next.flatMap(([process]) => {
    const member = members.get(process)
    return member === undefined ? [] : textOf(member)
  })
}

/** λ of the paper, which finds 3 enough. */
const LAMBDA = 3

export const tellings = (n: number): number => LAMBDA * Math.ceil(Math.log2(n + 1))
