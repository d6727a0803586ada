import { type ComponentChildren, Fragment } from 'preact'
import { coneOf } from '../model/causality.ts'
import type { RunData } from '../model/run-data.ts'
import { whyChain } from '../model/why.ts'
import { arrived } from './arrivals.ts'
import { AtCut } from './at-cut.tsx'
import { duration, moment, plain, plural } from './format.ts'
import { KEYS } from './keys.ts'
import { loaded, moveCut, seen, selectEvent, selectedEvent, selectedMessage } from './state.ts'
import { deed, said } from './words.ts'

/** All that is known of the selected event or message, with ways on to what it hangs together with. */
export function EventPane() {
  const run = loaded.value
  arrived.value // what it says may have to be fetched
  if (run === null) return null
  if (selectedMessage.value !== null) return <MessageDetails run={run} message={selectedMessage.value} />
  if (selectedEvent.value !== null) return <EventDetails run={run} position={selectedEvent.value} />
  return <AtCut run={run} />
}

function EventDetails({ run, position }: { readonly run: RunData; readonly position: number }) {
  const event = run.event(position)
  const message = run.messageOf(position)
  const carried = said(run, position)
  const isHere = run.isHere(position)
  const { state, changed } = run.stateAt(run.process(position), position)
  return (
    <>
      <h2 class="event-title">
        <span class="mono">{run.processes[run.process(position)]}</span> {deed(run, position)}
      </h2>
      <CutsAround position={position} />
      <Facts run={run} position={position} />
      {event.message?.cause != null && <Fields title="Why it was lost" value={event.message.cause} />}
      {message !== -1 && <Journey run={run} message={message} from={position} />}
      <Says here={isHere} value={carried} />
      {changed.length > 0 && state !== null && event.step === position && (
        <Fields
          title="Changed by this step"
          value={Object.fromEntries(changed.map((name) => [name, state[name]]))}
        />
      )}
    </>
  )
}

/** The two ends of what a consistent cut with this event can be. */
function CutsAround({ position }: { readonly position: number }) {
  const cutAs = (by: 'earliest' | 'latest') => (
    <button
      type="button"
      title={`${KEYS[by].does} (${KEYS[by].shown})`}
      aria-pressed={seen.cut.value !== null && by in seen.cut.value}
      onClick={() => moveCut(by === 'earliest' ? { earliest: position } : { latest: position })}
    >
      {by}
    </button>
  )
  return (
    <p class="cuts-around">
      consistent cut with it{' '}
      <span class="group">
        {cutAs('earliest')}
        {cutAs('latest')}
      </span>
    </p>
  )
}

function Facts({ run, position }: { readonly run: RunData; readonly position: number }) {
  const event = run.event(position)
  return (
    <dl class="facts">
      <dt>Time</dt>
      <dd>{moment(event.timeNs)}</dd>
      <dt>Logical</dt>
      <dd>{event.lamport}</dd>
      <dt>Event</dt>
      <dd>
        {position} of the run, {run.seq(position)} of the process
      </dd>
      {event.handlerNs !== null && event.handlerNs > 0 && (
        <>
          <dt>Handler</dt>
          <dd>took {duration(event.handlerNs)}</dd>
        </>
      )}
      <Order run={run} position={position} />
      <Others name="Caused by" run={run} positions={event.causes} />
      <Others name="Led to" run={run} positions={event.effects} />
      <Why run={run} position={position} />
    </dl>
  )
}

/** How it came to be, from the first cause; a chain of one says nothing that its cause does not. */
function Why({ run, position }: { readonly run: RunData; readonly position: number }) {
  const chain = whyChain(run, position)
  if (chain.length < 3) return null
  const [first, rest] = [chain[0]!, chain.slice(1, -1)]
  const shown = rest.slice(-WHY_MAX)
  return (
    <>
      <dt>Why</dt>
      <dd>
        <ol class="plain-list">
          <li>
            <EventLink run={run} position={first} />
          </li>
          {shown.length < rest.length && <li class="quiet">… {rest.length - shown.length} more</li>}
          {shown.map((at) => (
            <li key={at}>
              <EventLink run={run} position={at} />
            </li>
          ))}
        </ol>
      </dd>
    </>
  )
}

