/** What is known of the whole run: messages by type, and the tables of its results. */
import type { MessageCount, ResultTable } from '../../src/trace-format/run.ts'
import { count, plural } from './format.ts'
import { MessageStatistics } from './message-statistics.tsx'
import { loaded } from './state.ts'

const MESSAGE_COLUMNS = ['sent', 'delivered', 'lost', 'dupl.', 'bytes', 'p50', 'p99'] as const

export function MessagesPane() {
  return (
    <>
      <ByType />
      <MessageStatistics />
    </>
  )
}

function ByType() {
  const run = loaded.value
  if (run === null) return null
  const counts = run.outcome?.messages
  if (counts === undefined) return <p class="quiet">{plural(run.messages.length, 'message')} sent so far.</p>
  if (counts.length === 0) return <p class="quiet">No message was sent.</p>
  return (
    <table class="figures messages">
      <caption class="quiet">p50 and p99 are of the latency, in ms</caption>
      <thead>
        <tr>
          <th scope="col">type</th>
          {MESSAGE_COLUMNS.map((name) => (
            <th scope="col" class="figure" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map((its) => (
          <tr key={its.type}>
            <th scope="row">{its.type}</th>
            {figuresOf(its).map((figure, i) => (
              <td class="figure" key={MESSAGE_COLUMNS[i]}>
                {figure}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const figuresOf = ({ sent, delivered, lost, duplicated, bytes, latencyMs }: MessageCount) => [
  ...[sent, delivered, lost, duplicated, bytes].map(count),
  latencyMs === null ? '–' : latencyMs.p50.toFixed(2),
  latencyMs === null ? '–' : latencyMs.p99.toFixed(2),
]

export function ResultsPane() {
  const tables = loaded.value?.outcome?.tables ?? []
  if (tables.length === 0) return <p class="quiet">The algorithm reports no results of its own.</p>
  return (
    <>
      {tables.map((table) => (
        <Result key={table.title} table={table} />
      ))}
    </>
  )
}

function Result({ table }: { readonly table: ResultTable }) {
  const { title, columns, rows, summary } = table
  const figures = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'))
  return (
    <table class="figures">
      <caption>{title}</caption>
      <thead>
        <tr>
          {columns.map((name, i) => (
            <th scope="col" key={name} class={figures[i] ? 'figure' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, r) => (
          // A row of results has no name of its own and never moves.
          <tr key={`${r}`}>
            {row.map((cell, i) => (
              <td key={columns[i]} class={figures[i] ? 'figure' : undefined}>
                {typeof cell === 'number' ? count(cell) : cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {summary !== undefined && (
        <tfoot>
          <tr>
            <td colSpan={columns.length}>{summary}</td>
          </tr>
        </tfoot>
      )}
    </table>
  )
}
