/** The operations of the run, as a list: what was asked, how long it took and what it cost. */
import { operationFigures, operationNs } from '../model/operation-figures.ts'
import type { Link } from '../model/traces.ts'
import { count, duration, moment, plural } from './format.ts'
import { isSearching } from './matching.ts'
import { change, loaded, seen, selectEvent } from './state.ts'
import {
  listedOperations,
  ORDERS,
  type OrderName,
  openTrace,
  orderName,
  shownLinks,
  shownTrace,
  traceOfCursor,
} from './traces.ts'
import './traces-pane.css'
import { VirtualList } from './virtual-list.tsx'
import { deed } from './words.ts'

export function TracesPane() {
  const run = loaded.value
  if (run === null) return null
  const listed = listedOperations.value
  const root = shownTrace.value?.root ?? -1
  return (
    <div class="traces">
      <Controls />
      {listed.length > 0 && (
        <p class="trace-line trace-head quiet" aria-hidden="true">
          <span>began</span>
          <span>operation</span>
          <span class="figure">took</span>
          <span class="figure">mess.</span>
          <span class="figure">proc.</span>
        </p>
      )}
      <VirtualList
        label={`Operations: ${listed.length} of ${run.operations.length}`}
        id="operation"
        length={listed.length}
        selected={listed.findIndex((operation) => run.operations[operation]!.position === root)}
        choose={(row) => openTrace(run.operations[listed[row]!]!.position)}
        empty={emptyWords(run.operations.length)}
        row={(row) => <OperationLine operation={listed[row]!} />}
      />
      <Links />
    </div>
  )
}

function emptyWords(operations: number): string {
  if (isSearching.value) return 'Looking through what events say …'
  if (operations > 0) return 'No operation has an event that the text finds.'
  return 'No process was asked for anything. Select an event to see the trace that it belongs to.'
}

function Controls() {
  const other = traceOfCursor.value
  const run = loaded.value!
  return (
    <div class="controls">
      <label>
        <span class="off-screen">Order of the operations</span>
        <select
          value={orderName.value}
          onChange={(event) => change({ traces: event.currentTarget.value as OrderName })}
        >
          {Object.entries(ORDERS).map(([name, { shown }]) => (
            <option key={name} value={name}>
              {shown}
            </option>
          ))}
        </select>
      </label>
      {other !== -1 ? (
        <button
          type="button"
          title={`${run.processes[run.process(other)]} ${deed(run, other)}`}
          onClick={() => change({ trace: other })}
        >
          trace of the selection
        </button>
      ) : (
        seen.trace.value === null &&
        run.operations.length > 0 && <span class="quiet">choose one to see it drawn</span>
      )}
    </div>
  )
}

function OperationLine({ operation }: { readonly operation: number }) {
  const run = loaded.value!
  const { position, process, type } = run.operations[operation]!
  const figures = operationFigures(run, null)
  const [messages, processes] = [figures.messages[operation]!, figures.processes[operation]!]
  return (
    <span class="trace-line">
      <span class="number">{duration(run.timeNs(position))}</span>
      <span title={`${type} at ${run.processes[process]}`}>
        {type} <span class="mono quiet">{run.processes[process]}</span>
      </span>
      <span class="figure">
        <span class="off-screen">took </span>
        {duration(operationNs(run, operation))}
      </span>
      <span class="figure">
        {count(messages)}
        <span class="off-screen"> messages</span>
      </span>
      <span class="figure">
        {processes}
        <span class="off-screen"> processes</span>
      </span>
    </span>
  )
}

const SHOWN_MOST = 50

/** Where the trace that is drawn came from, and where it leads to others. */
function Links() {
  const links = shownLinks.value
  if (links.length === 0) return null
  return (
    <section class="trace-links" aria-label="Links to other traces">
      <h2>{plural(links.length, 'link')} to other traces</h2>
      <ul class="plain-list">
        {links.slice(0, SHOWN_MOST).map((link) => (
          <li key={`${link.at} ${link.to}`}>
            <LinkLine link={link} />
          </li>
        ))}
      </ul>
      {links.length > SHOWN_MOST && <p class="quiet">… and {links.length - SHOWN_MOST} more</p>}
    </section>
  )
}

const WHY = {
  in: { timer: 'begun by a timer:', far: 'begun too many messages away:', crash: 'begun after a crash:' },
  out: { timer: 'a timer of it:', far: 'goes on, too many messages away:', crash: '' },
} as const

function LinkLine({ link: { row, to, why } }: { readonly link: Link }) {
  const run = loaded.value!
  const step = run.stepOf(to)
  return (
    <>
      <span class="quiet">{WHY[row === -1 ? 'in' : 'out'][why]}</span>{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          if (step === -1) return selectEvent(to)
          openTrace(to)
        }}
      >
        {run.processes[run.process(to)]} {deed(run, to)} at {moment(run.timeNs(to))}
      </button>
    </>
  )
}
