/** A counterexample and the run that it was shortened from, in words: what is left, and what first is not. */
import type { RunData } from '../model/run-data.ts'
import { exchange, type Pair } from './comparing.ts'
import { count, plural } from './format.ts'
import { selectEvent } from './state.ts'
import { deed } from './words.ts'

/** More of a kind are counted. */
const SHOWN_MOST = 6

export function ShortForm({ pair }: { readonly pair: Pair }) {
  const { short, original, kept, difference, isShortRead } = pair
  const stayed = new Set(kept.processes)
  const gone = original.processes.filter((_, process) => !stayed.has(process))
  const { added, changed } = difference
  const leftOut = difference.leftOut.filter((at) => stayed.has(original.process(at)))
  const of = (run: RunData, positions: readonly number[]) => (
    <Events run={run} positions={positions} isRead={(run === short) === isShortRead} />
  )
  return (
    <>
      <p>
        <strong>
          {count(kept.count)} of {plural(original.length, 'event')} are left
        </strong>
        {gone.length > 0 && `, at ${kept.processes.length} of ${original.processes.length} processes`}. In the
        original they are lit and what was left out is pale; on the common axis each stands where it stands
        there.
      </p>
      {gone.length > 0 && <p>Gone with all that they did: {gone.join(', ')}.</p>}
      {leftOut.length > 0 && (
        <>
          <h2>Left out first</h2>
          {of(original, leftOut)}
        </>
      )}
      {changed.length > 0 && (
        <>
          <h2>Left, but saying something else</h2>
          {of(short, changed)}
        </>
      )}
      {added.length > 0 && (
        <>
          <h2>Only in the short form</h2>
          {of(short, added)}
        </>
      )}
      <p>
        <button type="button" onClick={() => exchange()}>
          {isShortRead
            ? 'read the original, with this beside it'
            : 'read the short form, with this beside it'}
        </button>
      </p>
    </>
  )
}

function Events(props: {
  readonly run: RunData
  readonly positions: readonly number[]
  readonly isRead: boolean // else it stands beside the run that is read
}) {
  const { run, positions, isRead } = props
  const more = positions.length - SHOWN_MOST
  return (
    <ul class="plain-list partings">
      {positions.slice(0, SHOWN_MOST).map((position) => (
        <li key={position}>
          <button
            type="button"
            class="link"
            onClick={() => (isRead ? selectEvent(position) : exchange(position))}
          >
            <span class="mono">{run.processes[run.process(position)]}</span> {deed(run, position)}
          </button>
        </li>
      ))}
      {more > 0 && <li class="quiet">and {count(more)} more</li>}
    </ul>
  )
}
