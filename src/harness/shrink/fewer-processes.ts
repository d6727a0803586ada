/** Fewer processes: one is taken out with all its steps, and the others are called p00, p01 … again. */
import type { ProcessId } from '../../model/process.ts'
import { processOf, type Step } from '../../model/step.ts'
import type { Arc } from '../../topology/arc.ts'
import { assemble, processIds, type Topology } from '../../topology/topology.ts'
import type { Schedule } from '../schedule.ts'
import { CHANNELS, topologyText } from '../schedule-of.ts'
import type { Item, Setting } from './trial.ts'

type Head = Setting['schedule']

/** What the others are called once a process is gone; null for itself. */
type Renaming = (id: ProcessId) => ProcessId | null

function renamingWithout(gone: number, peers: number): Renaming {
  const [old, fewer] = [processIds(peers), processIds(peers - 1)]
  const left = old.filter((_, index) => index !== gone)
  const names = new Map(left.map((id, index) => [id, fewer[index]!]))
  return (id) => names.get(id) ?? null
}

/**
 * The same setting with a process less, in the ways it can be: as the topology is called; cut down; and,
 * where the process had its place in a line or a ring, with its neighbours joined.
 */
export function* headsWithout(gone: number, head: Head, topology: Topology): Generator<Head> {
  const { peers, options, startsMs, byzantine, ...others } = head
  const rename = renamingWithout(gone, peers)
  const fewer = {
    ...others,
    peers: peers - 1,
    options: renamedOptions(options, rename),
    ...renamedLiars(byzantine, rename),
    ...(startsMs === undefined ? {} : { startsMs: startsMs.filter((_, index) => index !== gone) }),
  }
  if (typeof head.topology === 'string') yield fewer
  const ids = processIds(peers - 1)
  const arcOf = ([from, to]: readonly [ProcessId, ProcessId]): Arc[] => {
    const [a, b] = [rename(from), rename(to)]
    return a === null || b === null ? [] : [[ids.indexOf(a), ids.indexOf(b)]]
  }
  const cut = topology.channels.flatMap(arcOf)
  const of = (arcs: readonly Arc[]) => topologyText(assemble(CHANNELS, peers - 1, arcs))
  yield { ...fewer, topology: of(cut) }
  const joined = joins(gone, topology).flatMap(arcOf)
  if (joined.length > 0) yield { ...fewer, topology: of([...cut, ...joined]) }
}

/** Channels that lead past a process which has at most two of each kind. */
function joins(gone: number, { places }: Topology): [ProcessId, ProcessId][] {
  const { incoming, outgoing } = places[gone]!
  if (incoming.length > 2 || outgoing.length > 2) return []
  return incoming.flatMap((from) =>
    outgoing.flatMap((to): [ProcessId, ProcessId][] => (from === to ? [] : [[from, to]])),
  )
}

/** An option that names the process that is gone is left to its default. */
function renamedOptions(options: Schedule['options'], rename: Renaming): Schedule['options'] {
  const renamed = Object.entries(options).map(([name, value]) => [name, renamedValue(value, rename)])
  return Object.fromEntries(renamed.filter(([, value]) => value !== GONE))
}

/** Who is gone lies no more. */
function renamedLiars(byzantine: string | undefined, rename: Renaming): Pick<Head, 'byzantine'> {
  const texts = (byzantine ?? '').split(', ').flatMap((text) => {
    const ids = [...text.matchAll(PROCESS)].map(([id]) => id)
    const isThere = text !== '' && ids.every((id) => rename(id) !== null)
    return isThere ? [text.replace(PROCESS, (id) => rename(id)!)] : []
  })
  return texts.length === 0 ? {} : { byzantine: texts.join(', ') }
}

const PROCESS = /\bp\d{2,6}\b/g

/**
 * The steps of the others, by their new names. Dice mostly pick a neighbour: the first list takes them
 * to show the same one as before, the second the same face. In the third what was sent to the process
 * goes to the one behind it, where there is one.
 */
export function* itemsWithout(gone: number, topology: Topology, items: readonly Item[]): Generator<Item[]> {
  const rename = renamingWithout(gone, topology.ids.length)
  const sameFace = renamedItems(items, rename)
  const at = (id: ProcessId) => topology.places.find(({ self }) => self === id)!.outgoing
  const goneId = topology.ids[gone]!
  const sameNeighbour = renamedItems(items, rename, (step) => {
    const process = processOf(step)
    const face = process === null ? -1 : at(process).indexOf(goneId)
    if (step.dice === undefined || face < 0) return step
    return { ...step, dice: step.dice.map((shown) => (shown > face ? shown - 1 : shown)) }
  })
  yield sameNeighbour
  if (items.some(({ step }) => step.dice !== undefined)) yield sameFace
  const past = joins(gone, topology)
  if (past.length === 0) return
  yield renamedItems(items, rename, (step) => {
    const join = 'to' in step && step.to === goneId ? past.find(([from]) => from === step.from) : undefined
    return join === undefined ? step : ({ ...step, to: join[1] } as Step)
  })
}

function renamedItems(
  items: readonly Item[],
  rename: Renaming,
  change: (step: Step) => Step = (step) => step,
): Item[] {
  return items.flatMap((item) => {
    const step = renamedValue(change(item.step), rename)
    if (step === GONE) return []
    const { trace } = item
    // What was sent at the start is known by its process.
    const by = typeof trace?.by === 'string' ? rename(trace.by) : trace?.by
    return [{ ...item, step: step as Step, trace: trace === null ? null : { ...trace, by } }]
  })
}

const GONE = Symbol('names a process that is gone')

/** Plain data with other names; GONE where it names the one that is gone. */
function renamedValue(value: unknown, rename: Renaming): unknown {
  if (typeof value === 'string') return /^p\d{2,6}$/.test(value) ? (rename(value) ?? GONE) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => renamedValue(item, rename))
    return items.includes(GONE) ? GONE : items
  }
  const fields = Object.entries(value).map(([name, field]) => [name, renamedValue(field, rename)] as const)
  return fields.some(([, field]) => field === GONE) ? GONE : Object.fromEntries(fields)
}
