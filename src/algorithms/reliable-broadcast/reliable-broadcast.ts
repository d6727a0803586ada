/**
 * Reliable broadcast: all correct processes deliver the same messages, though whoever broadcasts may
 * crash half-way.
 *
 *   C. Cachin, R. Guerraoui and L. Rodrigues, "Introduction to Reliable and Secure Distributed
 *   Programming", 2nd ed., 2011: Algorithm 3.3 "Eager Reliable Broadcast", and with `uniform`
 *   Algorithm 3.5 "Majority-Ack Uniform Reliable Broadcast", both over Algorithm 3.1 "Basic Broadcast".
 *
 * Assumes   a channel from everyone to everyone; reliable channels between correct processes; whoever
 *           crashes stays down; with `uniform` a majority is correct. Neither FIFO nor that nothing
 *           comes twice.
 * Promises  VALIDITY           what a correct process broadcasts all correct processes deliver (RB1);
 *           NO DUPLICATION     nobody delivers a message twice (RB2);
 *           NO CREATION        and none that nobody broadcast (RB3);
 *           AGREEMENT          what a correct process delivers all correct processes deliver (RB4);
 *           UNIFORM AGREEMENT  with `uniform`: what any process delivers, even one that crashes then (URB4);
 *           COST               a broadcast takes n(n − 1) messages, and fewer only if somebody crashes.
 */
import type { Algorithm, Signature } from '../../model/process.ts'

export interface ReliableBroadcast extends Signature {
  request: { type: 'broadcast'; id: string }
  message: { type: 'data'; id: string }
  timer: never
  indication: { type: 'deliver'; id: string } | { type: 'fail'; reason: string }
  state: {
    pending: Set<string> // passed on
    delivered: Set<string>
    acknowledged: Map<string, Set<string>> // message → who has passed it on, this process with them
  }
  stable: never
}

export interface Choices {
  readonly uniform: boolean
}

export const reliableBroadcast = ({ uniform }: Choices): Algorithm<ReliableBroadcast> => ({
  initial: () => ({ pending: new Set(), delivered: new Set(), acknowledged: new Map() }),

  upon({ self, outgoing, send, indicate }, state) {
    const { pending, delivered, acknowledged } = state
    const processes = outgoing.length + 1

    function passOn(id: string) {
      pending.add(id)
      for (const other of outgoing) send(other, { type: 'data', id })
    }
    function acknowledge(id: string, by: string) {
      const those = acknowledged.get(id) ?? new Set()
      acknowledged.set(id, those.add(by))
      deliverIfReady(id)
    }
    // One that a majority has passed on, some correct process has passed on, whoever crashes: it will
    // reach all. One that this process alone has passed on may be lost with it.
    function deliverIfReady(id: string) {
      const enough = uniform ? Math.floor(processes / 2) + 1 : 1
      if (delivered.has(id) || acknowledged.get(id)!.size < enough) return
      delivered.add(id)
      indicate({ type: 'deliver', id })
    }

    return {
      request: {
        broadcast({ id }) {
          const name = `${self}:${id}`
          if (id === '') indicate({ type: 'fail', reason: 'a message has a name of one character or more' })
          else if (pending.has(name)) indicate({ type: 'fail', reason: `${name} has been broadcast already` })
          else {
            passOn(name)
            acknowledge(name, self)
          }
        },
      },
      message: {
        data({ id }, from) {
          if (!pending.has(id)) {
            passOn(id)
            acknowledge(id, self)
          }
          acknowledge(id, from)
        },
      },
    }
  },
})
