/** What a process has to do with others: whom it believes, whom it asks, whom it strikes off. */
import type { ProcessId } from '../../model/process.ts'
import { type Contact, type ContactText, idOf, readContact } from './identity.ts'
import type { Lookup } from './lookup.ts'
import { isAllowed } from './rate-limit.ts'
import { find, gone, heardOf } from './routing-table.ts'
import type { Answer, Here, Kademlia, Question, Reason } from './vocabulary.ts'

/** Whoever sent so much that cannot be is not listened to any more. */
const SCORE_MIN = -10
const BURST_S = 2 // of the allowance, at once

export const rateOf = ({ choices: { perSecond } }: Here) => ({ perSecond, burst: BURST_S * perSecond })

export function blame({ state }: Here, process: ProcessId): void {
  state.counts.refused++
  state.scores.set(process, (state.scores.get(process) ?? 0) - 1)
}

/** Who this is; null if it is nobody to listen to. The proof is of the other's nonce, never of one's own. */
export function admit(here: Here, from: ProcessId, nonce: number): Contact | null {
  const { state, choices, rules } = here
  if ((state.scores.get(from) ?? 0) <= SCORE_MIN) {
    state.counts.refused++
    return null
  }
  const contact = { process: from, nonce, id: idOf(from, nonce) }
  const known = find(state.table, contact.id, rules.place)
  if (known === undefined && !rules.isProved(contact, state.self, choices.difficulty)) {
    blame(here, from)
    return null
  }
  return contact
}

/** Whether a question of this process may be answered: so many a second, and no more. */
export function isWithin(here: Here, from: ProcessId): boolean {
  const isFine = isAllowed(here.state.allowances, from, here.context.now(), rateOf(here))
  if (!isFine) here.state.counts.limited++
  return isFine
}

export function heard(here: Here, contact: Contact): void {
  const { state, context, choices, rules } = here
  const met = heardOf(state.table, contact, choices.k, context.now(), rules.place)
  if (met.as === 'entered') {
    const { process, nonce } = contact
    context.indicate({ type: 'entered', process, nonce, bucket: met.bucket })
  }
  if (met.as !== 'spare, and the oldest is to be asked') return
  if (rules.whenFull === 'ask the oldest') ask(here, met.oldest, { type: 'ping' }, { type: 'alive' })
  else strikeOff(here, met.oldest)
}

export function strikeOff({ state, context, rules }: Here, contact: Contact): void {
  const { bucket, entered, left } = gone(state.table, contact, rules.place)
  if (left) context.indicate({ type: 'left', process: contact.process, bucket })
  if (entered === undefined) return
  context.indicate({ type: 'entered', process: entered.process, nonce: entered.nonce, bucket })
}

export function ask(here: Here, to: Contact, question: Question, reason: Reason): void {
  const { state, context, choices } = here
  const rpc = ++state.numbers
  state.questions.set(rpc, { to, reason, atMs: context.now() })
  context.send(to.process, { ...question, rpc, nonce: state.self.nonce })
  context.setTimer({ type: 'unanswered', rpc }, choices.answerMs)
}

/** Asks somebody of whom only the name is known. */
export const meet = (here: Here, process: ProcessId): void =>
  ask(here, { process, nonce: 0, id: '' }, { type: 'ping' }, { type: 'meet' })

export function answer({ state, context }: Here, to: ProcessId, rpc: number, answer: Answer): void {
  context.send(to, { ...answer, rpc, nonce: state.self.nonce })
}

/** The question this answers, now settled; null if there is none, or it was asked of somebody else. */
export function settle(here: Here, message: Kademlia['message'], from: ProcessId): Reason | null {
  const { state, context } = here
  const question = state.questions.get(message.rpc)
  if (question === undefined) {
    state.counts.late++ // too late, or a copy: nobody's fault
    return null
  }
  if (question.to.process !== from) {
    blame(here, from) // it was never asked
    return null
  }
  const contact = admit(here, from, message.nonce)
  if (contact === null) return null
  heard(here, contact)
  state.questions.delete(message.rpc)
  context.cancelTimer({ type: 'unanswered', rpc: message.rpc })
  return question.reason
}

/** Nobody answered in time. Whoever has said something since is alive: that was an earlier life of it. */
export function giveUp(here: Here, rpc: number): { to: Contact; reason: Reason } {
  const { state, rules } = here
  const question = state.questions.get(rpc)!
  state.questions.delete(rpc)
  if (question.reason.type === 'meet') return question
  const known = find(state.table, question.to.id, rules.place)
  if (known === undefined || known.heardMs <= question.atMs) strikeOff(here, question.to)
  return question
}

/**
 * The contacts that somebody named, but for those that prove nothing. What the lookup has seen
 * before has been proved before.
 */
export function proved(
  here: Here,
  from: ProcessId,
  named: readonly ContactText[],
  lookup: Lookup,
): Contact[] {
  const { state, choices, rules } = here
  const before = new Map(lookup.candidates.map((candidate) => [candidate.process, candidate]))
  const contacts: Contact[] = []
  for (const text of named) {
    const { process, nonce } = readContact(text)
    if (process === state.self.process || before.get(process)?.nonce === nonce) continue
    const contact = { process, nonce, id: idOf(process, nonce) }
    if (rules.isProved(contact, state.self, choices.difficulty)) contacts.push(contact)
    else blame(here, from)
  }
  return contacts
}
