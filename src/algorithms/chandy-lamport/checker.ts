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
import { carried } from './carried.ts'
import type { LocalSnapshot, SnapshotId, Snapshotting } from './chandy-lamport.ts'

type Of = Snapshotting<Signature>
type Event = HistoryEvent<Of>

/**
 * The promises; CONSERVATION only where the underlying algorithm says what it conserves. The snapshot
 * must not disturb what it is taken of: the promises of the algorithm beneath hold as ever. One whose
 * name is taken bears that of its algorithm as well.
 */
export function snapshotProperties(
  conserves: Conserved<Signature> | null,
  beneath: { readonly name: string; readonly promises: readonly Property<Signature>[] },
): Property<Of>[] {
  const own = [
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
  const taken = new Set(own.map(({ name }) => name))
  const basic = beneath.promises
    .filter(({ kind }) => kind !== 'sometimes')
    .map((promise) =>
      taken.has(promise.name) ? { ...promise, name: `${beneath.name}: ${promise.name}` } : promise,
    )
  return [...own, ...basic.map(carried)]
}

/** The snapshot for which a process records its state in this event. */
function recordedBy(event: Event): SnapshotId | null {
  return event.kind === 'indicate' && event.indication.type === 'recorded' ? event.indication.id : null
}

function completed(event: Event): { id: SnapshotId; snapshot: LocalSnapshot<Signature> } | null {
  return event.kind === 'indicate' && event.indication.type === 'completed' ? event.indication : null
}

interface Progress {
  readonly askedAt: number[]
  readonly by: Map<ProcessId, number> // who has completed, and where
}

const termination = property<Of, { all: ProcessId[]; snapshots: Map<SnapshotId, Progress> }>({
  name: 'TERMINATION',
  kind: 'eventually',
  sees: ['request', 'indicate'],
  initial: (places) => ({ all: places.map(({ self }) => self), snapshots: new Map() }),
  upon({ snapshots }, event) {
    const progressOf = (id: SnapshotId) => inserted(snapshots, id, () => ({ askedAt: [], by: new Map() }))
    if (event.kind === 'request' && event.request.type === 'takeSnapshot') {
      progressOf(event.request.id).askedAt.push(event.position)
    }
    const completion = completed(event)
    if (completion === null) return undefined
    const { by } = progressOf(completion.id)
    const first = by.get(event.at)
    if (first === undefined) {
      by.set(event.at, event.position)
      return undefined
    }
    const explanation = `${event.at} completed snapshot ${completion.id} twice`
    return { explanation, witnesses: [first, event.position] }
  },
  atEnd({ all, snapshots }) {
    for (const [id, { askedAt, by }] of snapshots) {
      const missing = all.filter((process) => !by.has(process))
      if (missing.length === 0) continue
      const explanation = `snapshot ${id}: ${missing.join(', ')} never completed`
      return { explanation, witnesses: [...askedAt, ...by.values()] }
    }
    return undefined
  },
})

/** A basic message that came when its receiver had recorded, or was lost when its sender had. */
interface Arrival {
  readonly text: string
  readonly crossed: boolean // the cut: sent before its sender recorded
  readonly witnesses: readonly number[]
}

interface Cut {
  readonly recordedAt: Map<ProcessId, number>
  /** By channel; what did not cross only until the receiver has completed. */
  readonly arrivals: Map<string, Arrival[]>
  readonly said: Map<ProcessId, { states: Record<ProcessId, unknown[]>; position: number }>
}

interface Crossing {
  readonly sentAt: number
  readonly after: readonly SnapshotId[] // snapshots that the sender had recorded when it sent
}

const channelState = property<Of, { cuts: Map<SnapshotId, Cut> }, Crossing>({
  name: 'CHANNEL STATE',
  kind: 'always',
  sees: ['indicate', 'deliver', 'lost'],
  initial: () => ({ cuts: new Map() }),
  tag: ({ cuts }, send) => ({
    sentAt: send.position,
    after: [...cuts].filter(([, { recordedAt }]) => recordedAt.has(send.at)).map(([id]) => id),
  }),
  upon({ cuts }, event, crossing) {
    const cutOf = (id: SnapshotId) =>
      inserted(cuts, id, () => ({ recordedAt: new Map(), arrivals: new Map(), said: new Map() }))
    const recorded = recordedBy(event)
    if (recorded !== null) cutOf(recorded).recordedAt.set(event.at, event.position)
    const completion = completed(event)
    if (completion !== null) {
      const { channelStates: states } = completion.snapshot
      cutOf(completion.id).said.set(event.at, { states, position: event.position })
    }
    if (event.kind !== 'deliver' && event.kind !== 'lost') return undefined
    if (event.message.type !== 'basic' || crossing === undefined) return undefined
    const [sender, receiver] = event.kind === 'deliver' ? [event.from, event.at] : [event.at, event.to]
    const arrival = {
      text: canonical(event.message.message),
      witnesses: [crossing.sentAt, event.position],
    }
    for (const [id, { recordedAt, arrivals, said }] of cuts) {
      const crossed = !crossing.after.includes(id)
      // Came after the receiver recorded; or was lost after the sender recorded: on its way at the cut.
      if (!recordedAt.has(event.kind === 'deliver' ? receiver : sender)) continue
      if (!crossed && (said.has(receiver) || event.kind === 'lost')) continue
      inserted(arrivals, `${sender}→${receiver}`, () => []).push({ ...arrival, crossed })
    }
    return undefined
  },
  atEnd({ cuts }) {
    for (const [id, { arrivals, said }] of cuts) {
      for (const [receiver, { states, position }] of said) {
        for (const [sender, recorded] of Object.entries(states)) {
          const channel = `${sender}→${receiver}`
          const wrong = differs(arrivals.get(channel) ?? [], recorded.map(canonical))
          if (wrong === null) continue
          const explanation = `snapshot ${id}: ${channel} ${wrong.explanation}`
          return { explanation, witnesses: [...wrong.witnesses, position] }
        }
      }
    }
    return undefined
  },
})

/** What was in transit against what was recorded; witnesses are of the first message missing or too much. */
function differs(arrivals: readonly Arrival[], says: readonly string[]): Finding | null {
  const is = arrivals.filter(({ crossed }) => crossed).map(({ text }) => text)
  if (is.length === says.length && is.every((text, i) => text === says[i])) return null
  // Equal messages cannot be told apart; what was recorded is taken to be what came first.
  let next = 0
  const wrong = arrivals.find(({ text, crossed }) => {
    const isRecorded = text === says[next]
    if (isRecorded) next++
    return isRecorded !== crossed
  })
  const explanation = `held [${is.join(' ')}] but [${says.join(' ')}] was recorded`
  return { explanation, witnesses: wrong?.witnesses ?? [] }
}

/** The value of a key, put there if there was none. */
function inserted<K, V>(map: Map<K, V>, key: K, fresh: () => V): V {
  const value = map.get(key) ?? fresh()
  map.set(key, value)
  return value
}

type Completions = Map<ProcessId, { total: number; position: number }>

const conservation = ({ name, inState, inMessage, inAll }: Conserved<Signature>) =>
  property<Of, { processes: number; sums: Map<SnapshotId, Completions> }>({
    name: 'CONSERVATION',
    kind: 'always',
    sees: ['indicate'],
    initial: (places) => ({ processes: places.length, sums: new Map() }),
    upon({ processes, sums }, event) {
      const completion = completed(event)
      if (completion === null) return undefined
      const { id, snapshot } = completion
      const parts = inserted(sums, id, () => new Map())
      if (parts.has(event.at)) return undefined // a second completion: that is for TERMINATION
      const inTransit = Object.values(snapshot.channelStates).flat().map(inMessage)
      const total = inTransit.reduce((sum, amount) => sum + amount, inState(snapshot.processState))
      parts.set(event.at, { total, position: event.position })
      const sum = [...parts.values()].reduce((all, part) => all + part.total, 0)
      if (parts.size !== processes || sum === inAll(processes)) return undefined
      const explanation = `snapshot ${id} holds ${sum} ${name}; there are ${inAll(processes)}`
      return { explanation, witnesses: [...parts.values()].map(({ position }) => position) }
    },
  })

interface Markers {
  readonly sent: Map<string, number> // channel → where
  readonly done: Set<ProcessId>
}

const oneMarker = property<Of, { places: Place[]; snapshots: Map<SnapshotId, Markers> }>({
  name: 'ONE MARKER',
  kind: 'always',
  sees: ['indicate', 'send'],
  initial: (places) => ({ places: [...places], snapshots: new Map() }),
  upon({ places, snapshots }, event) {
    const markersOf = (id: SnapshotId) =>
      inserted(snapshots, id, () => ({ sent: new Map(), done: new Set() }))
    const completion = completed(event)
    if (completion !== null) {
      const { sent, done } = markersOf(completion.id)
      if (done.size === done.add(event.at).size || done.size < places.length) return undefined
      const without = channelsOf(places).find((channel) => !sent.has(channel))
      const explanation = `snapshot ${completion.id} is complete, but ${without} carried no marker`
      return without === undefined ? undefined : { explanation, witnesses: [event.position] }
    }
    if (event.kind !== 'send' || event.message.type !== 'marker') return undefined
    const { id } = event.message
    const { sent } = markersOf(id)
    const channel = `${event.at}→${event.to}`
    const first = sent.get(channel)
    if (first === undefined) {
      sent.set(channel, event.position)
      return undefined
    }
    const explanation = `${channel} carried a second marker of snapshot ${id}`
    return { explanation, witnesses: [first, event.position] }
  },
})

const channelsOf = (places: readonly Place[]) =>
  places.flatMap(({ self, outgoing }) => outgoing.map((to) => `${self}→${to}`))

const channelNotEmpty = property<Of, { seen: boolean }>({
  name: 'A CHANNEL WAS NOT EMPTY',
  kind: 'sometimes',
  sees: ['indicate'],
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
