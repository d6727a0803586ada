/**
 * Why something happened: from an event back to what no event of the run caused.
 * Of several causes the direct one is followed: what a handler did has its step,
 * a delivery its sending, a timeout the setting of its timer.
 */
import type { EventStore } from './event-store.ts'

/** Positions from the first cause to the event itself. */
export function whyChain(data: EventStore, position: number): number[] {
  const chain = [position]
  for (let at = causeOf(data, position); at !== -1; at = causeOf(data, at)) chain.push(at)
  return chain.reverse()
}

/** The position of the direct cause; -1 for what came from outside, or was there from the beginning. */
function causeOf(data: EventStore, at: number): number {
  const kind = data.kind(at)
  const message = data.messageOf(at)
  if (message !== -1 && kind !== 'send') return data.messages.sendAt[message]!
  if (kind === 'timeout') return data.armedBy(at)
  if (kind === 'resume') return data.resumedBy(at)
  const step = data.stepOf(at)
  return step === at ? -1 : step
}