const WHY_MAX = 30

/** In figures what the drawing says in colours: what could have caused an event, and what it could. */
function Order({ run, position }: { readonly run: RunData; readonly position: number }) {
  const cone = coneOf(run, position)
  const [before, after] = [cone.past, cone.future].map((those) => those.reduce((sum, one) => sum + one, 0))
  const parts = [
    ['Past', before!],
    ['Future', after!],
    ['Concurrent', run.length - 1 - before! - after!],
  ] as const
  return parts.map(([name, events]) => (
    <Fragment key={name}>
      <dt>{name}</dt>
      <dd>{plural(events, 'event')}</dd>
    </Fragment>
  ))
}

const OTHERS_MAX = 6

function Others(props: {
  readonly name: string
  readonly run: RunData
  readonly positions: readonly number[]
}) {
  const { name, run, positions } = props
  if (positions.length === 0) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <ul class="plain-list">
          {positions.slice(0, OTHERS_MAX).map((position) => (
            <li key={position}>
              <EventLink run={run} position={position} />
            </li>
          ))}
        </ul>
        {positions.length > OTHERS_MAX && (
          <span class="quiet">… and {positions.length - OTHERS_MAX} more</span>
        )}
      </dd>
    </>
  )
}

function EventLink({ run, position }: { readonly run: RunData; readonly position: number }) {
  return (
    <button type="button" class="link" onClick={() => selectEvent(position)}>
      <span class="number">{position}</span> {run.processes[run.process(position)]} {deed(run, position)}
    </button>
  )
}

function MessageDetails({ run, message }: { readonly run: RunData; readonly message: number }) {
  const { from, to, typeIndex, sendAt } = run.messages
  const carried = said(run, sendAt[message]!)
  const isHere = run.isHere(sendAt[message]!)
  return (
    <>
      <h2 class="event-title">
        {run.types[typeIndex[message]!]}{' '}
        <span class="mono">
          {run.processes[from[message]!]} → {run.processes[to[message]!]}
        </span>
      </h2>
      <Journey run={run} message={message} from={null} />
      <Says here={isHere} value={carried} />
    </>
  )
}

/** Both ends of a message and how long it was on its way. */
function Journey(props: { readonly run: RunData; readonly message: number; readonly from: number | null }) {
  const { run, message, from } = props
  const { sendAt, deliverAt, lostAt, copyOf } = run.messages
  const sent = sendAt[message]!
  const arrived = deliverAt[message]!
  const lost = lostAt[message]!
  const line = (name: string, position: number): ComponentChildren =>
    from === null &&
    position !== -1 && (
      <>
        <dt>{name}</dt>
        <dd>
          <EventLink run={run} position={position} />
        </dd>
      </>
    )
  return (
    <dl class="facts">
      {line('Sent', sent)}
      {line('Received', arrived)}
      {line('Lost', lost)}
      <dt>On its way</dt>
      <dd>
        {arrived === -1 && lost === -1
          ? 'to the end of the run'
          : duration(run.timeNs(arrived === -1 ? lost : arrived) - run.timeNs(sent))}
        {copyOf[message] !== -1 && ', as a duplicate'}
      </dd>
    </dl>
  )
}

/** What an event carries, if it carries anything. */
function Says({ here, value }: { readonly here: boolean; readonly value: unknown }) {
  if (!here) return <p class="quiet">What it says is being read …</p>
  return value === undefined ? null : <Fields title="Says" value={value} />
}

/** A value field by field; its type is said elsewhere. */
export function Fields({ title, value }: { readonly title: string; readonly value: unknown }) {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : [['', value] as const]
  return (
    <>
      <h2>{title}</h2>
      <dl class="facts fields">
        {entries.map(([name, field]) => (
          <>
            <dt key={`${name} name`}>{name}</dt>
            <dd key={name}>{plain(field)}</dd>
          </>
        ))}
      </dl>
    </>
  )
}
