/**
 * The states at the cut: a row a process, a column a field, and what the last step changed marked. Fields
 * can be pinned, which leaves the others out; one process can be followed, step by step.
 */
import type { RunData } from '../model/run-data.ts'
import { arrived } from './arrivals.ts'
import { change, cut, loaded, order, seen, selectEvent, selectedEvent } from './state.ts'
import { columnsOf, type Row, rowOf, stepsBefore } from './state-rows.ts'
import { deed } from './words.ts'

/** Steps of a process that is followed. */
const STEPS_SHOWN = 40

export function StatePane() {
  const run = loaded.value
  if (run === null) return null
  arrived.value // states may have to be fetched
  const followed = seen.follow.value
  const isFollowing = followed !== null && followed < run.processes.length
  const rows = isFollowing
    ? stepsBefore(run, followed, cut.value[followed]!, STEPS_SHOWN).map((at) => rowOf(run, followed, at))
    : order.value.map((process) => rowOf(run, process, cut.value[process]!))
  const all = columnsOf(rows, [])
  return (
    <>
      <Controls run={run} all={all} />
      {seen.pins.value.length + all.length === 0 ? (
        <p class="quiet nothing-yet">
          {rows.some(({ pending }) => pending)
            ? 'States are being read …'
            : 'No process has a state before its first step.'}
        </p>
      ) : (
        <States run={run} rows={rows} isFollowing={isFollowing} />
      )}
    </>
  )
}

function Controls({ run, all }: { readonly run: RunData; readonly all: readonly string[] }) {
  const pins = seen.pins.value
  const fields = [...new Set([...pins, ...all])]
  const toggle = (field: string) =>
    change({ pins: pins.includes(field) ? pins.filter((each) => each !== field) : [...pins, field] })
  return (
    <div class="controls">
      <label>
        <span class="off-screen">Whose states</span>
        <select
          value={seen.follow.value ?? ''}
          onChange={({ currentTarget: { value } }) => change({ follow: value === '' ? null : Number(value) })}
        >
          <option value="">every process</option>
          {run.processes.map((name, process) => (
            <option key={name} value={process}>
              follow {name}
            </option>
          ))}
        </select>
      </label>
      <details class="menu">
        <summary>{pins.length === 0 ? 'all fields' : `${pins.length} pinned`}</summary>
        <div class="menu-body">
          <button type="button" disabled={pins.length === 0} onClick={() => change({ pins: [] })}>
            all fields
          </button>
          <div class="checks fields-menu">
            {fields.map((field) => (
              <label key={field}>
                <input type="checkbox" checked={pins.includes(field)} onChange={() => toggle(field)} />
                {field}
              </label>
            ))}
          </div>
        </div>
      </details>
    </div>
  )
}

function States(props: {
  readonly run: RunData
  readonly rows: readonly Row[]
  readonly isFollowing: boolean
}) {
  const { run, rows, isFollowing } = props
  const columns = columnsOf(rows, seen.pins.value)
  return (
    <table class="states">
      <thead>
        <tr>
          <th scope="col">
            <span class={isFollowing ? undefined : 'off-screen'}>
              {isFollowing ? `step of ${run.processes[seen.follow.value!]}` : 'process'}
            </span>
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
          <StateRow
            key={isFollowing ? row.at : row.process}
            name={isFollowing ? `${row.at} ${deed(run, row.at)}` : run.processes[row.process]!}
            run={run}
            row={row}
            columns={columns}
          />
        ))}
      </tbody>
    </table>
  )
}

function StateRow(props: {
  readonly run: RunData
  readonly row: Row
  readonly name: string
  readonly columns: readonly string[]
}) {
  const { run, row, name, columns } = props
  const at = selectedEvent.value
  const isFollowed = seen.follow.value !== null
  const chosen = at !== null && (isFollowed ? run.stepOf(at) === row.at : run.process(at) === row.process)
  return (
    <tr class={chosen ? 'chosen' : undefined}>
      <th scope="row">
        <button type="button" class="link" disabled={row.at === -1} onClick={() => selectEvent(row.at)}>
          {name}
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
