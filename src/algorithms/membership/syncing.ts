/**
 * What news has missed: now and then two compare all they know, by a hash if it is
 * the same. Now and then it is tried with one who is gone, or with a boot node:
 * that is how two halves of a network find each other again.
 */
import type { ProcessId } from '../../model/process.ts'
import { distrust, hearAll, others } from './accounts.ts'
import { boots } from './joining.ts'
import { type AccountText, digestOf, hashOf, isNewer, isPresent, readDigest, textOf } from './members.ts'
import type { Here } from './vocabulary.ts'

/** Of so many times one goes to somebody who is gone. */
const SEARCH_EVERY = 4
/** Whoever does not answer is tried half as often each time, down to this. */
const BACK_OFF_MAX = 4

export function syncWithSomebody(here: Here): void {
  const { context, state, choices } = here
  const present = others(here)
  const missing = missed(here)
  const isSearch = present.length === 0 || context.random.chance(1, SEARCH_EVERY)
  const among = isSearch && missing.length > 0 ? missing : present
  if (among.length > 0) {
    const partner = context.random.pick(among)
    if (among === missing) backOff(here, partner)
    context.send(partner, { type: 'sync', hash: hashOf(state.members) })
  }
  context.setTimer({ type: 'sync' }, choices.syncMs, choices.syncMs + choices.jitterMs)
}

/** Those that should be there: who is taken for dead, boot nodes and friends; not who has left. */
function missed(here: Here): ProcessId[] {
  const { context, state } = here
  const now = context.now()
  const dead = [...state.goneMs.keys()].filter((process) => state.members.get(process)!.status === 'dead')
  return [...new Set([...dead, ...boots(here), ...state.friends])]
    .filter((process) => {
      const member = state.members.get(process)
      const isThere = member !== undefined && (isPresent(member) || member.status === 'left')
      return !isThere && (state.unanswered.get(process)?.notBeforeMs ?? 0) <= now
    })
    .sort()
}

function backOff({ context, state, choices }: Here, process: ProcessId): void {
  const times = (state.unanswered.get(process)?.times ?? 0) + 1
  const factor = Math.min(2 ** times, BACK_OFF_MAX)
  state.unanswered.set(process, { times, notBeforeMs: context.now() + factor * choices.syncMs })
}

export function compare({ context, state }: Here, hash: string, from: ProcessId): void {
  if (hash !== hashOf(state.members)) context.send(from, { type: 'differs', digest: digestOf(state.members) })
}

/** Tells what the other has not, and asks for what it has. Those who are gone are news to nobody new. */
export function fillGaps(here: Here, digest: string, from: ProcessId): void {
  const { context, state } = here
  const theirs = readDigest(digest)
  if (theirs === null) return distrust(here, from)
  const wanted: ProcessId[] = []
  const told = new Set<ProcessId>()
  const members: AccountText[] = []
  for (const account of theirs) {
    told.add(account.process)
    const own = state.members.get(account.process)
    if (own === undefined ? isPresent(account) : isNewer(account, own)) wanted.push(account.process)
    else if (own !== undefined && isNewer(own, account)) members.push(textOf(own))
  }
  for (const own of state.members.values())
    if (!told.has(own.process) && isPresent(own)) members.push(textOf(own))
  if (members.length + wanted.length > 0)
    context.send(from, { type: 'fill', members: members.sort(), wanted })
}

export function filled(
  here: Here,
  members: readonly AccountText[],
  wanted: readonly ProcessId[],
  from: ProcessId,
) {
  const { context, state } = here
  hearAll(here, members, from)
  if (wanted.length === 0) return
  const asked = wanted.flatMap((process) => {
    const member = state.members.get(process)
    return member === undefined ? [] : textOf(member)
  })
  if (asked.length > 0) context.send(from, { type: 'fill', members: asked.sort(), wanted: [] })
}
