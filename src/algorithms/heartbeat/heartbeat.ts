/**
 * A failure detector: who is down? Nobody can know, and after some time nobody
 * is wrong about it any more.
 *
 *   T. D. Chandra and S. Toueg, "Unreliable Failure Detectors for Reliable
 *   Distributed Systems", JACM 43(2), 1996: the class ◇P, "eventually perfect";
 *   in the form of C. Cachin, R. Guerraoui and L. Rodrigues, "Introduction to
 *   Reliable and Secure Distributed Programming", 2011, §2.6.4, Algorithm 2.7
 *   "Increasing Timeout".
 *
 * Assumes   partial synchrony: from some time on, nobody knows from when, a message and its answer take no
 *           longer than some time that nobody knows; reliable channels, both ways and between all; whoever
 *           crashes stays down. Neither FIFO nor the absence of duplicates. Any number may crash.
 * Promises  STRONG COMPLETENESS       whoever has crashed is in the end suspected by all who have not;
 *           EVENTUAL STRONG ACCURACY  in the end nobody who is up is suspected by anybody who is up;
 *           ALTERNATION               of one process, `suspect` and `restore` are indicated in turn;
 *           PATIENCE                  whoever was wrong waits longer from then on, and nobody else does.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface Heartbeat extends Signature {
  request: never
  message: { type: 'heartbeatRequest' } | { type: 'heartbeatReply' }
  timer: { type: 'timeout' }
  indication: { type: 'suspect'; process: ProcessId } | { type: 'restore'; process: ProcessId }
  state: { alive: Set<ProcessId>; suspected: Set<ProcessId>; delayMs: number }
  stable: never
}

export interface HeartbeatOptions {
  readonly deltaMs: number // Δ: the delay of the beginning, and what is added after a mistake
}

export const heartbeat = ({ deltaMs }: HeartbeatOptions): Algorithm<Heartbeat> => ({
  initial: ({ outgoing }) => ({ alive: new Set(outgoing), suspected: new Set(), delayMs: deltaMs }),

  upon({ outgoing, send, indicate, setTimer }, state) {
    const { alive, suspected } = state

    return {
      start() {
        setTimer({ type: 'timeout' }, state.delayMs)
      },
      message: {
        heartbeatRequest(_, from) {
          send(from, { type: 'heartbeatReply' })
        },
        heartbeatReply(_, from) {
          alive.add(from)
        },
      },
      timeout: {
        timeout() {
          // Somebody suspected is alive: it was a mistake, and the delay was too short.
          if (outgoing.some((process) => alive.has(process) && suspected.has(process))) {
            state.delayMs += deltaMs
          }
          for (const process of outgoing) {
            if (!alive.has(process) && !suspected.has(process)) {
              suspected.add(process)
              indicate({ type: 'suspect', process })
            } else if (alive.has(process) && suspected.delete(process)) {
              indicate({ type: 'restore', process })
            }
            send(process, { type: 'heartbeatRequest' })
          }
          alive.clear()
          setTimer({ type: 'timeout' }, state.delayMs)
        },
      },
    }
  },
})
