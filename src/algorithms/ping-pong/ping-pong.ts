/**
 * Request and reply: the smallest conversation two processes can have.
 *
 *   The echo idiom of RFC 862 (J. Postel, "Echo Protocol", 1983), with an id on
 *   each request so that a reply is matched to the request it answers.
 *
 * Assumes   reliable channels; no crashes. Neither FIFO nor the absence of duplicates.
 * Promises  ANSWERED          every ping that was asked for is answered at last;
 *           ONE ANSWER        and announced once, however often its pong arrives;
 *           NO UNASKED PONG   nobody sends a pong but to answer a ping, to whom it came from.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface PingPong extends Signature {
  request: { type: 'ping'; target: ProcessId }
  message: { type: 'ping'; id: number } | { type: 'pong'; id: number }
  timer: never
  indication: { type: 'answered'; target: ProcessId; id: number; roundTripMs: number }
  state: { nextId: number; waiting: Map<number, { target: ProcessId; sinceMs: number }> }
  stable: never
}

export const pingPong: Algorithm<PingPong> = {
  initial: () => ({ nextId: 0, waiting: new Map() }),

  upon: ({ send, indicate, now }, state) => ({
    request: {
      ping({ target }) {
        const id = state.nextId++
        state.waiting.set(id, { target, sinceMs: now() })
        send(target, { type: 'ping', id })
      },
    },
    message: {
      ping({ id }, from) {
        send(from, { type: 'pong', id })
      },
      pong({ id }, from) {
        const asked = state.waiting.get(id)
        if (asked?.target !== from) return // already answered
        state.waiting.delete(id)
        indicate({ type: 'answered', target: from, id, roundTripMs: now() - asked.sinceMs })
      },
    },
  }),
}
