/**
 * The promises of a snapshot, over any underlying algorithm. They know the
 * definitions of §3 of the paper, not the algorithm: where each process
 * recorded is the cut, and what was sent before it and not received before it
 * was in transit.
 */
import { consistentCut } from '../../checkers/consistent-cut.ts'
import { canonical } from '../../lib/canonical.ts'
import type { Conserved } from '../../model/catalogue.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { Place, ProcessId, Signature } from '../../model/process.ts'
import { type Finding, type Property, property } from '../../model/property.ts'
import type { LocalSnapshot, SnapshotId, Snapshotting } from './chandy-lamport.ts'

type Of = Snapshotting<Signature>
type Event = HistoryEvent<Of>

/** The promises; CONSERVATION only where the underlying algorithm says what it conserves. */
export const snapshotProperties = (conserves: Conserved<Signature> | null): Property<Of>[] => [
  termination,
  consistentCut({
    name: 'CONSISTENT CUT',
    recorded: (event) => recordedBy(event as Event),
    counts: (send) => send.message.type === 'basic',
  }),
  channelState,
  ...(conserves ? [conservation(conserves)] : []),
  oneMarker,
  channelNotEmpty,
]

/** The snapshot for which a process records its state in this event. */
function recordedBy(event: Event): SnapshotId | null {
  return event.kind === 'indicate' && event.indication.type === 'recorded' ? event.indication.id : null
}

function completed(event: Event): { id: SnapshotId; snapshot: LocalSnapshot<Signature> } | null {
  return event.kind === 'indicate' && event.indication.type === 'completed' ? event.indication : null
}

const termination = property<Of, { all: ProcessId[]; done: Map<SnapshotId, Map<ProcessId, number>> }>({
  name: 'TERMINATION',
  kind: 'eventually',
  initial: (places) => ({ all: places.map(({ self }) => self), done: new Map() }),
  upon({ done }, event) {
    if (event.kind === 'request' && event.request.type === 'takeSnapshot' && !done.has(event.request.id)) {
      done.set(event.request.id, new Map())
    }
    const completion = completed(event)
    if (completion === null) return undefined
    const { id } = completion
    const by = done.get(id) ?? new Map<ProcessId, number>()
    done.set(id, by)
    const first = by.get(event.at)
    by.set(event.at, first ?? event.position)
    if (first === undefined) return undefined
    return { explanation: `${event.at} completed snapshot ${id} twice`, witnesses: [first, event.position] }
  },
  atEnd({ all, done }) {
    for (const [id, by] of done) {
      const missing = all.filter((process) => !by.has(process))
      if (missing.length > 0) {
        return { explanation: `snapshot ${id}: ${missing.join(', ')} never completed`, witnesses: [] }
      }
    }
    return undefined
  },
})

interface Cut {
  readonly recordedAt: Map<ProcessId, number> // process → position
  readonly inTransit: Map<string, { text: string; witnesses: number[] }[]> // channel → what crossed the cut
  readonly said: Map<ProcessId, { states: Record<ProcessId, unknown[]>; position: number }>
}

interface Crossing {
  readonly sentAt: number
  readonly before: readonly SnapshotId[] // snapshots that the sender had recorded when it sent
}

const channelState = property<Of, { cuts: Map<SnapshotId, Cut> }, Crossing>({
  name: 'CHANNEL STATE',
  kind: 'always',
  initial: () => ({ cuts: new Map() }),
  tag: ({ cuts }, send) => ({
    sentAt: send.position,
    before: [...cuts].filter(([, { recordedAt }]) => recordedAt.has(send.at)).map(([id]) => id),
  }),
  upon({ cuts }, event, crossing) {
    const recorded = recordedBy(event)
    if (recorded !== null) cutOf(cuts, recorded).recordedAt.set(event.at, event.position)
    const completion = completed(event)
    if (completion !== null) {
      const { channelStates: states } = completion.snapshot
      cutOf(cuts, completion.id).said.set(event.at, { states, position: event.position })
    }
    if ((event.kind !== 'deliver' && event.kind !== 'lost') || event.message.type !== 'basic')
      return undefined
    const [sender, receiver] = event.kind === 'deliver' ? [event.from, event.at] : [event.at, event.to]
    for (const [id, cut] of cuts) {
      if (crossing === undefined || crossing.before.includes(id)) continue
      // Received after the receiver's cut; or lost when the sender had recorded, and so on its way at the
      // cut.
      if (!cut.recordedAt.has(event.kind === 'deliver' ? receiver : sender)) continue
      const channel = `${sender}→${receiver}`
      const messages = cut.inTransit.get(channel) ?? []
      messages.push({ text: canonical(event.message.message), witnesses: [crossing.sentAt, event.position] })
      cut.inTransit.set(channel, messages)
    }
    return undefined
  },
  atEnd({ cuts }) {
    for (const [id, { inTransit, said }] of cuts) {
      for (const [receiver, { states, position }] of said) {
        const wrong = differs(id, receiver, states, position, inTransit)
        if (wrong) return wrong
      }
    }
    return undefined
  },
})

