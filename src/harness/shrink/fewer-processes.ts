/** Fewer processes: one is taken out with all its steps, and the others are called p00, p01 … again. */
import type { ProcessId } from '../../model/process.ts'
import { processOf, type Step } from '../../model/step.ts'
import { assemble, processIds, type Topology } from '../../topology/topology.ts'
import type { Schedule } from '../schedule.ts'
import { CHANNELS, topologyText } from '../schedule-of.ts'
import type { Item, Setting } from './trial.ts'

type Head = Setting['schedule']

/** What the others are called once a process is gone; null for itself. */
export type Renaming = (id: ProcessId) => ProcessId | null

export function renamingWithout(gone: number, peers: number): Renaming {
  const [old, fewer] = [processIds(peers), processIds(peers - 1)]
  const left = old.filter((_, index) => index !== gone)
  const names = new Map(left.map((id, index) => [id, fewer[index]!]))
  return (id) => names.get(id) ?? null
}

/** The same setting with a process less, in the ways it can be: as the topology is called, and cut down. */
export function* headsWithout(gone: number, head: Head, topology: Topology): Generator<Head> {
  const { peers, options, startsMs } = head
  const rename = renamingWithout(gone, peers)
  const fewer = {
    ...head,
    peers: peers - 1,
    options: renamedOptions(options, rename),
    ...(startsMs === undefined ? {} : { startsMs: startsMs.filter((_, index) => index !== gone) }),
  }
  if (typeof head.topology === 'string') yield fewer
  const ids = processIds(peers - 1)
  const arcs = topology.channels.flatMap(([from, to]) => {
    const ends = [rename(from), rename(to)]
    return ends.includes(null) ? [] : [ends.map((id) => ids.indexOf(id!)) as [number, number]]
  })
  yield { ...fewer, topology: topologyText(assemble(CHANNELS, peers - 1, arcs)) }
}

/** An option that names the process that is gone is left to its default. */
function renamedOptions(options: Schedule['options'], rename: Renaming): Schedule['options'] {
  const renamed = Object.entries(options).map(([name, value]) => [name, renamedValue(value, rename)])
  return Object.fromEntries(renamed.filter(([, value]) => value !== GONE))
}

/**
 * The steps of the others, by their new names. Dice mostly pick a neighbour: the first list takes them
 * to show the same one as before, the second the same face.
 */
export function* itemsWithout(gone: number, topology: Topology, items: readonly Item[]): Generator<Item[]> {
  const rename = renamingWithout(gone, topology.ids.length)
  const others = items.flatMap((item) => {
    const step = renamedValue(item.step, rename)
    if (step === GONE) return []
    const { trace } = item
    // What was sent at the start is known by its process.
    const by = typeof trace?.by === 'string' ? rename(trace.by) : trace?.by
    const renamed = { ...item, step: step as Step, trace: trace === null ? null : { ...trace, by } }
    return [{ before: item, renamed }]
  })
  const goneId = topology.ids[gone]!
  const sameFace = others.map(({ renamed }) => renamed)
  const sameNeighbour = others.map(({ before, renamed }) => {
    const place = topology.places.find(({ self }) => self === processOf(before.step))
    const at = place?.outgoing.indexOf(goneId) ?? -1
    const { dice } = renamed.step
    if (dice === undefined || at < 0) return renamed
    return { ...renamed, step: { ...renamed.step, dice: dice.map((face) => (face > at ? face - 1 : face)) } }
  })
  yield sameNeighbour
  if (others.some(({ renamed }, i) => renamed !== sameNeighbour[i])) yield sameFace
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
