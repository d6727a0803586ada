/**
 * Coming in, and leaving. A boot node is only somebody whose name all know: it
 * gives out nothing but what it has heard of others, so there is nothing that it
 * could forget. Whoever has been a member has friends to ask as well.
 */
import type { ProcessId } from '../../model/process.ts'
import { announce, distrust, hear, hearAll, isIn, others, persist } from './accounts.ts'
import { FOREIGN, misunderstanding, proves, SPEAKS } from './identity.ts'
import { type AccountText, isPresent, readAccount, textOf } from './members.ts'
import type { Here, Membership } from './vocabulary.ts'

/** Each time that nobody answers, twice as long is waited; up to this many times as long. */
const BACK_OFF_MAX = 8
/** Whoever leaves tells this many; these tell the others. */
export const FAREWELLS = 4

/** The boot nodes, but for itself. Ids are in order: the first are it. */
export function boots({ context, choices }: Here): readonly ProcessId[] {
  const { self, outgoing } = context
  const first = outgoing.slice(0, choices.boots)
  return first.length < choices.boots || self < first.at(-1)! ? outgoing.slice(0, choices.boots - 1) : first
}

const isBoot = (here: Here) => boots(here).length < here.choices.boots || here.choices.boots === 0

/** Whether a process is one of the last `count` of all. */
const isAmongLast = ({ self, outgoing }: Here['context'], count: number) =>
  count > 0 && (outgoing.length < count || self > outgoing.at(-count)!)

export const isForeign = ({ context, choices }: Here): boolean => isAmongLast(context, choices.foreigners)

/** Those of the wave come when they are asked to. */
export const comesLater = (here: Here): boolean =>
  !isForeign(here) && isAmongLast(here.context, here.choices.foreigners + here.choices.wave)

export function begin(here: Here): void {
  const { context, state, choices } = here
  const { nonce, incarnation } = state
  context.indicate({ type: 'joining', nonce, incarnation })
  if (isBoot(here)) return enter(here)
  state.phase = 'joining'
  state.joining = { tries: 0, waitMs: choices.retryMs }
  persist(here)
  context.setTimer({ type: 'join' }, 0, choices.retryMs)
}

export function tryToJoin(here: Here): void {
  const { context, state, choices } = here
  if (state.phase !== 'joining') return
  const { tries, waitMs } = state.joining
  if (tries === choices.retries) return giveUp(here, 'nobody has answered')
  const first = boots(here)
  const all = [...first, ...state.friends.filter((friend) => !first.includes(friend))]
  const target = tries < first.length ? first[tries]! : context.random.pick(all)
  const { nonce, incarnation } = state
  const speaks = isForeign(here) ? FOREIGN : SPEAKS
  context.send(target, { type: 'join', name: context.self, nonce, speaks, incarnation })
  state.joining = { tries: tries + 1, waitMs: Math.min(2 * waitMs, BACK_OFF_MAX * choices.retryMs) }
  context.setTimer({ type: 'join' }, waitMs, waitMs + Math.floor(waitMs / 2))
}

function giveUp(here: Here, reason: string): void {
  const { context, state } = here
  state.phase = 'out'
  context.cancelTimer({ type: 'join' })
  context.indicate({ type: 'gaveUp', tries: state.joining.tries, reason })
  persist(here)
}

function enter(here: Here): void {
  const { context, state, choices } = here
  const { self } = context
  state.phase = 'in'
  const { incarnation, nonce } = state
  state.members.set(self, { process: self, incarnation, status: 'alive', nonce })
  announce(here, incarnation)
  context.cancelTimer({ type: 'join' })
  context.indicate({ type: 'joined', members: others(here).length + 1 })
  context.setTimer({ type: 'period' }, 0, choices.periodMs)
  context.setTimer({ type: 'sync' }, 0, choices.syncMs)
}

type Join = Extract<Membership['message'], { type: 'join' }>

/** Why somebody may not come in; null if it may. */
function objection({ name, nonce, speaks }: Join, from: ProcessId, difficulty: number): string | null {
  if (name !== from) return `${from} is not ${name}`
  if (!proves(from, nonce, difficulty)) return `${nonce} is not the work of ${from}`
  return misunderstanding(speaks)
}

export function admit(here: Here, message: Join, from: ProcessId): void {
  const { context, state, choices } = here
  if (!isIn(here)) return
  const reason = objection(message, from, choices.difficulty)
  if (reason !== null) {
    distrust(here, from)
    context.indicate({ type: 'refused', process: from, reason })
    return context.send(from, { type: 'refusal', reason })
  }
  const { incarnation, nonce } = message
  hear(here, { process: from, incarnation, status: 'alive', nonce }, from)
  // What is said of itself is told too: of one that was taken for dead it must outdo that.
  const members = [...state.members.values()].filter((member) => isPresent(member) || member.process === from)
  context.send(from, { type: 'welcome', members: members.map(textOf).sort() })
}

export function welcomed(here: Here, members: readonly AccountText[], from: ProcessId): void {
  const { context, state } = here
  if (state.phase !== 'joining') return
  const { self } = context
  const own = members.map(readAccount).find(({ process }) => process === self)
  if (own !== undefined) state.incarnation = Math.max(state.incarnation, own.incarnation)
  enter(here)
  hearAll(here, members, from)
}

export function refused(here: Here, reason: string): void {
  if (here.state.phase === 'joining') giveUp(here, reason)
}

export function leave(here: Here): void {
  const { context, state } = here
  const { self, random } = context
  const own = state.members.get(self)!
  const left = others(here)
  for (let i = 0; i < FAREWELLS && left.length > 0; i++) {
    const [to] = left.splice(random.below(left.length), 1)
    context.send(to!, { type: 'farewell', member: textOf({ ...own, status: 'left' }) })
  }
  forget(here)
  state.phase = 'out'
  state.incarnation++ // should it come back
  context.cancelTimer({ type: 'period' })
  context.cancelTimer({ type: 'sync' })
  context.indicate({ type: 'left' })
  persist(here)
}

function forget({ context, state }: Here): void {
  for (const process of [...state.members.keys()].sort()) {
    const { incarnation, status } = state.members.get(process)!
    if (status === 'suspect') context.cancelTimer({ type: 'suspicion', process, incarnation })
  }
  state.members.clear()
  state.news.clear()
  state.goneMs.clear()
  state.unanswered.clear()
  state.relays.clear()
  state.order = []
  state.probe = null
}

/** Only of itself can anybody say that it leaves. */
export function farewell(here: Here, text: AccountText, from: ProcessId): void {
  const member = readAccount(text)
  if (member.process !== from || member.status !== 'left') distrust(here, from)
  else hear(here, member, from)
}
