/**
 * Mutual exclusion with two messages for each of the others.
 *
 *   G. Ricart and A. K. Agrawala, "An Optimal Algorithm for Mutual Exclusion in
 *   Computer Networks", CACM 24(1), 1981; variables as in §2.
 *
 * Assumes   reliable channels between all processes; no duplicates; no crashes. Not FIFO.
 * Promises  MUTUAL EXCLUSION          no two processes hold the resource at once;
 *           IN ORDER                  it is granted in the order of sequence numbers, and of processes where
 *                                     two are equal;
 *           EVERY REQUEST IS GRANTED  if whoever holds the resource releases it at last;
 *           and each time it is held costs 2(n − 1) messages.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface RicartAgrawala extends Signature {
  request: { type: 'acquire' } | { type: 'release' }
  message: { type: 'request'; number: number } | { type: 'reply' }
  timer: { type: 'release' }
  indication: { type: 'requested'; number: number } | { type: 'granted' } | { type: 'released' }
  state: {
    own: number | null // the sequence number of the open request, until it is released
    highest: number // of all requests sent or seen
    awaited: Set<ProcessId> // whose reply is still to come
    deferred: Set<ProcessId> // to whom a reply is owed
    waiting: number // clients that asked while another one was served
  }
  stable: never
}

/** @param holdMs how long the resource is held; 0: until the request `release` */
export const ricartAgrawala = (holdMs: number): Algorithm<RicartAgrawala> => ({
  initial: () => ({ own: null, highest: 0, awaited: new Set(), deferred: new Set(), waiting: 0 }),

  upon({ self, outgoing, send, indicate, setTimer, cancelTimer }, state) {
    const { awaited, deferred } = state

    function request() {
      const number = ++state.highest
      state.own = number
      indicate({ type: 'requested', number })
      for (const other of outgoing) {
        awaited.add(other)
        send(other, { type: 'request', number })
      }
      enterIfAllReplied()
    }
    function enterIfAllReplied() {
      if (state.own === null || awaited.size > 0) return
      indicate({ type: 'granted' })
      if (holdMs > 0) setTimer({ type: 'release' }, holdMs)
    }
    // To reply is to say: go ahead of me. Hence only to whom that is due; to
    // all others once, when we are done.
    function release() {
      state.own = null
      indicate({ type: 'released' })
      for (const other of [...deferred].sort()) send(other, { type: 'reply' })
      deferred.clear()
      if (state.waiting === 0) return
      state.waiting--
      request()
    }

    return {
      request: {
        acquire() {
          if (state.own === null) request()
          else state.waiting++
        },
        release() {
          if (state.own === null || awaited.size > 0) return
          if (holdMs > 0) cancelTimer({ type: 'release' })
          release()
        },
      },
      message: {
        // Whatever we ask for after this reply has a greater number.
        request({ number }, from) {
          state.highest = Math.max(state.highest, number)
          const { own } = state
          const ours = own !== null && (own < number || (own === number && self < from))
          if (ours) deferred.add(from)
          else send(from, { type: 'reply' })
        },
        reply(_, from) {
          if (awaited.delete(from)) enterIfAllReplied()
        },
      },
      timeout: {
        release,
      },
    }
  },
})
