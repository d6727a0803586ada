/**
 * What others say that does not stand up: it is counted, dropped, and held against them for a while.
 *
 * The subtle step is what proves a lie. A channel may copy a message, a process may crash between two
 * answers or change its chain: an answer that comes twice, a block that is not there and blocks that
 * do not fit together prove nothing. They lower a score as well, for a liar says the same; but only
 * what no honest process ever says is a proof.
 */
import type { Context, ProcessId } from '../../model/process.ts'
import type { Blockchain } from './vocabulary.ts'

/** Whose score is as low is not believed: two false statements in short succession. */
const DISTRUSTED = -16
const FALSE = 8
/** An answer that nobody asked for costs one, and of itself never all: the channel may have copied it. */
const UNASKED_MIN = DISTRUSTED / 2

export type Refused = keyof Blockchain['state']['refused']

export function standing({ indicate }: Context<Blockchain>, state: Blockchain['state']) {
  const scoreOf = (peer: ProcessId) => state.scores.get(peer) ?? 0

  return {
    isBelieved: (peer: ProcessId) => scoreOf(peer) > DISTRUSTED,
    blame(peer: ProcessId, kind: Refused, why: string, isProved: boolean) {
      state.refused[kind]++
      state.scores.set(peer, scoreOf(peer) - FALSE)
      indicate({ type: 'foundOut', peer, why, isProved })
    },
    asked(peer: ProcessId) {
      state.due.set(peer, (state.due.get(peer) ?? 0) + 1)
    },
    /** Whether an answer of it is due; one that is not is a replay, or from a stranger. */
    isDue(peer: ProcessId): boolean {
      const due = state.due.get(peer) ?? 0
      if (due === 0) {
        state.refused.unasked++
        if (scoreOf(peer) > UNASKED_MIN) state.scores.set(peer, scoreOf(peer) - 1)
      } else if (due === 1) state.due.delete(peer)
      else state.due.set(peer, due - 1)
      return due > 0
    },
    /** A round later everything weighs less. */
    forgive() {
      for (const [peer, score] of state.scores) {
        if (score >= -1) state.scores.delete(peer)
        else state.scores.set(peer, score + 1)
      }
    },
  }
}

export type Standing = ReturnType<typeof standing>
