/**
 * Leader election on a ring.
 *
 *   E. Chang and R. Roberts, "An Improved Algorithm for Decentralized
 *   Extrema-Finding in Circular Configurations of Processes", CACM 22(5), 1979.
 *
 * Assumes   a unidirectional ring; unique, ordered process ids; reliable channels;
 *           no duplicates; no crashes. Not FIFO.
 * Promises  AGREEMENT    no two processes indicate different leaders;
 *           MAXIMUM      the leader is the greatest process of all;
 *           TERMINATION  once any process is asked to elect, all indicate a leader, once;
 *           and at most n(n+1)/2 nominations are sent. For this alone duplicates are
 *           ruled out: a copy of a nomination is passed on like any other.
 */
import { only } from '../../lib/assert.ts'
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface ChangRoberts extends Signature {
  request: { type: 'elect' }
  message: { type: 'election'; candidate: ProcessId } | { type: 'elected'; leader: ProcessId }
  timer: never
  indication: { type: 'leader'; leader: ProcessId }
  state: { participating: boolean; leader: ProcessId | null }
  stable: never
}

export const changRoberts: Algorithm<ChangRoberts> = {
  initial: () => ({ participating: false, leader: null }),

  upon({ self, outgoing, send, indicate }, state) {
    const successor = only(outgoing, 'the topology is a unidirectional ring')

    function nominate(candidate: ProcessId) {
      state.participating = true
      send(successor, { type: 'election', candidate })
    }
    function accept(leader: ProcessId) {
      if (state.leader !== null) return
      state.leader = leader
      indicate({ type: 'leader', leader })
      send(successor, { type: 'elected', leader })
    }

    return {
      request: {
        elect() {
          if (!state.participating) nominate(self)
        },
      },
      message: {
        election({ candidate }) {
          if (candidate === self)
            accept(self) // my own nomination came all the way round
          else if (candidate > self) nominate(candidate)
          else if (!state.participating) nominate(self)
          // A weaker candidate than one already nominated here is extinguished.
        },
        elected({ leader }) {
          accept(leader) // at the leader itself the announcement ends
        },
      },
    }
  },
}
