/**
 * Causal broadcast: nobody delivers an answer before what it answers.
 *
 *   K. Birman, A. Schiper and P. Stephenson, "Lightweight Causal and Atomic Group Multicast", ACM
 *   Transactions on Computer Systems 9(3), 1991, §5.1: CBCAST within one group, by vector clocks. Over
 *   eager reliable broadcast (Cachin, Guerraoui and Rodrigues, 2011, Algorithms 3.3 and 3.15), so that
 *   what anyone may wait for comes even if its sender crashes.
 *
 * Assumes   a channel from everyone to everyone; reliable channels between correct processes; whoever
 *           crashes stays down. Neither FIFO nor the absence of duplicates.
 * Promises  CAUSAL ORDER    of two messages of which one was broadcast by a process that had delivered, or
 *                           broadcast, the other, nobody delivers it first;
 *           VALIDITY        what a correct process broadcasts all correct processes deliver;
 *           NO DUPLICATION  nobody delivers a message twice;
 *           NO CREATION     and none that nobody broadcast;
 *           AGREEMENT       what a correct process delivers all correct processes deliver.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

/** How many messages of each process; of those that are left out, none. */
type Vector = Record<ProcessId, number>

export interface CausalBroadcast extends Signature {
  request: { type: 'broadcast'; id: string }
  message: { type: 'data'; origin: ProcessId; id: string; clock: Vector }
  timer: never
  indication: { type: 'deliver'; id: string } | { type: 'fail'; reason: string }
  state: {
    delivered: Vector // VT(p): messages of each process that were delivered here
    used: Set<string> // names the own messages had
    seen: Set<string> // passed on
    waiting: CausalBroadcast['message'][] // received, and something before them has not come
    nonsense: number // messages that cannot be right
  }
  stable: never
}

export const causalBroadcast: Algorithm<CausalBroadcast> = {
  initial: () => ({ delivered: {}, used: new Set(), seen: new Set(), waiting: [], nonsense: 0 }),

  upon({ self, outgoing, send, indicate }, state) {
    const { delivered, used, seen } = state

    function passOn(message: CausalBroadcast['message']) {
      seen.add(keyOf(message))
      for (const other of outgoing) send(other, message)
    }
    /** The next of its sender, and of all others nothing that its sender had and this process has not. */
    function isNext({ origin, clock }: CausalBroadcast['message']): boolean {
      return Object.entries(clock).every(([process, count]) => {
        const here = delivered[process] ?? 0
        return process === origin ? count === here + 1 : count <= here
      })
    }
    function deliver(message: CausalBroadcast['message']) {
      delivered[message.origin] = (delivered[message.origin] ?? 0) + 1
      indicate({ type: 'deliver', id: keyOf(message) })
    }
    // One that is delivered may be what others have waited for.
    function deliverAllThatMay() {
      for (;;) {
        const next = state.waiting.findIndex(isNext)
        if (next < 0) return
        deliver(state.waiting.splice(next, 1)[0]!)
      }
    }
    function isMember(process: ProcessId): boolean {
      return process === self || outgoing.includes(process)
    }

    return {
      request: {
        broadcast({ id }) {
          if (id === '')
            return indicate({ type: 'fail', reason: 'a message has a name of one character or more' })
          if (used.has(id))
            return indicate({ type: 'fail', reason: `${self}:${id} has been broadcast already` })
          used.add(id)
          const counts = { ...delivered, [self]: (delivered[self] ?? 0) + 1 }
          // In one order, whatever was delivered first: equal clocks are equal texts.
          const clock: Vector = Object.fromEntries(Object.entries(counts).sort())
          const message = { type: 'data' as const, origin: self, id, clock }
          passOn(message)
          deliver(message) // its past is here
        },
      },
      message: {
        data(message) {
          if (seen.has(keyOf(message))) return
          const { origin, clock } = message
          if (!Object.hasOwn(clock, origin) || !Object.keys(clock).every(isMember)) {
            state.nonsense++
            return
          }
          passOn(message)
          state.waiting.push(message)
          deliverAllThatMay()
        },
      },
    }
  },
}

/** A name is used once by each sender. */
function keyOf({ origin, id }: CausalBroadcast['message']): string {
  return `${origin}:${id}`
}
