/**
 * A shared register on top of messages: every process holds a copy of it, and
 * an operation asks a majority twice.
 *
 *   H. Attiya, A. Bar-Noy and D. Dolev, "Sharing Memory Robustly in
 *   Message-Passing Systems", JACM 42(1), 1995; for several writers as in
 *   N. Lynch and A. Shvartsman, "Robust Emulation of Shared Memory Using
 *   Dynamic Quorum-Acknowledged Broadcasts", FTCS 1997.
 *
 * Assumes   a channel from everyone to everyone; what correct processes send each other arrives; fewer than
 *           half of the processes crash, and stay down. Neither FIFO nor the absence of duplicates. There is
 *           no retransmission: to withstand loss, send again until the quorum has answered.
 * Promises  ATOMICITY    each operation seems to happen at one moment between its request and its answer;
 *           TERMINATION  every operation asked of a process that stays up is answered, once;
 *           NO INVENTION what is read was asked to be written, or is the nothing of the beginning;
 *           TWO ROUNDS   an operation asks each other process at most twice.
 *
 * A process is a client and a copy at once, and makes one operation at a time:
 * what it is asked meanwhile waits its turn.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export type OperationId = string

/** A value with the tag that orders it: by number, then by writer. `null` is what nobody wrote. */
export interface Version {
  number: number
  writer: ProcessId | null
  value: string | null
}

interface Current {
  request: AbdRegister['request']
  round: 'query' | 'propagate'
  heard: Set<ProcessId>
  version: Version // the newest heard of; then the one that is propagated
}

export interface AbdRegister extends Signature {
  request: { type: 'read'; id: OperationId } | { type: 'write'; id: OperationId; value: string }
  message:
    | { type: 'query'; phase: number }
    | ({ type: 'answer'; phase: number } & Version)
    | ({ type: 'propagate'; phase: number } & Version)
    | { type: 'ack'; phase: number }
  timer: never
  indication: { type: 'ok'; id: OperationId; value: string | null } // read, or written
  state: {
    version: Version
    phase: number // of the round under way; tells its answers from late ones
    current: Current | null
    waiting: AbdRegister['request'][]
  }
  stable: never
}

const NOTHING: Version = { number: 0, writer: null, value: null }

export const newer = (a: Version, b: Version): boolean =>
  a.number > b.number || (a.number === b.number && (a.writer ?? '') > (b.writer ?? ''))

/** A copy, whatever else is in it, and always in this order of fields: a message is the same to the byte. */
const versionOf = ({ number, writer, value }: Version): Version => ({ number, writer, value })

export const abdRegister: Algorithm<AbdRegister> = {
  initial: () => ({ version: versionOf(NOTHING), phase: 0, current: null, waiting: [] }),

  upon({ self, outgoing, send, indicate }, state) {
    const majority = Math.floor((outgoing.length + 1) / 2) + 1 // any two have a process in common

    function adopt(version: Version) {
      if (newer(version, state.version)) state.version = versionOf(version)
    }
    function begin(request: AbdRegister['request']) {
      state.current = { request, round: 'query', heard: new Set(), version: versionOf(state.version) }
      state.phase++
      for (const peer of outgoing) send(peer, { type: 'query', phase: state.phase })
      heard(self)
    }
    function propagate(current: Current, version: Version) {
      state.current = { ...current, round: 'propagate', heard: new Set(), version }
      state.phase++
      adopt(version)
      for (const peer of outgoing)
        send(peer, { type: 'propagate', phase: state.phase, ...versionOf(version) })
      heard(self)
    }
    function heard(from: ProcessId) {
      const current = state.current!
      current.heard.add(from)
      if (current.heard.size < majority) return
      if (current.round === 'propagate') return finish(current)
      const { request, version } = current
      // A read propagates as well: whoever reads later must not read what is older.
      if (request.type === 'read') propagate(current, version)
      else propagate(current, { number: version.number + 1, writer: self, value: request.value })
    }
    function finish({ request, version }: Current) {
      state.current = null
      indicate({ type: 'ok', id: request.id, value: version.value })
      const next = state.waiting.shift()
      if (next !== undefined) begin(next)
    }
    function ask(request: AbdRegister['request']) {
      if (state.current === null) begin(request)
      else state.waiting.push(request)
    }

    return {
      request: { read: ask, write: ask },
      message: {
        query({ phase }, from) {
          send(from, { type: 'answer', phase, ...versionOf(state.version) })
        },
        answer({ phase, ...version }, from) {
          if (phase !== state.phase || state.current?.round !== 'query') return // late
          if (newer(version, state.current.version)) state.current.version = versionOf(version)
          heard(from)
        },
        propagate({ phase, ...version }, from) {
          adopt(version)
          send(from, { type: 'ack', phase })
        },
        ack({ phase }, from) {
          if (phase === state.phase && state.current?.round === 'propagate') heard(from)
        },
      },
    }
  },
}
