/** Taking in what is told of members, and saying what has changed by it. */
import type { ProcessId } from '../../model/process.ts'
import { proves } from './identity.ts'
import {
  type AccountText,
  isNewer,
  isPresent,
  type Member,
  readAccount,
  tellings,
  toTell,
} from './members.ts'
import type { Here } from './vocabulary.ts'

/** Whom to ask beside the boot nodes, should these be down when it comes back. */
const FRIENDS_MAX = 5
/** Whoever has sent so many messages that cannot be right is not listened to. */
const NONSENSE_MAX = 10

export const isIn = ({ state }: Here): boolean => state.phase === 'in'

export const isTrusted = ({ state }: Here, process: ProcessId): boolean =>
  (state.nonsense.get(process) ?? 0) < NONSENSE_MAX

/** What cannot be right is counted against whoever sent it, and dropped. */
export function distrust({ state }: Here, process: ProcessId): void {
  state.nonsense.set(process, (state.nonsense.get(process) ?? 0) + 1)
}

export const others = ({ state, context }: Here): ProcessId[] =>
  [...state.members.values()]
    .filter((member) => isPresent(member) && member.process !== context.self)
    .map(({ process }) => process)
    .sort()

/** What rides on the next message. */
export const gossip = ({ state }: Here): AccountText[] =>
  toTell(state.news, state.members, tellings(state.members.size))

export function persist({ context, state }: Here): void {
  const { incarnation, life, friends } = state
  context.store({ incarnation, life, friends, isIn: state.phase !== 'out' })
}

/** Says of itself that it is alive, in an incarnation that outdoes all that is said of it. */
export function announce(here: Here, incarnation: number): void {
  const { context, state } = here
  state.incarnation = incarnation
  const own = state.members.get(context.self)
  state.members.set(context.self, { ...own!, incarnation, status: 'alive' })
  state.news.set(context.self, 0)
  context.indicate({ type: 'alive', incarnation })
  persist(here)
}

export function hearAll(here: Here, accounts: readonly AccountText[], from: ProcessId): void {
  for (const account of accounts) hear(here, readAccount(account), from)
}

export function hear(here: Here, account: Member, from: ProcessId): void {
  const { context, state, choices } = here
  const known = state.members.get(account.process)
  if (known !== undefined && !isNewer(account, known)) return
  // Only the process itself can say that it is alive again: it outdoes the account.
  if (account.process === context.self) return announce(here, account.incarnation + 1)
  if (known === undefined && !isPresent(account)) return // nobody to us, and gone
  if (!proves(account.process, account.nonce, choices.difficulty)) return distrust(here, from)
  state.members.set(account.process, account)
  state.news.set(account.process, 0)
  changed(here, known, account)
}

function changed(here: Here, known: Member | undefined, account: Member): void {
  const { context } = here
  const { process, incarnation, nonce, status } = account
  const wasPresent = known !== undefined && isPresent(known)
  if (known?.status === 'suspect') {
    context.cancelTimer({ type: 'suspicion', process, incarnation: known.incarnation })
  }
  if (!isPresent(account)) {
    if (!wasPresent) return
    context.indicate({ type: 'down', process, incarnation, how: status === 'left' ? 'left' : 'dead' })
    return depart(here, process)
  }
  if (!wasPresent) {
    context.indicate({ type: 'up', process, incarnation, nonce })
    arrive(here, process)
  }
  if (status === 'suspect') {
    const forMs = suspicionMs(here)
    context.indicate({ type: 'suspected', process, incarnation, forMs })
    context.setTimer({ type: 'suspicion', process, incarnation }, forMs)
  } else if (known?.status === 'suspect') context.indicate({ type: 'cleared', process, incarnation })
}

/** Long enough that its word that it lives has the time to come round (§4.2): it grows as news does. */
const suspicionMs = ({ state, choices }: Here) =>
  choices.suspicionPeriods * choices.periodMs * Math.ceil(Math.log2(state.members.size + 1))

/** A newcomer is probed within this round, at a place that is drawn (§4.3). */
function arrive(here: Here, process: ProcessId): void {
  const { context, state } = here
  state.order.splice(context.random.below(state.order.length + 1), 0, process)
  state.goneMs.delete(process)
  state.unanswered.delete(process)
  if (state.friends.length >= FRIENDS_MAX || state.friends.includes(process)) return
  state.friends.push(process)
  persist(here)
}

function depart(here: Here, process: ProcessId): void {
  const { context, state } = here
  state.goneMs.set(process, context.now())
  if (!state.friends.includes(process)) return
  state.friends = state.friends.filter((friend) => friend !== process)
  persist(here)
}

/** Those who are gone for long are forgotten, so that a list is no longer than the network is large. */
export function expire({ context, state, choices }: Here): void {
  const now = context.now()
  for (const process of [...state.goneMs.keys()].sort()) {
    if (now - state.goneMs.get(process)! < choices.expiryMs) continue
    state.goneMs.delete(process)
    state.unanswered.delete(process)
    state.members.delete(process)
    state.news.delete(process)
    context.indicate({ type: 'expired', process })
  }
}
