/**
 * Broadcast over a tree that makes itself: what comes first is passed on whole, what comes twice
 * prunes the link it came on to names alone, and a name without its message grafts the link back.
 *
 *   J. Leitão, J. Pereira and L. Rodrigues, "Epidemic Broadcast Trees", SRDS 2007:
 *   Plumtree, push-lazy-push multicast tree; Algorithms 1 (eager) and 2 (lazy, and repair).
 *
 * Beyond the paper, which leaves lost messages to its channels: a name is announced again, ever more
 * rarely, until the neighbour has confirmed that it has the message. So what a partition kept apart
 * comes together when it heals.
 *
 * Assumes   links both ways; that faults end: what is sent may be lost, doubled and overtaken; that those
 *           who do not crash stay connected, and who crashes stays down.
 * Promises  NO DUPLICATION  nobody delivers a message twice;
 *           NO CREATION     and none that nobody broadcast;
 *           VALIDITY        what a correct process broadcasts all correct processes deliver;
 *           AGREEMENT       what one of them delivers all deliver;
 *           ONCE A LINK     no channel carries a message whole twice, but for each graft once more.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface Plumtree extends Signature {
  request: { type: 'broadcast'; id: string }
  message:
    | { type: 'gossip'; id: string; round: number }
    | { type: 'prune'; id: string }
    | { type: 'graft'; id: string }
    | { type: 'ihave'; announced: string[]; confirmed: string[] }
  timer: { type: 'dispatch' } | { type: 'missing'; id: string }
  indication: { type: 'deliver'; id: string } | { type: 'fail'; reason: string }
  state: {
    received: Map<string, number> // message → the round in which it came
    lazy: Set<ProcessId> // neighbours that get names; the others are eager
    missing: Map<string, ProcessId[]> // announced and not here: by whom, in order
    owed: Map<ProcessId, Map<string, Wait>> // what a neighbour has not confirmed
    confirm: Map<ProcessId, string[]> // what it has to be told at the next dispatch
    dispatching: boolean
    nonsense: Map<ProcessId, number> // of whom, how many messages that cannot be right
  }
  stable: never
}

/** Dispatches until a name is announced, and those until the time after. */
interface Wait {
  left: number
  next: number
}

export interface Choices {
  readonly dispatchMs: number // how long names and confirmations are gathered
  readonly graftMs: number // how long the message may be late behind its name
}

/** What went out whole is announced after so many dispatches without a word, for it may have been lost. */
const EAGER_WAIT = 4
/** The longest pause between two announcements, in dispatches. */
const WAIT_MAX = 8

export const plumtree = ({ dispatchMs, graftMs }: Choices): Algorithm<Plumtree> => ({
  initial: ({ outgoing }) => ({
    received: new Map(),
    lazy: new Set(),
    missing: new Map(),
    owed: new Map(outgoing.map((peer) => [peer, new Map()])),
    confirm: new Map(),
    dispatching: false,
    nonsense: new Map(),
  }),

  upon({ self, outgoing, send, indicate, setTimer, cancelTimer }, state) {
    const { received, lazy, missing, owed, confirm, nonsense } = state

    function deliver(id: string, round: number, from: ProcessId | null) {
      received.set(id, round)
      indicate({ type: 'deliver', id })
      for (const peer of outgoing) if (peer !== from) push(peer, id, round + 1)
      dispatchSoon()
    }
    function push(peer: ProcessId, id: string, round: number) {
      const isLazy = lazy.has(peer)
      if (!isLazy) send(peer, { type: 'gossip', id, round })
      owed.get(peer)!.set(id, isLazy ? { left: 1, next: 2 } : { left: EAGER_WAIT, next: EAGER_WAIT })
    }
    function dispatchSoon() {
      if (state.dispatching) return
      state.dispatching = true
      setTimer({ type: 'dispatch' }, dispatchMs)
    }
    /** The neighbour has it: that is known from now on, and it is to know the same of this process. */
    function has(peer: ProcessId, id: string) {
      owed.get(peer)!.delete(id)
    }
    function confirmTo(peer: ProcessId, id: string) {
      confirm.set(peer, [...(confirm.get(peer) ?? []), id])
      dispatchSoon()
    }
    function isNeighbour(from: ProcessId): boolean {
      if (owed.has(from)) return true
      nonsense.set(from, (nonsense.get(from) ?? 0) + 1)
      return false
    }
    function askForMissing(id: string) {
      if (!missing.has(id)) setTimer({ type: 'missing', id }, graftMs)
    }

    return {
      request: {
        broadcast({ id }) {
          const name = `${self}:${id}`
          if (id === '') indicate({ type: 'fail', reason: 'a message has a name of one character or more' })
          else if (received.has(name))
            indicate({ type: 'fail', reason: `${name} has been broadcast already` })
          else deliver(name, 0, null)
        },
      },
      message: {
        gossip({ id, round }, from) {
          if (!isNeighbour(from)) return
          has(from, id)
          if (received.has(id)) {
            lazy.add(from)
            send(from, { type: 'prune', id })
            return
          }
          if (missing.delete(id)) cancelTimer({ type: 'missing', id })
          lazy.delete(from) // the link is one of the tree
          confirmTo(from, id)
          deliver(id, round, from)
        },
        prune({ id }, from) {
          if (!isNeighbour(from)) return
          lazy.add(from)
          has(from, id)
        },
        ihave({ announced, confirmed }, from) {
          if (!isNeighbour(from)) return
          for (const id of confirmed) has(from, id)
          for (const id of announced) {
            has(from, id)
            if (received.has(id)) confirmTo(from, id)
            else {
              askForMissing(id)
              const known = missing.get(id) ?? []
              if (!known.includes(from)) missing.set(id, [...known, from])
            }
          }
        },
        graft({ id }, from) {
          if (!isNeighbour(from)) return
          lazy.delete(from)
          const round = received.get(id)
          if (round !== undefined) push(from, id, round + 1)
          else nonsense.set(from, (nonsense.get(from) ?? 0) + 1) // it was never announced to anybody
        },
      },
      timeout: {
        // One after the other is asked. With nobody left to ask it waits for the next announcement,
        // which comes as long as this process has not confirmed.
        missing({ id }) {
          const [first, ...rest] = missing.get(id) ?? []
          if (first === undefined) {
            missing.delete(id)
            return
          }
          missing.set(id, rest)
          lazy.delete(first)
          send(first, { type: 'graft', id })
          setTimer({ type: 'missing', id }, graftMs)
        },
        dispatch() {
          state.dispatching = false
          for (const peer of outgoing) {
            const waits = owed.get(peer)!
            const announced: string[] = []
            for (const [id, wait] of waits) {
              if (--wait.left > 0) continue
              announced.push(id)
              wait.left = wait.next
              wait.next = Math.min(2 * wait.next, WAIT_MAX)
            }
            announced.sort() // a map has no order of its own
            const confirmed = confirm.get(peer) ?? []
            if (announced.length + confirmed.length > 0) send(peer, { type: 'ihave', announced, confirmed })
            if (waits.size > 0) dispatchSoon()
          }
          confirm.clear()
        },
      },
    }
  },
})
