/** What befalls processes and links at a given time, and what it makes of them. */
import type { PlannedEvent, TimedFault } from '../../model/fault.ts'
import type { Signature } from '../../model/process.ts'
import { KIND } from '../../trace-format/events.ts'
import type { Afflictions } from '../afflictions.ts'
import type { Cell } from '../cell.ts'
import type { Channels } from './channels.ts'

/** What of a simulation faults concern. */
export interface Concerned<S extends Signature, Item = unknown> {
  readonly cells: readonly Cell<S>[]
  readonly indexOf: (id: string) => number
  readonly neighbours: (process: number) => readonly number[] // in order
  readonly channels: Channels
  readonly timers: { readonly clear: (process: number) => void }
  readonly afflictions: Afflictions<Item>
  readonly timeUs: () => number
  readonly note: (kind: number, process: number, peer: number, what?: string) => void
  /** Something that waited at a process that has crashed. */
  readonly abandon: (item: Item) => void
  readonly count: (fault: string) => void
}

/** Lets a timed fault happen; one that changes nothing is none. */
export function befall<S extends Signature, Item>(world: Concerned<S, Item>, fault: PlannedEvent): void {
  if (happens(world, fault) && fault.begins) world.count(fault.text)
}

function happens<S extends Signature, Item>(world: Concerned<S, Item>, fault: PlannedEvent): boolean {
  if ('link' in fault) {
    linksChange(world, fault)
    return true
  }
  const cell = world.cells[world.indexOf(fault.process)]!
  switch (fault.kind) {
    case 'crash':
      if (cell.up) crash(world, cell)
      else return false
      return true
    case 'recover':
      if (!cell.up) recover(world, cell)
      else return false
      return true
    default: {
      const what = world.afflictions.befall(fault, cell.index, cell.up, world.timeUs())
      if (what !== null) world.note(KIND.fault, cell.index, NOBODY, `${what} (${fault.text})`)
      return what !== null
    }
  }
}

const NOBODY = -1

function linksChange<S extends Signature, Item>(
  { indexOf, note, afflictions }: Concerned<S, Item>,
  fault: Extract<TimedFault, { kind: 'cut' | 'heal' }>,
): void {
  const event = fault.kind === 'cut' ? KIND.linkDown : KIND.linkUp
  for (const [from, to] of afflictions.linksChanged(fault)) note(event, indexOf(from), indexOf(to))
}

function crash<S extends Signature, Item>(world: Concerned<S, Item>, cell: Cell<S>): void {
  const { channels, timers, afflictions, note, abandon } = world
  timers.clear(cell.index)
  cell.crash()
  afflictions.waiting.resume(cell.index, world.timeUs())
  for (const item of afflictions.waiting.clear(cell.index)) abandon(item)
  for (const peer of upNeighbours(world, cell)) {
    note(KIND.linkDown, peer, cell.index)
    channels.empty(peer, cell.index)
    channels.empty(cell.index, peer)
  }
}

function recover<S extends Signature, Item>(world: Concerned<S, Item>, cell: Cell<S>): void {
  for (const peer of upNeighbours(world, cell)) {
    const [low, high] = [Math.min(peer, cell.index), Math.max(peer, cell.index)]
    world.note(KIND.linkUp, low, high)
    world.note(KIND.linkUp, high, low)
  }
  cell.recover()
}

const upNeighbours = <S extends Signature, Item>(
  { neighbours, cells }: Concerned<S, Item>,
  { index }: Cell<S>,
): number[] => neighbours(index).filter((peer) => cells[peer]!.up)
