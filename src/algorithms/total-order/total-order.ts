/**
 * Total order broadcast: all deliver the same messages in the same order.
 *
 *   `by: sequencer`  X. Défago, A. Schiper and P. Urbán, "Total Order Broadcast and Multicast Algorithms:
 *                    Taxonomy and Survey", ACM Computing Surveys 36(4), 2004, §4.1: a fixed sequencer,
 *                    to which each message is sent and which sends it on to all, numbered (UB).
 *   `by: lamport`    L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
 *                    CACM 21(7), 1978: in the order of timestamps, ties by process; communication
 *                    history in the survey's words (§4.4). A message is delivered when everybody has
 *                    been heard with a later timestamp; acknowledgements make sure that they are.
 *
 * Assumes   a channel from everyone to everyone; FIFO and reliable channels; no crashes.
 * Promises  TOTAL ORDER     of two messages all deliver the same one first;
 *           CAUSAL ORDER    and never an answer before what it answers;
 *           VALIDITY        what is broadcast all deliver;
 *           NO DUPLICATION  nobody twice;
 *           NO CREATION     and nothing else;
 *           COST            by a sequencer n messages a broadcast, n − 1 of its own; by clocks n(n − 1).
 */
import type { Algorithm, Context, ProcessId, Signature, Upon } from '../../model/process.ts'

interface Stamped {
  readonly clock: number
  readonly origin: ProcessId
  readonly id: string
}

export interface TotalOrder extends Signature {
  request: { type: 'broadcast'; id: string }
  message:
    | { type: 'submit'; id: string }
    | { type: 'ordered'; number: number; id: string }
    | { type: 'data'; clock: number; id: string }
    | { type: 'acknowledge'; clock: number }
  timer: never
  indication: { type: 'deliver'; id: string } | { type: 'fail'; reason: string }
  state: {
    used: Set<string> // names that were broadcast here
    numbered: Set<string> // the sequencer: what has its number
    held: Map<number, string> // came before its turn
    turn: number // the number to be delivered next
    clock: number
    queue: Stamped[] // by timestamp
    heard: Map<ProcessId, number> // the latest timestamp of each
    nonsense: number // messages that cannot be right
  }
  stable: never
}

export interface Choices {
  readonly by: 'sequencer' | 'lamport'
}

export const totalOrder = ({ by }: Choices): Algorithm<TotalOrder> => ({
  initial: ({ outgoing }) => ({
    used: new Set(),
    numbered: new Set(),
    held: new Map(),
    turn: 1,
    clock: 0,
    queue: [],
    heard: new Map(outgoing.map((other) => [other, 0])),
    nonsense: 0,
  }),

  upon(context, state) {
    const { self, indicate } = context
    const { order, message } = by === 'sequencer' ? bySequencer(context, state) : byClocks(context, state)
    return {
      request: {
        broadcast({ id }) {
          if (id === '') indicate({ type: 'fail', reason: 'a message has a name of one character or more' })
          else if (state.used.has(id))
            indicate({ type: 'fail', reason: `${self}:${id} has been broadcast already` })
          else {
            state.used.add(id)
            order(`${self}:${id}`)
          }
        },
      },
      message,
    }
  },
})

interface Ordering {
  readonly order: (name: string) => void
  readonly message: Upon<TotalOrder>['message']
}

type Parts = [context: Context<TotalOrder>, state: TotalOrder['state']]

/** The first of all numbers the messages, and everyone delivers by number. */
function bySequencer(...[{ self, outgoing, send, indicate }, state]: Parts): Ordering {
  const sequencer = outgoing.reduce((least, other) => (other < least ? other : least), self)

  function number(id: string) {
    if (state.numbered.has(id)) return // a copy
    state.numbered.add(id)
    const place = state.numbered.size
    for (const other of outgoing) send(other, { type: 'ordered', number: place, id })
    hold(place, id)
  }
  function hold(place: number, id: string) {
    if (place < state.turn) return
    state.held.set(place, id)
    for (let next = state.held.get(state.turn); next !== undefined; next = state.held.get(state.turn)) {
      state.held.delete(state.turn++)
      indicate({ type: 'deliver', id: next })
    }
  }

  return {
    order(name) {
      if (self === sequencer) number(name)
      else send(sequencer, { type: 'submit', id: name })
    },
    message: {
      submit({ id }, from) {
        if (self !== sequencer || !id.startsWith(`${from}:`)) state.nonsense++
        else number(id)
      },
      ordered({ number: place, id }, from) {
        if (from !== sequencer) state.nonsense++
        else hold(place, id)
      },
      data: () => void state.nonsense++,
      acknowledge: () => void state.nonsense++,
    },
  }
}

/** Everyone stamps, all acknowledge to all; the least timestamp is delivered when nothing less can come. */
function byClocks(...[{ self, outgoing, send, indicate }, state]: Parts): Ordering {
  const { heard, queue } = state

  function toAll(message: TotalOrder['message']) {
    for (const other of outgoing) send(other, message)
  }
  function isBefore(clock: number, origin: ProcessId, than: number, whose: ProcessId): boolean {
    return clock < than || (clock === than && origin < whose)
  }
  function enqueue(stamped: Stamped) {
    const at = queue.findIndex(({ clock, origin }) => isBefore(stamped.clock, stamped.origin, clock, origin))
    queue.splice(at < 0 ? queue.length : at, 0, stamped)
  }
  // Channels are FIFO: what comes from a process later has a later timestamp than the last heard of it.
  function deliverWhatIsStable() {
    for (;;) {
      const [head] = queue
      if (head === undefined) return
      const { clock, origin, id } = head
      if (outgoing.some((other) => isBefore(heard.get(other)!, other, clock, origin))) return
      queue.shift()
      indicate({ type: 'deliver', id })
    }
  }
  /** False for what comes a second time: on a FIFO channel timestamps grow. */
  function observe(clock: number, from: ProcessId): boolean {
    if (clock <= (heard.get(from) ?? Number.POSITIVE_INFINITY)) return false
    heard.set(from, clock)
    state.clock = Math.max(state.clock, clock) + 1
    return true
  }

  return {
    order(name) {
      const clock = ++state.clock
      enqueue({ clock, origin: self, id: name })
      toAll({ type: 'data', clock, id: name })
      deliverWhatIsStable()
    },
    message: {
      data({ clock, id }, from) {
        if (!id.startsWith(`${from}:`)) {
          state.nonsense++
          return
        }
        if (!observe(clock, from)) return
        enqueue({ clock, origin: from, id })
        toAll({ type: 'acknowledge', clock: state.clock })
        deliverWhatIsStable()
      },
      acknowledge({ clock }, from) {
        if (observe(clock, from)) deliverWhatIsStable()
      },
      submit: () => void state.nonsense++,
      ordered: () => void state.nonsense++,
    },
  }
}
