import type { RunData } from '../model/run-data.ts'
import { arrived } from './arrivals.ts'
import { cut, loaded, order, selectEvent, selectedEvent } from './state.ts'
import { type Cells, cellsOf, changedCells } from './state-cells.ts'

interface Row {
  readonly process: number
  readonly at: number // its last event in the cut, -1 for none
  readonly cells: Cells
  readonly changed: ReadonlySet<string>
  readonly exact: boolean
  readonly pending: boolean // it is being fetched
}

function rowOf(run: RunData, process: number, at: number): Row {
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

/** The state of every process at the cut, a column a field; what its last step changed is marked. */
export function StatePane() {
  const run = loaded.value
  if (run === null) return null
  arrived.value // states may have to be fetched
  const rows = order.value.map((process) => rowOf(run, process, cut.value[process]!))
  const columns = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))]
  if (columns.length === 0 && rows.some(({ pending }) => pending))
    return <p class="quiet nothing-yet">States are being read …</p>
  if (columns.length === 0)
    return <p class="quiet nothing-yet">No process has a state before its first step.</p>
  return (
    <table class="states">
      <thead>
        <tr>
          <th scope="col">
            <span class="off-screen">process</span>
          </th>
          {columns.map((column) => (
            <th scope="col" key={column} title={column}>
              {column.split('.').at(-1)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <StateRow key={row.process} run={run} row={row} columns={columns} />
        ))}
      </tbody>
    </table>
  )
}

function StateRow(props: { readonly run: RunData; readonly row: Row; readonly columns: readonly string[] }) {
  const { run, row, columns } = props
  const chosen = selectedEvent.value !== null && run.process(selectedEvent.value) === row.process
  return (
    <tr class={chosen ? 'chosen' : undefined}>
      <th scope="row">
        <button type="button" class="link" disabled={row.at === -1} onClick={() => selectEvent(row.at)}>
          {run.processes[row.process]}
        </button>
        {!row.exact && (
          <abbr title="of an earlier step: what came after it was too much to be recorded"> ≈</abbr>
        )}
      </th>
      {columns.map((column) => {
        const text = row.cells.get(column) ?? ''
        const changed = row.changed.has(column)
        return (
          <td key={column} class={changed ? 'changed' : undefined} title={text}>
            {changed && <span class="off-screen">changed: </span>}
            {text}
          </td>
        )
      })}
    </tr>
  )
}