function cutOf(cuts: Map<SnapshotId, Cut>, id: SnapshotId): Cut {
  const cut = cuts.get(id) ?? { recordedAt: new Map(), inTransit: new Map(), said: new Map() }
  cuts.set(id, cut)
  return cut
}

function differs(
  id: SnapshotId,
  receiver: ProcessId,
  states: Record<ProcessId, unknown[]>,
  position: number,
  inTransit: Cut['inTransit'],
): Finding | undefined {
  for (const [sender, recorded] of Object.entries(states)) {
    const channel = `${sender}→${receiver}`
    const crossed = inTransit.get(channel) ?? []
    const [is, says] = [crossed.map(({ text }) => text), recorded.map(canonical)]
    if (is.length === says.length && is.every((text, i) => text === says[i])) continue
    const explanation = `snapshot ${id}: ${channel} held [${is.join(' ')}] but [${says.join(' ')}] was recorded`
    const missed = crossed.filter(({ text }) => !says.includes(text))
    return { explanation, witnesses: [...((missed[0] ?? crossed[0])?.witnesses ?? []), position] }
  }
  return undefined
}

const conservation = ({ name, inState, inMessage, inAll }: Conserved<Signature>) =>
  property<Of, { processes: number; sums: Map<SnapshotId, { total: number; completed: number }> }>({
    name: 'CONSERVATION',
    kind: 'always',
    initial: (places: readonly Place[]) => ({ processes: places.length, sums: new Map() }),
    upon({ processes, sums }, event) {
      const completion = completed(event)
      if (completion === null) return undefined
      const { id, snapshot } = completion
      const sum = sums.get(id) ?? { total: 0, completed: 0 }
      sums.set(id, sum)
      sum.total += inState(snapshot.processState)
      for (const message of Object.values(snapshot.channelStates).flat()) sum.total += inMessage(message)
      sum.completed++
      const due = inAll(processes)
      if (sum.completed !== processes || sum.total === due) return undefined
      const explanation = `snapshot ${id} holds ${sum.total} ${name}; there are ${due}`
      return { explanation, witnesses: [event.position] }
    },
  })

const oneMarker = property<
  Of,
  { places: Place[]; sent: Map<SnapshotId, Map<string, number>>; done: Map<string, number> }
>({
  name: 'ONE MARKER',
  kind: 'always',
  initial: (places) => ({ places: [...places], sent: new Map(), done: new Map() }),
  upon({ places, sent, done }, event) {
    const completion = completed(event)
    if (completion !== null) done.set(completion.id, (done.get(completion.id) ?? 0) + 1)
    if (completion !== null && done.get(completion.id) === places.length) {
      const markers = sent.get(completion.id)
      const without = channelsOf(places).find((channel) => !markers?.has(channel))
      const explanation = `snapshot ${completion.id} is complete, but ${without} carried no marker`
      if (without !== undefined) return { explanation, witnesses: [event.position] }
    }
    if (event.kind !== 'send' || event.message.type !== 'marker') return undefined
    const { id } = event.message
    const channel = `${event.at}→${event.to}`
    const markers = sent.get(id) ?? new Map<string, number>()
    sent.set(id, markers)
    const first = markers.get(channel)
    if (first === undefined) markers.set(channel, event.position)
    if (first === undefined) return undefined
    const explanation = `${channel} carried a second marker of snapshot ${id}`
    return { explanation, witnesses: [first, event.position] }
  },
})

const channelsOf = (places: readonly Place[]) =>
  places.flatMap(({ self, outgoing }) => outgoing.map((to) => `${self}→${to}`))

const channelNotEmpty = property<Of, { seen: boolean }>({
  name: 'A CHANNEL WAS NOT EMPTY',
  kind: 'sometimes',
  initial: () => ({ seen: false }),
  upon(memory, event) {
    const completion = completed(event)
    if (completion && Object.values(completion.snapshot.channelStates).flat().length > 0) memory.seen = true
    return undefined
  },
  atEnd: ({ seen }) =>
    seen
      ? undefined
      : { explanation: 'all channels were empty at the cut: this run shows little', witnesses: [] },
})
