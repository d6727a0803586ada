import { useSignal } from '@preact/signals'
import type { JudgedProperty } from '../../src/trace-format/run.ts'
import { layBeside, originalLine, shortLines } from './comparing.ts'
import { plural, VERDICT_MARKS } from './format.ts'
import { loaded, selectEvent, selectedEvent } from './state.ts'
import { deed } from './words.ts'

export function Mark({ verdict }: { readonly verdict: string }) {
  return (
    <span class={`verdict ${verdict.replace(' ', '-')}`}>
      <span aria-hidden="true">{VERDICT_MARKS[verdict] ?? '·'}</span> {verdict}
    </span>
  )
}

/** The promises of the algorithm and what became of each; what breaks one can be gone to. */
export function VerdictPane() {
  const run = loaded.value
  if (run === null) return null
  const { outcome } = run
  if (outcome === undefined) {
    return <p class="quiet">No verdict yet: the run goes on, or was interrupted before its end.</p>
  }
  const fired = Object.entries(outcome.faultsFired)
  return (
    <>
      <BesideLinks />
      <ul class="promises">
        {inOrder(outcome.properties).map((property) => (
          <Promised key={property.name} property={property} />
        ))}
      </ul>
      {outcome.properties.length === 0 && <p class="quiet">The algorithm makes no promises.</p>}
      <dl class="facts">
        <dt>Ended</dt>
        <dd>{outcome.ended}</dd>
        {fired.length > 0 && (
          <>
            <dt>Faults fired</dt>
            <dd>{fired.map(([rule, times]) => `${rule} × ${times}`).join(', ')}</dd>
          </>
        )}
        {outcome.notes.length > 0 && (
          <>
            <dt>Note</dt>
            <dd>{outcome.notes.join('; ')}</dd>
          </>
        )}
        <dt>Repeat it</dt>
        <dd>
          <code class="command">{run.run.command}</code> <Copy text={run.run.command} />
        </dd>
      </dl>
    </>
  )
}

/** Between a counterexample and the run that it was shortened from, if both are kept. */
function BesideLinks() {
  const original = originalLine.value
  const shorts = shortLines.value
  const from = loaded.value?.run.shortenedFrom
  if (from === undefined && shorts.length === 0) return null
  const eventsOf = (events: number | null) => (events === null ? 'another run' : plural(events, 'event'))
  return (
    <div class="beside">
      {from !== undefined && original === null && (
        <p class="quiet">Shortened from the run {from.run}, which is not kept here any more.</p>
      )}
      {original !== null && (
        <p>
          Shortened from {eventsOf(original.events)}:{' '}
          <button type="button" class="link" onClick={() => layBeside(original.id)}>
            see the original beside it
          </button>
        </p>
      )}
      {shorts.map(({ id, events }) => (
        <p key={id}>
          {eventsOf(events)} of it are enough to break a promise:{' '}
          <button type="button" class="link" onClick={() => layBeside(id)}>
            see the short form beside it
          </button>
        </p>
      ))}
    </div>
  )
}

function Copy({ text }: { readonly text: string }) {
  const copied = useSignal(false)
  return (
    <button
      type="button"
      class="link"
      onClick={() => {
        void navigator.clipboard?.writeText(text).then(() => {
          copied.value = true
        })
      }}
    >
      {copied.value ? 'copied' : 'copy'}
    </button>
  )
}

/** What is broken comes first. */
function inOrder(properties: readonly JudgedProperty[]): readonly JudgedProperty[] {
  const rank = (verdict: string) => ['violated', 'unknown', 'not seen', 'valid'].indexOf(verdict)
  return properties.toSorted((a, b) => rank(a.verdict) - rank(b.verdict))
}

function Promised({ property }: { readonly property: JudgedProperty }) {
  const run = loaded.value!
  return (
    <li>
      <div class="promise">
        <Mark verdict={property.verdict} />
        <span class="promise-name">{property.name}</span>
        <span class="quiet">{property.kind}</span>
      </div>
      {property.findings.map((finding) => (
        <div class={`finding ${property.verdict.replace(' ', '-')}`} key={finding.explanation}>
          <p>{finding.explanation}</p>
          {finding.witnesses.length > 0 && (
            <ul class="witnesses" aria-label="Witnesses">
              {finding.witnesses.map((position) => (
                <li key={position}>
                  <button
                    type="button"
                    class="link"
                    aria-pressed={selectedEvent.value === position}
                    onClick={() => selectEvent(position)}
                  >
                    <span class="number">{position}</span>{' '}
                    {position < run.length
                      ? `${run.processes[run.process(position)]} ${deed(run, position)}`
                      : 'not in the file'}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </li>
  )
}
