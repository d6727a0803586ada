/** Two runs side by side: which, where they part, and what it came to. */
import type { Parting } from '../model/compare.ts'
import type { RunData } from '../model/run-data.ts'
import { comparison, other, otherProblem } from './comparing.ts'
import { count, duration } from './format.ts'
import { change, loaded, runs, seen, selectEvent } from './state.ts'
import { Mark } from './verdict-pane.tsx'
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
        <Difference one={run} two={other.value} />
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
        {lines.map(({ id, algorithm, runtime, seed, verdict }) => (
          <option key={id} value={id}>
            {[algorithm, runtime, `seed ${seed ?? '–'}`, verdict ?? ''].filter(Boolean).join(' · ')}
          </option>
        ))}
      </select>
    </label>
  )
}

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
      <Figures one={one} two={two} />
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
          <p class="quiet">there: {says(two, parting.other)}</p>
        </li>
      ))}
    </ul>
  )
}

/** The counts of both; a figure that differs is set off. */
function Figures({ one, two }: { readonly one: RunData; readonly two: RunData }) {
  const sent = (run: RunData, type: string) => {
    const { typeIndex, copyOf, length } = run.messages
    const wanted = run.types.indexOf(type)
    let found = 0
    for (let m = 0; m < length; m++) if (typeIndex[m] === wanted && copyOf[m] === -1) found++
    return found
  }
  const types = [...new Set([...one.types, ...two.types])]
  const took = ({ outcome }: RunData) => (outcome === undefined ? '–' : duration(outcome.durationMs * 1e6))
  const rows: readonly (readonly [string, string, string])[] = [
    ['events', count(one.length), count(two.length)],
    ['duration', took(one), took(two)],
    ...types.map((type) => [`${type} sent`, count(sent(one, type)), count(sent(two, type))] as const),
  ]
  return (
    <table class="figures">
      <thead>
        <tr>
          <td />
          <th scope="col" class="figure">
            this run
          </th>
          <th scope="col" class="figure">
            the other
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">verdict</th>
          {[one, two].map(({ outcome, run }) => (
            <td class="figure" key={run.id}>
              {outcome === undefined ? '–' : <Mark verdict={outcome.verdict} />}
            </td>
          ))}
        </tr>
        {rows.map(([name, here, there]) => (
          <tr key={name} class={here === there ? undefined : 'differs'}>
            <th scope="row">{name}</th>
            <td class="figure">{here}</td>
            <td class="figure">{there}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
