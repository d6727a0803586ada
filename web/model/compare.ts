/**
 * Where two runs part. Processes of the same name are laid side by side and
 * their events compared one by one, by what happened and not by when: a run
 * repeated with other delays may take longer and yet be the same.
 */
import type { RunData } from './run-data.ts'

/** The first event of a process that is not the same in both; -1 where one has no more. */
export interface Parting {
  readonly name: string // of the process
  readonly one: number // position
  readonly other: number // position
}

export interface Comparison {
  /**
   * Those that no other difference could have caused in either run, then the rest; each in the order of
   * the first run. Where each follows from another in one of them, as when two processes change parts,
   * those come first that do not in the first run.
   */
  readonly first: readonly Parting[]
  readonly later: readonly Parting[]
  readonly alike: ReadonlyMap<string, number> // events of each process that are the same
}

export function compare(one: RunData, other: RunData): Comparison {
  const alike = new Map<string, number>()
  const partings: Parting[] = []
  for (const name of new Set([...one.processes, ...other.processes])) {
    const [own, its] = [eventsOf(one, name), eventsOf(other, name)]
    let count = 0
    while (count < own.length && count < its.length && same(one, own[count]!, other, its[count]!)) count++
    alike.set(name, count)
    if (count < own.length || count < its.length)
      partings.push({ name, one: own[count] ?? -1, other: its[count] ?? -1 })
  }
  const [caused, causedThere] = [consequences(one, alike), consequences(other, alike)]
  const isFreeHere = (parting: Parting) => parting.one === -1 || caused[parting.one] === 0
  const isFree = (parting: Parting) =>
    isFreeHere(parting) && (parting.other === -1 || causedThere[parting.other] === 0)
  const inOrder = partings.sort((a, b) => place(a, one) - place(b, one))
  const isFirst = inOrder.some(isFree) ? isFree : isFreeHere
  return { first: inOrder.filter(isFirst), later: inOrder.filter((each) => !isFirst(each)), alike }
}

/** What the other run has of an event: the same, or where that process parts from it; -1 if nothing. */
export function counterpart(comparison: Comparison, one: RunData, other: RunData, position: number): number {
  const name = one.processes[one.process(position)]!
  const its = eventsOf(other, name)
  const index = Math.min(one.seq(position) - 1, comparison.alike.get(name) ?? 0)
  return its[index] ?? its.at(-1) ?? -1
}

/** By event of the first run: the same in the other, -1 where they have parted. */
export function counterparts({ alike }: Comparison, one: RunData, other: RunData): Int32Array {
  const found = new Int32Array(one.length).fill(-1)
  for (const [name, count] of alike) {
    const [own, its] = [eventsOf(one, name), eventsOf(other, name)]
    for (let k = 0; k < count; k++) found[own[k]!] = its[k]!
  }
  return found
}

const place = ({ one }: Parting, run: RunData) => (one === -1 ? run.length : one)

function eventsOf(run: RunData, name: string): Uint32Array {
  const process = run.processes.indexOf(name)
  return process === -1 ? new Uint32Array() : run.ofProcess(process)
}

function same(one: RunData, i: number, other: RunData, j: number): boolean {
  return (
    one.code(i) === other.code(j) &&
    nameOf(one, one.peer(i)) === nameOf(other, other.peer(j)) &&
    textOf(one, i, one.isWhole && other.isWhole) === textOf(other, j, one.isWhole && other.isWhole)
  )
}

const nameOf = (run: RunData, process: number) => run.processes[process] ?? ''

/** What an event carries; of a message what was sent. Of a run that is not wholly here only its type. */
function textOf(run: RunData, i: number, exact: boolean): string {
  if (!exact) return run.typeOf(i)
  const own = run.payloadText(i)
  const message = run.messageOf(i)
  return message === -1 ? own : `${own} ${run.payloadText(run.messages.sendAt[message]!)}`
}

/** 1 for each event in whose past is one, of any process, that the two runs do not share. */
function consequences(run: RunData, alike: ReadonlyMap<string, number>): Uint8Array {
  const after = new Uint8Array(run.length)
  const tainted = run.processes.map(() => 0) // of each process: from here on
  const differs = new Uint8Array(run.length)
  for (let i = 0; i < run.length; i++) {
    const process = run.process(i)
    const received = run.messageOfDeliver(i)
    const sentAt = received === -1 ? -1 : run.messages.sendAt[received]!
    if (sentAt !== -1 && (after[sentAt] === 1 || differs[sentAt] === 1)) tainted[process] = 1
    after[i] = tainted[process]!
    if (run.seq(i) > alike.get(run.processes[process]!)!) {
      differs[i] = 1
      tainted[process] = 1
    }
  }
  return after
}
