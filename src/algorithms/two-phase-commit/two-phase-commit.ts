/**
 * Atomic commitment: all processes of a transaction commit it, or all abort it.
 *
 *   J. Gray, "Notes on Data Base Operating Systems", LNCS 60, 1978, §5.8.3.3.
 *   P. Bernstein, V. Hadzilacos and N. Goodman, "Concurrency Control and
 *   Recovery in Database Systems", Addison-Wesley, 1987, §7.4: here step by step.
 *
 * Assumes   a coordinator with a channel to and from everyone; reliable channels;
 *           whoever crashes recovers; a bound on delays, for AC4 alone.
 *           Neither FIFO nor the absence of duplicates.
 * Promises  AC1 AGREEMENT     all that decide, decide the same;
 *           AC2 NO WAY BACK   nobody reverses its decision;
 *           AC3 COMMIT        is decided only if all have voted yes;
 *           AC4 ALL YES       and no failures: then it is;
 *           AC5 TERMINATION   when failures are repaired, everyone decides.
 *
 * A process is *uncertain* from its yes until it learns the decision. If the
 * coordinator crashes meanwhile, nobody may be able to tell: it is blocked.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export type Decision = 'commit' | 'abort'

export interface TwoPhaseCommit extends Signature {
  request: { type: 'commit' } | { type: 'refuse' }
  message:
    | { type: 'voteRequest' }
    | { type: 'vote'; vote: 'yes' | 'no' }
    | { type: 'decision'; decision: Decision }
    | { type: 'decisionRequest' }
  timer: { type: 'votes' } | { type: 'decision' }
  indication: { type: 'voted'; vote: 'yes' | 'no' } | { type: 'decided'; decision: Decision }
  state: Logged & { yes: Set<ProcessId> } // who has voted so, of what the coordinator knows
  stable: Logged
}

/** The log, of which the last record is enough. */
export interface Logged {
  phase: 'working' | 'collecting' | 'uncertain' | Decision
  coordinating: boolean
}

export interface Patience {
  readonly timeoutMs: number // how long the coordinator waits for votes; 0: for ever
  readonly askMs: number // how often the uncertain ask; 0: only when they recover
}

export const twoPhaseCommit = ({ timeoutMs, askMs }: Patience): Algorithm<TwoPhaseCommit> => ({
  initial: () => ({ phase: 'working', coordinating: false, yes: new Set() }),

  upon({ outgoing, send, indicate, setTimer, cancelTimer, store }, state) {
    function broadcast(message: TwoPhaseCommit['message']) {
      for (const to of outgoing) send(to, message)
    }
    // What is in the log survives. A handler is atomic, so that nobody hears of
    // a vote or of a decision before it is there: otherwise a crash in between
    // would let the process forget what others rely on.
    function enter(phase: Logged['phase']) {
      state.phase = phase
      store({ phase, coordinating: state.coordinating })
    }
    function decide(decision: Decision) {
      enter(decision)
      indicate({ type: 'decided', decision })
      if (state.coordinating) broadcast({ type: 'decision', decision })
    }
    /** Before its yes a process may abort by itself. */
    function refuse() {
      indicate({ type: 'voted', vote: 'no' })
      decide('abort')
    }
    function concludeVote(decision: Decision) {
      if (timeoutMs > 0) cancelTimer({ type: 'votes' })
      decide(decision)
    }
    function commitIfAllYes() {
      if (outgoing.every((other) => state.yes.has(other))) concludeVote('commit')
    }
    /** BHG's cooperative termination: anybody may know. */
    function ask() {
      broadcast({ type: 'decisionRequest' })
      if (askMs > 0) setTimer({ type: 'decision' }, askMs, 2 * askMs)
    }

    return {
      request: {
        commit() {
          const { phase } = state
          if (state.coordinating || (phase !== 'working' && phase !== 'abort')) return
          state.coordinating = true
          enter(phase === 'abort' ? phase : 'collecting')
          if (phase === 'abort') return broadcast({ type: 'decision', decision: phase })
          indicate({ type: 'voted', vote: 'yes' })
          broadcast({ type: 'voteRequest' })
          if (timeoutMs > 0) setTimer({ type: 'votes' }, timeoutMs)
          commitIfAllYes()
        },
        refuse() {
          if (state.phase === 'working') refuse()
        },
      },
      message: {
        voteRequest(_, from) {
          if (state.phase === 'abort') send(from, { type: 'vote', vote: 'no' })
          if (state.phase !== 'working') return
          enter('uncertain')
          indicate({ type: 'voted', vote: 'yes' })
          send(from, { type: 'vote', vote: 'yes' })
          if (askMs > 0) setTimer({ type: 'decision' }, askMs, 2 * askMs)
        },
        vote({ vote }, from) {
          if (state.phase !== 'collecting') return
          if (vote === 'no') return concludeVote('abort')
          state.yes.add(from)
          commitIfAllYes()
        },
        decision({ decision }) {
          if (state.phase === 'uncertain' && askMs > 0) cancelTimer({ type: 'decision' })
          if (state.phase === 'working' || state.phase === 'uncertain') decide(decision)
        },
        decisionRequest(_, from) {
          if (state.phase === 'working') refuse()
          if (state.phase === 'commit' || state.phase === 'abort') {
            send(from, { type: 'decision', decision: state.phase })
          }
        },
      },
      timeout: {
        votes() {
          decide('abort')
        },
        decision: ask,
      },
      recover(log) {
        if (log === null) return refuse()
        Object.assign(state, log)
        if (log.phase === 'collecting') return decide('abort') // it does not know what the votes were
        if (log.phase === 'uncertain') return ask()
        const decision = log.phase as Decision
        if (log.coordinating) broadcast({ type: 'decision', decision })
      },
    }
  },
})
