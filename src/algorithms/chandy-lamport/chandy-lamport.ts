/**
 * Distributed snapshot.
 *
 *   K. M. Chandy and L. Lamport, "Distributed Snapshots: Determining Global
 *   States of Distributed Systems", ACM TOCS 3(1), 1985.
 *
 * Assumes   FIFO and reliable channels without duplicates; a strongly connected topology; no crashes.
 * Promises  TERMINATION     once asked of one process, every process completes, once;
 *           CONSISTENT CUT  no message is received before the cut but sent after it;
 *           CHANNEL STATE   each channel's state is just what was in transit at the cut;
 *           CONSERVATION    what the underlying algorithm conserves, the snapshot holds in full;
 *           ONE MARKER      each directed channel carries exactly one marker for each snapshot;
 *           and whatever the underlying algorithm promises, which the snapshot must not disturb.
 *
 * The snapshot is superimposed on an underlying algorithm, whose messages
 * (`basic`, as against the control message `marker`) it carries and watches.
 * Several snapshots may be under way at once, told apart by id.
 */
import { copy } from '../../lib/copy.ts'
import { type Algorithm, type ProcessId, react, type Signature } from '../../model/process.ts'
import { beneath, type Carrying } from '../../model/superposition.ts'

export type SnapshotId = string

export interface LocalSnapshot<Basic extends Signature> {
  processState: Basic['state']
  channelStates: Record<ProcessId, Basic['message'][]> // what was in transit, by sender
  recording: ProcessId[] // incoming channels whose marker is yet to come
}

export interface Snapshotting<Basic extends Signature> extends Signature {
  request: { type: 'takeSnapshot'; id: SnapshotId } | Carrying<Basic>['request']
  message: { type: 'marker'; id: SnapshotId } | Carrying<Basic>['message']
  timer: Carrying<Basic>['timer']
  indication:
    | { type: 'recorded'; id: SnapshotId }
    | { type: 'completed'; id: SnapshotId; snapshot: LocalSnapshot<Basic> }
    | Carrying<Basic>['indication']
  state: { readonly basic: Basic['state']; snapshots: Map<SnapshotId, LocalSnapshot<Basic>> }
  stable: Carrying<Basic>['stable']
}

export const chandyLamport = <Basic extends Signature>(
  underlying: Algorithm<Basic>,
): Algorithm<Snapshotting<Basic>> => ({
  initial: (place) => ({ basic: underlying.initial(place), snapshots: new Map() }),

  upon(context, state) {
    const { incoming, outgoing, send, indicate } = context
    const basic = underlying.upon(beneath<Basic>(context), state.basic)

    // Marker-sending rule: record, then put a marker on every outgoing channel
    // before anything else. A handler is atomic, so nothing can slip in between.
    function record(id: SnapshotId): LocalSnapshot<Basic> {
      const snapshot: LocalSnapshot<Basic> = {
        processState: copy(state.basic),
        channelStates: Object.fromEntries(incoming.map((channel) => [channel, []])),
        recording: [...incoming],
      }
      state.snapshots.set(id, snapshot)
      indicate({ type: 'recorded', id })
      for (const channel of outgoing) send(channel, { type: 'marker', id })
      return snapshot
    }

    return {
      start() {
        react(basic, { kind: 'start' })
      },
      request: {
        takeSnapshot({ id }) {
          if (!state.snapshots.has(id)) record(id)
        },
        basic({ request }) {
          react(basic, { kind: 'request', request })
        },
      },
      message: {
        // Marker-receiving rule: the first marker makes us record; each marker
        // divides its channel into what was sent before and after the cut.
        marker({ id }, channel) {
          const snapshot = state.snapshots.get(id) ?? record(id)
          snapshot.recording = snapshot.recording.filter((open) => open !== channel)
          if (snapshot.recording.length === 0) indicate({ type: 'completed', id, snapshot })
        },
        // A basic message that comes after we recorded but ahead of the
        // channel's marker was in transit at the cut.
        basic({ message }, channel) {
          for (const { recording, channelStates } of state.snapshots.values()) {
            if (recording.includes(channel)) channelStates[channel]!.push(copy(message))
          }
          react(basic, { kind: 'message', message, from: channel })
        },
      },
      timeout: {
        basic({ timer }) {
          react(basic, { kind: 'timeout', timer })
        },
      },
    }
  },
})
