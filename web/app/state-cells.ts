/**
 * States as the cells of a table: one level of plain records opened, so that a figure has a column
 * of its own. Pure.
 */
import { plain } from './format.ts'

type State = Readonly<Record<string, unknown>>

export type Cells = ReadonlyMap<string, string> // column -> text

const isRecord = (value: unknown): value is State => {
  if (typeof value !== 'object' || value === null) return false
  return Object.getPrototypeOf(value) === Object.prototype
}

export function cellsOf(state: State | null): Cells {
  const cells = new Map<string, string>()
  for (const [name, value] of Object.entries(state ?? {})) {
    if (!isRecord(value)) cells.set(name, plain(value))
    else for (const [field, inner] of Object.entries(value)) cells.set(`${name}.${field}`, plain(inner))
  }
  return cells
}

/** The columns whose text is another than before, or that were not there. */
export function changedCells(before: Cells, after: Cells): ReadonlySet<string> {
  return new Set([...after.keys()].filter((column) => before.get(column) !== after.get(column)))
}
