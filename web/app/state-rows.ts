/** The rows of the table of states: of every process at the cut, or of one process step by step. */
import type { RunData } from '../model/run-data.ts'
import { type Cells, cellsOf, changedCells } from './state-cells.ts'

export interface Row {
  readonly process: number
  readonly at: number // its last event in the cut, or the step; -1 for none
  readonly cells: Cells
  readonly changed: ReadonlySet<string>
  readonly exact: boolean
  readonly pending: boolean // it is being fetched
}

export function rowOf(run: RunData, process: number, at: number): Row {
  const { state, exact, position, pending } = run.stateAt(process, at)
  const cells = cellsOf(state)
  const before = position === -1 ? null : run.stateAt(process, position - 1).state
  return {
    process,
    at,
    cells,
    changed: before === null ? new Set() : changedCells(cellsOf(before), cells),
    exact: exact || state === null,
    pending,
  }
}

/** The steps of a process up to an event of it, the latest first. */
export function stepsBefore(run: RunData, process: number, at: number, most: number): number[] {
  const own = run.ofProcess(process)
  const found: number[] = []
  for (let k = own.length - 1; k >= 0 && found.length < most; k--) {
    const position = own[k]!
    if (position <= at && run.isStep(position)) found.push(position)
  }
  return found
}

/** All columns that any of the rows has; or those that are pinned, whether a row has them or not. */
export function columnsOf(rows: readonly Row[], pins: readonly string[]): readonly string[] {
  return pins.length > 0 ? pins : [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))]
}
