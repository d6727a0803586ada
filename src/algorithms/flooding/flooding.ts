/**
 * Broadcast by flooding: whoever hears a rumour for the first time tells all
 * neighbours but the one it came from.
 *
 *   A. Segall, "Distributed Network Protocols", IEEE Transactions on
 *   Information Theory 29(1), 1983: propagation of information (PI).
 *
 * Assumes   links both ways; a connected topology; reliable channels; no crashes;
 *           a rumour has an id that no other process gives to another.
 *           Neither FIFO nor the absence of duplicates.
 * Promises  REACH           what is broadcast is delivered by every process;
 *           NO DUPLICATION  by none of them twice;
 *           NO CREATION     and nothing else is delivered;
 *           COST            a broadcast takes 2|E| − (n − 1) messages.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface Flooding extends Signature {
  request: { type: 'broadcast'; id: string }
  message: { type: 'rumour'; id: string; hops: number }
  timer: never
  indication: { type: 'deliver'; id: string; hops: number }
  state: { heard: Set<string> }
  stable: never
}

export const flooding: Algorithm<Flooding> = {
  initial: () => ({ heard: new Set() }),

  upon({ outgoing, send, indicate }, state) {
    function hear(id: string, hops: number, from: ProcessId | null) {
      if (state.heard.has(id)) return
      state.heard.add(id)
      indicate({ type: 'deliver', id, hops })
      for (const neighbour of outgoing) {
        if (neighbour !== from) send(neighbour, { type: 'rumour', id, hops: hops + 1 })
      }
    }

    return {
      request: {
        broadcast({ id }) {
          hear(id, 0, null)
        },
      },
      message: {
        rumour({ id, hops }, from) {
          hear(id, hops, from)
        },
      },
    }
  },
}
