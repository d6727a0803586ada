/**
 * Mutual exclusion by logical clocks.
 *
 *   L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed
 *   System", CACM 21(7), 1978, pages 561 and 562.
 *
 * Assumes   FIFO and reliable channels between all processes; no duplicates; no crashes.
 * Promises  MUTUAL EXCLUSION          no two processes hold the resource at once (I);
 *           IN ORDER                  a request that happened before another is granted before it (II);
 *           EVERY REQUEST IS GRANTED  if whoever is granted the resource releases it at last (III);
 *           and each time it is held costs 3(n − 1) messages. For this alone duplicates are
 *           ruled out: on a FIFO channel a copy comes before anything that is sent later.
 *
 * With `stamps: 'requests'` only requests carry a timestamp and move the clock,
 * as in the specification LamportMutex of tlaplus/Examples: enough for (I) and (III), not for (II).
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface LamportMutex extends Signature {
  request: { type: 'acquire' } | { type: 'release' }
  message:
    | { type: 'request'; clock: number }
    | { type: 'acknowledge'; clock: number }
    | { type: 'release'; clock: number }
  timer: { type: 'enter' } | { type: 'release' }
  indication: { type: 'requested'; clock: number } | { type: 'granted' } | { type: 'released' }
  state: {
    clock: number
    queue: Map<ProcessId, number> // the request queue: the timestamp of each one's request
    acknowledged: Set<ProcessId> // who knows of the own request
    holding: boolean
    waiting: number // clients that asked while another one was served
  }
  stable: never
}

export interface Choices {
  readonly holdMs: number // how long the resource is held; 0: until the request `release`
  readonly stamps: 'all' | 'requests'
}

export const lamportMutex = ({ holdMs, stamps }: Choices): Algorithm<LamportMutex> => ({
  initial: () => ({ clock: 1, queue: new Map(), acknowledged: new Set(), holding: false, waiting: 0 }),

  upon({ self, outgoing, send, indicate, setTimer, cancelTimer }, state) {
    const { queue, acknowledged } = state
    const stamped = stamps === 'all'

    // The two rules of the clock: IR1, it ticks between any two events; IR2,
    // receiving a message takes it beyond the message's timestamp.
    function tick() {
      if (stamped) state.clock++
    }
    function observe(clock: number) {
      state.clock = Math.max(state.clock, clock) + 1
    }

    function broadcast(message: LamportMutex['message']) {
      for (const to of outgoing) send(to, message)
    }
    // Rule 1.
    function request() {
      const { clock } = state
      queue.set(self, clock)
      indicate({ type: 'requested', clock })
      broadcast({ type: 'request', clock })
      tick()
      enterIfFirst()
    }
    // Rule 5. The own request is known to everyone, so whatever is older has
    // come: channels are FIFO. To enter is a step of its own; once true the
    // condition stays so, as any request still to come is younger.
    function enterIfFirst() {
      if (state.holding || !queue.has(self)) return
      if (outgoing.every((other) => acknowledged.has(other) && beats(other))) setTimer({ type: 'enter' }, 0)
    }
    function beats(other: ProcessId): boolean {
      const [own, theirs] = [queue.get(self)!, queue.get(other) ?? Number.POSITIVE_INFINITY]
      return own < theirs || (own === theirs && self < other) // ties by the order of the processes
    }
    // Rule 3.
    function release() {
      if (!state.holding) return
      state.holding = false
      queue.delete(self)
      acknowledged.clear()
      indicate({ type: 'released' })
      broadcast({ type: 'release', clock: stamped ? state.clock : 0 })
      tick()
      if (state.waiting === 0) return
      state.waiting--
      request()
    }

    return {
      request: {
        acquire() {
          if (queue.has(self)) state.waiting++
          else request()
        },
        release() {
          if (state.holding && holdMs > 0) cancelTimer({ type: 'release' })
          release()
        },
      },
      message: {
        // Rule 2.
        request({ clock }, from) {
          observe(clock)
          queue.set(from, clock)
          send(from, { type: 'acknowledge', clock: stamped ? state.clock : 0 })
        },
        acknowledge({ clock }, from) {
          if (stamped) observe(clock)
          acknowledged.add(from)
          enterIfFirst()
        },
        // Rule 4.
        release({ clock }, from) {
          if (stamped) observe(clock)
          queue.delete(from)
          enterIfFirst()
        },
      },
      timeout: {
        enter() {
          state.holding = true
          indicate({ type: 'granted' })
          if (holdMs > 0) setTimer({ type: 'release' }, holdMs)
        },
        release,
      },
    }
  },
})
