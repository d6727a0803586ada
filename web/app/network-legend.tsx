/** Below the network: what its colours stand for, and the messages of the link that is looked at. */

import { toneVariable } from '../draw/palette.ts'
import type { Tone } from '../draw/shapes.ts'
import { RAMP_TONES } from '../draw/value-scale.ts'
import { linksOf, messagesOn } from '../model/network.ts'
import type { RunData } from '../model/run-data.ts'
import { scale } from './colouring.ts'
import { count, moment } from './format.ts'
import { shownNs } from './play.ts'
import { change, seen, selectedEvent, selectedMessage, selectMessage } from './state.ts'

const Swatch = ({ tone }: { readonly tone: Tone }) => (
  <svg class="swatch" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <circle cx="6" cy="6" r="5" fill={`var(${toneVariable(tone)})`} stroke="currentColor" />
  </svg>
)

export function Legend() {
  const its = scale.value
  if (its === null) return null
  const field = seen.colour.value
  if (its.kind === 'ramp') {
    return (
      <p class="legend">
        {field}: <span class="number">{its.low}</span>{' '}
        <svg class="ramp" width="84" height="10" viewBox="0 0 84 10" aria-hidden="true">
          {RAMP_TONES.map((tone, i) => (
            <rect key={tone} x={i * 12} y="0" width="12" height="10" fill={`var(${toneVariable(tone)})`} />
          ))}
        </svg>{' '}
        <span class="number">{its.high}</span>
      </p>
    )
  }
  return (
    <p class="legend">
      {field}:{' '}
      {its.values.map((value, i) => (
        <span key={value} class="category" title={value}>
          <Swatch tone={i} /> {value}
        </span>
      ))}
      {its.more > 0 && (
        <span class="category">
          <Swatch tone="muted" /> {its.more} more
        </span>
      )}
      {its.values.length === 0 && <span class="quiet">no process has it here</span>}
    </p>
  )
}

/** A link of the selected process, chosen without a pointer. */
export function LinkChoice({ run }: { readonly run: RunData }) {
  const at = selectedEvent.value
  if (at === null) return null
  const own = run.process(at)
  const others = linksOf(run, null)
    .flatMap(({ a, b }) => (a === own ? [b] : b === own ? [a] : []))
    .sort((a, b) => a - b)
  const chosen = seen.link.value?.includes(own)
    ? seen.link.value.find((process) => process !== own)
    : undefined
  const choose = (text: string) => {
    const other = Number(text)
    change({ link: text === '' ? null : [Math.min(own, other), Math.max(own, other)] })
  }
  return (
    <label class="legend">
      <span title="a link, whose messages are listed">{run.processes[own]} –</span>
      <select
        aria-label={`messages of ${run.processes[own]} with`}
        value={chosen ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">…</option>
        {others.map((process) => (
          <option key={process} value={process}>
            {run.processes[process]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The latest messages of a link that are listed. */
const LISTED_MOST = 12

export function LinkMessages({ run }: { readonly run: RunData }) {
  const link = seen.link.value
  const [a, b] = (link ?? []).map((process) => run.processes[process])
  if (link === null || a === undefined || b === undefined) return null
  const found = messagesOn(run, link, shownNs.value)
  return (
    <section class="link-messages" aria-label="Messages of a link">
      <p class="other-head">
        <span class="other-what">
          {a} – {b}: {count(found.length)} sent so far
        </span>
        <span class="spring" />
        <button type="button" onClick={() => change({ link: null })}>
          close
        </button>
      </p>
      <ul class="plain-list">
        {found.slice(0, LISTED_MOST).map((m) => (
          <li key={m}>
            <button
              type="button"
              class="link"
              aria-pressed={selectedMessage.value === m}
              onClick={() => selectMessage(m)}
            >
              <span class="mono">
                {run.processes[run.messages.from[m]!]} → {run.processes[run.messages.to[m]!]}
              </span>{' '}
              {run.types[run.messages.typeIndex[m]!]}
            </button>{' '}
            <span class="quiet">{fate(run, m)}</span>
          </li>
        ))}
        {found.length > LISTED_MOST && <li class="quiet">and {count(found.length - LISTED_MOST)} before</li>}
      </ul>
    </section>
  )
}

/** At the moment shown. */
function fate(run: RunData, m: number): string {
  const { sendAt, deliverAt, lostAt } = run.messages
  const isBy = (at: number) => at !== -1 && run.timeNs(at) <= shownNs.value
  if (isBy(lostAt[m]!)) return `lost at ${moment(run.timeNs(lostAt[m]!))}`
  if (isBy(deliverAt[m]!)) return `came at ${moment(run.timeNs(deliverAt[m]!))}`
  return `on its way since ${moment(run.timeNs(sendAt[m]!))}`
}
