/**
 * Echo: a wave over any network, and its answer.
 *
 *   E. J. H. Chang, "Echo Algorithms: Depth Parallel Operations on General
 *   Graphs", IEEE Transactions on Software Engineering SE-8(4), 1982.
 *
 * Assumes   a connected network with channels both ways; one initiator; reliable
 *           channels; no crashes. Neither FIFO nor the absence of duplicates.
 * Promises  SPANNING TREE        every process that is reached has one parent, a neighbour reached before it;
 *           CHILD IFF PARENT     whoever is done knows just those as its children whose parent it is;
 *           DECIDES AFTER ALL    when the initiator decides, every process has been reached and is done;
 *           COUNT                and the initiator has counted them;
 *           TERMINATION          once asked, the initiator decides, once;
 *           ONE MESSAGE EACH WAY on every channel.
 *
 * What comes back with the echoes is here the number of processes; it could be
 * any sum, minimum or other quantity that is put together from parts.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface Echo extends Signature {
  request: { type: 'initiate' }
  message: { type: 'explorer' } | { type: 'echo'; processes: number }
  timer: never
  indication:
    | { type: 'reached'; parent: ProcessId }
    | { type: 'done'; children: ProcessId[] }
    | { type: 'decided'; processes: number }
  state: {
    reached: boolean
    parent: ProcessId | null // of the initiator: null
    awaited: Set<ProcessId> // neighbours that have sent neither an explorer nor an echo
    children: Set<ProcessId>
    processes: number // counted so far: this one, and those below its children
  }
  stable: never
}

export const echo: Algorithm<Echo> = {
  initial: ({ incoming }) => ({
    reached: false,
    parent: null,
    awaited: new Set(incoming),
    children: new Set(),
    processes: 1,
  }),

  upon({ outgoing, send, indicate }, state) {
    const { awaited, children } = state

    function explore(parent: ProcessId | null) {
      state.reached = true
      state.parent = parent
      if (parent !== null) indicate({ type: 'reached', parent })
      for (const neighbour of outgoing) if (neighbour !== parent) send(neighbour, { type: 'explorer' })
    }
    function finishIfAllHeard() {
      if (awaited.size > 0) return
      const { parent, processes } = state
      indicate({ type: 'done', children: [...children].sort() })
      if (parent === null) indicate({ type: 'decided', processes })
      else send(parent, { type: 'echo', processes })
    }

    return {
      request: {
        initiate() {
          if (state.reached) return
          explore(null)
          finishIfAllHeard() // where there is nobody else
        },
      },
      message: {
        // One that comes later than the first has crossed one's own on the link
        // between the two: it is as good as an answer, and neither is the
        // other's parent. So each link carries one message each way.
        explorer(_, from) {
          if (!awaited.delete(from)) return // a copy
          if (!state.reached) explore(from)
          finishIfAllHeard()
        },
        echo({ processes }, from) {
          if (!awaited.delete(from)) return
          children.add(from)
          state.processes += processes
          finishIfAllHeard()
        },
      },
    }
  },
}
