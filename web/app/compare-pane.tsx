/** Two runs side by side: which, where they part, and what it came to. */
import type { Parting } from '../model/compare.ts'
import type { RunData } from '../model/run-data.ts'
import { Figures } from './compare-figures.tsx'
import { comparison, exchange, other, otherProblem, pair } from './comparing.ts'
import { plural } from './format.ts'
import { ShortForm } from './short-form.tsx'
import { change, loaded, runs, seen, selectEvent } from './state.ts'
import { deed } from './words.ts'

export function ComparePane() {
  const run = loaded.value
  if (run === null) return null
  return (
    <>
      <Choice run={run} />
      {otherProblem.value !== null && <p class="problem">{otherProblem.value}</p>}
      {other.value === null ? (
        <p class="quiet">
          Beside another run, such as the same seed with one thing changed, this one shows where the two part.
        </p>
      ) : (
        <>
          {pair.value === null ? <Difference one={run} two={other.value} /> : <ShortForm pair={pair.value} />}
          <Figures one={run} two={other.value} />
        </>
      )}
    </>
  )
}

function Choice({ run }: { readonly run: RunData }) {
  const lines = (runs.value ?? []).filter(({ id }) => id !== run.run.id)
  return (
    <label class="choice">
      beside{' '}
      <select
        value={seen.with.value ?? ''}
        onChange={(event) => change({ with: event.currentTarget.value || null })}
      >
        <option value="">no other run</option>
        {lines.map(({ id, algorithm, runtime, seed, verdict, events }) => (
          <option key={id} value={id}>
            {[algorithm, runtime, `seed ${seed ?? '–'}`, verdict ?? '', eventsText(events)]
              .filter(Boolean)
              .join(' · ')}
          </option>
        ))}
      </select>
    </label>
  )
}

const eventsText = (events: number | null) => (events === null ? '' : plural(events, 'event'))

function Difference({ one, two }: { readonly one: RunData; readonly two: RunData }) {
  const { first, later } = comparison.value!
  return (
    <>
      {first.length === 0 ? (
        <p>What happened is the same at every process{later.length > 0 ? ' as far as both go' : ''}.</p>
      ) : (
        <>
          <h2>They part here first</h2>
          <Partings one={one} two={two} partings={first} />
        </>
      )}
      {later.length > 0 && (
        <details>
          <summary>and then at {later.length} more</summary>
          <Partings one={one} two={two} partings={later} />
        </details>
      )}
    </>
  )
}

function Partings(props: {
  readonly one: RunData
  readonly two: RunData
  readonly partings: readonly Parting[]
}) {
  const { one, two, partings } = props
  const says = (run: RunData, position: number) =>
    position === -1 ? 'does nothing more' : deed(run, position)
  return (
    <ul class="plain-list partings">
      {partings.map((parting) => (
        <li key={parting.name}>
          <button
            type="button"
            class="link"
            disabled={parting.one === -1}
            onClick={() => selectEvent(parting.one)}
          >
            <span class="mono">{parting.name}</span> {says(one, parting.one)}
          </button>
          <p class="quiet">
            there:{' '}
            {parting.other === -1 ? (
              says(two, parting.other)
            ) : (
              <button
                type="button"
                class="link"
                title="read the other run, with this one beside it"
                onClick={() => exchange(parting.other)}
              >
                {says(two, parting.other)}
              </button>
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}
